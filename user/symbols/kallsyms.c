// SPDX-License-Identifier: MIT
#include "symbols/kallsyms.h"

#include <ctype.h>
#include <fcntl.h>
#include <unistd.h>

#define MAX_TEXT_BYTES (256 << 20) /* some 5 MiB are usual */

/*
 * Sizes are not listed. The last function before a hole would reach over the hole, in which
 * unlisted BPF programs may lie; hardly any function of the kernel is longer than this.
 */
#define MAX_FUNCTION_BYTES (64 << 10)

static void read_text(const char *path, struct bytes *out)
{
	scoped_fd int fd = open(path, O_RDONLY | O_CLOEXEC);
	const size_t step = 1 << 20;
	ssize_t size = 1;

	while (fd >= 0 && size > 0 && out->size < MAX_TEXT_BYTES) {
		uint8_t *room = bytes_extend(out, step);

		size = read(fd, room, step);
		out->size -= step - (size > 0 ? size : 0);
	}
	bytes_u8(out, 0);
}

/* One line: address, type letter, name, and for modules a tab and "[module]". */
static void add_line(struct symbol_table *table, char *line)
{
	char *at;
	uint64_t start = strtoull(line, &at, 16);
	uint64_t room = UINT64_MAX - start;

	if (!start || at[0] != ' ' || !at[1] || !strchr("tTwW", at[1]) || at[2] != ' ')
		return;
	at += 3;
	at[strcspn(at, " \t")] = '\0';
	if (*at)
		symbol_table_add(table, &(struct symbol){
						.start = start,
						.limit = start + (room < MAX_FUNCTION_BYTES
									  ? room
									  : MAX_FUNCTION_BYTES),
						.name = at,
						.local = islower((unsigned char)at[-2]),
					});
}

struct kallsyms *kallsyms_new(const char *path)
{
	struct kallsyms *k = xnew(struct kallsyms);
	char *line, *rest;

	read_text(path, &k->text);
	rest = (char *)k->text.data;
	while ((line = strsep(&rest, "\n")))
		add_line(&k->table, line);
	symbol_table_seal(&k->table);
	return k;
}

void kallsyms_free(struct kallsyms *k)
{
	if (!k)
		return;
	symbol_table_fini(&k->table);
	bytes_fini(&k->text);
	free(k);
}
