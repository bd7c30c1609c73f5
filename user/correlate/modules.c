// SPDX-License-Identifier: MIT
#include "correlate/modules.h"

#include <xxhash.h>

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
	idmap_fini(&modules->ids);
}

struct wanted_module {
	const struct module *module;
	const struct module_origin *origin;
};

static bool module_equals(const void *owner, uint32_t id, const void *wanted)
{
	const struct modules *modules = owner;
	const struct wanted_module *w = wanted;
	const struct module *module = &modules->by_id.items[id];
	const struct module_origin *origin = &modules->origins.items[id];

	return origin->file == w->origin->file && origin->space == w->origin->space &&
	       module->inode == w->module->inode && module->device == w->module->device &&
	       !strcmp(module->path, w->module->path);
}

/* The module's id; *is_new: it is to be added as that. */
static uint32_t module_find(struct modules *modules, const struct module *module,
			    const struct module_origin *origin, bool *is_new)
{
	struct wanted_module wanted = {.module = module, .origin = origin};
	uint64_t hash = XXH3_64bits_withSeed(module->path, strlen(module->path),
					     module->inode ^ (uint64_t)origin->space << 32);
	uint32_t new_id = (uint32_t)modules->by_id.size;
	uint32_t id = idmap_intern(&modules->ids, hash, module_equals, modules, &wanted, new_id);

	*is_new = id == new_id;
	return id;
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
	struct module module = {
		.path = (char *)event->path, .device = event->device, .inode = event->inode};
	bool is_new;
	uint32_t id = module_find(modules, &module, &origin, &is_new);

	if (!is_new)
		return id;
	module.path = xstrdup(event->path);
	module.build_id_size = mapped_file_build_id(modules->files, event->file, module.build_id);
	return module_add(modules, &module, &origin);
}

uint32_t module_intern_made_code(struct modules *modules, const struct mapping_event *event)
{
	struct module_origin origin = {.space = event->space};
	struct module module = {.path = (char *)MADE_CODE, .inode = event->pid};
	bool is_new;
	uint32_t id = module_find(modules, &module, &origin, &is_new);

	if (!is_new)
		return id;
	module.path = xstrdup(MADE_CODE);
	return module_add(modules, &module, &origin);
}
