// SPDX-License-Identifier: MIT
#include "record/unwinding.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/vec.h"
#include "unwind/index.h"

/*
 * Room at first for what is not foreseen: a compiler proper behind its driver has half a million
 * rows. More is made when a quarter is left; when no more can be made, that quarter is for the code
 * that stacks lie in. The pages are of 1 GiB of code.
 */
#define SPARE_ROWS  (1 << 20)
#define SPARE_PAGES (256 << 10)

/* Filled under one lock: some 50 us, for which a stack may have to wait. */
#define FILL_PAGES 16

/* A file that is mapped here only so that the kernel can tell its id. */
struct built {
	void *memory;
	struct unwind_table table;
	struct unwind_index *index; /* kept if some of the code has no rule */
};

struct wanted {
	uint32_t file; /* FILE_NONE: none */
	int fd;        /* -1: it cannot be opened */
};

/* A file whose pages get their rows one after the other, when there is nothing else to do. */
struct filling {
	uint32_t file;
	size_t next_page, nr_pages;
	bool has_all_rules; /* so far */
};

enum meeting { NOT_MET, NOT_OPENED, MET };

struct unwinding {
	VEC(struct built) ahead;
	struct capture *capture;
	uint8_t met[MAX_FILES]; /* enum meeting, by file id */
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed;
	VEC(struct wanted) wanted;
	bool ended;
	bool grows;                 /* the thread's: there can be more room than there is */
	unsigned int waiting;       /* stacks, for the lock below: they come before the thread */
	pthread_mutex_t store_lock; /* guards the store, once the thread runs, and what follows */
	struct unwind_index *indexes[MAX_FILES];
	VEC(struct filling) to_fill;
	uint64_t nr_tables, nr_late, nr_without, nr_refused;
};

#define IDENTITY_BYTES 4096

