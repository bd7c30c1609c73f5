// SPDX-License-Identifier: MIT
/*
 * The types of prctl() and arch_prctl(): a table says what each option's arguments are, and what
 * its result means. What has no row is shown as numbers.
 */
#include "decode/types_control.h"

#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <string.h>

#include "decode/constants.h"
#include "decode/siginfo.h"

/* ---- Options ---- */

enum word_kind {
	WORD_HEX, /* of options that are not known, too */
	WORD_NONE,
	WORD_INT,
	WORD_UINT,
	WORD_PID,
	WORD_SIGNAL,
	WORD_POINTER,
	WORD_NAME,     /* of a thread, read */
	WORD_TEXT,     /* a string, read */
	WORD_PROGRAM,  /* of a filter */
	WORD_OUT_NAME, /* of a thread, written */
	WORD_OUT_INT,  /* where a number is written */
	WORD_OUT_SIGNAL,
	WORD_OUT_CHOICE, /* where one of the constants is written */
	WORD_OUT_POINTER,
	WORD_FLAGS,   /* of the constants */
	WORD_FLAGS32, /* the lower half, of the constants */
	WORD_CHOICE,
	WORD_CHOICE32,
	WORD_NUMBERED, /* its number, and the constant as a comment */
	WORD_LENGTH,   /* of vectors, with flags above it */
	WORD_TAGGED,
	WORD_TRACER,
};

struct word {
	enum word_kind kind;
	const struct constant_set *constants;
};

enum result_kind { RESULT_INT, RESULT_FLAGS, RESULT_CHOICE };

struct option {
	uint32_t number;
	struct word words[4];
	enum result_kind result;
	const struct constant_set *result_constants;
	int64_t only; /* if the first word is this, where has_only */
	bool has_only;
};

#define NOTHING                                                                                    \
	{                                                                                          \
		WORD_NONE                                                                          \
	}
#define NO_MORE NOTHING, NOTHING, NOTHING
#define ONE(kind)                                                                                  \
	{                                                                                          \
		{kind}, NO_MORE                                                                    \
	}
#define ONE_OF(kind, set)                                                                          \
	{                                                                                          \
		{kind, &set}, NO_MORE                                                              \
	}
#define NONE                                                                                       \
	{                                                                                          \
		NOTHING, NO_MORE                                                                   \
	}

