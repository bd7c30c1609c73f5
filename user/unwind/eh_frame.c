// SPDX-License-Identifier: MIT
#include "unwind/eh_frame.h"

#include <dwarf.h>
#include <string.h>

#include "base/search.h"

#define RADIX_BITS 11

/* A large program's .debug_frame has one for each of its ten thousands of sources. */
#define MAX_CIES (1 << 18)

struct entry {
	struct cursor body;
	uint64_t offset; /* in its section */
	uint64_t id_at;  /* what an FDE's reference is relative to in .eh_frame */
	uint64_t id;
	bool is_cie;
};

/* False at the end, which a zero length marks where the section's size is not known. */
static bool entry_next(struct cursor *c, const struct frame_section *section, struct entry *out)
{
	const uint8_t *body;
	uint64_t size = 0;
	bool is_wide;

	do {
		out->offset = c->at - section->bytes.data;
		size = cursor_u32(c);
	} while (!size && !section->ends_at_zero && cursor_left(c));
	is_wide = size == UINT32_MAX;
	if (is_wide)
		size = cursor_u64(c);
	body = size ? cursor_take(c, size) : NULL;
	if (!body)
		return false;
	out->body = cursor_over(body, size);
	out->id_at = body - section->bytes.data;
	is_wide &= section->is_debug; /* .eh_frame's references are always narrow */
	out->id = is_wide ? cursor_u64(&out->body) : cursor_u32(&out->body);
	if (section->is_debug)
		out->is_cie = out->id == (is_wide ? UINT64_MAX : UINT32_MAX);
	else
		out->is_cie = out->id == 0;
	return true;
}

/* The letters say what follows, so an unknown one hides all that is behind it. */
static void cie_read_augmentation(struct cie *cie, struct cursor *c, const char *letters)
{
	uint64_t size = cursor_varint(c);
	const uint8_t *data = cursor_take(c, size);
	struct cursor fields = cursor_over(data, data ? size : 0);

	for (; *letters && !fields.failed; letters++) {
		switch (*letters) {
		case 'R':
			cie->pointer_encoding = cursor_u8(&fields);
			break;
		case 'P':
			read_encoded(&fields, cursor_u8(&fields));
			break;
		case 'L':
			cursor_u8(&fields);
			break;
		case 'S':
			cie->is_signal = true;
			break;
		case 'B': /* key of return addresses, and tagged stack, of another architecture */
		case 'G':
			break;
		default:
			fields.failed = true;
		}
	}
	cie->unknown |= fields.failed;
}

static const char *take_text(struct cursor *c)
{
	const uint8_t *end = memchr(c->at, '\0', cursor_left(c));
	const uint8_t *text = end ? cursor_take(c, end + 1 - c->at) : NULL;

	c->failed |= !text;
	return text ? (const char *)text : "";
}

/* The table's first row; instructions that would move on have no business here. */
static void cie_run(struct cie *cie, struct cursor instructions)
{
	struct cfa_program program;

	cfa_program_begin(&program, cie, instructions, 0, 1);
	cfa_program_next(&program);
	cie->initial = program.state;
}

static void cie_read_version_4(struct cie *cie, struct cursor *c)
{
	uint8_t address_bytes = cursor_u8(c), segment_bytes = cursor_u8(c);

	cie->unknown |= address_bytes != 8 || segment_bytes != 0;
}

static void cie_read(struct cie *cie, struct cursor c)
{
	uint8_t version = cursor_u8(&c);
	const char *letters = take_text(&c);

	cie->unknown = version != 1 && version != 3 && version != 4;
	if (version == 4)
		cie_read_version_4(cie, &c);
	if (!strcmp(letters, "eh")) /* of gcc 2: the address of its own data */
		cursor_u64(&c);
	else if (*letters && *letters != 'z')
		cie->unknown = true;
	cie->code_alignment = cursor_varint(&c);
	cie->data_alignment = read_sleb(&c);
	cie->unknown |= (version == 1 ? cursor_u8(&c) : cursor_varint(&c)) != DWARF_RIP;
	cie->has_augmentation_size = *letters == 'z';
	if (cie->has_augmentation_size)
		cie_read_augmentation(cie, &c, letters + 1);
	cie->unknown |= c.failed;
	if (!cie->unknown)
		cie_run(cie, c);
}

static void add_cie(struct frames *frames, const struct frame_section *section,
		    const struct entry *entry)
{
	struct cie cie = {.offset = entry->offset, .section = &section->bytes};

	cie_read(&cie, entry->body);
	if (!cie.unknown && frames->cies.size < MAX_CIES)
		*vec_push(&frames->cies) = cie;
}

/* They are passed, and kept, in the order of their offsets. */
static const struct cie *find_cie(const struct frames *frames, size_t first, uint64_t offset)
{
	size_t at =
		search_first(i, first, frames->cies.size, frames->cies.items[i].offset >= offset);

	if (at == frames->cies.size || frames->cies.items[at].offset != offset)
		return NULL;
	return &frames->cies.items[at];
}

