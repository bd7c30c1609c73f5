// SPDX-License-Identifier: MIT
/*
 * Sets of signals, whose size says which kernel they are for: any other than its own is an error,
 * and then nothing is known of what is there.
 */
#include "decode/types.h"

#include <string.h>

#include "decode/constants.h"

#define NR_SIGNALS   64
/* A set that has as many of them is shown by what it lacks. */
#define MOST_SIGNALS (NR_SIGNALS * 2 / 3 + 1)

void sigset_emit(struct emit *e, uint64_t set)
{
	bool inverted = __builtin_popcountll(set) >= MOST_SIGNALS;

	emit_open_as(e, inverted ? "~[" : "[", " ", "]", false);
	if (inverted && e->json)
		emit_word(e, "~");
	for (unsigned int signal = 1; signal <= NR_SIGNALS; signal++) {
		if ((set >> (signal - 1) & 1) != inverted)
			emit_word(e, constant_name(&signal_names, signal) + strlen("SIG"));
	}
	emit_close(e);
}

void sigset_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes)
{
	uint64_t set;

	if (size_bytes != sizeof set)
		emit_pointer(d->e, address);
	else if (fetch_or_pointer(d, address, &set, sizeof set))
		sigset_emit(d->e, set);
}

static PRINT_FUNCTION(sigset_print)
{
	sigset_print_at(d, value, d->call->args[arg->of]);
}

const struct arg_type type_in_sigset = {
	.print = sigset_print,
	.captures = {{.kind = CAPTURE_BYTES, .when = CAPTURE_ENTER, .element_bytes = 8}},
};