static const struct option options[] = {
	{PR_SET_PDEATHSIG, ONE(WORD_SIGNAL)},
	{PR_GET_PDEATHSIG, ONE(WORD_OUT_SIGNAL)},
	{PR_GET_DUMPABLE, NONE, RESULT_CHOICE, &pr_dumpable},
	{PR_SET_DUMPABLE, ONE_OF(WORD_CHOICE, pr_dumpable)},
	{PR_GET_UNALIGN, ONE_OF(WORD_OUT_CHOICE, pr_unalign)},
	{PR_SET_UNALIGN, ONE_OF(WORD_FLAGS32, pr_unalign)},
	{PR_GET_KEEPCAPS, NONE},
	{PR_SET_KEEPCAPS, ONE(WORD_UINT)},
	{PR_GET_FPEMU, ONE(WORD_OUT_INT)},
	{PR_SET_FPEMU, ONE(WORD_UINT)},
	{PR_GET_FPEXC, ONE(WORD_OUT_INT)},
	{PR_SET_FPEXC, ONE(WORD_UINT)},
	{PR_GET_TIMING, NONE},
	{PR_SET_TIMING, ONE(WORD_UINT)},
	{PR_SET_NAME, ONE(WORD_NAME)},
	{PR_GET_NAME, ONE(WORD_OUT_NAME)},
	{PR_GET_ENDIAN, ONE(WORD_OUT_INT)},
	{PR_SET_ENDIAN, ONE(WORD_UINT)},
	{PR_GET_SECCOMP, NONE},
	{PR_SET_SECCOMP,
	 {{WORD_CHOICE, &seccomp_modes}, NO_MORE},
	 .only = SECCOMP_MODE_STRICT,
	 .has_only = true},
	{PR_SET_SECCOMP,
	 {{WORD_CHOICE, &seccomp_modes}, {WORD_PROGRAM}, NOTHING, NOTHING},
	 .only = SECCOMP_MODE_FILTER,
	 .has_only = true},
	{PR_SET_SECCOMP, {{WORD_CHOICE, &seccomp_modes}}},
	{PR_CAPBSET_READ, ONE_OF(WORD_CHOICE, capabilities)},
	{PR_CAPBSET_DROP, ONE_OF(WORD_CHOICE, capabilities)},
	{PR_GET_TSC, ONE_OF(WORD_OUT_CHOICE, pr_tsc)},
	{PR_SET_TSC, ONE_OF(WORD_CHOICE32, pr_tsc)},
	{PR_GET_SECUREBITS, NONE, RESULT_FLAGS, &secure_bits},
	{PR_SET_SECUREBITS, ONE_OF(WORD_FLAGS, secure_bits)},
	{PR_SET_TIMERSLACK, ONE(WORD_INT)},
	{PR_GET_TIMERSLACK, NONE},
	{PR_TASK_PERF_EVENTS_DISABLE, NONE},
	{PR_TASK_PERF_EVENTS_ENABLE, NONE},
	{PR_MCE_KILL,
	 {{WORD_CHOICE, &pr_mce_kill}, {WORD_CHOICE, &pr_mce_kill_policies}},
	 .only = PR_MCE_KILL_SET,
	 .has_only = true},
	{PR_MCE_KILL, {{WORD_CHOICE, &pr_mce_kill}}},
	{PR_MCE_KILL_GET, {{WORD_HEX}}, RESULT_CHOICE, &pr_mce_kill_policies},
	{PR_SET_MM, {{WORD_CHOICE32, &pr_set_mm}}},
	{PR_SET_CHILD_SUBREAPER, ONE(WORD_UINT)},
	{PR_GET_CHILD_SUBREAPER, ONE(WORD_OUT_INT)},
	{PR_SET_NO_NEW_PRIVS, {{WORD_UINT}}},
	{PR_GET_TID_ADDRESS, ONE(WORD_OUT_POINTER)},
	{PR_SET_THP_DISABLE, {{WORD_UINT}}},
	{PR_SET_FP_MODE, ONE_OF(WORD_FLAGS32, pr_fp_mode)},
	{PR_GET_FP_MODE, NONE, RESULT_FLAGS, &pr_fp_mode},
	{PR_CAP_AMBIENT,
	 {{WORD_CHOICE, &pr_cap_ambient}},
	 .only = PR_CAP_AMBIENT_CLEAR_ALL,
	 .has_only = true},
	{PR_CAP_AMBIENT, {{WORD_CHOICE, &pr_cap_ambient}, {WORD_CHOICE, &capabilities}}},
	{PR_SVE_SET_VL, ONE_OF(WORD_LENGTH, pr_vector_length)},
	{PR_SVE_GET_VL, NONE},
	{PR_SME_SET_VL_NUMBER, ONE_OF(WORD_LENGTH, pr_sme_vector_length)},
	{PR_SME_GET_VL_NUMBER, NONE},
	{PR_GET_SPECULATION_CTRL, ONE_OF(WORD_CHOICE, pr_spec_which), RESULT_FLAGS, &pr_spec_get},
	{PR_SET_SPECULATION_CTRL,
	 {{WORD_CHOICE, &pr_spec_which}, {WORD_CHOICE, &pr_spec_set}, NOTHING, NOTHING}},
	{PR_PAC_RESET_KEYS, {{WORD_FLAGS, &pr_pac_keys}}},
	{PR_PAC_SET_ENABLED_KEYS,
	 {{WORD_FLAGS, &pr_pac_enabled_keys}, {WORD_FLAGS, &pr_pac_enabled_keys}}},
	{PR_SET_TAGGED_ADDR_CTRL, {{WORD_TAGGED}}},
	{PR_SET_IO_FLUSHER, {{WORD_UINT}}},
	{PR_SET_SYSCALL_USER_DISPATCH,
	 {{WORD_CHOICE, &pr_user_dispatch}, {WORD_HEX}, {WORD_HEX}, {WORD_POINTER}}},
	{PR_SCHED_CORE,
	 {{WORD_CHOICE32, &pr_sched_core},
	  {WORD_PID},
	  {WORD_NUMBERED, &pr_sched_core_scopes},
	  {WORD_POINTER}}},
	{PR_SET_PTRACER, ONE(WORD_TRACER)},
	{PR_SET_VMA,
	 {{WORD_CHOICE, &pr_set_vma}, {WORD_POINTER}, {WORD_UINT}, {WORD_TEXT}},
	 .only = PR_SET_VMA_ANON_NAME,
	 .has_only = true},
	{PR_SET_VMA, {{WORD_CHOICE, &pr_set_vma}}},
};

