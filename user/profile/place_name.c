// SPDX-License-Identifier: MIT
#include "profile/place_name.h"

#include "profile/frame_label.h"

/* Libraries that everybody calls: to be found in one says nothing about why. By how they begin. */
static const char *const common_libraries[] = {
	"libc.so",     "libc-",      "ld-linux",  "ld-musl",     "libpthread",
	"libm.so",     "libstdc++.", "libgcc_s.", "libjemalloc", "libtcmalloc",
	"libmimalloc", "[vdso]",     "[unknown]", NULL,
};

/* What wraps a system call, without leading underscores and "GI_". */
static const char *const wrappers[] = {
	"mmap",     "mmap64",  "munmap",         "brk",           "brk_call", "sbrk",
	"morecore", "madvise", "mremap",         "mprotect",      "mlock",    "shmat",
	"shmdt",    "syscall", "glibc_morecore", "sbrk_internal", "execve",   NULL,
};

bool is_call_wrapper(const char *label)
{
	while (*label == '_')
		label++;
	if (!strncmp(label, "GI_", 3))
		label += 3;
	while (*label == '_')
		label++;
	for (const char *const *wrapper = wrappers; *wrapper; wrapper++) {
		if (!strcmp(label, *wrapper))
			return true;
	}
	return false;
}

/* A function at a frame: the innermost one, or further out the first that is no wrapper. */
static char *frame_name(const struct recording *r, const struct frame *frame, bool no_wrapper)
{
	for (uint32_t i = frame_nr_labels(r, frame->module, frame->offset); i-- > 0;) {
		char *label = frame_label(r, frame->module, frame->offset, i);

		if (!no_wrapper || !is_call_wrapper(label))
			return label;
		free(label);
	}
	return NULL;
}

/* Where in common libraries it happened; NULL when it was in the code that called them. */
static char *library_name(const struct recording *r, uint32_t leaf, uint32_t own, bool of_call)
{
	for (uint32_t at = leaf; at != own; at = r->frames.items[at].parent) {
		char *name = frame_name(r, &r->frames.items[at], of_call);

		if (name)
			return name;
	}
	return NULL;
}

bool is_common_library(const char *name)
{
	for (const char *const *library = common_libraries; *library; library++) {
		if (!strncmp(name, *library, strlen(*library)))
			return true;
	}
	return false;
}

bool is_common_code(const struct recording *r, const struct frame *frame)
{
	return is_common_library(module_label(r, frame->module));
}

char *place_name(const struct recording *r, uint32_t stack, bool of_call)
{
	uint32_t leaf = stack < r->stacks.size ? r->stacks.items[stack].frame : 0, own = leaf;
	char *library, *name, *both;

	while (own && is_common_code(r, &r->frames.items[own]))
		own = r->frames.items[own].parent;
	library = library_name(r, leaf, own, of_call);
	name = own ? frame_name(r, &r->frames.items[own], false) : NULL;
	if (!library || !name)
		return library ? library : name;
	both = xasprintf("%s > %s", name, library);
	free(library);
	free(name);
	return both;
}
