// SPDX-License-Identifier: MIT
#include "unwind/pointer.h"

#include <dwarf.h>

#define FORMAT_MASK 0x0f
#define BASE_MASK   0xf0 /* with the bit that asks for indirection */

int64_t read_sleb(struct cursor *c)
{
	uint64_t value = 0;
	uint8_t byte = 0x80;

	for (unsigned int shift = 0; byte & 0x80; shift += 7) {
		byte = cursor_u8(c);
		if (shift > 63) {
			c->failed = true;
			return 0;
		}
		value |= (uint64_t)(byte & 0x7f) << shift;
		if (!(byte & 0x80) && byte & 0x40 && shift < 57)
			value |= ~(uint64_t)0 << (shift + 7);
	}
	return (int64_t)value;
}

uint64_t read_encoded(struct cursor *c, uint8_t encoding)
{
	switch (encoding & FORMAT_MASK) {
	case DW_EH_PE_absptr:
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		return cursor_u64(c);
	case DW_EH_PE_uleb128:
		return cursor_varint(c);
	case DW_EH_PE_sleb128:
		return (uint64_t)read_sleb(c);
	case DW_EH_PE_udata2:
		return cursor_u16(c);
	case DW_EH_PE_sdata2:
		return (uint64_t)(int16_t)cursor_u16(c);
	case DW_EH_PE_udata4:
		return cursor_u32(c);
	case DW_EH_PE_sdata4:
		return (uint64_t)(int32_t)cursor_u32(c);
	default:
		c->failed = true;
		return 0;
	}
}

uint64_t read_pointer(struct cursor *c, uint8_t encoding, const struct loaded_bytes *where)
{
	uint64_t own_address = where->address + (uint64_t)(c->at - where->data);
	uint64_t value = read_encoded(c, encoding);

	switch (encoding & BASE_MASK) {
	case DW_EH_PE_absptr:
		return value;
	case DW_EH_PE_pcrel:
		return own_address + value;
	case DW_EH_PE_datarel:
		return where->address + value;
	default:
		c->failed = true;
		return 0;
	}
}
