/* SPDX-License-Identifier: MIT */
/*
 * Structs whose members are printed one by one, as tables.
 *
 *     static const struct field members[] = {
 *             FIELD(struct linger, l_onoff, FIELD_INT),
 *             FIELD(struct linger, l_linger, FIELD_INT),
 *     };
 *
 * gives {l_onoff=1, l_linger=10}. Structs that grew over the years end where their bytes end.
 */
#ifndef PROF_DECODE_FIELDS_H
#define PROF_DECODE_FIELDS_H

#include "decode/types.h"

enum field_kind {
	FIELD_INT,
	FIELD_UINT,
	FIELD_HEX,
	FIELD_OCTAL, /* of permissions */
	FIELD_POINTER,
	FIELD_FD,
	FIELD_ID,
	FIELD_FLAGS,  /* of field.constants */
	FIELD_CHOICE, /* of field.constants */
	FIELD_CHARS,  /* text up to a NUL, in the struct itself */
	FIELD_PATH,   /* text elsewhere, of which this is the address */
	FIELD_STRING, /* the same, cut by -s */
	FIELD_DEVICE,
	FIELD_RESERVED,  /* shown if it is not zero, in hexadecimal */
	FIELD_INTERFACE, /* of the network, by number */
	FIELD_INTS,      /* an array of 32-bit numbers */
};

struct field {
	const char *name;
	uint16_t offset, size_bytes;
	enum field_kind kind;
	const struct constant_set *constants;
};

#define FIELD(type, member, kind) FIELD_AS(#member, type, member, kind)
/* A member under another name. */
#define FIELD_AS(text, type, member, field_kind_)                                                  \
	{                                                                                          \
		.name = text, .offset = offsetof(type, member),                                    \
		.size_bytes = sizeof(((type *)NULL)->member), .kind = field_kind_                  \
	}
#define FIELD_OF(type, member, field_kind_, set)                                                   \
	{                                                                                          \
		.name = #member, .offset = offsetof(type, member),                                 \
		.size_bytes = sizeof(((type *)NULL)->member), .kind = field_kind_,                 \
		.constants = &set                                                                  \
	}
#define NR_FIELDS(fields) (sizeof(fields) / sizeof(*(fields)))

/* Prints the members of which all bytes are there, into an open struct. */
void fields_print(struct decoder *d, const struct field *fields, size_t nr, const void *bytes,
		  size_t size_bytes);
/* The same with the braces. */
void fields_print_struct(struct decoder *d, const struct field *fields, size_t nr,
			 const void *bytes, size_t size_bytes);

/* Defines an element function, `name`, from a table, `fields`. */
#define FIELDS_ELEMENT(name, fields)                                                               \
	static void name(struct decoder *d, const void *bytes, uint64_t address)                   \
	{                                                                                          \
		(void)address;                                                                     \
		fields_print_struct(d, fields, NR_FIELDS(fields), bytes, SIZE_MAX);                \
	}

#endif
