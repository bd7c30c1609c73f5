/* SPDX-License-Identifier: MIT */
/*
 * Which way the bytes go that a system call has for its result.
 */
#ifndef PROF_DECODE_BYTE_FLOW_H
#define PROF_DECODE_BYTE_FLOW_H

#include <stdbool.h>
#include <stdint.h>

enum byte_flow { FLOW_NOTHING, FLOW_READ, FLOW_WRITE, NR_BYTE_FLOWS };

/* Of contents: out of a file or socket, or into one, also from another. */
enum byte_flow byte_flow_of(uint64_t nr);

/* Whether it moves bytes at all: also entries of a directory, and pages, whichever way. */
bool moves_bytes(uint64_t nr);

#endif
