// SPDX-License-Identifier: MIT
#include "decode/call.h"

#include <string.h>

/* A snippet read at the right time that has the byte at `address`. The latest wins. */
static const struct snippet *snippet_at(const struct call *call, uint64_t address,
					enum capture_when when)
{
	for (uint32_t i = call->nr_snippets; i-- > 0;) {
		const struct snippet *snippet = &call->snippets[i];
		bool after = snippet->flags & SNIPPET_EXIT;

		if (address - snippet->address >= snippet->size_bytes)
			continue;
		if (snippet->flags & SNIPPET_RETRIED || after == (when == CAPTURE_EXIT))
			return snippet;
	}
	return NULL;
}

static const struct snippet *snippet_fetched(struct call *call, uint64_t address, size_t size_bytes,
					     enum capture_when when, uint32_t flags)
{
	const struct snippet *snippet = snippet_at(call, address, when);

	if (snippet || !call->fetch)
		return snippet;
	if (when == CAPTURE_EXIT)
		flags |= SNIPPET_EXIT;
	if (!call->fetch(call, address, (uint32_t)size_bytes, flags))
		return NULL;
	return snippet_at(call, address, when);
}

size_t call_read(struct call *call, uint64_t address, void *out, size_t size_bytes,
		 enum capture_when when)
{
	size_t done = 0;

	while (done < size_bytes) {
		const struct snippet *snippet =
			snippet_fetched(call, address + done, size_bytes - done, when, 0);
		size_t from, step;

		if (!snippet)
			break;
		from = address + done - snippet->address;
		step = snippet->size_bytes - from;
		if (step > size_bytes - done)
			step = size_bytes - done;
		memcpy((uint8_t *)out + done, snippet->bytes + from, step);
		done += step;
	}
	return done;
}

bool call_is_unreadable(const struct call *call, uint64_t address)
{
	for (uint32_t i = 0; i < call->nr_snippets; i++) {
		const struct snippet *snippet = &call->snippets[i];

		if (snippet->flags & SNIPPET_UNREADABLE &&
		    snippet->address + snippet->size_bytes == address)
			return true;
	}
	return call->fetch;
}

enum string_end call_read_string(struct call *call, uint64_t address, size_t max_bytes,
				 enum capture_when when, struct bytes *out)
{
	size_t done = 0;

	while (done < max_bytes) {
		const struct snippet *snippet = snippet_fetched(
			call, address + done, max_bytes - done, when, SNIPPET_STRING);
		const uint8_t *from, *nul;
		size_t step;

		if (!snippet)
			return done && !call_is_unreadable(call, address + done)
				       ? STRING_CUT
				       : STRING_UNREADABLE;
		from = snippet->bytes + (address + done - snippet->address);
		step = snippet->size_bytes - (size_t)(from - snippet->bytes);
		if (step > max_bytes - done)
			step = max_bytes - done;
		nul = memchr(from, '\0', step);
		bytes_append(out, from, nul ? (size_t)(nul - from) : step);
		if (nul)
			return STRING_WHOLE;
		done += step;
	}
	return STRING_CUT;
}
