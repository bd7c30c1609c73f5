// SPDX-License-Identifier: MIT
#include "symbols/fde_table.h"

#include <dwarf.h>
#include <string.h>

#include "base/bytes.h"
#include "base/search.h"

#define ENTRY_BYTES    8
#define MAX_RANGES     (4 << 20) /* of a file without a table; real ones have some 10,000 */
#define TABLE_ENCODING (DW_EH_PE_datarel | DW_EH_PE_sdata4) /* what all linkers write */
#define FORMAT_MASK    0x0f
#define RELATIVE_MASK  0x70

/* A place among the loaded bytes: what is left of its segment, and where that is loaded. */
struct reading {
	struct cursor in;
	const uint8_t *first;
	uint64_t address; /* of the first byte */
	bool is_64_bit;
	uint64_t data_base;
};

static uint64_t wrap(uint64_t address, bool is_64_bit)
{
	return is_64_bit ? address : (uint32_t)address;
}

static struct reading read_at(const struct fde_table *table, uint64_t address)
{
	struct reading reading = {
		.address = address, .is_64_bit = table->is_64_bit, .data_base = table->base};

	reading.in.failed = true;
	vec_each (&table->segments, segment) {
		uint64_t skipped = address - segment->address;

		if (address < segment->address || skipped >= segment->size)
			continue;
		reading.in = cursor_over(segment->data + skipped, segment->size - skipped);
		reading.first = reading.in.at;
		break;
	}
	return reading;
}

static uint64_t address_of_next(const struct reading *reading)
{
	return reading->address + (uint64_t)(reading->in.at - reading->first);
}

static uint64_t read_number(struct reading *reading, unsigned int format)
{
	switch (format) {
	case DW_EH_PE_absptr:
		return reading->is_64_bit ? cursor_u64(&reading->in) : cursor_u32(&reading->in);
	case DW_EH_PE_udata2:
		return cursor_u16(&reading->in);
	case DW_EH_PE_sdata2:
		return (uint64_t)(int16_t)cursor_u16(&reading->in);
	case DW_EH_PE_udata4:
		return cursor_u32(&reading->in);
	case DW_EH_PE_sdata4:
		return (uint64_t)(int32_t)cursor_u32(&reading->in);
	case DW_EH_PE_udata8:
	case DW_EH_PE_sdata8:
		return cursor_u64(&reading->in);
	default:
		reading->in.failed = true;
		return 0;
	}
}

/* An address known only to the running program, as indirect ones are, is none to us. */
static uint64_t read_address(struct reading *reading, unsigned int encoding)
{
	uint64_t base = 0;

	if ((encoding & RELATIVE_MASK) == DW_EH_PE_pcrel)
		base = address_of_next(reading);
	else if ((encoding & RELATIVE_MASK) == DW_EH_PE_datarel)
		base = reading->data_base;
	else if (encoding & RELATIVE_MASK)
		reading->in.failed = true;
	if (encoding & DW_EH_PE_indirect)
		reading->in.failed = true;
	return wrap(base + read_number(reading, encoding & FORMAT_MASK), reading->is_64_bit);
}

/* Reads the length that CIEs and FDEs begin with, and lets nothing be read past it. Entries of
 * 64-bit DWARF (a length of 0xffffffff) do not occur here: the C library's unwinder knows none. */
static void enter_entry(struct reading *reading)
{
	uint32_t length = cursor_u32(&reading->in);

	if (!length || length > cursor_left(&reading->in))
		reading->in.failed = true;
	else
		reading->in.end = reading->in.at + length;
}

/* How pointers in the FDEs of a CIE are written, from the characters of its augmentation. */
static unsigned int read_augmentation(struct reading *reading, const char *characters)
{
	unsigned int encoding = DW_EH_PE_absptr;

	cursor_varint(&reading->in); /* its size */
	for (; *characters && !reading->in.failed; characters++) {
		switch (*characters) {
		case 'R':
			return cursor_u8(&reading->in);
		case 'L':
			cursor_u8(&reading->in);
			break;
		case 'P': /* what it points to is of no interest, nor how */
			encoding = cursor_u8(&reading->in);
			read_number(reading, encoding & FORMAT_MASK);
			encoding = DW_EH_PE_absptr;
			break;
		case 'S': /* a signal frame; B and G are aarch64's */
		case 'B':
		case 'G':
			break;
		default:
			reading->in.failed = true;
		}
	}
	return encoding;
}

static bool read_cie(struct reading *cie, unsigned int *encoding)
{
	const char *augmentation;
	uint8_t version;

	enter_entry(cie);
	if (cursor_u32(&cie->in))
		return false;
	version = cursor_u8(&cie->in);
	augmentation = (const char *)cie->in.at;
	while (cursor_u8(&cie->in))
		;
	if (cie->in.failed || (*augmentation && *augmentation != 'z'))
		return false;
	if (version == 4)
		cursor_u16(&cie->in); /* sizes of addresses and of segments */
	cursor_varint(&cie->in);
	cursor_varint(&cie->in); /* the alignments; one is signed, which does not change its size */
	if (version == 1)
		cursor_u8(&cie->in);
	else
		cursor_varint(&cie->in); /* the return address */
	*encoding = *augmentation ? read_augmentation(cie, augmentation + 1) : DW_EH_PE_absptr;
	return !cie->in.failed;
}

