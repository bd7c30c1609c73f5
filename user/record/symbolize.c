// SPDX-License-Identifier: MIT
#include "record/symbolize.h"

#include <stdlib.h>

#include "base/vec.h"
#include "cli/progress.h"
#include "symbols/symbols.h"

struct place {
	uint32_t module;
	uint64_t offset;
};

struct places {
	struct place *items;
	size_t size, capacity;
};

static int place_compare(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->module != b->module)
		return a->module < b->module ? -1 : 1;
	return a->offset < b->offset ? -1 : a->offset > b->offset;
}

/* All frames and all kernel instructions that faulted, each place once, file by file. */
static struct places places_gather(const struct writer *w, const struct correlator *correlator)
{
	struct places places = {0};
	size_t nr_ips, kept = 0;
	const uint64_t *ips = correlator_kernel_ips(correlator, &nr_ips);

	for (uint32_t id = 1; id <= writer_nr_frames(w); id++) {
		struct frame frame;

		writer_frame_at(w, id, &frame);
		if (frame.module != MODULE_UNKNOWN)
			*vec_push(&places) = (struct place){frame.module, frame.offset};
	}
	for (size_t i = 0; i < nr_ips; i++)
		*vec_push(&places) = (struct place){MODULE_KERNEL, ips[i]};
	if (places.size)
		qsort(places.items, places.size, sizeof *places.items, place_compare);
	vec_each (&places, place)
		if (!kept || place_compare(place, &places.items[kept - 1]))
			places.items[kept++] = *place;
	places.size = kept;
	return places;
}

void symbolize(struct writer *w, const struct correlator *correlator, bool show_progress,
	       symbolize_stop *stop, void *arg)
{
	struct places places = places_gather(w, correlator);
	struct symbolizer *symbolizer = symbolizer_new();
	struct progress progress;

	progress_start(&progress, "naming functions", places.size, show_progress);
	vec_each (&places, place) {
		struct location location = {.module = place->module, .offset = place->offset};
		const struct function_line *lines;

		if (stop(arg))
			break;
		location.nr_lines =
			symbolizer_lookup(symbolizer, correlator_module(correlator, place->module),
					  place->module, place->offset, &lines);
		location.lines = (struct function_line *)lines;
		if (location.nr_lines)
			writer_location(w, &location);
		progress_update(&progress, place - places.items);
	}
	progress_finish(&progress);
	symbolizer_free(symbolizer);
	vec_free(&places);
}
