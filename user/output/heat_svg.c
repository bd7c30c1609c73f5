// SPDX-License-Identifier: MIT
/*
 * The heat map as a picture that needs nothing else: no script, no network. Each cell says in its
 * tooltip what it holds. One hue of growing strength, so that it reads without colours, too.
 */
#include <inttypes.h>
#include <math.h>

#include "cli/number.h"
#include "decode/syscalls.h"
#include "output/analysis_output.h"
#include "output/markup.h"
#include "output/printable.h"
#include "profile/facts.h"

#define CELL_WIDTH  4
#define CELL_HEIGHT 8
#define LEFT        80
#define TOP         64
#define FOOT        48
#define LEVELS      8
#define TICKS       6

static const char style[] =
	"<style>\n"
	"svg { background: #fff; font: 12px system-ui, \"Segoe UI\", \"DejaVu Sans\", sans-serif; "
	"fill: #1d2129; }\n"
	".page { fill: #fff; }\n"
	".title { font-weight: 600; font-size: 17px; }\n"
	".soft { fill: #59616e; }\n"
	".l1 { fill: #dfeaf6; } .l2 { fill: #b8d3ec; } .l3 { fill: #8dbae0; } .l4 { fill: #629fd2; "
	"}\n"
	".l5 { fill: #3d82bf; } .l6 { fill: #2265a3; } .l7 { fill: #114a80; } .l8 { fill: #06305a; "
	"}\n"
	"@media (prefers-color-scheme: dark) {\n"
	"svg { background: #16181d; fill: #e4e7ec; } .page { fill: #16181d; } .soft { fill: "
	"#a2aab6; }\n"
	".l1 { fill: #1b2c40; } .l2 { fill: #1d3f61; } .l3 { fill: #215583; } .l4 { fill: #2f6fa6; "
	"}\n"
	".l5 { fill: #4c8cc4; } .l6 { fill: #78abd9; } .l7 { fill: #a9cbea; } .l8 { fill: #dcebf9; "
	"}\n"
	"}\n</style>\n";

static unsigned int level_of(uint64_t count, uint64_t most)
{
	double share = most > 1 ? log2((double)count) / log2((double)most) : 1;
	unsigned int level = 1 + (unsigned int)((LEVELS - 0.001) * share);

	return level > LEVELS ? LEVELS : level;
}

static double seconds_at(const struct analysis *a, uint32_t column)
{
	const struct heat *heat = &a->heat;

	return ((double)(heat->start_ns - recording_start_ns(a->recording)) +
		(double)heat->width_ns * column) /
	       1e9;
}

static void write_cell(FILE *out, const struct analysis *a, uint32_t row, uint32_t column)
{
	const struct heat *heat = &a->heat;
	uint64_t count = heat_at(heat, row, column);
	char from[NUMBER_SIZE], to[NUMBER_SIZE];

	if (!count)
		return;
	fprintf(out,
		"<rect class=\"l%u\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"><title>%" PRIu64
		" calls of %s to %s, from %.6g s to %.6g s</title></rect>\n",
		level_of(count, heat->most), LEFT + column * CELL_WIDTH,
		TOP + (heat->nr_rows - 1 - row) * CELL_HEIGHT, CELL_WIDTH, CELL_HEIGHT, count,
		duration_format(heat_row_ns(heat, row), from),
		duration_format(heat_row_ns(heat, row + 1), to), seconds_at(a, column),
		seconds_at(a, column + 1));
}

static void write_durations(FILE *out, const struct heat *heat)
{
	for (uint32_t row = 0; row < heat->nr_rows; row++) {
		char from[NUMBER_SIZE];

		if ((heat->first_row + row) % (2 * HEAT_OF_OCTAVE))
			continue;
		fprintf(out,
			"<text class=\"soft\" x=\"%d\" y=\"%u\" text-anchor=\"end\">%s</text>\n",
			LEFT - 8, TOP + (heat->nr_rows - row) * CELL_HEIGHT,
			duration_format(heat_row_ns(heat, row), from));
	}
}

static void write_times(FILE *out, const struct analysis *a)
{
	for (uint32_t tick = 0; tick <= TICKS; tick++) {
		uint32_t column = HEAT_COLUMNS * tick / TICKS;

		fprintf(out,
			"<text class=\"soft\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">%.4g "
			"s</text>\n",
			LEFT + column * CELL_WIDTH, TOP + a->heat.nr_rows * CELL_HEIGHT + 18,
			seconds_at(a, column));
	}
}

static void write_legend(FILE *out, const struct heat *heat)
{
	unsigned int x = LEFT, y = TOP - 18;

	fprintf(out, "<text class=\"soft\" x=\"%u\" y=\"%u\">1 call</text>\n", x, y + 9);
	for (unsigned int level = 1; level <= LEVELS; level++)
		fprintf(out, "<rect class=\"l%u\" x=\"%u\" y=\"%u\" width=\"18\" height=\"10\"/>\n",
			level, x + 34 + level * 18, y);
	fprintf(out, "<text class=\"soft\" x=\"%u\" y=\"%u\">%" PRIu64 " (log scale)</text>\n",
		x + 34 + (LEVELS + 1) * 18 + 8, y + 9, heat->most);
}

static void write_title(FILE *out, const struct analysis *a)
{
	char buffer[32];
	scoped_free char *name =
		printable(a->heat.key == HEAT_ALL_CALLS ? "all system calls"
							: call_label(a->heat.key, buffer));

	fprintf(out, "<text class=\"title\" x=\"%d\" y=\"28\">Latency of ", LEFT);
	markup_text(out, name);
	fprintf(out, " over time: %" PRIu64 " calls</text>\n", a->heat.calls);
}

void heat_svg(FILE *out, const struct analysis *a)
{
	unsigned int width = LEFT + HEAT_COLUMNS * CELL_WIDTH + 40;
	unsigned int height = TOP + a->heat.nr_rows * CELL_HEIGHT + FOOT;

	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" "
		"viewBox=\"0 0 %u %u\" role=\"img\">\n%s"
		"<rect class=\"page\" width=\"100%%\" height=\"100%%\"/>\n",
		width, height, width, height, style);
	write_title(out, a);
	write_legend(out, &a->heat);
	write_durations(out, &a->heat);
	write_times(out, a);
	for (uint32_t row = 0; row < a->heat.nr_rows; row++) {
		for (uint32_t column = 0; column < HEAT_COLUMNS; column++)
			write_cell(out, a, row, column);
	}
	fputs("</svg>\n", out);
}

void heat_html(FILE *out, const struct analysis *a)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	      "style-src 'unsafe-inline'; img-src data:\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<link rel=\"icon\" href=\"data:,\">\n<title>Latency over time</title>\n"
	      "</head>\n<body>\n",
	      out);
	heat_svg(out, a);
	fputs("</body>\n</html>\n", out);
}