/* False for what covers no code: functions that the linker dropped keep an address of zero. */
static bool fde_read(struct fde *fde, const struct cie *cie, struct cursor c,
		     const struct elf_code *code)
{
	uint64_t address = read_pointer(&c, cie->pointer_encoding, cie->section);
	uint64_t size = read_encoded(&c, cie->pointer_encoding);
	uint64_t offset, covered;

	if (cie->has_augmentation_size)
		cursor_take(&c, cursor_varint(&c));
	if (c.failed || !size || !address || !elf_code_locate(code, address, &offset, &covered))
		return false;
	fde->address = address;
	fde->start = offset;
	fde->end = offset + (size < covered ? size : covered);
	fde->instructions = c.at;
	fde->size = cursor_left(&c);
	return true;
}

static uint32_t digit(uint32_t key, unsigned int pass)
{
	return key >> pass * RADIX_BITS & ((1 << RADIX_BITS) - 1);
}

static void sort_pass(const struct fde *from, size_t count, unsigned int pass, struct fde *to)
{
	uint32_t places[1 << RADIX_BITS] = {0}, next = 0;

	for (size_t i = 0; i < count; i++)
		places[digit(from[i].start, pass)]++;
	for (size_t i = 0; i < 1 << RADIX_BITS; i++) {
		uint32_t here = places[i];

		places[i] = next;
		next += here;
	}
	for (size_t i = 0; i < count; i++)
		to[places[digit(from[i].start, pass)]++] = from[i];
}

static bool is_sorted(const struct frames *frames)
{
	for (size_t i = 1; i < frames->fdes.size; i++)
		if (frames->fdes.items[i - 1].start > frames->fdes.items[i].start)
			return false;
	return true;
}

/* Linkers mostly leave them in order. Otherwise by radix, since a comparing sort of the largest
 * files would take longer than all the rest; stable, so that the order never depends on chance. */
static void sort_by_start(struct frames *frames)
{
	size_t count = frames->fdes.size;
	struct fde *other = xcalloc(count, sizeof *other);

	for (unsigned int pass = 0; pass * RADIX_BITS < 32; pass++) {
		struct fde *sorted = other;

		sort_pass(frames->fdes.items, count, pass, sorted);
		other = frames->fdes.items;
		frames->fdes.items = sorted;
	}
	frames->fdes.capacity = count;
	free(other);
}

/* Of equal starts the one that reaches farthest stays; then each ends where the next one starts,
 * which is also how the search table in .eh_frame_hdr makes the run-time see it. */
static void settle_overlaps(struct frames *frames)
{
	struct fde *fdes = frames->fdes.items;
	size_t kept = 0;

	for (size_t i = 0; i < frames->fdes.size; i++) {
		if (!kept || fdes[kept - 1].start != fdes[i].start)
			fdes[kept++] = fdes[i];
		else if (fdes[kept - 1].end < fdes[i].end)
			fdes[kept - 1] = fdes[i];
	}
	frames->fdes.size = kept;
	for (size_t i = 1; i < kept; i++)
		if (fdes[i - 1].end > fdes[i].start)
			fdes[i - 1].end = fdes[i].start;
}

void frames_fini(struct frames *frames)
{
	vec_free(&frames->cies);
	vec_free(&frames->fdes);
}

bool frames_cover(const struct frames *frames, size_t count, const struct fde *fde)
{
	size_t at = search_first(i, 0, count, frames->fdes.items[i].end > fde->start);

	return at < count && frames->fdes.items[at].start < fde->end;
}

uint32_t frames_add_cie(struct frames *frames)
{
	struct cie *cie = vec_push(&frames->cies);

	cie->offset = UINT64_MAX;
	cie->code_alignment = 1;
	cie->data_alignment = -8;
	cie->initial.cfa_kind = UNWIND_CFA_REG;
	cie->initial.cfa_reg = DWARF_RSP;
	cie->initial.cfa_offset = 8;
	cie->initial.columns[COLUMN_RA] = (struct saved){SAVED_AT_CFA, -8};
	return cie - frames->cies.items;
}

void frames_scan(struct frames *frames, const struct frame_section *section,
		 const struct elf_code *code)
{
	struct cursor c = cursor_over(section->bytes.data, section->bytes.size);
	size_t first_cie = frames->cies.size, first_fde = frames->fdes.size;
	struct entry entry;

	while (cursor_left(&c) && entry_next(&c, section, &entry)) {
		struct fde fde;
		const struct cie *cie;

		if (entry.is_cie) {
			add_cie(frames, section, &entry);
			continue;
		}
		cie = find_cie(frames, first_cie,
			       section->is_debug ? entry.id : entry.id_at - entry.id);
		if (!cie || !fde_read(&fde, cie, entry.body, code) ||
		    frames_cover(frames, first_fde, &fde))
			continue;
		fde.cie = cie - frames->cies.items;
		*vec_push(&frames->fdes) = fde;
	}
}

void frames_sort(struct frames *frames)
{
	if (!is_sorted(frames))
		sort_by_start(frames);
	settle_overlaps(frames);
}
