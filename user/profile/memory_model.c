// SPDX-License-Identifier: MIT
#include "profile/memory_model.h"

#include "profile/facts.h"
#include "profile/memory_feed.h"

static bool meta_is(const struct recording *r, const char *key, const char *word)
{
	const char *value = recording_meta(r, key);

	return value && !strcmp(value, word);
}

/* What a file says is a page may be anything. */
static uint64_t sane_page_bytes(const struct recording *r)
{
	uint64_t bytes = recording_page_bytes(r);
	bool is_sane = bytes >= 1 << 12 && bytes <= 1 << 16 && !(bytes & (bytes - 1));

	return is_sane ? bytes : 1 << 12;
}

static uint32_t place_of(void *readings, uint32_t stack)
{
	return stack_readings_key(readings, stack);
}

static struct memory *model_new(const struct recording *r, struct stack_readings *readings)
{
	const struct memory_options options = {
		.place_of = readings ? place_of : NULL,
		.place_arg = readings,
		.page_bytes = sane_page_bytes(r),
		.start_ns = recording_start_ns(r),
		.huge_always = meta_is(r, "huge_pages", "always"),
		.huge_never = meta_is(r, "huge_pages", "never"),
	};

	return memory_new(&options);
}

static enum file_nature file_nature_of(const struct recording *r, uint32_t module)
{
	static const char *const prefixes[] = {"/dev/shm/", "/memfd:", "/SYSV", NULL};
	const char *path = r->modules.items[module].path;

	if (!strncmp(path, "/dev/zero", strlen("/dev/zero")))
		return FILE_OF_ZEROS;
	for (const char *const *prefix = prefixes; *prefix; prefix++) {
		if (!strncmp(path, *prefix, strlen(*prefix)))
			return FILE_IN_MEMORY;
	}
	return FILE_ON_DISK;
}

static void model_feed(struct memory *model, struct recording *r)
{
	struct memory_feed *feed = memory_feed_new(r);
	struct feed_item item;
	uint64_t last_ns = 0;

	while (memory_feed_next(feed, &item)) {
		last_ns = item.time_ns;
		switch (item.kind) {
		case FEED_TASK_EVENT:
			memory_take_task_event(model, item.event);
			break;
		case FEED_MAPPING:
			memory_take_mapping(model, item.mapping,
					    file_nature_of(r, item.mapping->module));
			break;
		case FEED_SYSCALL:
			memory_take_syscall(model, item.row);
			break;
		case FEED_FAULTS:
			memory_take_fault(model, item.row);
			break;
		case FEED_ALLOCATION:
			memory_take_alloc(model, item.row);
			break;
		}
	}
	memory_finish(model, last_ns);
	memory_feed_free(feed);
}

struct memory *memory_model_of(struct recording *r, struct stack_readings *readings)
{
	struct memory *model = model_new(r, readings);

	model_feed(model, r);
	return model;
}
