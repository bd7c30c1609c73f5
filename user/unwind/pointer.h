/* SPDX-License-Identifier: MIT */
/*
 * Numbers as call-frame information writes them: signed LEB128, and pointers in the encoding
 * (DW_EH_PE_*) that a CIE or a header chose. Pointers are mostly relative to the place where they
 * themselves are loaded, so reading one takes knowing where its section lies.
 */
#ifndef PROF_UNWIND_POINTER_H
#define PROF_UNWIND_POINTER_H

#include <stdint.h>

#include "base/bytes.h"

/* A piece of the file and the address at which it is loaded. */
struct loaded_bytes {
	const uint8_t *data;
	uint64_t size, address;
};

int64_t read_sleb(struct cursor *c);

/* The number alone, as wide as the encoding's low half says; an unknown width fails the cursor. */
uint64_t read_encoded(struct cursor *c, uint8_t encoding);

/*
 * The address meant by a pointer that lies in `where`. Only absolute ones and those relative to
 * their own place exist in x86-64 files, besides, in .eh_frame_hdr, those relative to its start;
 * what needs other bases, or a look into memory, fails the cursor.
 */
uint64_t read_pointer(struct cursor *c, uint8_t encoding, const struct loaded_bytes *where);

#endif
