// SPDX-License-Identifier: MIT
#include "capture/row_room.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"

#define ROW_BYTES      sizeof(struct unwind_row)
#define PAGE_ROWS      (4096 / ROW_BYTES)
#define CHUNK_BYTES    (UNWIND_CHUNK_ROWS * ROW_BYTES)
#define CHUNKS_AT_ONCE 4

size_t row_room_first(size_t nr_rows)
{
	return (nr_rows + PAGE_ROWS - 1) / PAGE_ROWS * PAGE_ROWS;
}

static size_t first_bytes(const struct row_room *room)
{
	return room->nr_first * ROW_BYTES;
}

static size_t reserved_bytes(const struct row_room *room)
{
	return first_bytes(room) + MAX_UNWIND_CHUNKS * CHUNK_BYTES;
}

/* Puts a map's memory into its place of the range. Not into children, as the rings. */
static int map_at(struct row_room *room, size_t offset, size_t bytes, int fd)
{
	void *memory = mmap((char *)room->rows + offset, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_FIXED, fd, 0);

	if (memory == MAP_FAILED)
		return -errno;
	madvise(memory, bytes, MADV_DONTFORK);
	return 0;
}

int row_room_init(struct row_room *room, int first_fd, size_t nr_first, int chunks_fd)
{
	void *memory;
	int err;

	*room = (struct row_room){.nr_first = nr_first, .chunks_fd = chunks_fd};
	memory = mmap(NULL, reserved_bytes(room), PROT_NONE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED)
		return fail(-errno, "cannot reserve addresses for the unwinding tables");
	room->rows = memory;
	err = map_at(room, 0, first_bytes(room), first_fd);
	return err ? fail(err, "cannot map the unwinding tables") : 0;
}

void row_room_fini(struct row_room *room)
{
	if (room->rows)
		munmap(room->rows, reserved_bytes(room));
	*room = (struct row_room){0};
}

static int chunk_new(struct row_room *room, uint32_t index)
{
	LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = BPF_F_MMAPABLE);
	int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "unwind_chunk", sizeof(__u32), ROW_BYTES,
				UNWIND_CHUNK_ROWS, &options);

	if (fd >= 0 && map_at(room, first_bytes(room) + index * CHUNK_BYTES, CHUNK_BYTES, fd)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* At one go, since the kernel waits after each update until no program uses the old ones. */
static int chunks_link(const struct row_room *room, const uint32_t *indexes, const int *fds,
		       uint32_t nr)
{
	uint32_t count = nr;
	int err = bpf_map_update_batch(room->chunks_fd, indexes, fds, &count, NULL);

	for (uint32_t i = 0; err && i < nr; i++)
		if (bpf_map_update_elem(room->chunks_fd, &indexes[i], &fds[i], BPF_ANY))
			return -errno;
	return 0;
}

size_t row_room_grow(struct row_room *room)
{
	uint32_t indexes[CHUNKS_AT_ONCE], nr = 0;
	int fds[CHUNKS_AT_ONCE];

	for (; nr < CHUNKS_AT_ONCE && room->nr_chunks + nr < MAX_UNWIND_CHUNKS; nr++) {
		indexes[nr] = room->nr_chunks + nr;
		fds[nr] = chunk_new(room, indexes[nr]);
		if (fds[nr] < 0)
			break;
	}
	if (nr && chunks_link(room, indexes, fds, nr) == 0)
		room->nr_chunks += nr;
	for (uint32_t i = 0; i < nr; i++)
		close(fds[i]);
	return room->nr_first + room->nr_chunks * UNWIND_CHUNK_ROWS;
}
