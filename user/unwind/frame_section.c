// SPDX-License-Identifier: MIT
#include "unwind/frame_section.h"

#include <dwarf.h>

#define HEADER_BYTES 16 /* of .eh_frame_hdr: version, three encodings, the pointer */

static bool address_from_header(const struct elf_code *code, uint64_t *out)
{
	struct loaded_bytes bytes;
	GElf_Phdr header;
	struct cursor c;
	uint8_t encoding;

	if (!elf_code_header(code, PT_GNU_EH_FRAME, &header))
		return false;
	bytes = elf_code_read(code, header.p_vaddr, HEADER_BYTES);
	c = cursor_over(bytes.data, bytes.size);
	if (cursor_u8(&c) != 1)
		return false;
	encoding = cursor_u8(&c);
	cursor_u16(&c); /* how its search table is encoded */
	*out = read_pointer(&c, encoding, &bytes);
	return !c.failed;
}

bool frame_section_find_eh(const struct elf_code *code, struct frame_section *out)
{
	struct loaded_bytes section = elf_code_section(code, ".eh_frame");
	uint64_t address;

	*out = (struct frame_section){.bytes = section};
	if (!address_from_header(code, &address) || (section.size && section.address == address))
		return section.size > 0;
	out->bytes = elf_code_read(code, address, UINT64_MAX);
	out->ends_at_zero = true;
	if (!out->bytes.size)
		*out = (struct frame_section){.bytes = section};
	return out->bytes.size > 0;
}

bool frame_section_find_debug(const struct elf_code *code, struct frame_section *out)
{
	*out = (struct frame_section){
		.bytes = elf_code_section(code, ".debug_frame"),
		.is_debug = true,
	};
	return out->bytes.size > 0;
}
