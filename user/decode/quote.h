/* SPDX-License-Identifier: MIT */
/*
 * Bytes of any kind between quotes: as a C string, as strace writes it, and as JSON.
 */
#ifndef PROF_DECODE_QUOTE_H
#define PROF_DECODE_QUOTE_H

#include "decode/emit.h"

/* The shortest escapes that C reads back; with `hex`, \xNN for all of the string. */
void quote_text(struct bytes *out, const uint8_t *text, size_t size, enum emit_hex hex);

/* Without the quotes. Control characters and bytes that are not UTF-8 become \u00NN. */
void quote_json(struct bytes *out, const uint8_t *text, size_t size);

#endif