static const struct option *option_of(const struct call *call)
{
	static const struct option unknown = {0};

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (options[i].number == (uint32_t)call->args[0] &&
		    (!options[i].has_only || options[i].only == (int64_t)call->args[1]))
			return &options[i];
	}
	return &unknown;
}

/* What an argument is; some words count only where the first one was understood. */
static struct word word_of(const struct call *call, unsigned int index)
{
	const struct option *option = option_of(call);
	struct word word = option->words[index - 1];
	const struct word *first = &option->words[0];
	bool is_understood =
		first->kind != WORD_CHOICE || constant_name(first->constants, call->args[1]);

	if (index > 1 && !is_understood && (word.kind == WORD_CHOICE || word.kind == WORD_FLAGS))
		word.kind = WORD_HEX;
	return word;
}

/* ---- Printing ---- */

/* A buffer of a thread's name, of which 15 bytes count. */
static void name_print(struct decoder *d, uint64_t address)
{
	struct bytes text = {0};
	enum string_end end = STRING_UNREADABLE;

	if (address && !(d->when == CAPTURE_EXIT && call_failed(d->call)))
		end = call_read_string(d->call, address, 16, d->when, &text);
	if (end == STRING_UNREADABLE)
		emit_pointer(d->e, address);
	else
		emit_string(d->e, text.data, text.size > 15 ? 15 : text.size, end == STRING_CUT);
	bytes_fini(&text);
}

static void out_print(struct decoder *d, struct word word, uint64_t address)
{
	uint64_t value = 0;
	size_t size = word.kind == WORD_OUT_POINTER ? sizeof(uint64_t) : sizeof(uint32_t);

	if (!fetch_or_pointer(d, address, &value, size))
		return;
	emit_open(d->e, EMIT_ARRAY);
	if (word.kind == WORD_OUT_POINTER)
		emit_pointer(d->e, value);
	else if (word.kind == WORD_OUT_SIGNAL)
		signal_emit(d->e, (int)value);
	else if (word.kind == WORD_OUT_CHOICE)
		emit_choice(d->e, word.constants, value);
	else
		emit_uint(d->e, value);
	emit_close(d->e);
}

static void length_print(struct decoder *d, const struct constant_set *set, uint64_t value)
{
	const uint64_t mask = 0xffff;

	emit_open(d->e, EMIT_FLAGS);
	if (value & ~mask)
		emit_flag_names(d->e, set, value & ~mask);
	emit_hex(d->e, value & mask);
	emit_close(d->e);
}

