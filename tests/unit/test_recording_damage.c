// SPDX-License-Identifier: MIT
/*
 * Files that were cut, damaged, not finished, or are no recordings: what can be read is, what is
 * wrong is said once, and nothing else happens.
 */
#include "recording/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>
#include "base/error.h" /* before cmocka.h, which has a macro fail() */
#include <cmocka.h>

#include "recording/chunk.h"
#include "recording/writer.h"
#include "tests/unit/recording_walk.h"

#define MUTATIONS 20000

static uint64_t random_state = 1;

static uint64_t random_next(void)
{
	random_state += 0x9e3779b97f4a7c15;
	uint64_t z = (random_state ^ random_state >> 30) * 0xbf58476d1ce4e5b9;

	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static char said[8192];
static uint32_t nr_said;

static void keep_message(const char *line)
{
	nr_said++;
	snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", line);
}

static void forget_messages(void)
{
	nr_said = 0;
	said[0] = 0;
}

static void assert_said(const char *part)
{
	if (!strstr(said, part))
		fail_msg("'%s' is not in: %s", part, said);
}

static int open_path(const char *path, struct recording **out)
{
	forget_messages();
	return recording_open(path, out);
}

static int open_bytes(const struct bytes *b, struct recording **out)
{
	scoped_fd int fd = memfd_create("damage", MFD_CLOEXEC);
	scoped_free char *path = xasprintf("/proc/self/fd/%d", fd);

	assert_true(write(fd, b->data, b->size) == (ssize_t)b->size);
	return open_path(path, out);
}

#define SAMPLE_ROWS 40 /* of each kind, twice */

static void sample_rows(struct writer *w, uint64_t start_ns)
{
	for (uint64_t i = 0; i < SAMPLE_ROWS; i++) {
		uint64_t call[NR_SYSCALL_COLUMNS] = {
			start_ns + i * 450, 190 + i % 30, 1, i % 5, 1, i % 4};
		uint64_t fault[NR_FAULT_COLUMNS] = {start_ns + i * 700, 0, 1, 500, 500, 500};

		call[SYSCALL_ARG1] = 0x7ffc12345678;
		fault[FAULT_ADDRESS] = 0x7f1234560000 + random_next() % 512 * 4096;
		fault[FAULT_TASK] = 1 + i % 2;
		fault[FAULT_STACK] = 1 + i % 3;
		writer_row(w, BLOCK_SYSCALLS, call);
		writer_row(w, BLOCK_FAULTS, fault);
	}
}

/* One of each table entry at least, in two flushes. */
static void sample_write(struct writer *w)
{
	struct function_line lines[] = {{"main", "main.c", 3, 1}, {"start", NULL, 0, 0}};
	struct bucket buckets[] = {{3, 4}, {70, 5}};
	uint32_t frame = 0;

	writer_meta_text(w, "argv", "true");
	writer_module(w, &(struct module){.path = "/bin/true", .build_id_size = 20});
	writer_task_event(w, &(struct task_event){.time_ns = 5,
						  .task = 1,
						  .type = TASK_START,
						  .value = {1, 10, 10, 3},
						  .text = "true"});
	for (uint32_t i = 1; i <= 4; i++) {
		frame = writer_frame(w, frame, FIRST_FILE_MODULE, 0x1000 * i);
		writer_stack(w, i, &(struct stack){.frame = frame, .flags = STACK_COMPLETE});
		writer_location(w, &(struct location){3, 0x1000 * i, 2, lines});
	}
	sample_rows(w, 1000000);
	writer_flush(w);
	writer_task_event(w, &(struct task_event){.time_ns = 6,
						  .task = 1,
						  .other = 2,
						  .type = TASK_FORK,
						  .value = {2, 11, 11},
						  .text = ""});
	writer_frame(w, frame, MODULE_KERNEL, 0xffffffff81000000);
	sample_rows(w, 2000000);
	writer_counter(w, "wall_ns", 12345);
	writer_syscall_total(w,
			     &(struct syscall_total){.nr = 3, .nr_buckets = 2, .buckets = buckets});
}

/* The bytes of the sample, and where its chunks end. */
struct sample {
	struct bytes bytes;
	VEC(size_t) ends;
};

static void sample_read(struct sample *s, int fd)
{
	off_t size = lseek(fd, 0, SEEK_END);
	struct chunk chunk;

	bytes_extend(&s->bytes, (size_t)size);
	assert_true(pread(fd, s->bytes.data, s->bytes.size, 0) == size);
	for (size_t at = FILE_HEADER_BYTES; at < s->bytes.size;) {
		assert_true(chunk_take(s->bytes.data + at, &chunk));
		at += CHUNK_HEADER_BYTES + chunk.stored;
		*vec_push(&s->ends) = at;
	}
}

static int sample_make(struct sample *s, bool finished)
{
	int fd = memfd_create("sample", MFD_CLOEXEC);
	scoped_fd int copy = dup(fd);
	struct writer *w;

	*s = (struct sample){0};
	random_state = 1;
	assert_int_equal(writer_new(fd, "x", &w), 0);
	sample_write(w);
	assert_int_equal(finished ? writer_finish(w) : writer_flush(w), 0);
	writer_free(w);
	sample_read(s, copy);
	return 0;
}

static void sample_fini(struct sample *s)
{
	bytes_fini(&s->bytes);
	vec_free(&s->ends);
}

static int setup(void **state)
{
	message_sink_set(keep_message);
	*state = xnew(struct sample);
	return sample_make(*state, true);
}

static int teardown(void **state)
{
	sample_fini(*state);
	free(*state);
	return 0;
}

static void the_sample_is_whole(void **state)
{
	const struct sample *s = *state;
	struct recording *r;

	assert_int_equal(open_bytes(&s->bytes, &r), 0);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	assert_int_equal(recording_verify(r), 0);
	assert_int_equal(nr_said, 0);
	assert_true(r->integrity.complete);
	assert_int_equal(r->frames.size, 6);
	assert_int_equal(r->tasks.size, 3);
	recording_close(r);
}

/* Every whole chunk before the cut is read: frames grow with it, rows come with their columns. */
static void a_file_cut_anywhere_is_read_up_to_there(void **state)
{
	const struct sample *s = *state;
	uint64_t last_rows = 0;

	for (size_t size = 1; size < s->bytes.size; size++) {
		struct bytes cut = {.data = s->bytes.data, .size = size};
		struct recording *r = NULL;
		size_t whole = 0;
		uint64_t rows;

		while (s->ends.items[whole] <= size)
			whole++;
		if (!whole) {
			assert_int_equal(open_bytes(&cut, &r), -EBADMSG);
			assert_int_equal(nr_said, 2);
			continue;
		}
		assert_int_equal(open_bytes(&cut, &r), 0);
		assert_int_equal(nr_said, 1);
		assert_said("was cut short at byte");
		assert_false(r->integrity.complete);
		assert_int_equal(r->integrity.chunks, whole);
		assert_int_equal(r->integrity.damaged_chunks, 0);
		assert_int_equal(r->integrity.lost_tail_bytes, size - s->ends.items[whole - 1]);
		rows = walk_recording(r);
		assert_int_equal(nr_said, 1);
		assert_true(rows >= last_rows);
		last_rows = rows;
		recording_close(r);
	}
	assert_int_equal(last_rows, 4 * SAMPLE_ROWS);
}

static void mutate(struct bytes *b)
{
	size_t at = random_next() % b->size, other = random_next() % b->size;
	size_t size = 1 + random_next() % 40;
	uint8_t byte = b->data[at];

	switch (random_next() % 6) {
	case 0:
		b->data[at] ^= (uint8_t)(1 << random_next() % 8);
		break;
	case 1:
		b->data[at] = (uint8_t)random_next();
		break;
	case 2:
		b->data[at] = b->data[other];
		b->data[other] = byte;
		break;
	case 3:
		b->size = at + 1;
		break;
	case 4: /* insert */
		bytes_extend(b, size);
		memmove(b->data + at + size, b->data + at, b->size - size - at);
		break;
	case 5: /* take out */
		size = size < b->size - at ? size : b->size - at - 1;
		memmove(b->data + at, b->data + at + size, b->size - size - at);
		b->size -= size;
		break;
	}
}

/* Gives the chunk at a random place a checksum that is right, so that its contents are believed. */
static void sums_mend(struct bytes *b)
{
	struct chunk chunk;

	for (size_t at = FILE_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= b->size;) {
		uint8_t *header = b->data + at;
		uint64_t sum;

		if (!chunk_take(header, &chunk) || chunk.stored > b->size - at - CHUNK_HEADER_BYTES)
			return;
		sum = XXH3_64bits_withSeed(header + CHUNK_HEADER_BYTES, chunk.stored,
					   XXH3_64bits(header, 16));
		memcpy(header + 16, &sum, sizeof sum);
		at += CHUNK_HEADER_BYTES + chunk.stored;
	}
}

static void damage_does_no_harm(void **state)
{
	const struct sample *s = *state;
	uint32_t opened = 0;

	for (uint32_t i = 0; i < MUTATIONS; i++) {
		struct recording *r = NULL;
		struct bytes copy = {0};

		bytes_append(&copy, s->bytes.data, s->bytes.size);
		for (uint64_t changes = 1 + random_next() % 3; changes; changes--)
			mutate(&copy);
		if (i % 2)
			sums_mend(&copy);
		if (open_bytes(&copy, &r) == 0) {
			opened++;
			walk_recording(r);
			recording_verify(r);
			recording_close(r);
		} else {
			assert_true(nr_said >= 1);
		}
		bytes_fini(&copy);
	}
	assert_true(opened > MUTATIONS / 2);
}

/* Whatever the index says: one chunk's damage costs that chunk, or the block it belongs to. */
static void a_damaged_chunk_costs_no_other(void **state)
{
	const struct sample *s = *state;

	for (size_t i = 0; i + 1 < s->ends.size; i++) {
		uint64_t rows;
		struct recording *r;

		s->bytes.data[s->ends.items[i] - 1] ^= 1;
		assert_int_equal(open_bytes(&s->bytes, &r), 0);
		assert_true(r->integrity.index_used);
		rows = walk_recording(r);
		assert_int_equal(r->integrity.damaged_chunks, 1);
		assert_int_equal(nr_said, 1);
		assert_said("is damaged at byte");
		assert_true(rows == 4 * SAMPLE_ROWS || rows == 3 * SAMPLE_ROWS);
		recording_verify(r);
		assert_int_equal(r->blocks.size, rows / SAMPLE_ROWS);
		recording_close(r);
		s->bytes.data[s->ends.items[i] - 1] ^= 1;
	}
}

static void without_its_index_a_file_is_searched(void **state)
{
	struct sample *s = *state;
	struct recording *r;

	s->bytes.data[s->bytes.size - 1] ^= 1; /* the index */
	assert_int_equal(open_bytes(&s->bytes, &r), 0);
	assert_false(r->integrity.index_used);
	assert_int_equal(nr_said, 1);
	assert_int_equal(r->integrity.damaged_chunks, 1);
	assert_int_equal(r->integrity.damaged_offset, s->ends.items[s->ends.size - 2]);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	recording_close(r);

	s->bytes.data[s->ends.items[0] + 2] ^= 1; /* the second chunk's magic */
	assert_int_equal(open_bytes(&s->bytes, &r), 0);
	assert_int_equal(r->integrity.damaged_chunks, 2);
	assert_int_equal(r->integrity.damaged_offset, s->ends.items[0]);
	assert_int_equal(r->integrity.chunks, s->ends.size - 2);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	recording_close(r);
}

static void a_damaged_header_costs_nothing(void **state)
{
	struct sample *s = *state;
	struct recording *r;

	s->bytes.data[9] = 77; /* the version: with its sum wrong, that means nothing */
	assert_int_equal(open_bytes(&s->bytes, &r), 0);
	assert_int_equal(r->integrity.damaged_offset, 0);
	assert_int_equal(r->integrity.damaged_chunks, 1);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	recording_close(r);
}

static void what_follows_the_end_is_left_alone(void **state)
{
	struct sample *s = *state;
	struct recording *r;

	bytes_append(&s->bytes, "trailing", 8);
	assert_int_equal(open_bytes(&s->bytes, &r), 0);
	assert_true(r->integrity.complete);
	assert_int_equal(r->integrity.lost_tail_bytes, 8);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	recording_close(r);
}

static void a_killed_recorder_leaves_what_it_flushed(void **state)
{
	struct sample unfinished;
	struct recording *r;

	(void)state;
	sample_make(&unfinished, false);
	assert_int_equal(open_bytes(&unfinished.bytes, &r), 0);
	assert_int_equal(nr_said, 1);
	assert_said("was not finished");
	assert_false(r->integrity.complete);
	assert_int_equal(r->integrity.lost_tail_bytes, 0);
	assert_int_equal(walk_recording(r), 4 * SAMPLE_ROWS);
	assert_int_equal(r->frames.size, 6);
	recording_close(r);
	sample_fini(&unfinished);
}

static void assert_refused(const void *data, size_t size, int err, const char *part)
{
	struct bytes b = {.data = (uint8_t *)data, .size = size};
	struct recording *r = NULL;

	assert_int_equal(open_bytes(&b, &r), err);
	assert_null(r);
	assert_said(part);
}

static void what_is_no_recording_is_refused(void **state)
{
	struct recording *r = NULL;

	(void)state;
	assert_refused("", 0, -EBADMSG, "is empty");
	assert_refused("x", 1, -EBADMSG, "hint: recordings are made by 'prof record'");
	assert_refused("#!/bin/sh and more", 18, -EBADMSG, "is no recording");
	assert_refused("PERFILE2........", 16, -EBADMSG, "hint: it was made by perf");
	assert_refused(FILE_MAGIC "123", 11, -EBADMSG, "nothing that can be read");
	assert_int_equal(open_path("/tmp", &r), -EISDIR);
	assert_said("prof: cannot read '/tmp': Is a directory");
	assert_int_equal(open_path("/nonexistent/prof.data", &r), -ENOENT);
	assert_said("prof: cannot open '/nonexistent/prof.data': No such file or directory");
	assert_int_equal(open_path("/dev/zero", &r), -EBADMSG);
	assert_said("not a regular file");
	assert_null(r);
}

static void a_newer_format_is_refused(void **state)
{
	struct file_header header = {.version = FORMAT_VERSION + 41};
	struct bytes b = {0};

	(void)state;
	file_header_put(&b, &header);
	bytes_append(&b, "whatever", 8);
	assert_refused(b.data, b.size, -EPROTO, "has format 42, and this prof reads format 1");
	bytes_fini(&b);
}

/* Payloads with right checksums and wrong contents. */
static void assert_chunk_refused(uint16_t kind, const void *payload, size_t size)
{
	struct file_header header = {.version = FORMAT_VERSION, .flags = FILE_INCOMPLETE};
	struct chunk meta = {CHUNK_META, CODEC_STORED, 0, 0};
	struct chunk chunk = {kind, CODEC_STORED, (uint32_t)size, (uint32_t)size};
	struct recording *r = NULL;
	struct bytes b = {0};

	file_header_put(&b, &header);
	chunk_put(&b, &meta, "");
	chunk_put(&b, &chunk, payload);
	assert_int_equal(open_bytes(&b, &r), 0);
	walk_recording(r);
	assert_int_equal(r->integrity.chunks, 1);
	assert_int_equal(r->integrity.damaged_chunks, 1);
	recording_close(r);
	bytes_fini(&b);
}

static void contents_are_not_believed(void **state)
{
	(void)state;
	/* first id 0xffffffff: no memory is taken for a gap like that */
	assert_chunk_refused(CHUNK_FRAMES, "\xff\xff\xff\xff\x0f\x01\x00\x00", 8);
	assert_chunk_refused(CHUNK_MODULES, "\xff\xff\xff\xff\x0f\x00\x00\x00\x00", 9);
	assert_chunk_refused(CHUNK_STACKS, "\xfe\xff\xff\xff\x1f\x00\x00", 7);
	/* parent is the frame itself, then above it */
	assert_chunk_refused(CHUNK_FRAMES, "\x01\x00\x00\x00", 4);
	assert_chunk_refused(CHUNK_FRAMES, "\x01\x02\x00\x00", 4);
	/* frame 0 again */
	assert_chunk_refused(CHUNK_FRAMES, "\x00\x01\x00\x00", 4);
	/* a text that has not been met */
	assert_chunk_refused(CHUNK_COUNTERS, "\x05\x00", 2);
	/* a thousand million lines in no bytes */
	assert_chunk_refused(CHUNK_LOCATIONS, "\x00\x00\x80\x94\xeb\xdc\x03", 7);
	/* a bucket beyond the histogram, and one that counts nothing */
	assert_chunk_refused(CHUNK_SYSCALL_TOTALS, "\0\0\0\0\0\x01\xf0\x03\x01", 9);
	assert_chunk_refused(CHUNK_SYSCALL_TOTALS, "\0\0\0\0\0\x01\x05\x00", 8);
	/* a build-id of 21 bytes */
	assert_chunk_refused(CHUNK_MODULES,
			     "\x03\x00\x15"
			     "123456789012345678901"
			     "\0\0",
			     26);
}

static void decompression_is_bounded(void **state)
{
	/* A chunk that claims 64 MiB, and a megabyte of them: what they may claim together is
	 * limited. */
	struct file_header header = {.version = FORMAT_VERSION, .flags = FILE_INCOMPLETE};
	struct chunk bomb = {CHUNK_META, CODEC_ZSTD, 4, MAX_CHUNK_BYTES};
	struct recording *r = NULL;
	struct bytes b = {0};

	(void)state;
	file_header_put(&b, &header);
	for (uint32_t i = 0; i < 1000; i++)
		chunk_put(&b, &bomb, "bomb");
	assert_int_equal(open_bytes(&b, &r), -EBADMSG);
	bytes_fini(&b);
}

/* Ten thousand headers that each claim what remains, and more than one search may look at. */
static void searches_are_bounded(void **state)
{
	struct file_header header = {.version = FORMAT_VERSION, .flags = FILE_INCOMPLETE};
	struct bytes b = {0};
	struct recording *r = NULL;

	(void)state;
	file_header_put(&b, &header);
	for (uint32_t left = 400000; left; left--) {
		bytes_u32(&b, CHUNK_MAGIC);
		bytes_u32(&b, CHUNK_META);
		bytes_u32(&b, 16 * (left - 1));
		bytes_u32(&b, 16 * (left - 1));
	}
	assert_int_equal(open_bytes(&b, &r), -EBADMSG);
	bytes_fini(&b);
}

/* In a child, since the limit is the process's. Returns its exit status. */
static int in_child_with_file_limit(uint64_t bytes, const char *path)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct rlimit limit = {bytes, bytes};
		int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
		struct writer *w;
		bool ok;

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		forget_messages();
		if (writer_new(fd, "the file", &w) < 0)
			_exit(3);
		sample_write(w);
		writer_flush(w);
		sample_rows(w, 3000000);
		writer_flush(w);
		sample_rows(w, 4000000);
		ok = writer_finish(w) == -EFBIG && writer_dropped_events(w) >= 2 * SAMPLE_ROWS &&
		     nr_said == 2 && strstr(said, "prof: cannot write 'the file': File too large");
		writer_free(w);
		_exit(ok ? 0 : 4);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void a_full_disk_leaves_what_was_written(void **state)
{
	char path[] = "/tmp/prof-test-XXXXXX";
	const struct sample *s = *state;
	scoped_fd int fd = mkstemp(path);
	struct recording *r;

	for (size_t limit = s->ends.items[0]; limit < s->ends.items[s->ends.size - 2];
	     limit += 37) {
		struct stat st;

		assert_int_equal(in_child_with_file_limit(limit, path), 0);
		assert_int_equal(stat(path, &st), 0);
		assert_true((size_t)st.st_size <= limit);
		if (st.st_size == FILE_HEADER_BYTES)
			continue;
		assert_int_equal(open_path(path, &r), 0);
		assert_int_equal(r->integrity.damaged_chunks, 0);
		assert_int_equal(r->integrity.lost_tail_bytes, 0);
		walk_recording(r);
		recording_close(r);
	}
	unlink(path);
}

static void a_device_without_room_is_reported(void **state)
{
	struct writer *w = NULL;

	(void)state;
	forget_messages();
	assert_int_equal(writer_new(open("/dev/full", O_RDWR | O_CLOEXEC), "full", &w), -ENOSPC);
	assert_null(w);
	assert_said("prof: cannot write 'full': No space left on device");
	assert_said("hint: ");
	assert_int_equal(nr_said, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_sample_is_whole),
		TEST(a_file_cut_anywhere_is_read_up_to_there),
		TEST(damage_does_no_harm),
		TEST(a_damaged_chunk_costs_no_other),
		TEST(without_its_index_a_file_is_searched),
		TEST(a_damaged_header_costs_nothing),
		TEST(what_follows_the_end_is_left_alone),
		TEST(a_killed_recorder_leaves_what_it_flushed),
		TEST(what_is_no_recording_is_refused),
		TEST(a_newer_format_is_refused),
		TEST(contents_are_not_believed),
		TEST(decompression_is_bounded),
		TEST(searches_are_bounded),
		TEST(a_full_disk_leaves_what_was_written),
		TEST(a_device_without_room_is_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
