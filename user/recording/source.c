// SPDX-License-Identifier: MIT
#include "recording/source.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "base/alloc.h"
#include "base/error.h"

/*
 * A few bytes can decompress to gigabytes. Tables compress some twenty-fold at best, so this
 * allowance for a whole file hinders no honest one, and ties the memory that a file can claim to
 * its size.
 */
#define RAW_FLOOR_BYTES (16U << 20)
#define RAW_PER_BYTE    64

size_t source_read(const struct source *s, uint64_t offset, void *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = pread(s->fd, (char *)data + done, size - done, (off_t)(offset + done));

		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		if (n > 0)
			done += (size_t)n;
	}
	return done;
}

static int refuse_foreign(const struct source *s, const uint8_t *data, size_t size)
{
	refuse(-EBADMSG, "'%s' is no recording of prof", s->path);
	if (size >= 8 && memcmp(data, "PERFILE2", 8) == 0)
		hint("it was made by perf: 'perf report' reads it");
	else
		hint("recordings are made by 'prof record'");
	return -EBADMSG;
}

static int refuse_version(const struct source *s)
{
	refuse(-EPROTO, "'%s' has format %" PRIu32 ", and this prof reads format %d", s->path,
	       s->header.version, FORMAT_VERSION);
	hint("read it with the version of prof that recorded it");
	return -EPROTO;
}

static int header_check(struct source *s)
{
	uint8_t data[FILE_HEADER_BYTES];
	size_t size = source_read(s, 0, data, sizeof data);

	switch (file_header_take(data, size, &s->header)) {
	case HEADER_FOREIGN:
		return refuse_foreign(s, data, size);
	case HEADER_SOUND:
		s->header_sound = true;
		return s->header.version == FORMAT_VERSION ? 0 : refuse_version(s);
	case HEADER_DAMAGED:
		break;
	}
	return 0;
}

int source_open(struct source *s, const char *path)
{
	struct stat st;

	*s = (struct source){
		/* Not to wait for a writer, should it be a pipe. */
		.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK),
		.path = xstrdup(path),
		.zstd = ZSTD_createDCtx(),
	};
	if (s->fd < 0) {
		int err = -errno;

		fail(err, "cannot open '%s'", path);
		if (err == -ENOENT)
			hint("recordings are made by 'prof record'");
		return err;
	}
	if (fstat(s->fd, &st) < 0)
		return fail(-errno, "cannot look at '%s'", path);
	if (S_ISDIR(st.st_mode))
		return fail(-EISDIR, "cannot read '%s'", path);
	if (!S_ISREG(st.st_mode))
		return refuse(-EBADMSG, "'%s' is not a regular file", path);
	if (!st.st_size)
		return refuse(-EBADMSG, "'%s' is empty", path);
	s->bytes = (uint64_t)st.st_size;
	s->raw_left = RAW_FLOOR_BYTES + RAW_PER_BYTE * s->bytes;
	return header_check(s);
}

void source_fini(struct source *s)
{
	if (s->fd >= 0)
		close(s->fd);
	free(s->path);
	bytes_fini(&s->chunk);
	bytes_fini(&s->raw);
	ZSTD_freeDCtx(s->zstd);
}

bool source_chunk(struct source *s, uint64_t offset, struct chunk *out)
{
	uint8_t header[CHUNK_HEADER_BYTES];

	bytes_reset(&s->chunk);
	if (source_read(s, offset, header, sizeof header) < sizeof header ||
	    !chunk_take(header, out) || out->stored > s->bytes - offset)
		return false;
	bytes_append(&s->chunk, header, sizeof header);
	return source_read(s, offset + sizeof header, bytes_extend(&s->chunk, out->stored),
			   out->stored) == out->stored &&
	       chunk_is_sound(s->chunk.data, out);
}

bool source_payload(struct source *s, const struct chunk *chunk, struct cursor *out)
{
	const uint8_t *payload = s->chunk.data + CHUNK_HEADER_BYTES;

	*out = cursor_over(payload, chunk->stored);
	if (chunk->codec == CODEC_COLUMNS)
		return true;
	if (chunk->codec == CODEC_STORED)
		return chunk->raw == chunk->stored;
	if (chunk->codec != CODEC_ZSTD || chunk->raw > s->raw_left)
		return false;
	s->raw_left -= chunk->raw;
	bytes_reset(&s->raw);
	*out = cursor_over(bytes_extend(&s->raw, chunk->raw), chunk->raw);
	return ZSTD_decompressDCtx(s->zstd, s->raw.data, chunk->raw, payload, chunk->stored) ==
	       chunk->raw;
}
