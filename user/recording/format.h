/* SPDX-License-Identifier: MIT */
/* clang-format off */
/*
 * How a recording lies on disk: all that a second reader needs to know.
 *
 *     file   = header chunk*
 *     header = 64 bytes, rewritten in place once, when the recorder ends
 *     chunk  = 24-byte chunk header, then `stored` bytes of payload
 *
 * Chunks follow each other without gaps. Each checks itself, so a file whose end or middle is
 * missing is read by searching for the next chunk that is whole. Kinds of chunks, of blocks,
 * columns, flags and predictors are appended, never renumbered; a reader skips the kinds of chunks
 * that it does not know. What columns, kinds, flags, events, keys of metadata and names of counters
 * there are, and what they mean, recording.h says; what a summary's fields are, struct key_summary
 * in reader.h; which durations share a bucket of a histogram, bpf/loglinear.h, with as many bits
 * as stand behind the buckets below (SUMMARY_BITS is in reader.h, KERNEL_TOTAL_BITS in
 * recording.h). All integers are little-endian. XXH3 is the 64-bit variant, with seed 0 unless one
 * is given.
 *
 * Header    0  magic, 8 bytes: FILE_MAGIC
 *           8  u32  version of the format
 *          12  u32  flags: 1 = the recorder has not finished the file
 *          16  u64  offset of the index chunk, 0 while unfinished
 *          24  u64  size of the finished file in bytes, 0 while unfinished
 *          32  24 bytes of zero
 *          56  u64  XXH3 of bytes 0 to 55
 * Magic, version and this sum keep their places in all versions.
 *
 * Chunk     0  u32  CHUNK_MAGIC
 *           4  u16  kind of chunk
 *           6  u16  codec of the payload
 *           8  u32  stored: size of the payload in the file
 *          12  u32  raw: size of what the payload holds, before compression
 *          16  u64  XXH3 of the payload, seeded with the XXH3 of bytes 0 to 15
 * Neither size exceeds MAX_CHUNK_BYTES.
 *
 * A payload of CODEC_STORED is as it is (stored = raw), one of CODEC_ZSTD a zstd frame. What it
 * then holds is rows up to its end, made of
 *     varint   LEB128 of at most 64 bits: seven bits a byte, low ones first, 0x80 = more follow
 *     zigzag   varint of (v << 1) ^ (v >> 63), for signed values
 *     delta    zigzag of the difference (modulo 2^64) to the same field of the row before in this
 *              chunk, to 0 in its first row
 *     text     varint: 0 = none; 1 = new: varint size and that many bytes follow, and it gets the
 *              next number of this chunk, counted from 2 in each chunk; any other = number of a text met
 *              before
 *     bytes    varint size, then that many bytes
 *     buckets  varint how many, and for each: varint index minus the index before (the first as it
 *              is; they ascend), varint count (not 0)
 *
 * META            text key, bytes value
 * MODULES         once: varint id of the first row's module; rows: text path, bytes build-id (0 to
 *                 20), varint device, varint inode. Ids count up; those below FIRST_FILE_MODULE are
 *                 implied.
 * FRAMES          once: varint id of the first row's frame; rows: varint id - parent, delta module,
 *                 delta offset. Ids count up from 1.
 * STACKS          delta id, delta frame, varint flags
 * LOCATIONS       delta module, delta offset, varint nr_lines, and for each: text function, text
 *                 file, varint line, varint column
 * TASK_EVENTS     delta time, delta task, varint other, varint type, 8 varint values, text
 * COUNTERS        text name, varint value. Of several of one name the last holds.
 * SYSCALL_TOTALS  varint nr, calls, errors, duration_ns, max_ns, buckets (KERNEL_TOTAL_BITS). Of
 *                 several of one number the last holds.
 * BLOCK           one summary of the rows in the COLUMNS chunk that follows directly:
 *                 varint kind of block, rows, start_min_ns, end_max_ns - start_min_ns, number of
 *                 keys, and for each key: varint key minus the key before (the first as it is; they
 *                 ascend), events, timed, duration_ns, min_ns, max_ns - min_ns, buckets of durations
 *                 (SUMMARY_BITS), buckets of errnos. struct key_summary has what they mean.
 * MAPPINGS        delta time, delta task, delta start, varint end - start, offset, module, flags
 * PIECES          what was captured for the rows in the COLUMNS chunk that lies directly before:
 *                 varint size of the rows; the rows, of calls that have any, ascending: varint row
 *                 minus the row before (the first: + 1), number of pieces, and for each: varint arg,
 *                 flags, zigzag of address minus the call's argument `arg` (minus 0 if that is
 *                 above 5), content: varint: 0 = empty; 1 = new: varint size, and its bytes are the
 *                 next ones behind the rows; any other = number of a content met before, counted
 *                 from 2. Then the bytes of the contents.
 *                 That of a descriptor: varint mode, device, inode, flags, magic; u8 deleted; bytes
 *                 path; u8 is a socket, and if so: varint family, type, protocol, state, local
 *                 port, peer port, port id; 16 bytes local, 16 bytes peer address; varint inode of
 *                 the peer; bytes path
 * CALL_SUMMARY    what the BLOCK chunks have of system calls (not of unchosen ones), added up for the
 *                 whole file: varint number of keys, and for each what a BLOCK has of it
 * INDEX           varint kind, stored, raw of every chunk before this one, from the first on
 *
 * A payload of CODEC_COLUMNS, which COLUMNS chunks have, holds the cells of a block's rows; its raw
 * size is 8 bytes for each cell:
 *     varint kind of block, rows (1 to BLOCK_ROWS), number of columns,
 *     for each column: u8 predictor, u8 base, u8 planes, varint size of its frame in bytes,
 *     the frames, one after the other.
 * Columns lie in the order of their enum; a file may have fewer than a reader knows (the rest is 0)
 * or more. Stored of a column is, for each row, the 64-bit cell minus its prediction (modulo 2^64),
 * zigzagged unless the predictor is PREDICT_NOTHING:
 *     PREDICT_NOTHING       0
 *     PREDICT_PREVIOUS_ROW  the cell above, 0 in the first row
 *     PREDICT_SAME_KEY      the cell of the last row above whose cell of column `base` is the same
 *                           modulo KEY_SLOTS, 0 where there is none
 *     PREDICT_COLUMN        the cell of column `base` in the same row
 * The `base` column itself uses one of the first two. The bytes of these numbers are parted into
 * planes: plane p has byte p (0 = lowest) of every row. Bit p of `planes` says that plane p is in
 * the frame; the others are all zero. The frame is one zstd frame of the planes, ascending, or
 * nothing without planes.
 */
