// SPDX-License-Identifier: MIT
/*
 * Readable names, by libiberty's demanglers: Rust's (both manglings, hashes dropped) and then
 * C++'s.
 *
 * Names carry templates but no parameter lists, which is how people know functions. A short hostile
 * symbol can expand without end, so the text comes through a callback that leaves by longjmp once
 * there is too much of it: neither demangler holds memory of its own at that time.
 */
#include "symbols/symbols.h"

#include <libiberty/demangle.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h" /* not alloc.h, whose xrealloc() is another one than libiberty's */

#define MAX_SYMBOL_BYTES 4096 /* the demanglers recurse, at most this deep */
#define MAX_NAME_BYTES   (64 << 10)

struct expansion {
	struct bytes text;
	jmp_buf too_long;
};

static void append(const char *text, size_t size, void *opaque)
{
	struct expansion *out = opaque;

	if (out->text.size + size > MAX_NAME_BYTES)
		longjmp(out->too_long, 1);
	bytes_append(&out->text, text, size);
}

static bool expand(const char *symbol, struct expansion *out)
{
	const int options = DMGL_NO_OPTS | DMGL_NO_RECURSE_LIMIT;

	if (setjmp(out->too_long))
		return false;
	if (rust_demangle_callback(symbol, options, append, out))
		return true;
	bytes_reset(&out->text);
	return cplus_demangle_v3_callback(symbol, options, append, out);
}

char *demangle(const char *symbol)
{
	struct expansion expansion = {0};
	char *name;

	if (symbol[0] != '_' || strnlen(symbol, MAX_SYMBOL_BYTES + 1) > MAX_SYMBOL_BYTES)
		return xstrdup(symbol);
	if (expand(symbol, &expansion) && expansion.text.size)
		name = xstrndup((const char *)expansion.text.data, expansion.text.size);
	else
		name = xstrdup(symbol);
	bytes_fini(&expansion.text);
	return name;
}