/* Mapped so that the kernel can tell which file it is. */
static void *identity_map(int fd)
{
	void *memory = mmap(NULL, IDENTITY_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

/* The table, and the index if some of the code has no rule. No table is a table, too: of one gap.
 */
static void built_fill(struct built *built, struct unwind_index *index)
{
	if (!index)
		return;
	unwind_index_rows(index, 0, UINT64_MAX, &built->table);
	if (built->table.nr_unsupported)
		built->index = index;
	else
		unwind_index_free(index);
}

static bool file_build(const char *path, struct built *out)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct unwind_index *index = NULL;

	*out = (struct built){0};
	if (fd < 0)
		return false;
	out->memory = identity_map(fd);
	if (!out->memory)
		return false;
	unwind_index_open(fd, &index);
	built_fill(out, index);
	return true;
}

static void built_fini(struct built *built)
{
	munmap(built->memory, IDENTITY_BYTES);
	unwind_table_fini(&built->table);
	unwind_index_free(built->index);
}

struct unwinding *unwinding_new(const struct paths *files)
{
	struct unwinding *u = xnew(struct unwinding);

	pthread_mutex_init(&u->lock, NULL);
	pthread_mutex_init(&u->store_lock, NULL);
	pthread_cond_init(&u->changed, NULL);
	vec_each (files, path) {
		struct built built;

		if (file_build(*path, &built))
			*vec_push(&u->ahead) = built;
	}
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
		scope_end_close(&wanted->fd);
	vec_free(&u->ahead);
	vec_free(&u->wanted);
	vec_free(&u->to_fill);
	for (uint32_t file = 0; file < MAX_FILES; file++)
		unwind_index_free(u->indexes[file]);
	pthread_mutex_destroy(&u->store_lock);
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
	return file < MAX_FILES &&
	       __atomic_exchange_n(&u->met[file], MET, __ATOMIC_RELAXED) == NOT_MET;
}

static void publish_built(struct unwinding *u, uint32_t file, struct built *built)
{
	publish(u, file, &built->table);
	u->indexes[file] = built->index;
	built->index = NULL;
}

static void publish_met(struct unwinding *u, struct built *built)
{
	uint32_t file = capture_file_id(u->capture, built->memory);

	if (meet(u, file))
		publish_built(u, file, built);
}

/* The vdso's image is in every process, this one included; its headers say where it ends. */
static void publish_vdso(struct unwinding *u)
{
	const Elf64_Ehdr *image = (const void *)getauxval(AT_SYSINFO_EHDR);
	struct unwind_index *index;
	struct built built = {0};

	if (!image || unwind_index_open_image(
			      image, image->e_shoff + image->e_shnum * image->e_shentsize, &index))
		return;
	built_fill(&built, index);
	publish_built(u, FILE_VDSO, &built);
	unwind_table_fini(&built.table);
}

static void announce_late(struct unwinding *u, const struct wanted *wanted)
{
	struct unwind_store *store = capture_unwind_store(u->capture);
	struct unwind_index *index = NULL;
	struct unwind_table none = {0};
	size_t nr_pages;

	if (wanted->fd >= 0)
		unwind_index_open(wanted->fd, &index);

	pthread_mutex_lock(&u->store_lock);
	u->nr_late++;
	if (!index) {
		publish(u, wanted->file, &none);
	} else if (nr_pages = unwind_index_pages(index),
		   unwind_announce(store, wanted->file, nr_pages)) {
		u->nr_refused++;
		unwind_index_free(index);
	} else {
		u->nr_tables++;
		u->indexes[wanted->file] = index;
		*vec_push(&u->to_fill) = (struct filling){
			.file = wanted->file, .nr_pages = nr_pages, .has_all_rules = true};
	}
	pthread_mutex_unlock(&u->store_lock);
}

/* The rows of some pages; under the lock of the store. False when some of the code has no rule. */
static bool fill_pages(struct unwinding *u, uint32_t file, size_t first, size_t nr)
{
	struct unwind_table table;
	bool has_all_rules, refused;

	unwind_index_rows(u->indexes[file], (uint64_t)first << UNWIND_PAGE_SHIFT,
			  (uint64_t)(first + nr) << UNWIND_PAGE_SHIFT, &table);
	refused = unwind_publish_pages(capture_unwind_store(u->capture), file, first, nr, &table);
	u->nr_refused += refused;
	has_all_rules = !refused && !table.nr_unsupported;
	unwind_table_fini(&table);
	return has_all_rules;
}

/* A stack lies in this page, and waits. */
static void make_page(void *unwinding, uint32_t file, size_t page)
{
	struct unwinding *u = unwinding;

	__atomic_add_fetch(&u->waiting, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&u->store_lock);
	__atomic_sub_fetch(&u->waiting, 1, __ATOMIC_RELAXED);
	if (file < MAX_FILES && u->indexes[file] &&
	    !unwind_is_published(capture_unwind_store(u->capture), file, page))
		fill_pages(u, file, page, 1);
	pthread_mutex_unlock(&u->store_lock);
}

/* Under the lock, as the thread may be done with the file's index. */
static enum exact_step step_exactly(void *unwinding, uint32_t file, uint64_t offset,
				    uint64_t address, memory_read *read, void *arg,
				    struct frame_registers *registers, bool *is_signal)
{
	struct unwinding *u = unwinding;
	enum exact_step step = EXACT_FAILED;
	struct exact_frame frame;

	__atomic_add_fetch(&u->waiting, 1, __ATOMIC_RELAXED);
	pthread_mutex_lock(&u->store_lock);
	__atomic_sub_fetch(&u->waiting, 1, __ATOMIC_RELAXED);
	if (file < MAX_FILES && u->indexes[file] &&
	    unwind_index_frame(u->indexes[file], offset, &frame)) {
		*is_signal = frame.is_signal;
		step = exact_frame_step(&frame, address, read, arg, registers);
	}
	pthread_mutex_unlock(&u->store_lock);
	return step;
}

static bool has_room(const struct unwind_store *store)
{
	return store->nr_rows < store->max_rows / 4 * 3;
}

/* Goes on with the file whose turn it is; its index is needed until all of its pages are there, and
 * then for code that has no rule. */
static void fill_some(struct unwinding *u, struct filling *filling)
{
	size_t nr = filling->nr_pages - filling->next_page;

	nr = nr < FILL_PAGES ? nr : FILL_PAGES;
	filling->has_all_rules &= fill_pages(u, filling->file, filling->next_page, nr);
	filling->next_page += nr;
	if (filling->next_page < filling->nr_pages)
		return;
	if (filling->has_all_rules) {
		unwind_index_free(u->indexes[filling->file]);
		u->indexes[filling->file] = NULL;
	}
	u->to_fill.size--;
}

/* Takes the kernel a while, so without the lock of the store. */
static bool grow(struct unwinding *u)
{
	struct unwind_store *store = capture_unwind_store(u->capture);
	size_t max_rows = u->grows ? capture_unwind_grow(u->capture) : 0;

	u->grows = max_rows > store->max_rows;
	if (!u->grows)
		return false;
	pthread_mutex_lock(&u->store_lock);
	__atomic_store_n(&store->max_rows, max_rows, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&u->store_lock);
	return true;
}

/* False when there is nothing to fill, or no room. The lock is not fair: whoever gives it back gets
 * it again before those who sleep for it. */
static bool fill_next(struct unwinding *u)
{
	bool fills, room;

	while (__atomic_load_n(&u->waiting, __ATOMIC_RELAXED))
		sched_yield();
	pthread_mutex_lock(&u->store_lock);
	fills = u->to_fill.size;
	room = has_room(capture_unwind_store(u->capture));
	if (fills && room)
		fill_some(u, &u->to_fill.items[u->to_fill.size - 1]);
	pthread_mutex_unlock(&u->store_lock);
	return fills && (room || grow(u));
}

/* Waits for a file unless there is something to fill, too; FILE_NONE: there is none. False when all
 * is done: pages that were not filled by then are made when a stack needs them. */
static bool next_wanted(struct unwinding *u, bool fills, struct wanted *out)
{
	bool goes_on;

	*out = (struct wanted){.fd = -1};
	pthread_mutex_lock(&u->lock);
	while (!u->wanted.size && !u->ended && !fills)
		pthread_cond_wait(&u->changed, &u->lock);
	goes_on = u->wanted.size || !u->ended;
	if (u->wanted.size) {
		*out = u->wanted.items[0];
		memmove(u->wanted.items, u->wanted.items + 1, --u->wanted.size * sizeof *out);
	}
	pthread_mutex_unlock(&u->lock);
	return goes_on;
}

static void *build_wanted(void *unwinding)
{
	struct unwinding *u = unwinding;
	struct wanted wanted;
	bool fills = false;

	setpriority(PRIO_PROCESS, 0, -20); /* of this thread: stacks wait for it */
	while (next_wanted(u, fills, &wanted)) {
		if (wanted.file)
			announce_late(u, &wanted);
		scope_end_close(&wanted.fd);
		fills = fill_next(u);
	}
	return NULL;
}

void unwinding_begin(struct unwinding *u, struct capture *capture)
{
	struct unwind_store *store = capture_unwind_store(capture);

	u->capture = capture;
	u->grows = true;
	store->make_page = make_page;
	store->step_exactly = step_exactly;
	store->maker = u;
	publish_vdso(u);
	u->met[FILE_NONE] = u->met[FILE_VDSO] = MET;
	vec_each (&u->ahead, built) {
		publish_met(u, built);
		built_fini(built);
	}
	vec_free(&u->ahead);
	u->has_thread = !pthread_create(&u->thread, NULL, build_wanted, u);
}

/* One that could not be opened is asked for again when somebody else maps it. */
static bool is_wanted(struct unwinding *u, uint32_t file, bool opened)
{
	if (!opened && file < MAX_FILES && u->met[file] == NOT_OPENED)
		return false;
	if (opened && file < MAX_FILES && u->met[file] == NOT_OPENED)
		u->met[file] = NOT_MET;
	if (!meet(u, file))
		return false;
	if (!opened)
		u->met[file] = NOT_OPENED;
	return true;
}

void unwinding_mapping(struct unwinding *u, uint32_t file, int fd)
{
	if (!is_wanted(u, file, fd >= 0)) {
		scope_end_close(&fd);
		return;
	}
	pthread_mutex_lock(&u->lock);
	*vec_push(&u->wanted) = (struct wanted){.file = file, .fd = fd};
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
	if (u->capture)
		writer_counter(w, "unwind.rows", capture_unwind_store(u->capture)->nr_rows);
}
