// SPDX-License-Identifier: MIT
#include "diff/file_scan.h"

#include <sys/syscall.h>

#include "decode/syscalls.h"
#include "diff/call_scan.h"
#include "profile/pair_map.h"

#define FILE_COLUMNS                                                                               \
	(PIECES_COLUMNS | COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS) | COLUMN(SYSCALL_RESULT) |    \
	 COLUMN(SYSCALL_DURATION_NS) | COLUMN(SYSCALL_TASK))

#define MAX_ERRNO 4095

struct scanning {
	const struct recording *r;
	struct file_scan *out;
	struct pair_map numbers; /* (process, descriptor) */
	VEC(uint32_t) files;     /* by number: a name, 0: none */
};

/* ---- Names ---- */

/* "/proc/1234/maps" is "/proc/self/maps" to everybody else. */
static void hide_pid(char *path)
{
	const size_t at = sizeof "/proc/" - 1;
	size_t digits = strncmp(path, "/proc/", at) ? 0 : strspn(path + at, "0123456789");

	if (digits >= 4) {
		memcpy(path + at, "self", 4);
		memmove(path + at + 4, path + at + digits, strlen(path + at + digits) + 1);
	}
}

/* The numbers of pipes and the like are new each time. */
static uint32_t intern_path(struct scanning *s, const char *path, size_t size)
{
	const char *bracket = memchr(path, '[', size);
	scoped_free char *text = NULL;

	if (*path != '/' && bracket && bracket != path)
		size = (size_t)(bracket - path);
	while (size && path[size - 1] == ':')
		size--;
	text = xstrndup(path, size);
	hide_pid(text);
	return *text ? names_intern(&s->out->names, text) : 0;
}

bool file_is_systems(const char *path)
{
	static const char *const places[] = {
		"/proc/", "/sys/", "/dev/", "/etc/", "/usr/lib", "/lib", "/usr/share/locale", NULL};

	for (const char *const *place = places; *place; place++) {
		if (!strncmp(path, *place, strlen(*place)))
			return true;
	}
	return *path != '/' || strstr(path, ".so");
}

/* ---- Descriptors ---- */

static void set_file(struct scanning *s, uint32_t process, uint64_t fd, uint32_t name)
{
	uint32_t number = pair_map_number(&s->numbers, process, fd);

	vec_extend(&s->files, (size_t)number + 1);
	s->files.items[number] = name;
}

static uint32_t process_of(const struct scanning *s, uint64_t task)
{
	return task < s->r->tasks.size ? s->r->tasks.items[task].process : 0;
}

/* Children have what their parents had. */
static uint32_t file_of(struct scanning *s, uint32_t process, uint64_t fd)
{
	for (int generation = 0; process && generation < 64; generation++) {
		uint32_t number = pair_map_number(&s->numbers, process, fd), parent;

		vec_extend(&s->files, (size_t)number + 1);
		if (s->files.items[number])
			return s->files.items[number];
		parent = process < s->r->tasks.size ? s->r->tasks.items[process].parent : 0;
		process = process_of(s, parent);
	}
	return 0;
}

static uint32_t named_file(struct scanning *s, const struct piece *pieces, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		if (pieces[i].flags & PIECE_STRING && pieces[i].size_bytes && *pieces[i].bytes)
			return intern_path(
				s, (const char *)pieces[i].bytes,
				strnlen((const char *)pieces[i].bytes, pieces[i].size_bytes));
	}
	return 0;
}

static void take_made(struct scanning *s, uint32_t process, const struct piece *pieces, uint32_t nr)
{
	for (uint32_t i = 0; i < nr; i++) {
		struct told_descriptor told;

		if (pieces[i].flags & PIECE_DESCRIPTOR && told_descriptor_take(&pieces[i], &told))
			set_file(s, process, (uint32_t)told.fd,
				 told.path_bytes ? intern_path(s, told.path, told.path_bytes)
						 : names_intern(&s->out->names, "[no path]"));
	}
}

/* ---- Rows ---- */

static void add_use(struct scanning *s, uint32_t name, uint32_t key, int64_t result, uint64_t ns)
{
	struct file_use *use;

	vec_extend(&s->out->items, name);
	use = &s->out->items.items[name - 1];
	use->name = name;
	use->calls++;
	use->ns += ns;
	use->errors += result < 0 && result >= -MAX_ERRNO;
	if (result > 0 && call_flow_of(key) == FLOW_READ)
		use->read_bytes += (uint64_t)result;
	if (result > 0 && call_flow_of(key) == FLOW_WRITE)
		use->written_bytes += (uint64_t)result;
}

static void take_row(struct scanning *s, const struct columns *c, uint32_t i,
		     const struct piece *pieces, uint32_t nr)
{
	uint64_t flags = c->at[SYSCALL_FLAGS][i];
	uint32_t key = syscall_key(c->at[SYSCALL_NR][i], flags), name = 0;
	uint32_t process = process_of(s, c->at[SYSCALL_TASK][i]);
	unsigned int classes = syscall_classes(key);

	if (classes & CLASS_FILE)
		name = named_file(s, pieces, nr);
	else if (classes & (CLASS_DESC | CLASS_NETWORK))
		name = file_of(s, process, c->at[SYSCALL_ARG0][i]);
	take_made(s, process, pieces, nr);
	if (name)
		add_use(s, name, key, (int64_t)c->at[SYSCALL_RESULT][i],
			flags & SYSCALL_UNTIMED ? 0 : c->at[SYSCALL_DURATION_NS][i]);
	if (key == SYS_close)
		set_file(s, process, c->at[SYSCALL_ARG0][i], 0);
}

static void take_block(struct scanning *s, struct recording *r, const struct block *block)
{
	struct pieces pieces;
	struct columns c;

	if (block_columns(r, block, FILE_COLUMNS, &c) < 0)
		return;
	if (!block_pieces(r, block, &c, &pieces)) {
		for (uint32_t i = 0; i < c.rows; i++) {
			uint32_t nr = 0;
			const struct piece *of_row = pieces_of_row(&pieces, i, &nr);

			take_row(s, &c, i, of_row, of_row ? nr : 0);
		}
		pieces_fini(&pieces);
	}
	columns_fini(&c);
}

void file_scan_take(struct recording *r, struct file_scan *out)
{
	struct scanning s = {.r = r, .out = out};

	*out = (struct file_scan){.is_known = recording_meta(r, "arguments") != NULL};
	vec_each (&r->blocks, block) {
		if (out->is_known && block->kind == BLOCK_SYSCALLS)
			take_block(&s, r, block);
	}
	pair_map_fini(&s.numbers);
	vec_free(&s.files);
}

void file_scan_fini(struct file_scan *scan)
{
	names_fini(&scan->names);
	vec_free(&scan->items);
}