/* clang-format on */
#ifndef PROF_RECORDING_FORMAT_H
#define PROF_RECORDING_FORMAT_H

#define FORMAT_VERSION 1

#define FILE_MAGIC        "\x89prof\r\n\x1a" /* not text, and spoilt by a copy that treats it as text */
#define FILE_HEADER_BYTES 64

enum file_flag { FILE_INCOMPLETE = 1 };

#define CHUNK_MAGIC        0x6b436650U /* "PfCk" */
#define CHUNK_HEADER_BYTES 24
#define MAX_CHUNK_BYTES    (64U << 20)

enum chunk_kind {
	CHUNK_META = 1,
	CHUNK_MODULES,
	CHUNK_FRAMES,
	CHUNK_STACKS,
	CHUNK_LOCATIONS,
	CHUNK_TASK_EVENTS,
	CHUNK_COUNTERS,
	CHUNK_SYSCALL_TOTALS,
	CHUNK_BLOCK,
	CHUNK_COLUMNS,
	CHUNK_INDEX,
	CHUNK_MAPPINGS,
	CHUNK_PIECES,
	CHUNK_CALL_SUMMARY,
	NR_CHUNK_KINDS
};

enum chunk_codec { CODEC_STORED, CODEC_ZSTD, CODEC_COLUMNS };

#define BLOCK_ROWS 32768U
#define KEY_SLOTS  4096U

/* A block ends early when its pieces take so much, before compression. */
#define BLOCK_PIECES_BYTES (4U << 20)
/* What a reader puts up with. */
#define MAX_PIECES_BYTES   (16U << 20)

enum predictor {
	PREDICT_NOTHING,
	PREDICT_PREVIOUS_ROW,
	PREDICT_SAME_KEY,
	PREDICT_COLUMN,
};

#endif
