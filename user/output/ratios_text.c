// SPDX-License-Identifier: MIT
#include "output/ratios_output.h"

#include <inttypes.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "output/printable.h"
#include "profile/facts.h"

#define MOST_FILES 10

static int compare_files(const void *a, const void *b)
{
	const struct read_file *x = *(const struct read_file *const *)a;
	const struct read_file *y = *(const struct read_file *const *)b;
	uint64_t x_again = x->bytes - x->distinct, y_again = y->bytes - y->distinct;

	if (x_again != y_again)
		return x_again < y_again ? 1 : -1;
	return (x->name > y->name) - (x->name < y->name);
}

const struct read_file **ratios_files(const struct ratios *ratios, size_t *nr)
{
	const struct read_file **files =
		xcalloc(ratios->ranges.read.size + 1, sizeof(struct read_file *));

	*nr = 0;
	vec_each (&ratios->ranges.read, file) {
		if (file->bytes)
			files[(*nr)++] = file;
	}
	if (*nr)
		qsort(files, *nr, sizeof *files, compare_files);
	return files;
}

static void write_families(FILE *out, const struct ratios *r)
{
	const uint64_t *n = r->families;

	fprintf(out,
		"  statx : read : open : close = %" PRIu64 " : %" PRIu64 " : %" PRIu64
		" : %" PRIu64,
		n[FAMILY_STAT], n[FAMILY_READ], n[FAMILY_OPEN], n[FAMILY_CLOSE]);
	if (n[FAMILY_OPEN])
		fprintf(out, " (%.2f : %.2f : 1 : %.2f)",
			(double)n[FAMILY_STAT] / (double)n[FAMILY_OPEN],
			(double)n[FAMILY_READ] / (double)n[FAMILY_OPEN],
			(double)n[FAMILY_CLOSE] / (double)n[FAMILY_OPEN]);
	fputc('\n', out);
}

static void write_rate(FILE *out, const struct ratios *r)
{
	char calls[NUMBER_SIZE], run[NUMBER_SIZE];

	fprintf(out, "  calls/s: %.1f (%s in %s)\n", (double)r->calls * 1e9 / (double)r->run_ns,
		count_format(r->calls, calls), duration_format(r->run_ns, run));
}

static void write_bytes(FILE *out, const char *what, const struct byte_ratio *ratio)
{
	char calls[NUMBER_SIZE], bytes[NUMBER_SIZE], share[NUMBER_SIZE];

	if (!ratio->calls)
		return;
	fprintf(out, "  bytes/%s: %.1f (%s bytes in %s calls that succeeded", what,
		(double)ratio->bytes / (double)ratio->calls, count_format(ratio->bytes, bytes),
		count_format(ratio->calls, calls));
	if (ratio->asked_bytes)
		fprintf(out, "; %s of what was asked for",
			percent_format(ratio->sized_bytes, ratio->asked_bytes, share));
	fputs(")\n", out);
}

static void write_file(FILE *out, const struct ratios *r, const struct read_file *file)
{
	scoped_free char *name = printable(names_text(&r->ranges.files.names, file->name));
	char bytes[NUMBER_SIZE], distinct[NUMBER_SIZE];

	fprintf(out, "    %.2f  %s: %s of %s bytes\n", (double)file->bytes / (double)file->distinct,
		name, count_format(file->bytes, bytes), count_format(file->distinct, distinct));
}

static void write_amplification(FILE *out, const struct ratios *r)
{
	size_t nr, shown = 0;
	scoped_free const struct read_file **files = ratios_files(r, &nr);
	char bytes[NUMBER_SIZE], distinct[NUMBER_SIZE], unplaced[NUMBER_SIZE];

	if (!r->has_ranges) {
		fputs("  read amplification: not known, arguments were not recorded\n", out);
		return;
	}
	if (!r->ranges.distinct)
		fputs("  read amplification: nothing was read from files\n", out);
	else
		fprintf(out,
			"  read amplification: %.2f (%s bytes read of files, %s of them "
			"different)\n",
			(double)r->ranges.bytes / (double)r->ranges.distinct,
			count_format(r->ranges.bytes, bytes),
			count_format(r->ranges.distinct, distinct));
	for (; shown < nr && shown < MOST_FILES && files[shown]->bytes > files[shown]->distinct;
	     shown++)
		write_file(out, r, files[shown]);
	if (r->ranges.unplaced)
		fprintf(out, "    of %s bytes more it is not known where in their files they are\n",
			count_format(r->ranges.unplaced, unplaced));
}

void ratios_text(FILE *out, const struct ratios *r, const struct analysis_style *style)
{
	const struct page page = {.out = out, .style = style};

	lost_calls_line(out, recording_lost_syscalls(r->recording));
	page_heading(&page, "Ratios");
	write_families(out, r);
	write_rate(out, r);
	write_bytes(out, "read", &r->reads);
	write_bytes(out, "write", &r->writes);
	write_amplification(out, r);
}
