// SPDX-License-Identifier: MIT
#include "symbols/debug_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"

#define DEBUG_DIRECTORY "/usr/lib/debug"

struct debug_link {
	const char *name;
	uint32_t checksum;
};

/* The CRC-32 of IEEE 802.3, four bits at a time. */
static uint32_t checksum_extend(uint32_t checksum, const uint8_t *data, size_t size)
{
	static const uint32_t table[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};

	for (const uint8_t *at = data; at < data + size; at++) {
		checksum = table[(checksum ^ *at) & 15] ^ checksum >> 4;
		checksum = table[(checksum ^ *at >> 4) & 15] ^ checksum >> 4;
	}
	return checksum;
}

static uint32_t checksum_of_file(int fd)
{
	uint32_t checksum = ~0U;
	uint8_t buffer[64 << 10];
	off_t offset = 0;
	ssize_t size;

	while ((size = pread(fd, buffer, sizeof buffer, offset)) > 0) {
		checksum = checksum_extend(checksum, buffer, size);
		offset += size;
	}
	return ~checksum;
}

/* The section: a file name, padded with zeros to a multiple of four bytes, and its checksum. */
static bool read_link(const struct elf_file *program, struct debug_link *out)
{
	GElf_Shdr header;
	Elf_Scn *section = elf_file_section(program, ".gnu_debuglink", &header);
	Elf_Data *data = section ? elf_rawdata(section, NULL) : NULL;
	const char *ident = elf_getident(program->elf, NULL);
	size_t padded;
	const uint8_t *sum;

	if (!data || !data->d_buf || !memchr(data->d_buf, 0, data->d_size))
		return false;
	out->name = data->d_buf;
	padded = (strlen(out->name) + 4) / 4 * 4;
	if (!*out->name || strchr(out->name, '/') || padded + 4 > data->d_size)
		return false;
	sum = (const uint8_t *)data->d_buf + padded;
	if (ident[EI_DATA] == ELFDATA2MSB)
		out->checksum = (uint32_t)sum[0] << 24 | sum[1] << 16 | sum[2] << 8 | sum[3];
	else
		out->checksum = (uint32_t)sum[3] << 24 | sum[2] << 16 | sum[1] << 8 | sum[0];
	return true;
}

static bool belongs(const struct elf_file *program, const struct debug_link *link,
		    const struct elf_file *candidate)
{
	if (program->build_id_size && candidate->build_id_size)
		return elf_file_is_same(program, candidate);
	return link && checksum_of_file(candidate->fd) == link->checksum;
}

/* Takes `path`. */
static bool open_if_belongs(const struct elf_file *program, const struct debug_link *link,
			    char *path, struct elf_file *out)
{
	int err = elf_file_open(path, out);

	free(path);
	if (err)
		return false;
	if (belongs(program, link, out))
		return true;
	elf_file_close(out);
	return false;
}

static bool open_by_build_id(const struct elf_file *program, struct elf_file *out)
{
	char hex[2 * BUILD_ID_BYTES + 1] = "";

	if (program->build_id_size < 2)
		return false;
	for (size_t i = 0; i < program->build_id_size; i++)
		sprintf(hex + 2 * i, "%02x", program->build_id[i]);
	return open_if_belongs(program, NULL,
			       xasprintf(DEBUG_DIRECTORY "/.build-id/%.2s/%s.debug", hex, hex + 2),
			       out);
}

static bool open_by_link(const struct elf_file *program, const char *path, struct elf_file *out)
{
	const char *slash = strrchr(path, '/');
	int length = slash ? (int)(slash - path) : 0;
	struct debug_link link;

	if (!slash || !read_link(program, &link))
		return false;
	return open_if_belongs(program, &link, xasprintf("%.*s/%s", length, path, link.name),
			       out) ||
	       open_if_belongs(program, &link, xasprintf("%.*s/.debug/%s", length, path, link.name),
			       out) ||
	       open_if_belongs(program, &link,
			       xasprintf(DEBUG_DIRECTORY "%.*s/%s", length, path, link.name), out);
}

bool debug_file_open(const struct elf_file *program, const char *path, struct elf_file *out)
{
	*out = ELF_FILE_CLOSED;
	return open_by_build_id(program, out) || open_by_link(program, path, out);
}
