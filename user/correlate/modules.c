// SPDX-License-Identifier: MIT
#include "correlate/modules.h"

#define MADE_CODE "[jit]"

static void add_special(struct modules *modules, const char *name)
{
	vec_push(&modules->origins);
	vec_push(&modules->by_id)->path = xstrdup(name);
}

void modules_init(struct modules *modules, struct writer *writer, const struct mapped_files *files)
{
	*modules = (struct modules){.writer = writer, .files = files};
	add_special(modules, "[unknown]");
	add_special(modules, "[kernel]");
	add_special(modules, "[vdso]");
}

void modules_fini(struct modules *modules)
{
	vec_each (&modules->by_id, module)
		free(module->path);
	vec_free(&modules->by_id);
	vec_free(&modules->origins);
}

/* From the youngest back: a file is mapped again soon or not at all. */
static uint32_t module_find(const struct modules *modules, const char *path,
			    const struct module_origin *origin)
{
	for (size_t id = modules->by_id.size; id-- > FIRST_FILE_MODULE;) {
		const struct module_origin *at = &modules->origins.items[id];

		if (at->file == origin->file && at->space == origin->space &&
		    !strcmp(modules->by_id.items[id].path, path))
			return id;
	}
	return MODULE_UNKNOWN;
}

static uint32_t module_add(struct modules *modules, const struct module *module,
			   const struct module_origin *origin)
{
	*vec_push(&modules->origins) = *origin;
	*vec_push(&modules->by_id) = *module;
	return writer_module(modules->writer, module);
}

uint32_t module_intern(struct modules *modules, const struct mapping_event *event)
{
	struct module_origin origin = {.file = event->file};
	uint32_t id = module_find(modules, event->path, &origin);
	struct module module = {.device = event->device, .inode = event->inode};

	if (id != MODULE_UNKNOWN)
		return id;
	module.path = xstrdup(event->path);
	module.build_id_size = mapped_file_build_id(modules->files, event->file, module.build_id);
	return module_add(modules, &module, &origin);
}

uint32_t module_intern_made_code(struct modules *modules, const struct mapping_event *event)
{
	struct module_origin origin = {.space = event->space};
	uint32_t id = module_find(modules, MADE_CODE, &origin);
	struct module module = {.inode = event->pid};

	if (id != MODULE_UNKNOWN)
		return id;
	module.path = xstrdup(MADE_CODE);
	return module_add(modules, &module, &origin);
}
