// SPDX-License-Identifier: MIT
#include "symbols/perf_map.h"

#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/search.h"
#include "symbols/symbols.h"

#define MAX_MAP_BYTES (256ULL << 20)
#define WINDOW_BYTES  65536
#define LINE_BYTES    2048 /* of longer ones the name is cut */

struct line {
	uint64_t start, end;
	const char *name;
	size_t name_size;
};

/* Digits with or without 0x; false when there are none, or too many. */
static bool take_hex(const char **at, const char *end, uint64_t *out)
{
	const char *first;

	if (end - *at > 2 && (*at)[0] == '0' && ((*at)[1] | 32) == 'x')
		*at += 2;
	first = *at;
	*out = 0;
	for (; *at < end; ++*at) {
		char c = **at | 32;
		int digit = c >= '0' && c <= '9'   ? c - '0'
			    : c >= 'a' && c <= 'f' ? c - 'a' + 10
						   : 16;

		if ((**at < '0' || **at > '9') && !(c >= 'a' && c <= 'f'))
			break;
		*out = *out << 4 | digit;
	}
	return *at > first && *at - first <= 16;
}

static bool take_blanks(const char **at, const char *end)
{
	const char *first = *at;

	while (*at < end && (**at == ' ' || **at == '\t'))
		++*at;
	return *at > first;
}

static bool line_parse(const char *text, size_t size, struct line *out)
{
	const char *end = text + size;
	uint64_t bytes;

	while (end > text && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	if (!take_hex(&text, end, &out->start) || !take_blanks(&text, end) ||
	    !take_hex(&text, end, &bytes) || !take_blanks(&text, end) || !bytes || text == end ||
	    memchr(text, '\0', end - text))
		return false;
	out->end = bytes > UINT64_MAX - out->start ? UINT64_MAX : out->start + bytes;
	out->name = text;
	out->name_size = end - text;
	return true;
}

/* The first place at or behind an address. */
static size_t place_find(const struct named_place *places, size_t nr_places, uint64_t address)
{
	return search_first(i, 0, nr_places, places[i].address >= address);
}

struct reading {
	int fd;
	uint64_t at; /* offset in the file of what is in the window */
	size_t size;
	bool is_inside; /* a line that does not fit into the window: it begins in the middle */
	char window[WINDOW_BYTES];
	const struct named_place *places;
	size_t nr_places;
	uint64_t *stamps; /* of the tree's nodes: 1 + the line's offset; the leaves are last */
};

static void stamp(struct reading *r, const struct line *line, uint64_t offset)
{
	size_t first = place_find(r->places, r->nr_places, line->start) + r->nr_places;
	size_t last = place_find(r->places, r->nr_places, line->end) + r->nr_places;

	for (; first < last; first /= 2, last /= 2) {
		if (first & 1)
			r->stamps[first++] = offset + 1;
		if (last & 1)
			r->stamps[--last] = offset + 1;
	}
}

/* The whole lines in the window; returns how much of it they are. */
static size_t take_lines(struct reading *r)
{
	size_t at = 0;
	struct line line;

	for (;;) {
		const char *text = r->window + at;
		const char *newline = memchr(text, '\n', r->size - at);

		if (!newline)
			return at;
		if (!r->is_inside && line_parse(text, newline - text, &line))
			stamp(r, &line, r->at + at);
		r->is_inside = false;
		at += newline - text + 1;
	}
}

/* Fills up the window behind its first `used` bytes; false at the end of the file. */
static bool window_move(struct reading *r, size_t used)
{
	ssize_t size;

	memmove(r->window, r->window + used, r->size - used);
	r->size -= used;
	r->at += used;
	size = pread(r->fd, r->window + r->size, WINDOW_BYTES - r->size, r->at + r->size);
	if (size > 0)
		r->size += size;
	return size > 0;
}

static void read_lines(struct reading *r)
{
	size_t used = 0;

	while (r->at < MAX_MAP_BYTES && window_move(r, used)) {
		used = take_lines(r);
		if (!used && r->size == WINDOW_BYTES) {
			used = WINDOW_BYTES;
			r->is_inside = true;
		}
	}
}

static uint64_t youngest_stamp(const struct reading *r, size_t place)
{
	uint64_t youngest = 0;

	for (size_t node = place + r->nr_places; node; node /= 2)
		if (r->stamps[node] > youngest)
			youngest = r->stamps[node];
	return youngest;
}

/* The line is read once more, and may have changed. */
static char *name_at(int fd, uint64_t offset, uint64_t address)
{
	scoped_free char *name = NULL;
	char text[LINE_BYTES];
	struct line line;
	ssize_t size = pread(fd, text, sizeof text, offset);
	const char *newline = size > 0 ? memchr(text, '\n', size) : NULL;

	if (newline)
		size = newline - text;
	if (size <= 0 || !line_parse(text, size, &line) || address < line.start ||
	    address >= line.end)
		return NULL;
	name = xstrndup(line.name, line.name_size);
	return demangle(name);
}

void perf_map_name(int fd, struct named_place *places, size_t nr_places)
{
	scoped_free struct reading *r = NULL;
	scoped_free uint64_t *stamps = NULL;
	struct stat status;

	if (!nr_places || fstat(fd, &status) || !S_ISREG(status.st_mode))
		return;
	r = xnew(struct reading);
	r->stamps = stamps = xcalloc(2 * nr_places, sizeof *stamps);
	r->fd = fd;
	r->places = places;
	r->nr_places = nr_places;
	read_lines(r);
	for (size_t i = 0; i < nr_places; i++) {
		uint64_t offset = youngest_stamp(r, i);

		if (offset)
			places[i].name = name_at(fd, offset - 1, places[i].address);
	}
}
