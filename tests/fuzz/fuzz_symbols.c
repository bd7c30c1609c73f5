// SPDX-License-Identifier: MIT
/*
 * Any bytes as a mapped file whose places are to be named, the way a recording does at its end:
 * symbols, packed symbols, functions, inlined calls and lines. Neither crash nor hang, and what
 * comes out is text.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/alloc.h"
#include "symbols/symbols.h"

#define MAX_QUESTIONS 256

static void check_text(const char *text)
{
	if (text && strlen(text) > 1 << 20)
		abort();
}

static void ask(struct symbolizer *s, const struct module *module, uint64_t offset)
{
	const struct function_line *lines;
	uint32_t nr_lines = symbolizer_lookup(s, module, FIRST_FILE_MODULE, offset, &lines);

	for (uint32_t i = 0; i < nr_lines; i++) {
		check_text(lines[i].function);
		check_text(lines[i].file);
	}
}

static void ask_everywhere(const char *path, size_t size)
{
	struct module module = {.path = (char *)path};
	struct symbolizer *s = symbolizer_new();
	size_t step = 1 + size / MAX_QUESTIONS;

	module.build_id_size = build_id_of_file(path, module.build_id);
	for (size_t offset = 0; offset < size; offset += step)
		ask(s, &module, offset);
	ask(s, &module, UINT64_MAX);
	symbolizer_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_fd int fd = memfd_create("fuzz", MFD_CLOEXEC);
	scoped_free char *path = xasprintf("/proc/self/fd/%d", fd);

	if (write(fd, data, size) == (ssize_t)size)
		ask_everywhere(path, size);
	return 0;
}
