// SPDX-License-Identifier: MIT
#include "trace/files.h"

#include "output/printable.h"
#include "symbols/symbols.h"

/* Ids of modules and of files both count up from a few special ones, one of which is the vdso. */
#define MODULE_OF_FILE(id) ((id) + MODULE_VDSO - FILE_VDSO)
_Static_assert(MODULE_OF_FILE(FIRST_FILE) == FIRST_FILE_MODULE,
	       "files take no special module's id");

void live_files_fini(struct live_files *files)
{
	vec_each (&files->by_id, file) {
		free(file->module.path);
		free(file->label);
	}
	vec_free(&files->by_id);
}

static void file_take(struct live_files *files, uint32_t id, const char *path)
{
	struct live_file *file;

	if (id == FILE_NONE || id >= MAX_FILES)
		return;
	vec_extend(&files->by_id, (size_t)id + 1);
	file = &files->by_id.items[id];
	if (file->module.path)
		return;
	file->module.path = xstrdup(path);
	file->module.build_id_size = build_id_of_file(path, file->module.build_id);
	file->label = printable(path);
}

void live_files_take(struct live_files *files, const struct event *event)
{
	if (event->type == EVENT_FILE) {
		const struct file_event *file = (const void *)event;

		file_take(files, file->file, file->path);
	} else if (event->type == EVENT_MAPPING) {
		const struct mapping_event *mapping = (const void *)event;

		if (mapping->file == FILE_VDSO)
			file_take(files, FILE_VDSO, "[vdso]");
		else if (mapping->path_bytes && *mapping->path)
			file_take(files, mapping->file, mapping->path);
	}
}

static const struct live_file *file_at(const struct live_files *files, uint32_t id)
{
	return id < files->by_id.size && files->by_id.items[id].module.path
		       ? &files->by_id.items[id]
		       : NULL;
}

const char *live_file_path(const struct live_files *files, uint32_t id)
{
	const struct live_file *file = file_at(files, id);

	return file ? file->label : "?";
}

const char *live_file_name(const struct live_files *files, uint32_t id)
{
	const char *path = live_file_path(files, id), *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

const struct module *live_file_module(const struct live_files *files, uint32_t id,
				      uint32_t *out_module_id)
{
	const struct live_file *file = file_at(files, id);

	*out_module_id = MODULE_OF_FILE(id);
	return file ? &file->module : NULL;
}
