// SPDX-License-Identifier: MIT
#include "cmd/path_words.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

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

static bool is_path_side(const char *word)
{
	for (int side = 0; side < NR_PATH_SIDES; side++) {
		if (!strcmp(word, path_side_names[side]))
			return true;
	}
	return false;
}

static int pivot_key_of(const char *word, size_t size)
{
	for (int key = 0; key < NR_PIVOT_KEYS; key++) {
		if (strlen(pivot_key_names[key]) == size &&
		    !strncmp(pivot_key_names[key], word, size))
			return key;
	}
	return -1;
}

static int refuse_pivot(const char *word, size_t size)
{
	scoped_free char *typed = xstrndup(word, size);

	refuse(-EINVAL, "page faults cannot be told by '%s'", typed);
	hint_nearest(typed, pivot_key_names,
		     "choose touch, owner, return or alloc-site, or some of process, thread, "
		     "cause, kind, size and vma");
	return -EINVAL;
}

int pivot_keys_parse(const char *words, enum pivot_key keys[NR_PIVOT_KEYS], unsigned int *nr)
{
	unsigned int seen = 0;

	*nr = 0;
	for (const char *word = words;;) {
		size_t size = strcspn(word, ",");
		int key = pivot_key_of(word, size);

		if (key < 0 && word == words && is_path_side(words))
			return -ENOENT;
		if (key < 0)
			return refuse_pivot(word, size);
		if (!(seen >> key & 1))
			keys[(*nr)++] = (enum pivot_key)key;
		seen |= 1U << key;
		if (!word[size])
			return 0;
		word += size + 1;
	}
}
