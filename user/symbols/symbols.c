// SPDX-License-Identifier: MIT
#include "symbols/symbols.h"

#include <inttypes.h>
#include <string.h>

#include "base/vec.h"
#include "symbols/debug_file.h"
#include "symbols/debug_server.h"
#include "symbols/dwarf_info.h"
#include "symbols/elf_symbols.h"
#include "symbols/fde_table.h"

/* A module's file and what is known of it so far. */
struct image {
	struct elf_file program, debug;
	char *path;
	struct dwarf_info *dwarf; /* NULL when there is none */
	bool has_symbols;         /* `symbols` has been read */
	struct elf_symbols symbols;
	struct fde_table fdes;
	char *made_name; /* of the function asked for last, when nothing names it */
};

struct symbolizer {
	VEC(struct image *) images;  /* by module id; NULL until asked for */
	VEC(struct image *) ahead;   /* opened before anybody asked */
	struct debug_server *server; /* NULL: none is to be asked */
	symbolizer_open *open;       /* NULL: at its path */
	void *open_arg;
	struct function_chain answer;
};

static bool is_deleted(const char *path)
{
	static const char mark[] = " (deleted)";
	size_t size = strlen(path);

	return size >= sizeof mark - 1 && !strcmp(path + size - (sizeof mark - 1), mark);
}

/* Opens the module's file if it still is the one that was mapped. */
static void open_program(const struct symbolizer *s, const struct module *module, uint32_t id,
			 struct elf_file *out)
{
	if (id == MODULE_VDSO)
		elf_file_open_vdso(out);
	else if (s->open)
		elf_file_open_descriptor(s->open(s->open_arg, id), out);
	else if (module->path[0] == '/' && !is_deleted(module->path))
		elf_file_open(module->path, out);
	if (out->elf && module->build_id_size &&
	    (module->build_id_size != out->build_id_size ||
	     memcmp(module->build_id, out->build_id, out->build_id_size)))
		elf_file_close(out);
}

static bool has_dwarf(const struct elf_file *file)
{
	GElf_Shdr header;

	return elf_file_section(file, ".debug_info", &header) ||
	       elf_file_section(file, ".zdebug_info", &header);
}

static struct image *image_new(const struct symbolizer *s, const struct module *module, uint32_t id)
{
	struct image *image = xnew(struct image);

	image->program = image->debug = ELF_FILE_CLOSED;
	image->path = xstrdup(module->path);
	open_program(s, module, id, &image->program);
	if (!image->program.elf)
		return image;
	if ((!has_dwarf(&image->program) || !elf_file_has_type(&image->program, SHT_SYMTAB)) &&
	    !debug_file_open(&image->program, module->path, &image->debug) && id != MODULE_VDSO)
		debug_server_fetch(s->server, &image->program, &image->debug);
	if (has_dwarf(&image->program))
		image->dwarf = dwarf_info_new(image->program.elf);
	else if (has_dwarf(&image->debug))
		image->dwarf = dwarf_info_new(image->debug.elf);
	fde_table_init(&image->fdes, &image->program);
	elf_file_give_back(&image->program);
	elf_file_give_back(&image->debug);
	return image;
}

static void image_free(struct image *image)
{
	if (!image)
		return;
	if (image->has_symbols)
		elf_symbols_fini(&image->symbols);
	fde_table_fini(&image->fdes);
	free(image->made_name);
	dwarf_info_free(image->dwarf);
	elf_file_close(&image->debug);
	elf_file_close(&image->program);
	free(image->path);
	free(image);
}

static char *image_symbol(struct image *image, uint64_t address)
{
	struct code_range function = {0};

	if (!image->has_symbols)
		elf_symbols_init(&image->symbols, &image->program, &image->debug);
	image->has_symbols = true;
	fde_table_find(&image->fdes, address, &function);
	return symbol_table_find(&image->symbols.table, address, function.start);
}

/* What to call a function that has no name: by its beginning, so that its places stay together. */
static char *image_function(struct image *image, uint64_t address)
{
	const char *slash = strrchr(image->path, '/');
	struct code_range range;

	if (!fde_table_find(&image->fdes, address, &range))
		return NULL;
	free(image->made_name);
	image->made_name =
		xasprintf("%s!fn@0x%" PRIx64, slash ? slash + 1 : image->path, range.start);
	return image->made_name;
}

static void find_in_image(struct image *image, uint64_t offset, struct function_chain *out)
{
	struct function_line *real;
	uint64_t address;

	if (!image->program.elf || !elf_file_address(&image->program, offset, &address))
		return;
	if (image->dwarf)
		dwarf_info_find(image->dwarf, address, out);
	real = out->size ? &out->items[out->size - 1] : vec_push(out);
	if (!real->function)
		real->function = image_symbol(image, address);
	if (!real->function)
		real->function = image_function(image, address);
	if (!real->function && !real->file)
		out->size--;
}

/* The image opened ahead that is this very file. */
static struct image *image_taken(struct symbolizer *s, const struct module *module)
{
	vec_each (&s->ahead, at) {
		const struct elf_file *program = &(*at)->program;
		struct image *image = *at;

		if ((s->server && !image->dwarf) || !module->build_id_size ||
		    program->build_id_size != module->build_id_size ||
		    memcmp(program->build_id, module->build_id, module->build_id_size))
			continue;
		*at = s->ahead.items[--s->ahead.size];
		return image;
	}
	return NULL;
}

static struct image *image_of(struct symbolizer *s, const struct module *module, uint32_t id)
{
	vec_extend(&s->images, (size_t)id + 1);
	if (!s->images.items[id])
		s->images.items[id] = image_taken(s, module);
	if (!s->images.items[id])
		s->images.items[id] = image_new(s, module, id);
	return s->images.items[id];
}

struct symbolizer *symbolizer_new(void)
{
	return xnew(struct symbolizer);
}

void symbolizer_free(struct symbolizer *s)
{
	if (!s)
		return;
	vec_each (&s->images, image)
		image_free(*image);
	vec_free(&s->images);
	vec_each (&s->ahead, image)
		image_free(*image);
	vec_free(&s->ahead);
	vec_free(&s->answer);
	debug_server_free(s->server);
	free(s);
}

void symbolizer_open_ahead(struct symbolizer *s, const char *path)
{
	struct module module = {.path = (char *)path};

	*vec_push(&s->ahead) = image_new(s, &module, FIRST_FILE_MODULE);
}

void symbolizer_use_servers(struct symbolizer *s, symbolizer_wait *wait, void *arg)
{
	if (!s->server)
		s->server = debug_server_new(wait, arg);
}

void symbolizer_use_files(struct symbolizer *s, symbolizer_open *open, void *arg)
{
	s->open = open;
	s->open_arg = arg;
}

uint32_t symbolizer_lookup(struct symbolizer *s, const struct module *module, uint32_t module_id,
			   uint64_t offset, const struct function_line **out)
{
	s->answer.size = 0;
	if (module_id != MODULE_KERNEL && module_id != MODULE_UNKNOWN)
		find_in_image(image_of(s, module, module_id), offset, &s->answer);
	*out = s->answer.items;
	return s->answer.size;
}

bool symbolizer_function_offset(struct symbolizer *s, const struct module *module,
				uint32_t module_id, uint64_t offset, uint64_t *out)
{
	struct image *image = image_of(s, module, module_id);
	struct code_range function;
	uint64_t address;

	if (!image->program.elf || !elf_file_address(&image->program, offset, &address) ||
	    !fde_table_find(&image->fdes, address, &function))
		return false;
	*out = address - function.start;
	return true;
}
