// SPDX-License-Identifier: MIT
#include "profile/frame_label.h"

#include <inttypes.h>

static char *label_without_name(const struct recording *r, uint32_t module, uint64_t offset)
{
	switch (module) {
	case MODULE_UNKNOWN:
		return xasprintf("0x%" PRIx64, offset);
	case MODULE_KERNEL:
		return xasprintf("[kernel]+0x%" PRIx64 "_[k]", offset);
	default:
		return xasprintf("%s+0x%" PRIx64, module_label(r, module), offset);
	}
}

/* Function `i` at the place, 0 being the outermost one; NULL when nothing is known of it. */
static const struct function_line *function_at(const struct recording *r, uint32_t module,
					       uint64_t offset, uint32_t i)
{
	const struct location *location = recording_location(r, module, offset);

	return location && i < location->nr_lines ? &location->lines[location->nr_lines - 1 - i]
						  : NULL;
}

uint32_t frame_nr_labels(const struct recording *r, uint32_t module, uint64_t offset)
{
	const struct location *location = recording_location(r, module, offset);

	return location && location->nr_lines ? location->nr_lines : 1;
}

bool frame_has_name(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i)
{
	const struct function_line *at = function_at(r, module, offset, i);

	return at && at->function && *at->function;
}

char *frame_label(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i)
{
	if (!frame_has_name(r, module, offset, i))
		return label_without_name(r, module, offset);
	return xasprintf("%s%s", function_at(r, module, offset, i)->function,
			 module == MODULE_KERNEL ? "_[k]" : "");
}

char *flame_label(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i)
{
	const char *name = module_label(r, module);

	if (frame_has_name(r, module, offset, i))
		return frame_label(r, module, offset, i);
	return xasprintf(*name == '[' ? "%s%s" : "[%s]%s", name,
			 module == MODULE_KERNEL ? "_[k]" : "");
}

const char *frame_file(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i)
{
	const struct function_line *at = function_at(r, module, offset, i);

	return at && at->file && *at->file ? at->file : NULL;
}

const struct function_line *frame_line(const struct recording *r, uint32_t module, uint64_t offset,
				       uint32_t i)
{
	const struct function_line *at = function_at(r, module, offset, i);

	return at && at->file && *at->file && at->line ? at : NULL;
}

const char *module_label(const struct recording *r, uint32_t module)
{
	const char *path = module < r->modules.size ? r->modules.items[module].path : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!path || !*path)
		return "[unknown]";
	return slash && slash[1] ? slash + 1 : path;
}
