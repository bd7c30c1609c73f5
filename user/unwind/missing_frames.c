// SPDX-License-Identifier: MIT
#include "unwind/missing_frames.h"

#include <dwarf.h>
#include <string.h>

#define MAX_INIT_BYTES    128
#define MAX_DYNAMIC_BYTES (16 << 10)

/* `_start` of the dynamic linker takes 61 (glibc, sysdeps/x86_64/dl-machine.h, RTLD_START), that of
 * programs with musl 22 (arch/x86_64/crt_arch.h). */
#define MAX_ENTRY_BYTES 64

#define MAX_CRT_GAPS 1024 /* that crtbegin is looked for in */

#define MAX_CLONE_BYTES   32 /* from the system call to the child's code: 10 to 14 */
#define MAX_CONTEXT_BYTES 64 /* of __start_context: 26 */
#define MAX_CONTEXT_LOOKS 4096

static const uint8_t endbr64[] = {0xf3, 0x0f, 0x1e, 0xfa};

struct adder {
	struct missing_frames *missing;
	struct frames *frames;
	const struct elf_code *code;
	size_t nr_sorted;
	uint32_t cie;
};

/* Nobody called. */
static const uint8_t outermost[] = {DW_CFA_undefined, DWARF_RIP};

static void add_fde(struct adder *adder, uint64_t address, uint64_t size,
		    const uint8_t *instructions, size_t instructions_size)
{
	uint64_t offset, left;
	struct fde fde;

	if (!address || !elf_code_locate(adder->code, address, &offset, &left))
		return;
	fde = (struct fde){
		.start = offset,
		.end = offset + (size < left ? size : left),
		.cie = adder->cie,
		.size = instructions_size,
		.instructions = instructions,
		.address = address,
	};
	if (!frames_cover(adder->frames, adder->nr_sorted, &fde))
		*vec_push(&adder->frames->fdes) = fde;
}

/* Where nobody says otherwise a program begins at its entry: there is no caller. The entry's code
 * is followed by other functions, so it ends where the first described one begins, or soon. */
static void add_entry(struct adder *adder)
{
	struct frames *frames = adder->frames;
	uint64_t offset, left, size = MAX_ENTRY_BYTES;

	if (!elf_code_locate(adder->code, adder->code->entry, &offset, &left))
		return;
	for (size_t i = 0; i < adder->nr_sorted; i++)
		if (frames->fdes.items[i].start > offset &&
		    frames->fdes.items[i].start - offset < size)
			size = frames->fdes.items[i].start - offset;
	add_fde(adder, adder->code->entry, size, outermost, sizeof outermost);
}

/* `_init` and `_fini`: a prologue (glibc, sysdeps/x86_64/crti.S), whatever was linked in between,
 * and an epilogue (crtn.S). */
static void add_init(struct adder *adder, uint64_t address, uint8_t instructions[8])
{
	static const uint8_t prologue[] = {0x48, 0x83, 0xec, 0x08};       /* sub $8,%rsp */
	static const uint8_t epilogue[] = {0x48, 0x83, 0xc4, 0x08, 0xc3}; /* add $8,%rsp; ret */
	struct loaded_bytes bytes = elf_code_read(adder->code, address, MAX_INIT_BYTES);
	size_t at = 0, pushed, popped;
	const uint8_t *end;

	if (bytes.size >= sizeof endbr64 && !memcmp(bytes.data, endbr64, sizeof endbr64))
		at = sizeof endbr64;
	if (bytes.size - at < sizeof prologue || memcmp(bytes.data + at, prologue, sizeof prologue))
		return;
	pushed = at + sizeof prologue;
	end = memmem(bytes.data + pushed, bytes.size - pushed, epilogue, sizeof epilogue);
	if (!end)
		return;
	popped = end + sizeof epilogue - 1 - bytes.data;
	memcpy(instructions,
	       (uint8_t[]){DW_CFA_advance_loc1, pushed, DW_CFA_def_cfa_offset, 16,
			   DW_CFA_advance_loc1, popped - pushed, DW_CFA_def_cfa_offset, 8},
	       8);
	add_fde(adder, address, popped + 1, instructions, 8);
}

