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

uint32_t frame_nr_labels(const struct recording *r, uint32_t module, uint64_t offset)
{
	const struct location *location = recording_location(r, module, offset);

	return location && location->nr_lines ? location->nr_lines : 1;
}

char *frame_label(const struct recording *r, uint32_t module, uint64_t offset, uint32_t i)
{
	const struct location *location = recording_location(r, module, offset);
	const char *function = NULL;

	if (location && i < location->nr_lines)
		function = location->lines[location->nr_lines - 1 - i].function;
	if (!function || !*function)
		return label_without_name(r, module, offset);
	return xasprintf("%s%s", function, module == MODULE_KERNEL ? "_[k]" : "");
}

const char *module_label(const struct recording *r, uint32_t module)
{
	const char *path = module < r->modules.size ? r->modules.items[module].path : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	if (!path || !*path)
		return "[unknown]";
	return slash && slash[1] ? slash + 1 : path;
}
