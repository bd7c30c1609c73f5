// SPDX-License-Identifier: MIT
#include "profile/frame_class.h"

#include "profile/frame_label.h"

const char *const frame_class_names[NR_FRAME_CLASSES] = {
	[FRAME_OTHER] = "other",
	[FRAME_COMMAND] = "command",
	[FRAME_PROGRAM] = "program",
	[FRAME_INLINED] = "inlined",
	[FRAME_LIBRARY] = "library",
	[FRAME_LIBC] = "libc",
	[FRAME_LOADER] = "loader",
	[FRAME_KERNEL] = "kernel",
	[FRAME_SYSCALL] = "system call",
	[FRAME_MINOR_FAULT] = "minor fault",
	[FRAME_MAJOR_FAULT] = "major fault",
	[FRAME_FAILED_FAULT] = "failed fault",
	[FRAME_GONE] = "gone (BASE only)",
	[FRAME_MUCH_LESS] = "half or less",
	[FRAME_LESS] = "less",
	[FRAME_SAME] = "the same (within 2%)",
	[FRAME_MORE] = "more",
	[FRAME_MUCH_MORE] = "twice or more",
	[FRAME_APPEARED] = "appeared (NEW only)",
};

static bool begins_with_any(const char *name, const char *const *beginnings)
{
	for (; *beginnings; beginnings++) {
		if (!strncmp(name, *beginnings, strlen(*beginnings)))
			return true;
	}
	return false;
}

/* libfoo.so, libfoo.so.6, foo.cpython-311.so, but not foo.sound. */
static bool is_shared_object(const char *name)
{
	const char *at = name;

	while ((at = strstr(at, ".so"))) {
		at += strlen(".so");
		if (!*at || *at == '.')
			return true;
	}
	return false;
}

enum frame_class frame_class_of_module(const struct recording *r, uint32_t module)
{
	static const char *const loaders[] = {"ld-", "ld.so", "ld64.so", NULL};
	static const char *const libcs[] = {"libc.so", "libc-2.", "libc.musl-", NULL};
	const char *name = module_label(r, module);

	if (module == MODULE_KERNEL)
		return FRAME_KERNEL;
	if (module == MODULE_VDSO)
		return FRAME_LIBRARY;
	if (module < FIRST_FILE_MODULE || module >= r->modules.size)
		return FRAME_OTHER;
	if (!is_shared_object(name))
		return FRAME_PROGRAM;
	return begins_with_any(name, loaders) ? FRAME_LOADER
	       : begins_with_any(name, libcs) ? FRAME_LIBC
					      : FRAME_LIBRARY;
}