static bool read_fde(const struct fde_table *table, uint64_t address, struct code_range *out)
{
	struct reading fde = read_at(table, address), cie;
	uint64_t distance, field;
	unsigned int encoding;

	enter_entry(&fde);
	field = address_of_next(&fde);
	distance = cursor_u32(&fde.in);
	if (fde.in.failed || !distance)
		return false;
	cie = read_at(table, field - distance);
	if (!read_cie(&cie, &encoding))
		return false;
	out->start = read_address(&fde, encoding);
	out->end = out->start + read_number(&fde, encoding & FORMAT_MASK);
	return !fde.in.failed && out->start < out->end;
}

static int compare_ranges(const void *left, const void *right)
{
	const struct code_range *a = left, *b = right;

	if (a->start != b->start)
		return a->start < b->start ? -1 : 1;
	return a->end < b->end ? -1 : a->end > b->end;
}

static uint64_t entry_address(const struct fde_table *table, size_t entry, int field)
{
	struct cursor in = cursor_over(table->entries + entry * ENTRY_BYTES + 4 * field, 4);

	return wrap(table->base + (uint64_t)(int32_t)cursor_u32(&in), table->is_64_bit);
}

static void open_table(struct fde_table *table, uint64_t address)
{
	struct reading header;
	unsigned int pointer_encoding, count_encoding, table_encoding;
	uint64_t nr_entries;

	table->base = address;
	header = read_at(table, address);
	if (cursor_u8(&header.in) != 1)
		return;
	pointer_encoding = cursor_u8(&header.in);
	count_encoding = cursor_u8(&header.in);
	table_encoding = cursor_u8(&header.in);
	read_number(&header, pointer_encoding & FORMAT_MASK); /* to .eh_frame */
	nr_entries = read_number(&header, count_encoding & FORMAT_MASK);
	if (header.in.failed || table_encoding != TABLE_ENCODING ||
	    nr_entries > cursor_left(&header.in) / ENTRY_BYTES || nr_entries > UINT32_MAX)
		return;
	table->entries = header.in.at;
	table->nr_entries = nr_entries;
}

static void add_segment(struct fde_table *table, const GElf_Phdr *header, const char *file,
			size_t file_size)
{
	size_t left = header->p_offset < file_size ? file_size - header->p_offset : 0;

	if (left)
		*vec_push(&table->segments) = (struct loaded_bytes){
			.address = header->p_vaddr,
			.data = (const uint8_t *)file + header->p_offset,
			.size = header->p_filesz < left ? header->p_filesz : left,
		};
}

/* Without the table: all entries of the section, one after the other. */
static void gather_ranges(struct fde_table *table, const struct elf_file *file)
{
	GElf_Shdr header;
	uint64_t at, end;

	if (!elf_file_section(file, ".eh_frame", &header) || !(header.sh_flags & SHF_ALLOC))
		return;
	end = header.sh_addr + header.sh_size;
	for (at = header.sh_addr; at < end && table->ranges.size < MAX_RANGES;) {
		struct reading entry = read_at(table, at);
		struct code_range range;

		if (read_fde(table, at, &range))
			*vec_push(&table->ranges) = range;
		enter_entry(&entry);
		if (entry.in.failed)
			break;
		at += (uint64_t)(entry.in.end - entry.first);
	}
	if (table->ranges.size)
		qsort(table->ranges.items, table->ranges.size, sizeof *table->ranges.items,
		      compare_ranges);
}

/* The address of .eh_frame_hdr, 0 when there is none. */
static uint64_t read_segments(struct fde_table *table, const struct elf_file *file)
{
	size_t file_size = 0, nr_headers = 0;
	const char *bytes = elf_rawfile(file->elf, &file_size);
	uint64_t at = 0;
	GElf_Phdr header;

	if (!bytes || elf_getphdrnum(file->elf, &nr_headers))
		return 0;
	for (size_t i = 0; i < nr_headers && gelf_getphdr(file->elf, i, &header); i++) {
		if (header.p_type == PT_LOAD)
			add_segment(table, &header, bytes, file_size);
		else if (header.p_type == PT_GNU_EH_FRAME)
			at = header.p_vaddr;
	}
	return at;
}

static uint64_t nth_start(const struct fde_table *table, size_t n)
{
	return table->nr_entries ? entry_address(table, n, 0) : table->ranges.items[n].start;
}

void fde_table_init(struct fde_table *table, const struct elf_file *file)
{
	const char *ident = file->elf ? elf_getident(file->elf, NULL) : NULL;
	uint64_t at;

	*table = (struct fde_table){0};
	if (!ident || ident[EI_DATA] != ELFDATA2LSB)
		return;
	table->is_64_bit = ident[EI_CLASS] == ELFCLASS64;
	at = read_segments(table, file);
	if (at)
		open_table(table, at);
	if (!table->nr_entries)
		gather_ranges(table, file);
}

void fde_table_fini(struct fde_table *table)
{
	vec_free(&table->segments);
	vec_free(&table->ranges);
}

bool fde_table_find(const struct fde_table *table, uint64_t address, struct code_range *out)
{
	size_t nr = table->nr_entries ? table->nr_entries : table->ranges.size;
	size_t behind = search_first(i, 0, nr, nth_start(table, i) > address);
	struct code_range range;

	if (!behind)
		return false;
	if (!table->nr_entries)
		range = table->ranges.items[behind - 1];
	else if (!read_fde(table, entry_address(table, behind - 1, 1), &range))
		return false;
	if (range.start != nth_start(table, behind - 1) || address >= range.end)
		return false;
	*out = range;
	return true;
}
