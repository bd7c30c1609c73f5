// SPDX-License-Identifier: MIT
#include "memory/history.h"

#include <string.h>

#define FIRST_WIDTH_NS 100000

void history_init(struct history *h, uint64_t start_ns)
{
	*h = (struct history){.start_ns = start_ns, .width_ns = FIRST_WIDTH_NS};
}

static struct moment join(const struct moment *a, const struct moment *b)
{
	return (struct moment){
		.faults = a->faults + b->faults,
		.service_ns = a->service_ns + b->service_ns,
		.most_bytes = a->most_bytes > b->most_bytes ? a->most_bytes : b->most_bytes,
		.last_bytes = b->is_noted ? b->last_bytes : a->last_bytes,
		.is_noted = a->is_noted || b->is_noted,
	};
}

static void halve(struct history *h)
{
	for (uint32_t i = 0; i < MOST_MOMENTS / 2; i++)
		h->moments[i] = join(&h->moments[2 * i], &h->moments[2 * i + 1]);
	memset(h->moments + MOST_MOMENTS / 2, 0, sizeof h->moments / 2);
	h->nr = (h->nr + 1) / 2;
	h->width_ns *= 2;
}

static struct moment *moment_at(struct history *h, uint64_t time_ns)
{
	uint64_t since_ns = time_ns > h->start_ns ? time_ns - h->start_ns : 0;
	uint32_t at;

	while (since_ns / h->width_ns >= MOST_MOMENTS)
		halve(h);
	at = (uint32_t)(since_ns / h->width_ns);
	if (h->nr <= at)
		h->nr = at + 1;
	return &h->moments[at];
}

void history_add_faults(struct history *h, uint64_t time_ns, uint64_t faults, uint64_t service_ns)
{
	struct moment *moment = moment_at(h, time_ns);

	moment->faults += faults;
	moment->service_ns += service_ns;
}

void history_note_bytes(struct history *h, uint64_t time_ns, uint64_t bytes)
{
	struct moment *moment = moment_at(h, time_ns);

	if (moment->most_bytes < bytes)
		moment->most_bytes = bytes;
	moment->last_bytes = bytes;
	moment->is_noted = true;
}

void history_finish(struct history *h)
{
	for (uint32_t i = 1; i < h->nr; i++) {
		struct moment *moment = &h->moments[i];

		if (moment->most_bytes < h->moments[i - 1].last_bytes && !moment->is_noted)
			moment->most_bytes = moment->last_bytes = h->moments[i - 1].last_bytes;
	}
}
