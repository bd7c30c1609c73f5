// SPDX-License-Identifier: MIT
#include "profile/stack_reading.h"

#include "advice/contexts.h"
#include "profile/frame_label.h"
#include "profile/place_name.h"

#define MOST_FRAMES 256 /* from the innermost: what lies further out made no memory itself */

/* Functions that only pass a request for memory on, by how their names begin. */
static const char *const glue[] = {
	"operator new", "operator delete", "std::",   "void std::", "__gnu_cxx::", "alloc::",
	"<alloc::",     "core::",          "<core::", "<std::",     "__rust_",     "__rdl_",
	"hashbrown::",  "xmalloc",         "xcalloc", "xrealloc",   "g_malloc",    "g_realloc",
	"g_free",       "PyMem_",          "_PyMem_", "PyObject_M", "_PyObject_M", "_PyObject_F",
	"0x",           "_start",          NULL,
};

static bool is_standard_path(const char *name)
{
	return !strncmp(name, "alloc::", 7) || !strncmp(name, "core::", 6) ||
	       !strncmp(name, "std::", 5);
}

/*
 * "<&std::fs::File as std::io::Read>::read", and "<u8 as alloc::vec::SpecFromElem>::from_elem": a
 * standard trait of a type that is nobody's own.
 */
static bool is_standard_trait(const char *label)
{
	const char *type = label + 1, *trait = strstr(label, " as ");

	if (*label != '<')
		return false;
	while (*type == '&' || !strncmp(type, "mut ", 4) || !strncmp(type, "dyn ", 4))
		type += *type == '&' ? 1 : 4;
	return is_standard_path(type) ||
	       (trait && is_standard_path(trait + 4) && strstr(label, "::") > trait);
}

/* Whatever calls a closure for somebody. */
static bool is_invoker(const char *label)
{
	return strstr(label, "::call_once") || strstr(label, "_short_backtrace");
}

static bool is_glue(const char *label)
{
	if (is_standard_trait(label) || is_invoker(label))
		return true;
	for (const char *const *prefix = glue; *prefix; prefix++) {
		if (!strncmp(label, *prefix, strlen(*prefix)))
			return true;
	}
	return false;
}

/* In a program that has the C library inside, its functions are in the program's file. */
static bool is_c_library(const char *label)
{
	static const char *const names[] = {"memset",  "memcpy", "memmove",
					    "mempcpy", "bzero",  NULL};
	const char *name = label + strspn(label, "_");

	for (const char *const *at = names; *at; at++) {
		size_t size = strlen(*at);

		if (!strncmp(name, *at, size) && (!name[size] || name[size] == '_'))
			return true;
	}
	return is_call_wrapper(label);
}

/* "__memset_avx512_unaligned_erms" is memset to people; other names stay as they are. */
static char *plain_name(const char *label)
{
	static const char *const variants[] = {"_avx", "_evex", "_sse", "_erms", NULL};
	const char *name = label + strspn(label, "_");

	for (const char *const *variant = variants; *variant; variant++) {
		const char *at = strstr(name, *variant);

		if (at && at != name && label != name)
			return xstrndup(name, (size_t)(at - name));
	}
	return xstrdup(label);
}

/* Where in the stack the reading has come to. */
struct place_in_stack {
	const struct recording *r;
	struct names *names;
	bool is_own; /* in a frame of the program or of a library of its own */
};

static void read_leaf(const struct place_in_stack *at, const char *label, struct stack_reading *out)
{
	scoped_free char *name = plain_name(label);

	out->leaf = names_intern(at->names, name);
}

static void read_allocator(const struct place_in_stack *at, const struct frame *frame,
			   const char *label, struct stack_reading *out)
{
	enum allocator allocator = allocator_of(module_label(at->r, frame->module), label);

	if (!allocator)
		return;
	if (!out->allocator)
		out->allocator = allocator;
	if (is_allocator_entry(label))
		out->entry = names_intern(at->names, allocator_entry_name(label));
}

static void read_label(const struct place_in_stack *at, const struct frame *frame,
		       const char *label, struct stack_reading *out)
{
	if (!out->leaf)
		read_leaf(at, label, out);
	if (!out->function)
		read_allocator(at, frame, label, out);
	if (context_kind_of(label)) {
		out->maker = names_intern(at->names, label);
		out->function = out->caller = 0; /* it is whoever called that */
		return;
	}
	if (!at->is_own || allocator_of(module_label(at->r, frame->module), label) ||
	    is_allocator_entry(label) || is_glue(label) || is_c_library(label))
		return;
	if (!out->function)
		out->function = names_intern(at->names, label);
	else if (!out->caller)
		out->caller = names_intern(at->names, label);
}

static struct stack_reading read_until(const struct recording *r, uint32_t stack,
				       struct names *names, bool only_touch)
{
	uint32_t node = stack < r->stacks.size ? r->stacks.items[stack].frame : 0;
	struct place_in_stack at = {.r = r, .names = names};
	struct stack_reading reading = {0};

	for (uint32_t depth = 0; node && depth < MOST_FRAMES; depth++) {
		if (only_touch && reading.function)
			break;
		const struct frame *frame = &r->frames.items[node];

		node = frame->parent;
		if (frame->module == MODULE_KERNEL)
			continue;
		at.is_own = !is_common_code(r, frame);
		for (uint32_t i = frame_nr_labels(r, frame->module, frame->offset); i-- > 0;) {
			scoped_free char *label = frame_label(r, frame->module, frame->offset, i);

			read_label(&at, frame, label, &reading);
		}
	}
	return reading;
}

struct stack_reading stack_read(const struct recording *r, uint32_t stack, struct names *names)
{
	return read_until(r, stack, names, false);
}

struct stack_reading stack_read_touch(const struct recording *r, uint32_t stack,
				      struct names *names)
{
	return read_until(r, stack, names, true);
}

void stack_readings_init(struct stack_readings *readings, const struct recording *r)
{
	*readings = (struct stack_readings){
		.r = r,
		.items = xcalloc(r->stacks.size + 1, sizeof *readings->items),
		.key_ids = xcalloc(r->stacks.size + 1, sizeof *readings->key_ids),
	};
}

void stack_readings_fini(struct stack_readings *readings)
{
	names_fini(&readings->names);
	names_fini(&readings->keys);
	free(readings->items);
	free(readings->key_ids);
}

uint32_t stack_readings_key(struct stack_readings *readings, uint32_t stack)
{
	struct stack_reading *reading = &readings->items[stack];
	scoped_free char *key = NULL;

	if (readings->key_ids[stack])
		return readings->key_ids[stack];
	*reading = stack_read(readings->r, stack, &readings->names);
	key = xasprintf("%d %u %u %u %u", reading->allocator, reading->entry, reading->function,
			reading->caller, reading->maker);
	return readings->key_ids[stack] = names_intern(&readings->keys, key); /* from 1 on */
}

const struct stack_reading *stack_readings_at(struct stack_readings *readings, uint32_t stack)
{
	stack_readings_key(readings, stack);
	return &readings->items[stack];
}
