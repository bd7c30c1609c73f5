// SPDX-License-Identifier: MIT
#include "diff/file_scan.h"

#include "decode/byte_flow.h"
#include "diff/call_scan.h"
#include "profile/call_files.h"
#include "recording/format.h"

#define FILE_COLUMNS (CALL_FILES_COLUMNS | COLUMN(SYSCALL_RESULT) | COLUMN(SYSCALL_DURATION_NS))

#define MAX_ERRNO 4095

struct scanning {
	struct file_scan *out;
	struct call_files files;
	VEC(uint32_t)
	shared; /* by the name of a file of this run: the shared one + 1; 0: not made */
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
static uint32_t intern_shared(struct scanning *s, const char *path)
{
	const char *bracket = strchr(path, '[');
	size_t size = strlen(path);
	scoped_free char *text = NULL;

	if (*path != '/' && bracket && bracket != path)
		size = (size_t)(bracket - path);
	while (size && path[size - 1] == ':')
		size--;
	text = xstrndup(path, size);
	hide_pid(text);
	return *text ? names_intern(&s->out->names, text) : 0;
}

static uint32_t shared_name(struct scanning *s, uint32_t file)
{
	uint32_t *shared;

	if (!file)
		return 0;
	vec_extend(&s->shared, (size_t)file + 1);
	shared = &s->shared.items[file];
	if (!*shared)
		*shared = intern_shared(s, names_text(&s->files.names, file)) + 1;
	return *shared - 1;
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

/* ---- Rows ---- */

static void add_use(struct scanning *s, uint32_t name, const struct columns *c, uint32_t row)
{
	uint64_t flags = c->at[SYSCALL_FLAGS][row], ns = c->at[SYSCALL_DURATION_NS][row];
	uint32_t key = syscall_key(c->at[SYSCALL_NR][row], flags);
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];
	struct file_use *use;

	vec_extend(&s->out->items, name);
	use = &s->out->items.items[name - 1];
	use->name = name;
	use->calls++;
	if (!(flags & SYSCALL_UNTIMED)) {
		use->ns += ns;
		spread_add(&use->times, ns);
	}
	use->errors += result < 0 && result >= -MAX_ERRNO;
	if (result > 0 && byte_flow_of(key) == FLOW_READ)
		use->read_bytes += (uint64_t)result;
	if (result > 0 && byte_flow_of(key) == FLOW_WRITE)
		use->written_bytes += (uint64_t)result;
}

static void take_block(struct scanning *s, struct recording *r, const struct block *block,
		       uint32_t *files)
{
	struct columns c;

	if (block_columns(r, block, FILE_COLUMNS, &c) < 0)
		return;
	call_files_of_block(&s->files, r, block, &c, files);
	for (uint32_t row = 0; row < c.rows; row++) {
		uint32_t name = shared_name(s, files[row]);

		if (name)
			add_use(s, name, &c, row);
	}
	columns_fini(&c);
}

void file_scan_take(struct recording *r, struct file_scan *out)
{
	scoped_free uint32_t *files = xcalloc(BLOCK_ROWS, sizeof *files);
	struct scanning s = {.out = out};

	*out = (struct file_scan){.is_known = call_files_are_known(r)};
	call_files_init(&s.files, r);
	vec_each (&r->blocks, block) {
		if (out->is_known && block->kind == BLOCK_SYSCALLS)
			take_block(&s, r, block, files);
	}
	call_files_fini(&s.files);
	vec_free(&s.shared);
}

void file_scan_fini(struct file_scan *scan)
{
	vec_each (&scan->items, use)
		spread_fini(&use->times);
	names_fini(&scan->names);
	vec_free(&scan->items);
}
