// SPDX-License-Identifier: MIT
#include "profile/place_name.h"

#include "profile/frame_label.h"

/* Libraries that everybody calls: to be found in one says nothing about why. */
static const char *const common_libraries[] = {
	"libc.so",     "libc-",       "ld-linux",  "ld-musl",   "libpthread",
	"libm.so",     "libm-",       "libstdc++", "libgcc_s",  "libjemalloc",
	"libtcmalloc", "libmimalloc", "[vdso]",    "[unknown]", NULL,
};

static bool is_common(const struct recording *r, uint32_t module)
{
	const char *name = module_label(r, module);

	for (const char *const *library = common_libraries; *library; library++) {
		if (!strncmp(name, *library, strlen(*library)))
			return true;
	}
	return false;
}

/* The innermost function at a frame. */
static char *innermost_label(const struct recording *r, const struct frame *frame)
{
	uint32_t nr = frame_nr_labels(r, frame->module, frame->offset);

	return frame_label(r, frame->module, frame->offset, nr - 1);
}

char *place_name(const struct recording *r, uint32_t stack)
{
	uint32_t leaf = stack < r->stacks.size ? r->stacks.items[stack].frame : 0, own = leaf;
	char *leaf_name, *own_name, *both;

	if (!leaf)
		return NULL;
	while (own && is_common(r, r->frames.items[own].module))
		own = r->frames.items[own].parent;
	leaf_name = innermost_label(r, &r->frames.items[leaf]);
	if (!own || own == leaf)
		return leaf_name;
	own_name = innermost_label(r, &r->frames.items[own]);
	both = xasprintf("%s > %s", own_name, leaf_name);
	free(own_name);
	free(leaf_name);
	return both;
}
