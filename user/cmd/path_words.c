// SPDX-License-Identifier: MIT
#include "cmd/path_words.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

int path_choice_parse(const char *word, const struct path_choice **out)
{
	*out = path_choice_find(word);
	if (*out)
		return 0;
	refuse(-EINVAL, "there are no paths of '%s'", word);
	hint("choose faults, fault-ns, fault-bytes, syscalls, syscall-ns, alloc-blocks or "
	     "alloc-bytes");
	return -EINVAL;
}

int path_side_parse(const char *word, enum path_side *out)
{
	for (int side = 0; side < NR_PATH_SIDES; side++) {
		if (!strcmp(word, path_side_names[side])) {
			*out = (enum path_side)side;
			return 0;
		}
	}
	refuse(-EINVAL, "page faults have no stacks by '%s'", word);
	hint("choose touch, owner or return; prof report knows alloc-site, too");
	return -EINVAL;
}
