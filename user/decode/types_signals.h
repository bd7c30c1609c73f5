/* SPDX-License-Identifier: MIT */
/*
 * What the decoders of signals share.
 */
#ifndef PROF_DECODE_TYPES_SIGNALS_H
#define PROF_DECODE_TYPES_SIGNALS_H

#include "decode/types.h"

/* A set of signals, as of d->when, of which the caller says the size. */
void sigset_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes);
void siginfo_print_at(struct decoder *d, uint64_t address);

/* types_signals.c */
extern const struct arg_type type_signal, type_sigmask_how, type_in_sigset, type_out_sigset,
	type_pending_sigset, type_signalfd_flags, type_in_sigaction, type_out_sigaction,
	type_in_sigaltstack, type_out_sigaltstack, type_in_siginfo, type_out_siginfo,
	type_saved_mask;

void result_signal(struct decoder *d); /* the one that came */

#endif
