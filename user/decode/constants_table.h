/* SPDX-License-Identifier: MIT */
/*
 * How the tables of constants are written: SET(name, "unknown", C(ONE) C(TWO) ...), where C() takes
 * both name and value from a macro or an enumerator, and V() the value from elsewhere; N() and
 * NV() are the same for flags that are newer than Linux 6.1.
 *
 * A constant of 32 bits is not sign-extended: it is compared with what a register held.
 */
#ifndef PROF_DECODE_CONSTANTS_TABLE_H
#define PROF_DECODE_CONSTANTS_TABLE_H

#define WIDE(value) sizeof(value) == 4 ? (uint32_t)(value) : (uint64_t)(value)

#define V(text, value)  {WIDE(value), #text, false},
#define C(constant)     {WIDE(constant), #constant, false},
#define NV(text, value) {WIDE(value), #text, true},
#define N(constant)     {WIDE(constant), #constant, true},

#define SET(set, unknown_name, ...)                                                                \
	static const struct constant set##_items[] = {__VA_ARGS__};                                \
	const struct constant_set set = {                                                          \
		.items = set##_items,                                                              \
		.nr = sizeof(set##_items) / sizeof(set##_items[0]),                                \
		.unknown = unknown_name,                                                           \
	};

#endif
