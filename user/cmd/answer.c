// SPDX-License-Identifier: MIT
#include "cmd/answer.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

int answer_open(struct answer *a, const char *path, bool want_pager)
{
	*a = (struct answer){.path = path, .out = stdout};
	if (!path) {
		pager_start(&a->pager, want_pager);
		return 0;
	}
	a->out = fopen(path, "we");
	return a->out ? 0 : fail(-errno, "cannot write '%s'", path);
}

bool answer_is_wanted(const struct answer *a)
{
	return !ferror(a->out);
}

int answer_close(struct answer *a)
{
	bool failed;
	int err;

	if (!a->path) {
		err = stdout_flush();
		pager_finish(&a->pager);
		return err;
	}
	failed = ferror(a->out);
	err = fclose(a->out) ? -errno : failed ? -EIO : 0;
	return err ? fail(err, "cannot write '%s'", a->path) : 0;
}

bool path_ends_in(const char *path, const char *ending)
{
	size_t size = path ? strlen(path) : 0, ending_size = strlen(ending);

	return size >= ending_size && !strcmp(path + size - ending_size, ending);
}
