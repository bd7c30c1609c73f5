// SPDX-License-Identifier: MIT
#include "cmd/input.h"

#include <errno.h>

#include "base/error.h"

int input_open(const char *path, struct recording **out)
{
	int err = recording_open(path ? path : "prof.data", out);

	if (err == -ENOENT && !path)
		hint("make one with 'prof record COMMAND'");
	return err;
}
