// SPDX-License-Identifier: MIT
#include "output/speedscope.h"

#include "output/json_stream.h"
#include "output/json_value.h"

/* The frames of all profiles, numbered in order of their first appearance. */
struct speedscope {
	struct json_stream s;
	struct recording *r;
	unsigned int detail;
	struct names texts;
	struct pair_map frames; /* name and file (with its line), both ids in `texts` */
};

/* A tree whose nodes' frames have their numbers. */
struct numbered_tree {
	struct path_tree tree;
	uint32_t *frames; /* by node */
};

static void number_frames(struct speedscope *f, struct numbered_tree *t)
{
	t->frames = xcalloc(t->tree.nodes.size, sizeof *t->frames);
	for (uint32_t node = 1; node < t->tree.nodes.size; node++) {
		uint32_t name = names_intern(&f->texts, path_tree_name(&t->tree, node));
		uint32_t file = names_intern(&f->texts, path_tree_line(&t->tree, node));

		t->frames[node] = pair_map_number(&f->frames, name, file);
	}
}

static void numbered_tree_fini(struct numbered_tree *t)
{
	path_tree_fini(&t->tree);
	free(t->frames);
}

/* ---- Profiles ---- */

/* The frames from the root, which is none, down to `node`. */
static json_t *json_sample(const struct numbered_tree *t, uint32_t node)
{
	uint32_t path[PATH_MAX_DEPTH], nr = 0;
	json_t *sample = json_array();

	for (; node; node = path_tree_node(&t->tree, node)->parent)
		path[nr++] = t->frames[node];
	while (nr)
		json_array_append_new(sample, json_integer(path[--nr]));
	return sample;
}

/* Writes an array with an element for each path below `top` that has weight. */
static void write_paths(struct speedscope *f, const struct numbered_tree *t, uint32_t top,
			enum weight weight, const char *key)
{
	bool want_samples = !strcmp(key, "samples");
	struct path_walk walk = {0};
	uint32_t node = top;

	json_stream_array_begin(&f->s, key);
	do {
		uint64_t self = path_tree_node(&t->tree, node)->self[weight];

		if (self)
			json_stream_element(&f->s,
					    want_samples ? json_sample(t, node) : json_count(self));
		node = path_walk_next(&walk, &t->tree, node);
	} while (node);
	json_stream_array_end(&f->s);
	path_walk_fini(&walk);
}

/* Of the paths below `top`; none if they have no weight. */
static void write_profile(struct speedscope *f, const struct numbered_tree *t, uint32_t top,
			  const struct path_choice *choice, const char *threads)
{
	static const char *const units[NR_WEIGHTS] = {
		[WEIGHT_COUNT] = "none",
		[WEIGHT_NS] = "nanoseconds",
		[WEIGHT_BYTES] = "bytes",
	};
	uint64_t total = path_tree_node(&t->tree, top)->total[choice->weight];
	scoped_free char *name = xasprintf("%s, %s", choice->title, threads);

	if (!total)
		return;
	json_stream_object_begin(&f->s, NULL);
	json_stream_member(&f->s, "type", json_string("sampled"));
	json_stream_member(&f->s, "name", json_text(name));
	json_stream_member(&f->s, "unit", json_string(units[choice->weight]));
	json_stream_member(&f->s, "startValue", json_count(0));
	json_stream_member(&f->s, "endValue", json_count(total));
	write_paths(f, t, top, choice->weight, "samples");
	write_paths(f, t, top, choice->weight, "weights");
	json_stream_object_end(&f->s);
}

static void write_choice(struct speedscope *f, struct numbered_tree *all,
			 struct numbered_tree *by_thread, const struct path_choice *choice)
{
	path_tree_finish(&all->tree, choice->weight);
	write_profile(f, all, 0, choice, "all threads");
	path_tree_finish(&by_thread->tree, choice->weight);
	for (uint32_t i = 0; i < path_tree_node(&by_thread->tree, 0)->nr_children; i++) {
		uint32_t thread = path_tree_children(&by_thread->tree, 0)[i];

		write_profile(f, by_thread, thread, choice,
			      path_tree_name(&by_thread->tree, thread));
	}
}

static void write_profiles(struct speedscope *f)
{
	const struct path_choice *choice = path_choices;

	while (choice->name) {
		enum block_kind events = choice->events;
		struct numbered_tree all, by_thread;

		event_paths_build(f->r, choice, f->detail, &all.tree);
		event_paths_build_by_task(f->r, choice, f->detail, &by_thread.tree);
		number_frames(f, &all);
		number_frames(f, &by_thread);
		for (; choice->name && choice->events == events; choice++)
			write_choice(f, &all, &by_thread, choice);
		numbered_tree_fini(&all);
		numbered_tree_fini(&by_thread);
	}
}

/* ---- Frames ---- */

/* `place` is a file or, where lines are wanted, file:line; or empty. */
static json_t *json_frame(const char *name, const char *place, bool has_line)
{
	const char *colon = has_line ? strrchr(place, ':') : NULL;
	scoped_free char *file = colon ? xstrndup(place, (size_t)(colon - place)) : xstrdup(place);
	json_t *frame = json_object();

	json_object_set_new(frame, "name", json_text(name));
	if (*file)
		json_object_set_new(frame, "file", json_text(file));
	if (colon)
		json_object_set_new(frame, "line", json_count(strtoull(colon + 1, NULL, 10)));
	return frame;
}

static void write_frames(struct speedscope *f)
{
	json_stream_object_begin(&f->s, "shared");
	json_stream_array_begin(&f->s, "frames");
	vec_each (&f->frames.pairs, frame)
		json_stream_element(&f->s, json_frame(names_text(&f->texts, (uint32_t)frame->a),
						      names_text(&f->texts, (uint32_t)frame->b),
						      f->detail & PATH_LINES));
	json_stream_array_end(&f->s);
	json_stream_object_end(&f->s);
}

void speedscope_write(FILE *out, struct recording *r, unsigned int detail)
{
	struct speedscope f = {.r = r,
			       .detail = detail & PATH_LINES ? detail & ~(unsigned int)PATH_COLUMNS
							     : detail | PATH_FILES};
	const char *command = recording_meta(r, "argv");

	json_stream_begin(&f.s, out);
	json_stream_member(&f.s, "$schema",
			   json_string("https://www.speedscope.app/file-format-schema.json"));
	json_stream_member(&f.s, "exporter", json_string("prof " PROF_VERSION));
	json_stream_member(&f.s, "name", json_text(command ? command : "prof"));
	json_stream_member(&f.s, "activeProfileIndex", json_count(0));
	json_stream_array_begin(&f.s, "profiles");
	write_profiles(&f);
	json_stream_array_end(&f.s);
	write_frames(&f);
	json_stream_end(&f.s);
	names_fini(&f.texts);
	pair_map_fini(&f.frames);
}
