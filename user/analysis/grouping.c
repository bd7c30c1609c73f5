// SPDX-License-Identifier: MIT
#include "analysis/grouping.h"

#include <errno.h>
#include <inttypes.h>

#include "base/error.h"
#include "base/nearest.h"
#include "decode/syscalls.h"
#include "profile/facts.h"
#include "profile/frame_label.h"
#include "profile/place_name.h"
#include "recording/format.h"

#define NO_STACK "[no stack]"
#define NO_FILE  "[no file]"

const char *const aspect_names[NR_ASPECTS + 1] = {
	"syscall", "process", "thread", "command", "site", "errno", "file", "class",
};

/* ---- Which group a call is of ---- */

static bool has_aspect(const struct grouping *g, enum aspect aspect)
{
	for (unsigned int i = 0; i < g->nr_aspects; i++) {
		if (g->aspects[i] == aspect)
			return true;
	}
	return false;
}

void grouping_init(struct grouping *g, const struct recording *r, const enum aspect *aspects,
		   unsigned int nr_aspects)
{
	*g = (struct grouping){
		.recording = r,
		.nr_aspects = nr_aspects,
		.site_texts = xcalloc(r->stacks.size, sizeof *g->site_texts),
	};
	memcpy(g->aspects, aspects, nr_aspects * sizeof *aspects);
	call_files_init(&g->files, r);
	if (has_aspect(g, ASPECT_FILE))
		g->row_files = xcalloc(BLOCK_ROWS, sizeof *g->row_files);
}

void grouping_fini(struct grouping *g)
{
	names_fini(&g->texts);
	free(g->site_texts);
	call_files_fini(&g->files);
	free(g->row_files);
	for (unsigned int i = 0; i < MAX_ASPECTS; i++)
		pair_map_fini(&g->numbers[i]);
	*g = (struct grouping){0};
}

uint32_t grouping_columns(const struct grouping *g)
{
	static const uint32_t columns[NR_ASPECTS] = {
		[ASPECT_SYSCALL] = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS),
		[ASPECT_PROCESS] = COLUMN(SYSCALL_TASK),
		[ASPECT_THREAD] = COLUMN(SYSCALL_TASK),
		[ASPECT_COMMAND] = COLUMN(SYSCALL_TASK),
		[ASPECT_SITE] = COLUMN(SYSCALL_STACK),
		[ASPECT_ERRNO] = COLUMN(SYSCALL_RESULT) | COLUMN(SYSCALL_FLAGS),
		[ASPECT_FILE] = CALL_FILES_COLUMNS,
		[ASPECT_CLASS] = COLUMN(SYSCALL_NR) | COLUMN(SYSCALL_FLAGS),
	};
	uint32_t mask = 0;

	for (unsigned int i = 0; i < g->nr_aspects; i++)
		mask |= columns[g->aspects[i]];
	return mask;
}

/* "parse (parser.c:42)": two places in one function are two sites. */
static char *site_label(const struct recording *r, uint32_t stack)
{
	uint32_t at = r->stacks.items[stack].frame;
	const struct function_line *line;
	const struct frame *frame;
	scoped_free char *label = NULL;
	const char *file;

	while (at && is_common_code(r, &r->frames.items[at]))
		at = r->frames.items[at].parent;
	if (!at)
		return place_name(r, stack, true);
	frame = &r->frames.items[at];
	at = frame_nr_labels(r, frame->module, frame->offset) - 1;
	label = frame_label(r, frame->module, frame->offset, at);
	line = frame_line(r, frame->module, frame->offset, at);
	if (!line)
		return xasprintf("%s+0x%" PRIx64, label, frame->offset);
	file = strrchr(line->file, '/');
	return xasprintf("%s (%s:%" PRIu32 ")", label, file ? file + 1 : line->file, line->line);
}

static uint32_t site_of(struct grouping *g, uint32_t stack)
{
	scoped_free char *label = NULL;

	if (g->site_texts[stack])
		return g->site_texts[stack] - 1;
	label = stack ? site_label(g->recording, stack) : NULL;
	g->site_texts[stack] = names_intern(&g->texts, label ? label : NO_STACK) + 1;
	return g->site_texts[stack] - 1;
}

static uint32_t errno_of(const struct columns *c, uint32_t row)
{
	int64_t result = (int64_t)c->at[SYSCALL_RESULT][row];

	if (c->at[SYSCALL_FLAGS][row] & SYSCALL_UNFINISHED || result >= 0 || result < -4095)
		return 0;
	return (uint32_t)-result;
}

/* The first class that a call is in: what most people would say that it is about. */
static uint32_t class_of(uint32_t key)
{
	unsigned int classes = key & KEY_COMPAT ? 0 : syscall_classes(key);

	return classes & -classes;
}

