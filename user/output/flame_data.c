// SPDX-License-Identifier: MIT
#include "output/flame_data.h"

#include <xxhash.h>

#include "output/printable.h"

unsigned int flame_shade(const char *name)
{
	return (unsigned int)(XXH3_64bits(name, strlen(name)) % FLAME_SHADES);
}

static void pack_strings(struct bytes *out, const struct names *names)
{
	bytes_varint(out, names->texts.size);
	vec_each (&names->texts, text) {
		scoped_free char *clean = printable(*text);

		bytes_string(out, clean, strlen(clean));
	}
}

static uint32_t frame_number(struct pair_map *frames, const struct path_frame *frame)
{
	return pair_map_number(frames, (uint64_t)frame->name << 32 | frame->module,
			       (uint64_t)frame->line << 32 | frame->class);
}

static void pack_frames(struct bytes *out, const struct path_tree *paths, struct pair_map *frames)
{
	vec_each (&paths->nodes, node)
		frame_number(frames, &node->frame);
	bytes_varint(out, frames->pairs.size);
	vec_each (&frames->pairs, pair) {
		uint32_t name = (uint32_t)(pair->a >> 32), class = (uint32_t)pair->b;

		bytes_varint(out, name);
		bytes_varint(out, (uint32_t)pair->a);
		bytes_varint(out, pair->b >> 32);
		bytes_varint(out,
			     class * FLAME_SHADES + flame_shade(names_text(&paths->names, name)));
	}
}

static void pack_node(struct bytes *out, const struct path_node *node, uint32_t levels,
		      uint32_t frame)
{
	bool has_self = false;

	for (int w = 0; w < NR_WEIGHTS; w++)
		has_self |= node->self[w] > 0;
	bytes_varint(out, (uint64_t)levels * 2 + has_self);
	bytes_varint(out, frame);
	for (int w = 0; has_self && w < NR_WEIGHTS; w++)
		bytes_varint(out, node->self[w]);
}

static void pack_nodes(struct bytes *out, const struct path_tree *paths, struct pair_map *frames)
{
	struct path_walk walk = {0};
	uint32_t id = 0, depth = 0;

	bytes_varint(out, paths->nodes.size);
	do {
		const struct path_node *node = path_tree_node(paths, id);

		pack_node(out, node, id ? depth + 1 - node->depth : 0,
			  frame_number(frames, &node->frame));
		depth = node->depth;
		id = path_walk_next(&walk, paths, id);
	} while (id);
	path_walk_fini(&walk);
}

void flame_data_pack(struct bytes *out, const struct path_tree *paths)
{
	struct pair_map frames = {0};

	pack_strings(out, &paths->names);
	pack_frames(out, paths, &frames);
	pack_nodes(out, paths, &frames);
	pair_map_fini(&frames);
}