static uint64_t dynamic_value(const struct elf_code *code, int64_t wanted)
{
	struct loaded_bytes bytes;
	GElf_Phdr header;
	struct cursor c;
	uint64_t tag, value;

	if (!elf_code_header(code, PT_DYNAMIC, &header))
		return 0;
	bytes = elf_code_read(code, header.p_vaddr, MAX_DYNAMIC_BYTES);
	c = cursor_over(bytes.data, bytes.size);
	do {
		tag = cursor_u64(&c);
		value = cursor_u64(&c);
	} while (!c.failed && tag != DT_NULL && (int64_t)tag != wanted);
	return (int64_t)tag == wanted ? value : 0;
}

/* By the dynamic section, or in static programs by section headers. */
static uint64_t init_address(const struct elf_code *code, int64_t tag, const char *section)
{
	uint64_t address = dynamic_value(code, tag);

	return address ? address : elf_code_section(code, section).address;
}

static void add_crt(struct adder *adder, uint64_t address, uint64_t size)
{
	struct crtbegin *crt = &adder->missing->crts[adder->missing->nr_crts];
	struct loaded_bytes gap = elf_code_read(
		adder->code, address, size < MAX_CRTBEGIN_BYTES ? size : MAX_CRTBEGIN_BYTES);

	if (!crtbegin_find(&gap, crt))
		return;
	add_fde(adder, address, crt->size, crt->instructions, crt->instructions_size);
	adder->missing->nr_crts++;
}

/* How much code lies behind a function before the next one that is described, if there is one. */
static uint64_t gap_behind(const struct adder *adder, size_t i)
{
	const struct fde *fde = &adder->frames->fdes.items[i];
	uint64_t offset, left;

	if (i + 1 < adder->nr_sorted)
		return fde[1].start - fde->end;
	if (!elf_code_locate(adder->code, fde->address, &offset, &left))
		return 0;
	return left - (fde->end - fde->start);
}

static void add_crts(struct adder *adder)
{
	size_t gaps = 0;

	for (size_t i = 0; i < adder->nr_sorted && gaps < MAX_CRT_GAPS; i++) {
		const struct fde *before = &adder->frames->fdes.items[i];
		uint64_t size = gap_behind(adder, i);

		if (adder->missing->nr_crts == MAX_CRTS)
			return;
		if (size < MIN_CRTBEGIN_BYTES)
			continue;
		gaps++;
		add_crt(adder, before->address + (before->end - before->start), size);
	}
}

/*
 * From its system call on glibc's clone is left undescribed, up to where the child begins
 * (sysdeps/unix/sysv/linux/x86_64/clone.S, clone3.S):
 *
 *     syscall;  test %rax,%rax;  jl error;  jz child;  ret
 *
 * The parent is as it was. The child is on a stack of its own.
 */
static bool add_clone(struct adder *adder, const struct fde *before, const struct fde *child)
{
	static const uint8_t code[] = {0x0f, 0x05, 0x48, 0x85, 0xc0};
	uint64_t address = before->address + (before->end - before->start);
	uint64_t size = child->start - before->end;
	struct loaded_bytes gap = elf_code_read(adder->code, address, size);

	if (gap.size < sizeof code || memcmp(gap.data, code, sizeof code))
		return false;
	add_fde(adder, address, gap.size, outermost, 0);
	return true;
}

