/* SPDX-License-Identifier: MIT */
/*
 * A directory of its own for each test that compiles programs and looks places in them up.
 *
 * Programs are built by whatever compilers there are; a test skips, and says so, without them.
 */
#ifndef TESTS_SYMBOLS_WORKDIR_H
#define TESTS_SYMBOLS_WORKDIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <gelf.h>

#include "base/alloc.h"
#include "symbols/elf_file.h"
#include "symbols/symbols.h"

static int workdir_enter(void **state)
{
	char path[] = "/tmp/prof-test-symbols-XXXXXX";

	if (!mkdtemp(path) || chdir(path))
		return -1;
	*state = xstrdup(path);
	return 0;
}

static int workdir_leave(void **state)
{
	scoped_free char *path = *state;
	scoped_free char *command = xasprintf("rm -rf '%s'", path);

	return chdir("/") || system(command);
}

static inline bool run(const char *fmt, ...)
{
	scoped_free char *quiet = NULL;
	char command[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof command, fmt, args);
	va_end(args);
	quiet = xasprintf("{ %s; } >log 2>&1", command);
	return system(quiet) == 0;
}

static inline void need(const char *program)
{
	if (run("command -v %s", program))
		return;
	print_message("skipped: no %s here\n", program);
	skip();
}

static inline void write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

/* Compiles or assembles; a compiler that does not know an option is as good as none. */
static inline void build(const char *fmt, ...)
{
	char command[4096];
	va_list args;

	va_start(args, fmt);
	vsnprintf(command, sizeof command, fmt, args);
	va_end(args);
	if (run("%s", command))
		return;
	print_message("skipped: cannot %s\n", command);
	skip();
}

static inline char *full_path(const char *name)
{
	char *path = realpath(name, NULL);

	assert_non_null(path);
	return path;
}

/* Where the file has the byte that is loaded at `address` as code; UINT64_MAX when nowhere. */
static inline uint64_t code_offset(const char *path, uint64_t address)
{
	uint64_t offset = UINT64_MAX;
	struct elf_file file;
	size_t nr_headers;
	GElf_Phdr header;

	assert_int_equal(elf_file_open(path, &file), 0);
	assert_int_equal(elf_getphdrnum(file.elf, &nr_headers), 0);
	for (size_t i = 0; i < nr_headers && gelf_getphdr(file.elf, i, &header); i++)
		if (header.p_type == PT_LOAD && header.p_flags & PF_X &&
		    address - header.p_vaddr < header.p_filesz)
			offset = address - header.p_vaddr + header.p_offset;
	elf_file_close(&file);
	return offset;
}

/* A symbol's address and size, as nm has them. */
static inline uint64_t symbol_address(const char *path, const char *symbol, uint64_t *size)
{
	scoped_free char *command = xasprintf("nm -S '%s'", path);
	unsigned long long start = 0, length = 0;
	char line[4096], name[4096];
	FILE *nm = popen(command, "r");
	uint64_t found = 0;

	assert_non_null(nm);
	while (fgets(line, sizeof line, nm)) {
		if (sscanf(line, "%llx %llx %*c %4095s", &start, &length, name) == 3 &&
		    !strcmp(name, symbol)) {
			found = start;
			*size = length;
		}
	}
	pclose(nm);
	assert_int_not_equal(found, 0);
	return found;
}

#endif
