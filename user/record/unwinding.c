// SPDX-License-Identifier: MIT
#include "record/unwinding.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/vec.h"
#include "unwind/dependencies.h"

/* Room for what is not foreseen: a compiler proper behind its driver, a program's plug-ins. */
#define SPARE_ROWS  (2 << 20)
#define SPARE_PAGES (128 << 10)

/* A file that is mapped here only so that the kernel can tell its id. */
struct built {
	void *memory;
	struct unwind_table table;
};

struct wanted {
	uint32_t file;
	char *path;
};

struct unwinding {
	VEC(struct built) ahead;
	struct paths known; /* the worker's, once it runs */
	struct capture *capture;
	uint8_t met[MAX_FILES]; /* by file id: built, or waiting for it */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	VEC(struct wanted) wanted;
	bool ended;
	uint64_t nr_tables, nr_late, nr_without, nr_refused;
};

#define IDENTITY_BYTES 4096

static bool file_build(const char *path, struct built *out)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*out = (struct built){0};
	if (fd < 0)
		return false;
	out->memory = mmap(NULL, IDENTITY_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);
	if (out->memory == MAP_FAILED)
		return false;
	if (unwind_table_build(fd, &out->table))
		out->table = (struct unwind_table){0}; /* no table is a table, too: of one gap */
	return true;
}

static void built_fini(struct built *built)
{
	munmap(built->memory, IDENTITY_BYTES);
	unwind_table_fini(&built->table);
}

struct unwinding *unwinding_new(const char *program)
{
	struct unwinding *u = xnew(struct unwinding);
	struct paths paths;

	pthread_mutex_init(&u->lock, NULL);
	pthread_cond_init(&u->changed, NULL);
	dependencies_find(program, &paths);
	vec_each (&paths, path) {
		struct built built;

		if (file_build(*path, &built))
			*vec_push(&u->ahead) = built;
	}
	u->known = paths;
	return u;
}

void unwinding_free(struct unwinding *u)
{
	if (!u)
		return;
	unwinding_end(u);
	vec_each (&u->ahead, built)
		built_fini(built);
	vec_each (&u->wanted, wanted)
		free(wanted->path);
	vec_free(&u->ahead);
	vec_free(&u->wanted);
	paths_fini(&u->known);
	pthread_cond_destroy(&u->changed);
	pthread_mutex_destroy(&u->lock);
	free(u);
}

void unwinding_room(const struct unwinding *u, struct capture_options *out)
{
	out->unwind_rows = SPARE_ROWS;
	out->unwind_pages = SPARE_PAGES;
	vec_each (&u->ahead, built) {
		out->unwind_rows += unwind_rows_needed(&built->table);
		out->unwind_pages += unwind_pages_needed(&built->table);
	}
}

static void publish(struct unwinding *u, uint32_t file, const struct unwind_table *table)
{
	int err = unwind_publish(capture_unwind_store(u->capture), file, table);

	u->nr_tables += err == 0;
	u->nr_refused += err != 0;
	u->nr_without += table->nr_rows == 0;
}

/* The first one to ask for a file is told so, and is to see to its table. */
static bool meet(struct unwinding *u, uint32_t file)
{
	return file < MAX_FILES && !__atomic_exchange_n(&u->met[file], 1, __ATOMIC_RELAXED);
}

static void publish_met(struct unwinding *u, const struct built *built)
{
	uint32_t file = capture_file_id(u->capture, built->memory);

	if (meet(u, file))
		publish(u, file, &built->table);
}

/* The vdso's image is in every process, this one included; its headers say where it ends. */
static void publish_vdso(struct unwinding *u)
{
	const Elf64_Ehdr *image = (const void *)getauxval(AT_SYSINFO_EHDR);
	struct unwind_table table;

	if (!image || unwind_table_build_image(
			      image, image->e_shoff + image->e_shnum * image->e_shentsize, &table))
		return;
	publish(u, FILE_VDSO, &table);
	unwind_table_fini(&table);
}

/* Has a table of this path been built? Spares reading it again only to find that out by its id. */
static bool is_known(struct unwinding *u, const char *path)
{
	vec_each (&u->known, known)
		if (!strcmp(*known, path))
			return true;
	*vec_push(&u->known) = xstrdup(path);
	return false;
}

/* What a file needs is mapped a little later than itself; the tables of those are there by then. */
static void build_needs(struct unwinding *u, const char *path)
{
	struct paths paths;

	dependencies_find(path, &paths);
	for (size_t i = 1; i < paths.size; i++) {
		struct built built;

		if (is_known(u, paths.items[i]) || !file_build(paths.items[i], &built))
			continue;
		publish_met(u, &built);
		built_fini(&built);
	}
	paths_fini(&paths);
}

/* A path may have come to mean another file than the one that was mapped; then there is no table.
 */
static void build_late(struct unwinding *u, const struct wanted *wanted)
{
	struct unwind_table none = {0};
	struct built built;
	bool opened, is_same;

	build_needs(u, wanted->path);
	opened = file_build(wanted->path, &built);
	is_same = opened && capture_file_id(u->capture, built.memory) == wanted->file;
	publish(u, wanted->file, is_same ? &built.table : &none);
	u->nr_late++;
	if (opened)
		built_fini(&built);
}

/* The next file, no path when there will be none. */
static struct wanted next_wanted(struct unwinding *u)
{
	struct wanted next = {0};

	pthread_mutex_lock(&u->lock);
	while (!u->wanted.size && !u->ended)
		pthread_cond_wait(&u->changed, &u->lock);
	if (u->wanted.size) {
		next = u->wanted.items[0];
		memmove(u->wanted.items, u->wanted.items + 1, --u->wanted.size * sizeof next);
	}
	pthread_mutex_unlock(&u->lock);
	return next;
}

static void *build_wanted(void *unwinding)
{
	struct unwinding *u = unwinding;
	struct wanted wanted;

	setpriority(PRIO_PROCESS, 0,
		    -20); /* of this thread: until the table is there, stacks end */
	for (wanted = next_wanted(u); wanted.path; wanted = next_wanted(u)) {
		build_late(u, &wanted);
		free(wanted.path);
	}
	return NULL;
}

void unwinding_begin(struct unwinding *u, struct capture *capture)
{
	u->capture = capture;
	publish_vdso(u);
	u->met[FILE_NONE] = u->met[FILE_VDSO] = 1;
	vec_each (&u->ahead, built) {
		publish_met(u, built);
		built_fini(built);
	}
	vec_free(&u->ahead);
	u->has_thread = !pthread_create(&u->thread, NULL, build_wanted, u);
}

void unwinding_mapping(struct unwinding *u, const struct mapping_event *event)
{
	if (!event->path_bytes || !meet(u, event->file))
		return;
	pthread_mutex_lock(&u->lock);
	*vec_push(&u->wanted) = (struct wanted){.file = event->file, .path = xstrdup(event->path)};
	pthread_cond_signal(&u->changed);
	pthread_mutex_unlock(&u->lock);
}

void unwinding_end(struct unwinding *u)
{
	pthread_mutex_lock(&u->lock);
	u->ended = true;
	pthread_cond_signal(&u->changed);
	pthread_mutex_unlock(&u->lock);
	if (u->has_thread)
		pthread_join(u->thread, NULL);
	u->has_thread = false;
}

void unwinding_counters(const struct unwinding *u, struct writer *w)
{
	writer_counter(w, "unwind.tables", u->nr_tables);
	writer_counter(w, "unwind.tables_late", u->nr_late);
	writer_counter(w, "unwind.files_without_table", u->nr_without);
	writer_counter(w, "unwind.tables_refused", u->nr_refused);
}
