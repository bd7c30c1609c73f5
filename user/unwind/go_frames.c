// SPDX-License-Identifier: MIT
#include "unwind/go_frames.h"

#include <dwarf.h>
#include <string.h>

#include "base/go_table.h"
#include "unwind/restorer.h"

#define MAX_INSTRUCTION_BYTES ((size_t)64 << 20)
#define MAX_STACK_BYTES       (1 << 30)

struct adder {
	struct frames *frames;
	const struct elf_code *code;
	struct bytes *instructions;
	size_t nr_sorted;
	uint32_t plain_cie, signal_cie, switch_cie;
};

/* Its instructions are those from `from` on, whose place is told by that until all are there. */
static void add_fde(struct adder *adder, uint64_t address, uint64_t size, uint32_t cie, size_t from)
{
	uint64_t offset, left;
	struct fde fde;

	if (!elf_code_locate(adder->code, address, &offset, &left))
		return;
	fde = (struct fde){
		.start = offset,
		.end = offset + (size < left ? size : left),
		.cie = cie,
		.size = adder->instructions->size - from,
		.instructions = (const uint8_t *)from,
		.address = address,
	};
	if (!frames_cover(adder->frames, adder->nr_sorted, &fde))
		*vec_push(&adder->frames->fdes) = fde;
}

static void add_advance(struct bytes *out, uint64_t distance)
{
	bytes_u8(out, DW_CFA_advance_loc4);
	bytes_u32(out, distance < UINT32_MAX ? distance : UINT32_MAX);
}

/* The caller's rbp lies below the return address in every function that has a frame. */
static void add_state(struct bytes *out, int64_t used)
{
	bytes_u8(out, DW_CFA_def_cfa_offset);
	bytes_varint(out, used >= 0 && used < MAX_STACK_BYTES ? used + 8 : 0);
	bytes_u8(out, used >= 8 ? DW_CFA_offset | DWARF_RBP : DW_CFA_restore | DWARF_RBP);
	if (used >= 8)
		bytes_u8(out, 2);
}

static void add_states(struct bytes *out, struct go_function *function)
{
	struct go_stack stack = {0};
	uint64_t last_size = 0;

	while (out->size < MAX_INSTRUCTION_BYTES && go_stack_next(function, &stack)) {
		if (last_size)
			add_advance(out, last_size);
		add_state(out, stack.used);
		last_size = stack.size;
	}
}

static bool is_sigreturn(const struct adder *adder, const struct go_function *function)
{
	return function->size <= 64 && strstr(function->name, "sigreturn") &&
	       is_restorer(adder->code, function->address);
}

/* Go does not say so of a program's entry, nor of what leaves a goroutine to the scheduler, on
 * whose stack nothing is below it. */
static bool is_outermost(const struct go_function *function)
{
	if (!strcmp(function->name, "runtime.sigtramp")) /* the kernel has called it */
		return false;
	return function->flags & GO_OUTERMOST || !strncmp(function->name, "_rt0_", 5) ||
	       !strcmp(function->name, "runtime.mcall");
}

static void add_function(struct adder *adder, struct go_function *function)
{
	static const uint8_t outermost[] = {DW_CFA_undefined, DWARF_RIP};
	size_t from = adder->instructions->size;

	if (is_sigreturn(adder, function)) { /* nothing calls it: it is returned to */
		add_fde(adder, function->address - 1, function->size + 1, adder->signal_cie, from);
		return;
	}
	if (is_outermost(function)) {
		bytes_append(adder->instructions, outermost, sizeof outermost);
	} else if (function->flags & GO_MOVES_STACK) {
		add_fde(adder, function->address, function->size, adder->switch_cie, from);
		return;
	} else {
		add_states(adder->instructions, function);
	}
	if (adder->instructions->size > from)
		add_fde(adder, function->address, function->size, adder->plain_cie, from);
}

static void settle_instructions(struct adder *adder)
{
	for (size_t i = adder->nr_sorted; adder->instructions->size && i < adder->frames->fdes.size;
	     i++) {
		struct fde *fde = &adder->frames->fdes.items[i];

		fde->instructions = adder->instructions->data + (uintptr_t)fde->instructions;
	}
}

/* In a section of its own, but for programs that were linked by another linker than Go's. */
static bool find_table(const struct elf_code *code, struct go_table *out)
{
	struct loaded_bytes bytes = elf_code_section(code, ".gopclntab");
	size_t nr_headers = 0;
	GElf_Phdr header;

	if (!bytes.size)
		bytes = elf_code_section(code, ".data.rel.ro.gopclntab");
	if (bytes.size)
		return go_table_open(bytes.data, bytes.size, out);
	if (!elf_code_section(code, ".note.go.buildid").size)
		return false;
	elf_getphdrnum(code->elf, &nr_headers);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(code->elf, i, &header); i++) {
		if (header.p_type != PT_LOAD || header.p_flags & PF_X)
			continue;
		bytes = elf_code_read(code, header.p_vaddr, header.p_filesz);
		if (go_table_search(bytes.data, bytes.size, out))
			return true;
	}
	return false;
}

void go_frames_add(struct frames *frames, const struct elf_code *code, struct bytes *out)
{
	struct adder adder = {.frames = frames,
			      .code = code,
			      .instructions = out,
			      .nr_sorted = frames->fdes.size};
	struct go_function function;
	struct go_table table;

	if (!find_table(code, &table))
		return;
	adder.plain_cie = frames_add_cie(frames);
	adder.signal_cie = restorer_add_cie(frames);
	adder.switch_cie = frames_add_cie(frames);
	frames->cies.items[adder.switch_cie].initial.cfa_kind = UNWIND_CFA_ANYWHERE;
	for (uint32_t i = 0; i < table.nr_functions && out->size < MAX_INSTRUCTION_BYTES; i++)
		if (go_table_function(&table, i, &function))
			add_function(&adder, &function);
	settle_instructions(&adder);
}
