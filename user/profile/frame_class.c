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
	[FRAME_FIRST_TOUCH] = "first touch",
	[FRAME_GROWTH] = "heap or stack growth",
	[FRAME_CHURN] = "touched again after give-back",
	[FRAME_REFAULT] = "touched again, not given back",
	[FRAME_COPY] = "copy on write",
	[FRAME_PROTECTED] = "write after mprotect",
	[FRAME_FILE] = "file, cached",
	[FRAME_DISK] = "file, from disk",
	[FRAME_FILE_WRITE] = "file, written",
	[FRAME_SHARED] = "shared memory",
	[FRAME_START] = "code and its data",
	[FRAME_CODE] = "code",
};

enum frame_class frame_class_of_cause(enum fault_cause cause)
{
	static const enum frame_class classes[NR_FAULT_CAUSES] = {
		[CAUSE_UNKNOWN] = FRAME_OTHER,
		[CAUSE_FIRST_READ] = FRAME_FIRST_TOUCH,
		[CAUSE_FIRST_WRITE] = FRAME_FIRST_TOUCH,
		[CAUSE_ZERO_UPGRADE] = FRAME_FIRST_TOUCH,
		[CAUSE_HEAP_GROWTH] = FRAME_GROWTH,
		[CAUSE_STACK_GROWTH] = FRAME_GROWTH,
		[CAUSE_REFAULT] = FRAME_CHURN,
		[CAUSE_REFAULT_UNASKED] = FRAME_REFAULT,
		[CAUSE_COPY_ON_WRITE] = FRAME_COPY,
		[CAUSE_FILE_READ] = FRAME_FILE,
		[CAUSE_FILE_READ_DISK] = FRAME_DISK,
		[CAUSE_FILE_PRIVATE_WRITE] = FRAME_FILE_WRITE,
		[CAUSE_FILE_SHARED_WRITE] = FRAME_FILE_WRITE,
		[CAUSE_SHARED_TOUCH] = FRAME_SHARED,
		[CAUSE_EXEC_TEXT] = FRAME_START,
		[CAUSE_RELOCATION] = FRAME_START,
		[CAUSE_PROTECTION_UPGRADE] = FRAME_PROTECTED,
		[CAUSE_EXEC_SETUP] = FRAME_START,
		[CAUSE_VDSO] = FRAME_START,
		[CAUSE_FAILED] = FRAME_FAILED_FAULT,
		[CAUSE_POPULATED] = FRAME_OTHER,
	};

	return classes[cause];
}

bool frame_class_is_code(enum frame_class class)
{
	return class >= FRAME_COMMAND && class <= FRAME_KERNEL;
}

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
