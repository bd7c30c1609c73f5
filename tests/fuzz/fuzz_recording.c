// SPDX-License-Identifier: MIT
/*
 * Any bytes as a recording: opening it and reading all of it must neither crash nor hang.
 *
 * What is worth changing lies behind checksums, so these are mended before the reader sees them,
 * when the first byte of the input, which is not part of the file, is even.
 */
#include <endian.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xxhash.h>

#include "analysis/call_groups.h"
#include "base/error.h"
#include "diff/diff.h"
#include "recording/chunk.h"
#include "recording/merge.h"
#include "tests/unit/recording_walk.h"

static void say_nothing(const char *line)
{
	(void)line;
}

/* Rewrites the sums of all chunks that follow each other from the header on. */
static void sums_mend(uint8_t *data, size_t size)
{
	size_t at = FILE_HEADER_BYTES;
	struct chunk chunk;
	uint64_t sum;

	if (size < FILE_HEADER_BYTES)
		return;
	sum = htole64(XXH3_64bits(data, 56));
	memcpy(data + 56, &sum, sizeof sum);
	while (size - at >= CHUNK_HEADER_BYTES && chunk_take(data + at, &chunk)) {
		uint8_t *payload = data + at + CHUNK_HEADER_BYTES;

		if (size - at - CHUNK_HEADER_BYTES < chunk.stored)
			return;
		sum = htole64(
			XXH3_64bits_withSeed(payload, chunk.stored, XXH3_64bits(data + at, 16)));
		memcpy(data + at + 16, &sum, sizeof sum);
		at += CHUNK_HEADER_BYTES + chunk.stored;
	}
}

/* With itself: nothing may differ. */
static void compare_recording(struct recording *r)
{
	static const struct diff_options options = {0};
	struct run *runs[] = {run_new(r, "fuzz")};
	const struct aligned_runs aligned = {.of = {runs, runs}, .nr = {1, 1}};
	struct diff *diff;

	if (diff_make(&aligned, &options, &diff))
		BUG("a comparison without options cannot fail");
	if (diff->differs)
		BUG("it differs from itself");
	diff_free(diff);
	run_free(runs[0]);
}

static void merge_recording(struct recording *r)
{
	struct recording *both[] = {r, r};
	struct writer *w;

	if (writer_new(memfd_create("merged", MFD_CLOEXEC), "merged", &w))
		return;
	recordings_merge(both, 2, w);
	writer_finish(w);
	writer_free(w);
}

static void summarize(const char *path)
{
	struct call_groups groups;
	struct recording *r;

	if (recording_open_brief(path, &r) < 0)
		return;
	call_groups_brief(r, &groups);
	call_groups_fini(&groups);
	recording_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free uint8_t *copy = xcalloc(size, 1);
	scoped_fd int fd = memfd_create("fuzz", MFD_CLOEXEC);
	scoped_free char *path = xasprintf("/proc/self/fd/%d", fd);
	struct recording *r;

	if (size < 2)
		return 0;
	memcpy(copy, data + 1, size - 1);
	if (data[0] % 2 == 0)
		sums_mend(copy, size - 1);
	message_sink_set(say_nothing);
	if (write(fd, copy, size - 1) == (ssize_t)size - 1 && recording_open(path, &r) == 0) {
		walk_recording(r);
		recording_verify(r);
		compare_recording(r);
		merge_recording(r);
		recording_close(r);
		summarize(path);
	}
	return 0;
}
