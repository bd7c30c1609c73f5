// SPDX-License-Identifier: MIT
/* What was captured of system calls: there and back, and what damage costs. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/error.h"
#include "made_recording.h"
#include "recording/chunk.h"
#include "recording_walk.h"

#include <cmocka.h>

static const uint64_t plain_row[NR_SYSCALL_COLUMNS] = {[SYSCALL_START_NS] = 2000,
						       [SYSCALL_TASK] = 1,
						       [SYSCALL_ARG0] = 0x1000,
						       [SYSCALL_ARG1] = 0x2000};

static struct piece piece_of(uint64_t address, uint16_t arg, uint16_t flags, const void *bytes,
			     size_t size)
{
	return (struct piece){.address = address,
			      .arg = arg,
			      .flags = flags,
			      .bytes = bytes,
			      .size_bytes = (uint32_t)size};
}

static void make_call(struct maker *m, const struct piece *pieces, uint32_t nr)
{
	writer_call(m->w, BLOCK_SYSCALLS, plain_row, pieces, nr);
}

static struct pieces read_pieces(struct recording *r, size_t block)
{
	struct columns c;
	struct pieces pieces;

	assert_int_equal(block_columns(r, &r->blocks.items[block], PIECES_COLUMNS, &c), 0);
	assert_int_equal(block_pieces(r, &r->blocks.items[block], &c, &pieces), 0);
	columns_fini(&c);
	return pieces;
}

static void assert_piece(const struct piece *got, const struct piece *wanted)
{
	assert_int_equal(got->address, wanted->address);
	assert_int_equal(got->arg, wanted->arg);
	assert_int_equal(got->flags, wanted->flags);
	assert_int_equal(got->size_bytes, wanted->size_bytes);
	if (wanted->size_bytes)
		assert_memory_equal(got->bytes, wanted->bytes, wanted->size_bytes);
}

static void pieces_come_back_with_their_rows(void **state)
{
	const struct piece path = piece_of(0x1000, 0, PIECE_STRING, "/etc/passwd", 12);
	const struct piece inner[] = {
		piece_of(0x2000, 1, PIECE_EXIT | PIECE_CUT, "\0\xff\0binary", 9),
		piece_of(UINT64_MAX, 1, PIECE_EXIT | PIECE_UNREADABLE, NULL, 0),
		piece_of(0x1000, 0, PIECE_EXIT | PIECE_RETRIED, "/etc/passwd", 12),
		piece_of(3, 6, PIECE_DESCRIPTOR, "x", 1),
	};
	struct maker m;
	struct recording *r;
	struct pieces p;
	uint32_t nr;

	(void)state;
	maker_start(&m);
	make_root(&m, "root", 0);
	make_call(&m, &path, 1);
	make_call(&m, NULL, 0);
	make_call(&m, inner, 4);
	make_call(&m, &path, 1);
	r = maker_open(&m, true);
	assert_int_equal(r->integrity.damaged_chunks, 0);
	p = read_pieces(r, 0);
	assert_int_equal(p.nr_rows, 3);
	assert_piece(pieces_of_row(&p, 0, &nr), &path);
	assert_int_equal(nr, 1);
	assert_null(pieces_of_row(&p, 1, &nr));
	assert_int_equal(nr, 0);
	for (uint32_t i = 0; i < 4; i++)
		assert_piece(&pieces_of_row(&p, 2, &nr)[i], &inner[i]);
	assert_int_equal(nr, 4);
	assert_piece(pieces_of_row(&p, 3, &nr), &path);
	assert_null(pieces_of_row(&p, 4, &nr));
	pieces_fini(&p);
	recording_close(r);
}

static void a_block_ends_before_its_pieces_are_many(void **state)
{
	uint8_t *big = xcalloc(60000, 1);
	const struct piece piece = piece_of(1, 0, 0, big, 60000);
	struct maker m;
	struct recording *r;
	uint64_t rows = 0, items = 0;

	(void)state;
	maker_start(&m);
	make_root(&m, "root", 0);
	for (uint32_t i = 0; i < 200; i++) {
		memcpy(big, &i, sizeof i); /* or they would be the same */
		make_call(&m, &piece, 1);
	}
	r = maker_open(&m, true);
	assert_in_range(r->blocks.size, 2, 4);
	for (size_t block = 0; block < r->blocks.size; block++) {
		struct pieces p = read_pieces(r, block);

		rows += r->blocks.items[block].rows;
		for (uint32_t i = 0; i < p.nr_rows; i++, items++) {
			uint32_t serial;

			memcpy(&serial, p.items[i].bytes, sizeof serial);
			assert_int_equal(serial, items);
		}
		pieces_fini(&p);
	}
	assert_int_equal(rows, 200);
	assert_int_equal(items, 200);
	recording_close(r);
	free(big);
}

