// SPDX-License-Identifier: MIT
#include "record/symbolize.h"

#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "cli/progress.h"
#include "symbols/perf_map.h"
#include "symbols/symbols.h"

struct symbolization {
	struct symbolizer *symbolizer;
	pthread_t thread;
	bool has_thread; /* it owns the symbolizer until it is joined */
};

static bool nearly_everybody_maps(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && (!strncmp(slash, "/libc.so.", 9) || !strncmp(slash, "/ld-linux", 9));
}

static int open_ahead(struct dl_phdr_info *info, size_t size, void *symbolizer)
{
	(void)size;
	if (nearly_everybody_maps(info->dlpi_name))
		symbolizer_open_ahead(symbolizer, info->dlpi_name);
	return 0;
}

static void *open_all_ahead(void *symbolizer)
{
	dl_iterate_phdr(open_ahead, symbolizer);
	return NULL;
}

struct symbolization *symbolization_new(void)
{
	struct symbolization *s = xnew(struct symbolization);

	s->symbolizer = symbolizer_new();
	s->has_thread = !pthread_create(&s->thread, NULL, open_all_ahead, s->symbolizer);
	return s;
}

static void join(struct symbolization *s)
{
	if (s->has_thread)
		pthread_join(s->thread, NULL);
	s->has_thread = false;
}

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

/* All frames in files, each place once, file by file. */
static struct places places_gather(const struct writer *w)
{
	struct places places = {0};
	size_t kept = 0;

	for (uint32_t id = 1; id <= writer_nr_frames(w); id++) {
		struct frame frame;

		writer_frame_at(w, id, &frame);
		if (frame.module != MODULE_UNKNOWN && frame.module != MODULE_KERNEL)
			*vec_push(&places) = (struct place){frame.module, frame.offset};
	}
	if (places.size)
		qsort(places.items, places.size, sizeof *places.items, place_compare);
	vec_each (&places, place) {
		if (!kept || place_compare(place, &places.items[kept - 1]))
			places.items[kept++] = *place;
	}
	places.size = kept;
	return places;
}

static void name_kernel_places(struct writer *w, const struct symbol_sources *sources)
{
	size_t nr_ips;
	const uint64_t *ips = correlator_kernel_ips(sources->correlator, &nr_ips);

	for (size_t i = 0; i < nr_ips; i++) {
		struct kernel_symbol symbol;
		struct function_line line = {.function = symbol.name};
		struct location location = {
			.module = MODULE_KERNEL, .offset = ips[i], .nr_lines = 1, .lines = &line};

		if (capture_kernel_symbol(sources->capture, ips[i], &symbol))
			writer_location(w, &location);
	}
}

static void name_place(struct writer *w, const struct correlator *correlator,
		       struct symbolizer *symbolizer, const struct place *place)
{
	const struct function_line *lines;
	const struct module *module = correlator_module(correlator, place->module);
	struct location location = {
		.module = place->module,
		.offset = place->offset,
		.nr_lines =
			symbolizer_lookup(symbolizer, module, place->module, place->offset, &lines),
	};

	location.lines = (struct function_line *)lines;
	if (location.nr_lines)
		writer_location(w, &location);
}

/* What goes on while a server is awaited. */
struct waiting {
	struct progress *progress;
	uint64_t nr_named;
	symbolization_stop *stop;
	void *arg;
};

static bool wait_for_server(void *arg)
{
	struct waiting *waiting = arg;

	progress_update(waiting->progress, waiting->nr_named);
	return waiting->stop(waiting->arg);
}

static int open_module(void *arg, uint32_t module)
{
	const struct symbol_sources *from = arg;

	return mapped_file_open(from->files,
				correlator_module_origin(from->correlator, module)->file);
}

/* The places of one module, whose code a process made at run time. */
static void name_made_code(struct writer *w, const struct symbol_sources *sources,
			   const struct place *places, size_t nr_places)
{
	const struct module_origin *origin =
		correlator_module_origin(sources->correlator, places->module);
	scoped_fd int fd = perf_map_open(sources->perf_maps, origin->space);
	scoped_free struct named_place *named = xcalloc(nr_places, sizeof *named);

	for (size_t i = 0; i < nr_places; i++)
		named[i].address = places[i].offset;
	perf_map_name(fd, named, nr_places);
	for (size_t i = 0; i < nr_places; i++) {
		struct function_line line = {.function = named[i].name};
		struct location location = {.module = places->module,
					    .offset = named[i].address,
					    .nr_lines = 1,
					    .lines = &line};

		if (line.function)
			writer_location(w, &location);
		free(line.function);
	}
}

/* How many places from this one on are of its module. */
static size_t places_alike(const struct places *places, size_t first)
{
	size_t end = first;

	while (end < places->size && places->items[end].module == places->items[first].module)
		end++;
	return end - first;
}

static void name_places(struct symbolization *s, struct writer *w,
			const struct symbol_sources *sources, const struct places *places,
			struct waiting *waiting)
{
	size_t nr_named;

	for (size_t i = 0; i < places->size && !waiting->stop(waiting->arg); i += nr_named) {
		const struct place *place = &places->items[i];

		nr_named = 1;
		waiting->nr_named = i;
		if (correlator_module_origin(sources->correlator, place->module)->space) {
			nr_named = places_alike(places, i);
			name_made_code(w, sources, place, nr_named);
		} else {
			name_place(w, sources->correlator, s->symbolizer, place);
		}
		progress_update(waiting->progress, i);
	}
}

void symbolization_write(struct symbolization *s, struct writer *w,
			 const struct symbol_sources *sources, bool show_progress,
			 symbolization_stop *stop, void *arg)
{
	struct places places = places_gather(w);
	struct progress progress;
	struct waiting waiting = {.progress = &progress, .stop = stop, .arg = arg};

	name_kernel_places(w, sources);
	progress_start(&progress, "naming functions", places.size, show_progress);
	join(s);
	symbolizer_use_files(s->symbolizer, open_module, (void *)sources);
	symbolizer_use_servers(s->symbolizer, wait_for_server, &waiting);
	name_places(s, w, sources, &places, &waiting);
	progress_finish(&progress);
	vec_free(&places);
}
