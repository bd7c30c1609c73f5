// SPDX-License-Identifier: MIT
#include "profile/call_files.h"

#include <inttypes.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "decode/syscalls.h"

#define MOST_GENERATIONS 64

bool call_files_are_known(const struct recording *r)
{
	return recording_meta(r, "arguments") != NULL;
}

void call_files_init(struct call_files *f, const struct recording *r)
{
	*f = (struct call_files){.recording = r};
}

void call_files_fini(struct call_files *f)
{
	names_fini(&f->names);
	pair_map_fini(&f->numbers);
	vec_free(&f->by_number);
}

void call_files_restart(struct call_files *f)
{
	for (size_t i = 0; i < f->by_number.size; i++)
		f->by_number.items[i] = 0;
}

static uint32_t *slot_of(struct call_files *f, uint32_t process, uint64_t fd)
{
	uint32_t number = pair_map_number(&f->numbers, process, (uint32_t)fd);

	vec_extend(&f->by_number, (size_t)number + 1);
	return &f->by_number.items[number];
}

/* Children have what their parents had. */
static uint32_t file_behind(struct call_files *f, uint32_t process, uint64_t fd)
{
	const struct recording *r = f->recording;

	for (int i = 0; process && i < MOST_GENERATIONS; i++) {
		uint32_t number = pair_map_find(&f->numbers, process, (uint32_t)fd);

		if (number != PAIR_UNKNOWN && f->by_number.items[number])
			return f->by_number.items[number];
		process = r->tasks.items[r->tasks.items[process].parent].process;
	}
	return 0;
}

static uint32_t intern(struct call_files *f, const char *path, size_t size)
{
	scoped_free char *text = xstrndup(path, size);

	return *text ? names_intern(&f->names, text) : 0;
}

static uint32_t file_named(struct call_files *f, const struct piece *pieces, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		const char *text = (const char *)pieces[i].bytes;

		if (pieces[i].flags & PIECE_STRING && pieces[i].size_bytes && *text)
			return intern(f, text, strnlen(text, pieces[i].size_bytes));
	}
	return 0;
}

/* Its path, or what the kernel calls it that has none. */
static uint32_t told_name(struct call_files *f, const struct told_descriptor *told)
{
	scoped_free char *name = NULL;

	if (told->path_bytes)
		return intern(f, told->path, told->path_bytes);
	if (!S_ISFIFO(told->mode) && !told->is_socket)
		return 0;
	name = xasprintf("%s:[%" PRIu64 "]", told->is_socket ? "socket" : "pipe",
			 (uint64_t)told->inode);
	return names_intern(&f->names, name);
}

/* The last one that has a name; 0: none was made. */
static uint32_t take_made(struct call_files *f, uint32_t process, const struct piece *pieces,
			  uint32_t nr)
{
	uint32_t name = 0;

	for (uint32_t i = 0; i < nr; i++) {
		struct told_descriptor told;

		if (!(pieces[i].flags & PIECE_DESCRIPTOR) ||
		    !told_descriptor_take(&pieces[i], &told))
			continue;
		name = told_name(f, &told);
		*slot_of(f, process, (uint32_t)told.fd) = name;
	}
	return name;
}

static bool is_mapping_of_file(uint32_t key, const struct columns *c, uint32_t row)
{
	return key == SYS_mmap && !(c->at[SYSCALL_ARG3][row] & MAP_ANONYMOUS);
}

/* What is opened is known by its whole path; a call that names nothing is about its descriptor. */
static uint32_t file_of_row(struct call_files *f, const struct columns *c, uint32_t row,
			    const struct piece *pieces, uint32_t nr)
{
	uint32_t key = syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]);
	uint32_t process = f->recording->tasks.items[c->at[SYSCALL_TASK][row]].process;
	unsigned int classes = key & KEY_COMPAT ? 0 : syscall_classes(key);
	uint32_t named = classes & CLASS_FILE ? file_named(f, pieces, nr) : 0;
	uint32_t behind = classes & (CLASS_DESC | CLASS_NETWORK)
				  ? file_behind(f, process, c->at[SYSCALL_ARG0][row])
				  : 0;
	uint32_t made = take_made(f, process, pieces, nr);

	if (is_mapping_of_file(key, c, row))
		return file_behind(f, process, c->at[SYSCALL_ARG4][row]);
	if (key == SYS_close)
		*slot_of(f, process, c->at[SYSCALL_ARG0][row]) = 0;
	if (classes & CLASS_FILE && made)
		return made;
	return named ? named : behind;
}

void call_files_of_block(struct call_files *f, struct recording *r, const struct block *block,
			 const struct columns *c, uint32_t *out)
{
	struct pieces pieces = {0};

	block_pieces(r, block, c, &pieces);
	for (uint32_t row = 0; row < c->rows; row++) {
		uint32_t nr = 0;
		const struct piece *of_row = pieces_of_row(&pieces, row, &nr);

		out[row] = file_of_row(f, c, row, of_row, of_row ? nr : 0);
	}
	pieces_fini(&pieces);
}
