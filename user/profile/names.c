// SPDX-License-Identifier: MIT
#include "profile/names.h"

#include <xxhash.h>

static uint32_t *find_slot(const struct names *names, const char *text)
{
	uint32_t at = (uint32_t)XXH3_64bits(text, strlen(text));

	for (;; at++) {
		uint32_t *slot = &names->slots[at & names->mask];

		if (!*slot || !strcmp(names->texts.items[*slot - 1], text))
			return slot;
	}
}

static void grow(struct names *names)
{
	size_t nr_slots = names->slots ? 2 * ((size_t)names->mask + 1) : 64;

	free(names->slots);
	names->slots = xcalloc(nr_slots, sizeof *names->slots);
	names->mask = (uint32_t)(nr_slots - 1);
	for (size_t id = 0; id < names->texts.size; id++)
		*find_slot(names, names->texts.items[id]) = (uint32_t)id + 1;
}

static uint32_t intern(struct names *names, const char *text)
{
	uint32_t *slot;

	if (!names->slots || 2 * names->texts.size > names->mask)
		grow(names);
	slot = find_slot(names, text);
	if (!*slot) {
		*vec_push(&names->texts) = xstrdup(text);
		*slot = (uint32_t)names->texts.size;
	}
	return *slot - 1;
}

void names_fini(struct names *names)
{
	vec_each (&names->texts, text)
		free(*text);
	vec_free(&names->texts);
	free(names->slots);
	*names = (struct names){0};
}

uint32_t names_intern(struct names *names, const char *text)
{
	if (!names->texts.size)
		intern(names, "");
	return intern(names, text);
}

const char *names_text(const struct names *names, uint32_t id)
{
	return id < names->texts.size ? names->texts.items[id] : "";
}
