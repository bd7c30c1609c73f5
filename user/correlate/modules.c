// SPDX-License-Identifier: MIT
#include "correlate/modules.h"

#include "symbols/symbols.h"

static void add_special(struct modules *modules, const char *name)
{
	vec_push(&modules->by_id)->path = xstrdup(name);
}

void modules_init(struct modules *modules, struct writer *writer)
{
	*modules = (struct modules){.writer = writer};
	add_special(modules, "[unknown]");
	add_special(modules, "[kernel]");
	add_special(modules, "[vdso]");
}

void modules_fini(struct modules *modules)
{
	vec_each (&modules->by_id, module)
		free(module->path);
	vec_free(&modules->by_id);
}

/* From the youngest back: a file is mapped again soon or not at all. */
static uint32_t module_find(const struct modules *modules, const char *path, uint64_t device,
			    uint64_t inode)
{
	for (size_t id = modules->by_id.size; id-- > FIRST_FILE_MODULE;) {
		const struct module *module = &modules->by_id.items[id];

		if (module->inode == inode && module->device == device &&
		    !strcmp(module->path, path))
			return id;
	}
	return MODULE_UNKNOWN;
}

uint32_t module_intern(struct modules *modules, const char *path, uint64_t device, uint64_t inode)
{
	uint32_t id = module_find(modules, path, device, inode);
	struct module *module;

	if (id != MODULE_UNKNOWN)
		return id;
	module = vec_push(&modules->by_id);
	module->path = xstrdup(path);
	module->device = device;
	module->inode = inode;
	module->build_id_size = build_id_of_file(path, module->build_id);
	return writer_module(modules->writer, module);
}
