// SPDX-License-Identifier: MIT
#include "analysis/read_ranges.h"

#include <fcntl.h>
#include <sys/syscall.h>

#include "decode/byte_flow.h"
#include "memory/interval_map.h"
#include "recording/format.h"

#define MAX_ERRNO 4095

static struct place *place_of(struct read_ranges *s, uint32_t process, uint64_t fd)
{
	uint32_t number = pair_map_number(&s->places, process, (uint32_t)fd);

	vec_extend(&s->place_of, (size_t)number + 1);
	return &s->place_of.items[number];
}

/* Devices and what the kernel makes up have no bytes that could be kept. */
static bool is_kept(const char *name)
{
	static const char *const others[] = {"/dev/", "/proc/", "/sys/"};

	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		if (!strncmp(name, others[i], strlen(others[i])))
			return false;
	}
	return *name == '/';
}

static void add_range(struct read_ranges *s, uint32_t name, uint64_t offset, uint64_t bytes)
{
	struct read_file *file;
	uint64_t end = offset + bytes, at = offset, covered = 0;
	struct span span;

	if (end < offset)
		return;
	vec_extend(&s->read, (size_t)name + 1);
	file = &s->read.items[name];
	file->name = name;
	if (!file->ranges)
		file->ranges = xnew(struct interval_map);
	while (at < end && interval_map_cut(file->ranges, at, end, &span)) {
		covered += span.end - span.start;
		at = span.end;
	}
	interval_map_set(file->ranges, &(struct span){.start = offset, .end = end});
	file->bytes += bytes;
	file->distinct += bytes - covered;
	s->bytes += bytes;
	s->distinct += bytes - covered;
}

static bool is_placed(uint64_t nr)
{
	return nr == SYS_pread64 || nr == SYS_preadv || nr == SYS_preadv2;
}

static void take_read(struct read_ranges *s, struct place *place, uint64_t nr, uint64_t offset,
		      uint32_t name, uint64_t bytes)
{
	bool is_of_file = name && is_kept(names_text(&s->files.names, name));

	if (is_placed(nr) && (nr != SYS_preadv2 || offset != UINT64_MAX)) {
		if (is_of_file)
			add_range(s, name, offset, bytes);
		return;
	}
	if (is_of_file && place->is_known)
		add_range(s, name, place->offset, bytes);
	else if (is_of_file)
		s->unplaced += bytes;
	place->offset += bytes;
}

static uint64_t open_flags(const struct columns *c, uint32_t row, uint64_t nr)
{
	if (nr == SYS_openat)
		return c->at[SYSCALL_ARG2][row];
#ifdef SYS_open
	if (nr == SYS_open)
		return c->at[SYSCALL_ARG1][row];
#endif
	return O_APPEND; /* of others it is not looked up */
}

static bool is_open(uint64_t nr)
{
#ifdef SYS_open
	if (nr == SYS_open || nr == SYS_creat)
		return true;
#endif
	return nr == SYS_openat || nr == SYS_openat2;
}

static bool is_copy(uint64_t nr, uint64_t command)
{
#ifdef SYS_dup2
	if (nr == SYS_dup2)
		return true;
#endif
	return nr == SYS_dup || nr == SYS_dup3 ||
	       (nr == SYS_fcntl && (command == F_DUPFD || command == F_DUPFD_CLOEXEC));
}

static void take_call(struct read_ranges *s, const struct columns *c, uint32_t row, uint32_t name)
{
	uint64_t nr = c->at[SYSCALL_NR][row], result = c->at[SYSCALL_RESULT][row];
	uint64_t fd = c->at[SYSCALL_ARG0][row];
	uint32_t process = s->files.recording->tasks.items[c->at[SYSCALL_TASK][row]].process;
	struct place *place;

	if ((int64_t)result < 0 && (int64_t)result >= -MAX_ERRNO)
		return;
	place = place_of(s, process, is_open(nr) ? result : fd);
	if (is_open(nr)) {
		*place = (struct place){true, open_flags(c, row, nr) & O_APPEND, 0};
	} else if (is_copy(nr, c->at[SYSCALL_ARG1][row])) {
		place->is_known = false;
		place_of(s, process, result)->is_known = false;
	} else if (nr == SYS_lseek) {
		place->is_known = true;
		place->offset = result;
	} else if (nr == SYS_close) {
		place->is_known = false;
	} else if (byte_flow_of(nr) == FLOW_READ) {
		take_read(s, place, nr, c->at[SYSCALL_ARG3][row], name, result);
	} else if (nr == SYS_write || nr == SYS_writev) {
		place->is_known &= !place->appends;
		place->offset += result;
	}
}

bool read_ranges_build(struct recording *r, struct read_ranges *out)
{
	const uint32_t mask = CALL_FILES_COLUMNS | COLUMN(SYSCALL_RESULT);
	scoped_free uint32_t *names = xcalloc(BLOCK_ROWS, sizeof *names);

	*out = (struct read_ranges){0};
	call_files_init(&out->files, r);
	if (!call_files_are_known(r))
		return false;
	vec_each (&r->blocks, block) {
		struct columns c;

		if (block->kind != BLOCK_SYSCALLS || block_columns(r, block, mask, &c) < 0)
			continue;
		call_files_of_block(&out->files, r, block, &c, names);
		for (uint32_t row = 0; row < c.rows; row++) {
			if (!(c.at[SYSCALL_FLAGS][row] & (SYSCALL_COMPAT | SYSCALL_UNFINISHED)))
				take_call(out, &c, row, names[row]);
		}
		columns_fini(&c);
	}
	return true;
}

void read_ranges_fini(struct read_ranges *ranges)
{
	vec_each (&ranges->read, file) {
		if (file->ranges)
			interval_map_fini(file->ranges);
		free(file->ranges);
	}
	vec_free(&ranges->read);
	vec_free(&ranges->place_of);
	pair_map_fini(&ranges->places);
	call_files_fini(&ranges->files);
}