static void equal_contents_are_told_once(void **state)
{
	char path[4000];
	const struct piece piece = piece_of(0x1000, 0, PIECE_STRING, path, sizeof path);
	struct maker m;
	struct recording *r;

	(void)state;
	for (size_t i = 0; i < sizeof path; i++)
		path[i] = (char)(i * 7919 >> 3);
	maker_start(&m);
	make_root(&m, "root", 0);
	for (int i = 0; i < 1000; i++)
		make_call(&m, &piece, 1);
	r = maker_open(&m, true);
	assert_in_range(r->integrity.kinds[CHUNK_PIECES].raw_bytes, 4000, 4000 + 1000 * 8);
	recording_close(r);
}

static void descriptors_come_back(void **state)
{
	const struct told_descriptor file = {.fd = -3,
					     .mode = 0100644,
					     .device = 0xfe00001,
					     .inode = 1ULL << 40,
					     .flags = 02000000,
					     .magic = 0xef53,
					     .deleted = true,
					     .path = "/tmp/\xff x",
					     .path_bytes = 8,
					     .socket_path = ""};
	struct told_descriptor socket = {.fd = 7,
					 .mode = 0140777,
					 .path = "UNIX",
					 .path_bytes = 4,
					 .is_socket = true,
					 .family = 10,
					 .type = 2,
					 .protocol = 17,
					 .state = 7,
					 .local_port = 65535,
					 .peer_port = 80,
					 .port_id = 4711,
					 .peer_inode = 12,
					 .socket_path = "\0abstract",
					 .socket_path_bytes = 9};
	struct bytes bytes = {0};
	struct told_descriptor got;
	struct piece piece;

	(void)state;
	memset(socket.peer, 0xab, sizeof socket.peer);
	told_descriptor_put(&file, &bytes);
	piece = piece_of((uint64_t)-3, 6, PIECE_DESCRIPTOR, bytes.data, bytes.size);
	assert_true(told_descriptor_take(&piece, &got));
	assert_int_equal(got.fd, -3);
	assert_int_equal(got.mode, file.mode);
	assert_int_equal(got.device, file.device);
	assert_int_equal(got.inode, file.inode);
	assert_int_equal(got.flags, file.flags);
	assert_int_equal(got.magic, file.magic);
	assert_true(got.deleted && !got.is_socket);
	assert_int_equal(got.path_bytes, 8);
	assert_memory_equal(got.path, file.path, 8);
	for (uint32_t size = 0; size < bytes.size; size++) {
		piece.size_bytes = size;
		assert_false(told_descriptor_take(&piece, &got));
	}
	bytes_reset(&bytes);
	told_descriptor_put(&socket, &bytes);
	piece = piece_of(7, 6, PIECE_DESCRIPTOR, bytes.data, bytes.size);
	assert_true(told_descriptor_take(&piece, &got));
	assert_true(got.is_socket && !got.deleted);
	assert_int_equal(got.family, 10);
	assert_int_equal(got.type, 2);
	assert_int_equal(got.protocol, 17);
	assert_int_equal(got.state, 7);
	assert_int_equal(got.local_port, 65535);
	assert_int_equal(got.peer_port, 80);
	assert_int_equal(got.port_id, 4711);
	assert_int_equal(got.peer_inode, 12);
	assert_memory_equal(got.peer, socket.peer, 16);
	assert_int_equal(got.socket_path_bytes, 9);
	assert_memory_equal(got.socket_path, "\0abstract", 9);
	bytes_fini(&bytes);
}