static bool add_clones(struct adder *adder)
{
	bool found = false;

	adder->cie = frames_add_cie(adder->frames);
	adder->frames->cies.items[adder->cie].initial.columns[COLUMN_RA].kind = SAVED_IN_PARENT;
	for (size_t i = 1; i < adder->nr_sorted; i++) {
		const struct fde fde = adder->frames->fdes.items[i];
		const struct fde before = adder->frames->fdes.items[i - 1];

		if (fde.size >= sizeof outermost && fde.start - before.end <= MAX_CLONE_BYTES &&
		    !memcmp(fde.instructions, outermost, sizeof outermost))
			found |= add_clone(adder, &before, &fde);
	}
	return found;
}

/*
 * The bottom of a stack from makecontext: its function returns to here, and nobody has called. Yet
 * glibc's FDE claims a caller (sysdeps/unix/sysv/linux/x86_64/__start_context.S):
 *
 *     mov %rbx,%rsp;  mov (%rsp),%rdi;  test %rdi,%rdi
 */
static bool may_be_context_start(const struct fde *fde)
{
	return fde->end - fde->start <= MAX_CONTEXT_BYTES &&
	       (!fde->size || *fde->instructions == DW_CFA_nop);
}

static bool is_context_start(const struct adder *adder, const struct fde *fde)
{
	static const uint8_t code[] = {0x48, 0x89, 0xdc, 0x48, 0x8b, 0x3c, 0x24, 0x48, 0x85, 0xff};
	struct loaded_bytes bytes = elf_code_read(adder->code, fde->address, sizeof code);

	return bytes.size == sizeof code && !memcmp(bytes.data, code, sizeof code);
}

static void mend_context_start(struct adder *adder)
{
	size_t looks = 0;

	for (size_t i = 0; i < adder->nr_sorted && looks < MAX_CONTEXT_LOOKS; i++) {
		struct fde *fde = &adder->frames->fdes.items[i];

		if (!may_be_context_start(fde))
			continue;
		looks++;
		if (!is_context_start(adder, fde))
			continue;
		fde->instructions = outermost;
		fde->size = sizeof outermost;
		return;
	}
}

/* The layout of a lazy PLT, which some linkers leave undescribed: the first entry pushes one word
 * more and jumps, each other one jumps, or else pushes a number and goes to the first. */
static void add_plt(struct adder *adder)
{
	static const uint8_t instructions[] = {DW_CFA_def_cfa_offset,
					       16,
					       DW_CFA_advance_loc | 6,
					       DW_CFA_def_cfa_offset,
					       24,
					       DW_CFA_advance_loc | 10,
					       DW_CFA_def_cfa_expression,
					       11,
					       DW_OP_breg7,
					       8,
					       DW_OP_breg16,
					       0,
					       DW_OP_lit15,
					       DW_OP_and,
					       DW_OP_lit11,
					       DW_OP_ge,
					       DW_OP_lit3,
					       DW_OP_shl,
					       DW_OP_plus};
	struct loaded_bytes plt = elf_code_section(adder->code, ".plt");
	const uint8_t *at = plt.data;

	if (plt.size < 32 || plt.size % 16 || plt.address % 16)
		return;
	if (at[0] == 0xff && at[1] == 0x35 && at[6] == 0xff && at[7] == 0x25 && at[16] == 0xff &&
	    at[17] == 0x25 && at[22] == 0x68 && at[27] == 0xe9)
		add_fde(adder, plt.address, plt.size, instructions, sizeof instructions);
}

void missing_frames_add(struct missing_frames *missing, struct frames *frames,
			const struct elf_code *code)
{
	struct adder adder = {
		.missing = missing,
		.frames = frames,
		.code = code,
		.nr_sorted = frames->fdes.size,
		.cie = frames_add_cie(frames),
	};

	missing->nr_crts = 0;
	add_entry(&adder);
	add_init(&adder, init_address(code, DT_INIT, ".init"), missing->init);
	add_init(&adder, init_address(code, DT_FINI, ".fini"), missing->fini);
	add_crts(&adder);
	add_plt(&adder);
	if (add_clones(&adder)) /* then this is the C library, or has it inside */
		mend_context_start(&adder);
}