/* Bit 0, two bits of how tags are checked, and which tags there are. */
static void tagged_print(struct decoder *d, uint64_t value)
{
	static const char *const checks[] = {"PR_MTE_TCF_NONE", "PR_MTE_TCF_SYNC",
					     "PR_MTE_TCF_ASYNC", "PR_MTE_TCF_MASK"};
	uint64_t tags = value >> 3 & 0xffff, rest = value & ~0x7ffffULL;

	emit_open(d->e, EMIT_FLAGS);
	emit_word(d->e, value & 1 ? "PR_TAGGED_ADDR_ENABLE" : "!PR_TAGGED_ADDR_ENABLE");
	emit_word(d->e, checks[value >> 1 & 3]);
	if (tags)
		emit_wordf(d->e, "%#llx<<PR_MTE_TAG_SHIFT", (unsigned long long)tags);
	if (rest)
		emit_hex(d->e, rest);
	emit_close(d->e);
}

static void numbered_print(struct decoder *d, const struct constant_set *set, uint32_t value)
{
	const char *name = constant_name(set, value);

	emit_hex(d->e, value);
	emit_comment(d->e, "%s", name ? name : set->unknown);
}

static void word_print(struct decoder *d, struct word word, uint64_t value)
{
	switch (word.kind) {
	case WORD_NONE:
	case WORD_HEX:
		return emit_hex(d->e, value);
	case WORD_INT:
		return emit_int(d->e, (int64_t)value);
	case WORD_UINT:
		return emit_uint(d->e, value);
	case WORD_PID:
		return emit_int(d->e, (int32_t)value);
	case WORD_SIGNAL:
		return value <= INT32_MAX ? signal_emit(d->e, (int)value) : emit_uint(d->e, value);
	case WORD_POINTER:
		return emit_pointer(d->e, value);
	case WORD_NAME:
	case WORD_OUT_NAME:
		return name_print(d, value);
	case WORD_TEXT:
		return string_print_at(d, value);
	case WORD_PROGRAM:
		return filter_print_at(d, value);
	case WORD_OUT_INT:
	case WORD_OUT_SIGNAL:
	case WORD_OUT_CHOICE:
	case WORD_OUT_POINTER:
		return out_print(d, word, value);
	case WORD_FLAGS:
		return emit_flags(d->e, word.constants, value);
	case WORD_FLAGS32:
		return emit_flags(d->e, word.constants, (uint32_t)value);
	case WORD_CHOICE:
		return emit_choice(d->e, word.constants, value);
	case WORD_CHOICE32:
		return emit_choice(d->e, word.constants, (uint32_t)value);
	case WORD_NUMBERED:
		return numbered_print(d, word.constants, (uint32_t)value);
	case WORD_LENGTH:
		return length_print(d, word.constants, value);
	case WORD_TAGGED:
		return tagged_print(d, value);
	case WORD_TRACER:
		return (int32_t)value == -1 ? emit_word(d->e, "PR_SET_PTRACER_ANY")
					    : emit_int(d->e, (int32_t)value);
	}
}

static bool word_applies(const struct call *call, const struct argument *arg)
{
	return word_of(call, arg->of).kind != WORD_NONE;
}

static PRINT_FUNCTION(prctl_word_print)
{
	word_print(d, word_of(d->call, arg->of), value);
}

static enum capture_when second_when(const struct call *call)
{
	switch (word_of(call, 1).kind) {
	case WORD_OUT_NAME:
	case WORD_OUT_INT:
	case WORD_OUT_SIGNAL:
	case WORD_OUT_CHOICE:
	case WORD_OUT_POINTER:
		return CAPTURE_EXIT;
	default:
		return CAPTURE_ENTER;
	}
}

static void result_named(struct decoder *d, const struct constant_set *set, bool are_flags)
{
	uint64_t value = (uint64_t)d->call->result;

	if (are_flags)
		emit_hex(d->e, value);
	else
		emit_uint(d->e, value);
	if (d->e->json || (are_flags && !value) || (!are_flags && !constant_name(set, value)))
		return;
	emit_raw(d->e, " (");
	emit_flags(d->e, set, value);
	emit_raw(d->e, ")");
}

void result_prctl(struct decoder *d)
{
	const struct option *option = option_of(d->call);

	if (option->result == RESULT_INT)
		emit_int(d->e, d->call->result);
	else
		result_named(d, option->result_constants, option->result == RESULT_FLAGS);
}