static void say_nothing(const char *line)
{
	(void)line;
}

/* A recording of a few calls as bytes, with the last byte of its pieces, or the whole file's sums,
 * to be spoilt. */
static struct bytes make_file(void)
{
	const struct piece path = piece_of(0x1000, 0, PIECE_STRING, "/etc/passwd", 12);
	struct bytes bytes = {0};
	struct maker m;
	int fd;
	ssize_t size;

	maker_start(&m);
	make_root(&m, "root", 0);
	make_call(&m, &path, 1);
	make_call(&m, &path, 1);
	assert_int_equal(writer_finish(m.w), 0);
	writer_free(m.w);
	fd = open(m.path, O_RDONLY);
	while ((size = read(fd, bytes_extend(&bytes, 4096), 4096)) > 0)
		bytes.size -= 4096 - (size_t)size;
	bytes.size -= 4096;
	close(fd);
	unlink(m.path);
	return bytes;
}

static struct recording *open_bytes(const struct bytes *bytes)
{
	char path[] = "/tmp/prof-made.XXXXXX";
	int fd = mkstemp(path);
	struct recording *r;

	assert_int_equal(write(fd, bytes->data, bytes->size), bytes->size);
	close(fd);
	assert_int_equal(recording_open(path, &r), 0);
	unlink(path);
	return r;
}

static size_t find_pieces(const struct bytes *bytes, struct chunk *out)
{
	size_t at = FILE_HEADER_BYTES;

	while (at + CHUNK_HEADER_BYTES <= bytes->size && chunk_take(bytes->data + at, out)) {
		if (out->kind == CHUNK_PIECES)
			return at;
		at += CHUNK_HEADER_BYTES + out->stored;
	}
	fail();
	return 0;
}

static void damaged_pieces_cost_no_rows(void **state)
{
	struct bytes bytes = make_file();
	struct chunk chunk;
	size_t at = find_pieces(&bytes, &chunk);
	struct recording *r;

	(void)state;
	message_sink_set(say_nothing);
	bytes.data[at + CHUNK_HEADER_BYTES] ^= 1;
	r = open_bytes(&bytes);
	assert_int_equal(walk_recording(r), 2);
	assert_int_equal(recording_verify(r), -EBADMSG);
	assert_int_equal(r->integrity.damaged_chunks, 1);
	assert_int_equal(r->blocks.size, 1);
	assert_int_equal(r->blocks.items[0].rows, 2);
	recording_close(r);
	message_sink_set(NULL);
	bytes_fini(&bytes);
}

static void a_file_cut_within_the_pieces_keeps_the_rows(void **state)
{
	struct bytes bytes = make_file();
	struct chunk chunk;
	size_t at = find_pieces(&bytes, &chunk), whole = bytes.size;
	struct recording *r;

	(void)state;
	message_sink_set(say_nothing);
	bytes.size = at + CHUNK_HEADER_BYTES + chunk.stored / 2;
	r = open_bytes(&bytes);
	assert_int_equal(walk_recording(r), 2);
	assert_int_equal(r->blocks.items[0].pieces_offset, 0);
	recording_close(r);
	bytes.size = at + CHUNK_HEADER_BYTES + chunk.stored;
	r = open_bytes(&bytes);
	assert_int_equal(r->blocks.items[0].pieces_offset, at);
	recording_close(r);
	message_sink_set(NULL);
	bytes.size = whole;
	bytes_fini(&bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_come_back_with_their_rows),
		cmocka_unit_test(a_block_ends_before_its_pieces_are_many),
		cmocka_unit_test(equal_contents_are_told_once),
		cmocka_unit_test(descriptors_come_back),
		cmocka_unit_test(damaged_pieces_cost_no_rows),
		cmocka_unit_test(a_file_cut_within_the_pieces_keeps_the_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