static uint64_t part_of(struct grouping *g, enum aspect aspect, const struct columns *c,
			uint32_t row)
{
	uint32_t task = c->at[SYSCALL_TASK] ? (uint32_t)c->at[SYSCALL_TASK][row] : 0;

	switch (aspect) {
	case ASPECT_SYSCALL:
		return syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]);
	case ASPECT_PROCESS:
		return g->recording->tasks.items[task].process;
	case ASPECT_THREAD:
		return task;
	case ASPECT_COMMAND:
		return names_intern(&g->texts, task_comm(g->recording, task));
	case ASPECT_SITE:
		return site_of(g, (uint32_t)c->at[SYSCALL_STACK][row]);
	case ASPECT_ERRNO:
		return errno_of(c, row);
	case ASPECT_FILE:
		return g->row_files[row];
	case ASPECT_CLASS:
	case NR_ASPECTS:
		break;
	}
	return class_of(syscall_key(c->at[SYSCALL_NR][row], c->at[SYSCALL_FLAGS][row]));
}

void grouping_restart(struct grouping *g)
{
	call_files_restart(&g->files);
}

void grouping_block(struct grouping *g, struct recording *r, const struct block *block,
		    const struct columns *c)
{
	if (g->row_files)
		call_files_of_block(&g->files, r, block, c, g->row_files);
}

uint32_t grouping_number(struct grouping *g, const struct columns *c, uint32_t row)
{
	uint64_t number = 0;

	for (unsigned int i = 0; i < g->nr_aspects; i++)
		number = pair_map_number(&g->numbers[i], number, part_of(g, g->aspects[i], c, row));
	return (uint32_t)number;
}

uint32_t grouping_size(const struct grouping *g)
{
	return (uint32_t)g->numbers[g->nr_aspects - 1].pairs.size;
}

/* ---- What a group is called ---- */

static const char *class_name(uint64_t class)
{
	switch (class) {
	case CLASS_FILE:
		return "file";
	case CLASS_DESC:
		return "desc";
	case CLASS_NETWORK:
		return "network";
	case CLASS_PROCESS:
		return "process";
	case CLASS_MEMORY:
		return "memory";
	case CLASS_SIGNAL:
		return "signal";
	case CLASS_IPC:
		return "ipc";
	}
	return "other";
}

static char *task_label(const struct recording *r, uint32_t task)
{
	const struct task *t = &r->tasks.items[task];

	return xasprintf("%s/%" PRIu32, task_comm(r, task), t->tid);
}

static char *part_label(const struct grouping *g, enum aspect aspect, uint64_t part)
{
	const char *name;
	char buffer[32];

	switch (aspect) {
	case ASPECT_SYSCALL:
		return xstrdup(call_label((uint32_t)part, buffer));
	case ASPECT_PROCESS:
	case ASPECT_THREAD:
		return task_label(g->recording, (uint32_t)part);
	case ASPECT_COMMAND:
	case ASPECT_SITE:
		return xstrdup(names_text(&g->texts, (uint32_t)part));
	case ASPECT_ERRNO:
		name = part ? errno_name((int)part) : "ok";
		return name ? xstrdup(name) : xasprintf("errno %" PRIu64, part);
	case ASPECT_FILE:
		return xstrdup(part ? names_text(&g->files.names, (uint32_t)part) : NO_FILE);
	case ASPECT_CLASS:
	case NR_ASPECTS:
		break;
	}
	return xstrdup(class_name(part));
}

char *grouping_label(const struct grouping *g, uint32_t group, unsigned int i)
{
	uint64_t number = group;

	for (unsigned int at = g->nr_aspects - 1; at > i; at--)
		number = g->numbers[at].pairs.items[number].a;
	return part_label(g, g->aspects[i], g->numbers[i].pairs.items[number].b);
}

/* ---- How users say it ---- */

static int aspect_find(const char *word, size_t size)
{
	for (int aspect = 0; aspect < NR_ASPECTS; aspect++) {
		if (strlen(aspect_names[aspect]) == size &&
		    !strncmp(aspect_names[aspect], word, size))
			return aspect;
	}
	return -1;
}

static int refuse_aspect(const char *word, size_t size)
{
	scoped_free char *text = xstrndup(word, size);

	refuse(-EINVAL, "system calls cannot be grouped by '%s'", text);
	hint_nearest(text, aspect_names,
		     "choose syscall, process, thread, command, site, errno, file or class");
	return -EINVAL;
}

int aspects_parse(const char *words, enum aspect out[MAX_ASPECTS], unsigned int *nr)
{
	unsigned int seen = 0;

	for (*nr = 0;; words++) {
		size_t size = strcspn(words, ",");
		int aspect = aspect_find(words, size);

		if (aspect < 0)
			return refuse_aspect(words, size);
		if (seen >> aspect & 1)
			return refuse(-EINVAL, "'%s' comes twice", aspect_names[aspect]);
		if (*nr == MAX_ASPECTS)
			return refuse(-EINVAL, "at most %d aspects make a group", MAX_ASPECTS);
		seen |= 1U << aspect;
		out[(*nr)++] = (enum aspect)aspect;
		words += size;
		if (!*words)
			return 0;
	}
}
