/* SPDX-License-Identifier: MIT */
/*
 * Where at the beginning of a function a breakpoint is cheapest.
 *
 * The kernel has to step over the instruction that a breakpoint stands for. A few it can emulate;
 * any other one takes a debug trap, which in a virtual machine costs ten times as much as the
 * breakpoint. So it goes to the first instruction of the former kind that all calls come to, with
 * the arguments and the stack as they were.
 */
#ifndef PROF_SYMBOLS_PROBE_PLACE_H
#define PROF_SYMBOLS_PROBE_PLACE_H

#include <stddef.h>
#include <stdint.h>

/* The offset of that instruction in the function's code; 0, its entry, where none is found. */
size_t probe_place(const uint8_t *code, size_t size, unsigned int nr_args);

#endif
