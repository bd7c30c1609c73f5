/* SPDX-License-Identifier: MIT */
/*
 * System calls made up for tests of the decoder, and their lines.
 *
 *     struct made_call made = {.call.args = {3, 0x1000, 5}};
 *     made_call_named(&made, "read");
 *     made_call_snippet(&made, 0x1000, "hello", 5, SNIPPET_EXIT);
 *     made_call_return(&made, 5);
 *     assert_line(&made, "read(3, \"hello\", 5) = 5");
 */
#ifndef PROF_TESTS_MADE_CALL_H
#define PROF_TESTS_MADE_CALL_H

#include <string.h>

#include "decode/decode.h"
#include "decode/syscalls.h"

struct made_call {
	struct call call;
	struct snippet snippets[8];
	struct decode_options options;
};

static inline void made_call_named(struct made_call *made, const char *name)
{
	made->call.nr = (uint32_t)syscall_number(name);
	made->call.snippets = made->snippets;
	if (!made->options.max_string_bytes)
		made->options.max_string_bytes = 32;
}

static inline void made_call_snippet(struct made_call *made, uint64_t address, const void *bytes,
				     size_t size, uint32_t flags)
{
	made->snippets[made->call.nr_snippets++] =
		(struct snippet){address, (uint32_t)size, flags, bytes};
}

static inline void made_call_string(struct made_call *made, uint64_t address, const char *text)
{
	made_call_snippet(made, address, text, strlen(text) + 1, SNIPPET_STRING);
}

static inline void made_call_return(struct made_call *made, int64_t result)
{
	made->call.result = result;
	made->call.flags |= CALL_RETURNED;
}

/* The whole line, NUL-terminated. */
static inline void made_call_line(struct made_call *made, struct bytes *out)
{
	decode_call(&made->call, &made->options, out, NULL);
	bytes_append(out, ") = ", 4);
	decode_result(&made->call, &made->options, out);
	bytes_u8(out, 0);
}

#define assert_line(made, expected)                                                                \
	do {                                                                                       \
		struct bytes line_ = {0};                                                          \
		made_call_line(made, &line_);                                                      \
		assert_string_equal((const char *)line_.data, expected);                           \
		bytes_fini(&line_);                                                                \
	} while (0)

#define assert_json(made, expected)                                                                \
	do {                                                                                       \
		struct bytes line_ = {0};                                                          \
		decode_call_json(&(made)->call, &(made)->options, &line_);                         \
		bytes_u8(&line_, ' ');                                                             \
		decode_result_json(&(made)->call, &(made)->options, &line_);                       \
		bytes_u8(&line_, 0);                                                               \
		assert_string_equal((const char *)line_.data, expected);                           \
		bytes_fini(&line_);                                                                \
	} while (0)

#endif
