// SPDX-License-Identifier: MIT
#include "profile/paths.h"

#include <inttypes.h>

#include "profile/facts.h"
#include "profile/frame_label.h"

struct builder {
	const struct recording *r;
	struct path_tree *tree;
	unsigned int detail; /* of enum path_detail */
	/* By id of a frame: the tree's node, valid for the base it was found for (+ 1). */
	uint32_t *node, *base;
	VEC(uint32_t) chain;
};

static uint32_t extend_by_text(struct path_tree *tree, uint32_t node, const char *text,
			       enum frame_class class)
{
	const struct path_frame frame = {
		.name = names_intern(&tree->names, *text ? text : "[unknown]"),
		.class = class,
	};

	return path_tree_child_frame(tree, node, &frame);
}

static char *line_text(const struct function_line *at, bool with_column)
{
	if (with_column && at->column)
		return xasprintf("%s:%" PRIu32 ":%" PRIu32, at->file, at->line, at->column);
	return xasprintf("%s:%" PRIu32, at->file, at->line);
}

/* The source line (or file) of function `i` at the place, by its id; 0 when it is not known. */
static uint32_t intern_source(const struct recording *r, struct path_tree *tree, uint32_t module,
			      uint64_t offset, uint32_t i, unsigned int detail)
{
	const struct function_line *at =
		detail & PATH_LINES ? frame_line(r, module, offset, i) : NULL;
	const char *file = detail & PATH_FILES ? frame_file(r, module, offset, i) : NULL;
	scoped_free char *line = at ? line_text(at, detail & PATH_COLUMNS) : NULL;

	return line || file ? names_intern(&tree->names, line ? line : file) : 0;
}

static uint32_t intern_module(const struct recording *r, struct path_tree *tree, uint32_t module)
{
	bool is_file = module >= FIRST_FILE_MODULE && module < r->modules.size;

	return is_file ? names_intern(&tree->names, r->modules.items[module].path) : 0;
}

static uint32_t extend_by_code(const struct recording *r, struct path_tree *tree, uint32_t node,
			       uint32_t module, uint64_t offset, unsigned int detail)
{
	uint32_t nr_labels = frame_nr_labels(r, module, offset);
	struct path_frame frame = {
		.module = detail & PATH_MODULES ? intern_module(r, tree, module) : 0,
		.class = frame_class_of_module(r, module),
	};

	for (uint32_t i = 0; i < nr_labels; i++) {
		scoped_free char *label = detail & PATH_FLAMES ? flame_label(r, module, offset, i)
							       : frame_label(r, module, offset, i);
		scoped_free char *marked =
			i && detail & PATH_INLINE_MARKS ? xasprintf("%s_[i]", label) : NULL;

		frame.name = names_intern(&tree->names, marked ? marked : label);
		frame.line = intern_source(r, tree, module, offset, i, detail);
		if (i)
			frame.class = FRAME_INLINED;
		node = path_tree_child_frame(tree, node, &frame);
	}
	return node;
}

/* Climbs until a frame that is in the tree already, then adds the ones passed on the way. */
static uint32_t extend_by_stack(struct builder *b, uint32_t base, uint32_t frame)
{
	uint32_t node = base;

	b->chain.size = 0;
	for (; frame; frame = b->r->frames.items[frame].parent) {
		if (b->base[frame] == base + 1) {
			node = b->node[frame];
			break;
		}
		*vec_push(&b->chain) = frame;
	}
	while (b->chain.size) {
		uint32_t inner = b->chain.items[--b->chain.size];
		const struct frame *at = &b->r->frames.items[inner];

		node = extend_by_code(b->r, b->tree, node, at->module, at->offset, b->detail);
		b->node[inner] = node;
		b->base[inner] = base + 1;
	}
	return node;
}

void paths_add(struct path_tree *tree, const struct recording *r, const struct tally *tally,
	       path_extend *root, path_extend *leaf, unsigned int detail)
{
	struct builder b = {
		.r = r,
		.tree = tree,
		.detail = detail,
		.node = xcalloc(r->frames.size, sizeof *b.node),
		.base = xcalloc(r->frames.size, sizeof *b.base),
	};

	vec_each (&tally->cells, cell) {
		uint32_t node = root ? root(r, tree, 0, cell->place.root) : 0;

		if (cell->place.stack < r->stacks.size)
			node = extend_by_stack(&b, node, r->stacks.items[cell->place.stack].frame);
		if (leaf)
			node = leaf(r, tree, node, cell->place.leaf);
		path_tree_add(tree, node, cell->weights);
	}
	vec_free(&b.chain);
	free(b.node);
	free(b.base);
}

uint32_t path_extend_comm(const struct recording *r, struct path_tree *tree, uint32_t node,
			  uint64_t what)
{
	return extend_by_text(tree, node, task_comm(r, (uint32_t)what), FRAME_COMMAND);
}

uint32_t path_extend_task(const struct recording *r, struct path_tree *tree, uint32_t node,
			  uint64_t what)
{
	const struct task *task = &r->tasks.items[what];
	scoped_free char *text = xasprintf("%s %" PRIu32 "/%" PRIu32, task_comm(r, (uint32_t)what),
					   r->tasks.items[task->process].pid, task->tid);

	return extend_by_text(tree, node, text, FRAME_COMMAND);
}

uint32_t path_extend_kernel(const struct recording *r, struct path_tree *tree, uint32_t node,
			    uint64_t what)
{
	return what ? extend_by_code(r, tree, node, MODULE_KERNEL, what, 0) : node;
}

uint32_t path_extend_kernel_flame(const struct recording *r, struct path_tree *tree, uint32_t node,
				  uint64_t what)
{
	return what ? extend_by_code(r, tree, node, MODULE_KERNEL, what, PATH_FLAMES) : node;
}

uint32_t path_extend_minor(const struct recording *r, struct path_tree *tree, uint32_t node,
			   uint64_t what)
{
	return extend_by_text(tree, path_extend_kernel_flame(r, tree, node, what), "minor fault",
			      FRAME_MINOR_FAULT);
}

uint32_t path_extend_major(const struct recording *r, struct path_tree *tree, uint32_t node,
			   uint64_t what)
{
	return extend_by_text(tree, path_extend_kernel_flame(r, tree, node, what), "major fault",
			      FRAME_MAJOR_FAULT);
}

uint32_t path_extend_failed(const struct recording *r, struct path_tree *tree, uint32_t node,
			    uint64_t what)
{
	return extend_by_text(tree, path_extend_kernel_flame(r, tree, node, what), "failed fault",
			      FRAME_FAILED_FAULT);
}

uint32_t path_extend_syscall(const struct recording *r, struct path_tree *tree, uint32_t node,
			     uint64_t what)
{
	char buffer[32];
	scoped_free char *label = xasprintf("%s_[k]", call_label((uint32_t)(what - 1), buffer));

	(void)r;
	return extend_by_text(tree, node, label, FRAME_SYSCALL);
}