/* ---- arch_prctl() ---- */

enum {
	CODE_SET_GS = 0x1001,
	CODE_GET_FS = 0x1003,
	CODE_GET_GS = 0x1004,
	CODE_GET_CPUID = 0x1011,
	CODE_GET_XCOMP_SUPP = 0x1021,
	CODE_GET_XCOMP_PERM = 0x1022,
	CODE_REQ_XCOMP_PERM = 0x1023,
	CODE_GET_XCOMP_GUEST_PERM = 0x1024,
	CODE_REQ_XCOMP_GUEST_PERM = 0x1025,
};

static bool arch_has_address(const struct call *call, const struct argument *arg)
{
	(void)arg;
	return (uint32_t)call->args[0] != CODE_GET_CPUID;
}

static enum capture_when arch_when(const struct call *call)
{
	switch ((uint32_t)call->args[0]) {
	case CODE_GET_FS:
	case CODE_GET_GS:
	case CODE_GET_XCOMP_SUPP:
	case CODE_GET_XCOMP_PERM:
	case CODE_GET_XCOMP_GUEST_PERM:
		return CAPTURE_EXIT;
	default:
		return CAPTURE_ENTER;
	}
}

static void features_print(struct decoder *d, uint64_t mask)
{
	uint64_t known = 0;

	emit_hex(d->e, mask);
	if (!mask || d->e->json)
		return;
	for (size_t i = 0; i < xfeature_masks.nr; i++)
		known |= mask & xfeature_masks.items[i].value;
	if (!known) {
		emit_comment(d->e, "%s", xfeature_masks.unknown);
		return;
	}
	emit_raw(d->e, " /* ");
	d->e->named = true;
	emit_flags(d->e, &xfeature_masks, mask);
	emit_raw(d->e, " */");
}

static void arch_out_print(struct decoder *d, uint32_t code, uint64_t address)
{
	uint64_t value;

	if (!fetch_or_pointer(d, address, &value, sizeof value))
		return;
	emit_open(d->e, EMIT_ARRAY);
	if (code == CODE_GET_FS || code == CODE_GET_GS)
		emit_pointer(d->e, value);
	else
		features_print(d, value);
	emit_close(d->e);
}

static PRINT_FUNCTION(arch_address_print)
{
	uint32_t code = (uint32_t)d->call->args[0];
	const char *name = constant_name(&xfeatures, value);

	(void)arg;
	if (arch_when(d->call) == CAPTURE_EXIT) {
		arch_out_print(d, code, value);
	} else if (code == CODE_REQ_XCOMP_PERM || code == CODE_REQ_XCOMP_GUEST_PERM) {
		emit_hex(d->e, value);
		emit_comment(d->e, "%s", name ? name : xfeatures.unknown);
	} else {
		emit_hex(d->e, value);
	}
}

const struct arg_type type_prctl_option = CHOICE_TYPE(4, prctl_options);
const struct arg_type type_prctl_first = {
	.print = prctl_word_print,
	.applies = word_applies,
	.when_of = second_when,
	.captures = {{.kind = CAPTURE_BYTES,
		      .when = CAPTURE_ENTER | CAPTURE_EXIT,
		      .element_bytes = 16}},
};
const struct arg_type type_prctl_second = {
	.print = prctl_word_print,
	.applies = word_applies,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 16}},
};
const struct arg_type type_prctl_word = {
	.print = prctl_word_print,
	.applies = word_applies,
};
const struct arg_type type_prctl_text = {
	.print = prctl_word_print,
	.applies = word_applies,
	.captures = {{.kind = CAPTURE_STRING, .when = CAPTURE_ENTER}},
};
const struct arg_type type_arch_code = CHOICE_TYPE(4, arch_prctl_codes);
const struct arg_type type_arch_address = {
	.print = arch_address_print,
	.applies = arch_has_address,
	.when_of = arch_when,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_EXIT, .element_bytes = 8}},
};
