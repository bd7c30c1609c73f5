// SPDX-License-Identifier: MIT
/*
 * Any bytes as a system call, with registers and memory: its line and its JSON must come without a
 * crash, the JSON must be one, and the part of the line that is printed first must be its
 * beginning.
 *
 *     nr 2, flags 1, hexadecimal and verbose 1, string limit 1, result 8, registers 6 x 8,
 *     then pieces of memory: address 8, size 1, flags 1, bytes
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/decode.h"
#include "decode/plan.h"

#define MAX_SNIPPETS 64

struct memory {
	struct snippet snippets[MAX_SNIPPETS];
	uint32_t nr;
};

static void take_snippets(struct cursor *c, struct memory *memory)
{
	while (cursor_left(c) && memory->nr < MAX_SNIPPETS) {
		struct snippet *snippet = &memory->snippets[memory->nr];

		snippet->address = cursor_u64(c);
		snippet->size_bytes = cursor_u8(c);
		snippet->flags = cursor_u8(c);
		if (snippet->size_bytes > cursor_left(c))
			snippet->size_bytes = (uint32_t)cursor_left(c);
		snippet->bytes = cursor_take(c, snippet->size_bytes);
		if (c->failed)
			break;
		memory->nr++;
	}
}

/* Every question is answered: zeroed memory wherever there is no other. */
static bool fetch_zeros(struct call *call, uint64_t address, uint32_t size, uint32_t flags)
{
	static const uint8_t zeros[4096];
	struct memory *memory = call->fetch_context;

	if (memory->nr == MAX_SNIPPETS)
		return false;
	memory->snippets[memory->nr++] = (struct snippet){
		address, size < sizeof zeros ? size : (uint32_t)sizeof zeros, flags, zeros};
	call->nr_snippets = memory->nr;
	return size;
}

static bool fetch_nothing(struct call *call, uint64_t address, uint32_t size, uint32_t flags)
{
	(void)call;
	(void)address;
	(void)size;
	(void)flags;
	return false;
}

static void check_json(const struct bytes *text)
{
	json_t *json =
		json_loadb((char *)text->data, text->size, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

	if (!json) {
		fprintf(stderr, "no JSON: %.*s\n", (int)text->size, (char *)text->data);
		abort();
	}
	json_decref(json);
}

static void decode_all(struct call *call, const struct decode_options *options)
{
	struct bytes line = {0}, entered = {0}, json = {0};
	struct call in_progress;
	size_t entered_size;

	decode_call(call, options, &line, &entered_size);
	if (entered_size > line.size)
		abort();
	decode_result(call, options, &line);
	in_progress = *call;
	in_progress.flags &= ~(uint32_t)CALL_RETURNED;
	in_progress.fetch = call->fetch ? fetch_nothing : NULL;
	decode_call(&in_progress, options, &entered, NULL);
	if (entered.size != entered_size || memcmp(entered.data, line.data, entered_size) != 0) {
		fprintf(stderr, "%.*s\n%.*s\n", (int)entered.size, (char *)entered.data,
			(int)line.size, (char *)line.data);
		abort();
	}
	decode_call_json(call, options, &json);
	check_json(&json);
	bytes_reset(&json);
	decode_result_json(call, options, &json);
	check_json(&json);
	decode_gather(call, options);
	bytes_fini(&line);
	bytes_fini(&entered);
	bytes_fini(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_over(data, size);
	scoped_free struct memory *memory = xnew(struct memory);
	struct call call = {.nr = cursor_u16(&c) % 600};
	struct decode_options options = {0};
	struct capture_plan plan;
	uint8_t flags = cursor_u8(&c), how = cursor_u8(&c);

	call.flags = flags & 3;
	options.hex_strings = how % 3;
	options.verbose = how & 4;
	options.max_string_bytes = cursor_u8(&c);
	call.result = (int64_t)cursor_u64(&c);
	for (size_t i = 0; i < 6; i++)
		call.args[i] = cursor_u64(&c);
	take_snippets(&c, memory);
	call.snippets = memory->snippets;
	call.nr_snippets = memory->nr;
	call.fetch = flags & 4 ? fetch_zeros : NULL;
	call.fetch_context = memory;
	decode_all(&call, &options);
	capture_plan_of(call.nr, options.max_string_bytes, &plan);
	return 0;
}
