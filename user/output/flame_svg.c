// SPDX-License-Identifier: MIT
/*
 * The picture, complete without a script: head, legend, boxes, and what is not drawn.
 *
 * Behind it come the whole tree and the script that goes on from there. The script reads the sizes
 * below from the picture and lays out as flame_layout.c does, so both draw the same first view.
 */
#include "output/flame.h"

#include <inttypes.h>
#include <jansson.h>

#include "cli/number.h"
#include "output/flame_assets.h"
#include "output/flame_data.h"
#include "output/flame_layout.h"
#include "output/markup.h"
#include "output/printable.h"

#define WIDTH   1200
#define MARGIN  12
#define INSIDE  (WIDTH - 2 * MARGIN)
#define ROW     18
#define ABOUT_Y 68
#define LEAST_NAMED                                                                                \
	8 /* px; narrower boxes have neither label nor title: they would be most of the file */
#define LETTER                                                                                     \
	7.23 /* width of a character: 0.602 em of 12 px in all the fonts that flame.css names */

struct picture {
	FILE *out;
	const struct flame *flame;
	struct flame_layout layout;
	struct {
		enum frame_class class;
		double x;
		unsigned int y;
	} legend[NR_FRAME_CLASSES];
	int nr_classes;
	unsigned int legend_y, frames_y, height; /* px from the top */
};

static const struct path_node *node_of(const struct picture *p, uint32_t node)
{
	return path_tree_node(p->flame->paths, node);
}

static const char *name_of(const struct picture *p, uint32_t node)
{
	return node ? path_tree_name(p->flame->paths, node) : "all";
}

static const char *amount_format(uint64_t amount, enum weight weight, char buffer[NUMBER_SIZE])
{
	return weight == WEIGHT_COUNT ? count_format(amount, buffer)
	       : weight == WEIGHT_NS  ? duration_format(amount, buffer)
				      : size_format(amount, buffer);
}

/* "1,234 faults (12.3%), 3.21 ms time (4.5%), ..." with those weights that the graph has. */
static void write_amounts(const struct picture *p, uint32_t node)
{
	const char *separator = "";

	for (int w = 0; w < NR_WEIGHTS; w++) {
		uint64_t all = node_of(p, 0)->total[w], amount = node_of(p, node)->total[w];
		char number[NUMBER_SIZE], share[NUMBER_SIZE];

		if (!p->flame->weights[w].name || !all)
			continue;
		fprintf(p->out, "%s%s %s", separator,
			amount_format(amount, p->flame->weights[w].unit, number),
			p->flame->weights[w].name);
		if (node) {
			fputs(" (", p->out);
			markup_text(p->out, percent_format(amount, all, share)); /* may be <0.1% */
			fputc(')', p->out);
		}
		separator = ", ";
	}
}

/* ---- Where things lie ---- */

static unsigned int classes_with_weight(const struct picture *p)
{
	unsigned int classes = 0;

	for (uint32_t id = 1; id < p->flame->paths->nodes.size; id++) {
		const struct path_node *node = node_of(p, id);

		if (node->total[p->flame->weight])
			classes |= 1U << node->frame.class;
	}
	return classes;
}

/* One item after the other, in as many lines as they need. Returns where the last one is. */
static unsigned int plan_legend(struct picture *p, unsigned int y)
{
	unsigned int classes = classes_with_weight(p);
	double x = MARGIN;

	for (int class = 0; class < NR_FRAME_CLASSES; class ++) {
		double width = 34 + 7.8 * (double)strlen(frame_class_names[class]);

		if (!(classes >> class & 1))
			continue;
		if (x > MARGIN && x + width > WIDTH - MARGIN) {
			x = MARGIN;
			y += 20;
		}
		p->legend[p->nr_classes].class = (enum frame_class) class;
		p->legend[p->nr_classes].x = x;
		p->legend[p->nr_classes++].y = y;
		x += width;
	}
	return y;
}

static void plan(struct picture *p)
{
	flame_layout_init(&p->layout, p->flame->paths, p->flame->weight, INSIDE);
	p->legend_y = ABOUT_Y + ROW * (p->flame->caveat ? 2 : 1) - 6;
	p->frames_y = plan_legend(p, p->legend_y) + 26;
	p->height = p->frames_y + ROW * p->layout.rows + 32;
}

/* ---- Head and legend ---- */

/* A line of text from outside, cut to the picture; its title has the whole. */
static void write_line(const struct picture *p, const char *class, unsigned int y, const char *text)
{
	scoped_free char *clean = printable(text);
	scoped_free char *cut = markup_label(clean, (unsigned int)(INSIDE / LETTER));

	fprintf(p->out, "<text class=\"%s\" x=\"%d\" y=\"%u\"><title>", class, MARGIN, y);
	markup_text(p->out, clean);
	fputs("</title>", p->out);
	markup_text(p->out, cut);
	fputs("</text>\n", p->out);
}

static void write_legend(const struct picture *p)
{
	fputs("<g class=\"legend\">", p->out);
	for (int i = 0; i < p->nr_classes; i++)
		fprintf(p->out,
			"<g data-class=\"%d\" transform=\"translate(%.0f %u)\"><rect class=\"k%d\" "
			"width=\"14\" height=\"14\" rx=\"3\"/><text x=\"20\" "
			"y=\"11\">%s</text></g>",
			p->legend[i].class, p->legend[i].x, p->legend[i].y, p->legend[i].class,
			frame_class_names[p->legend[i].class]);
	fputs("</g>\n", p->out);
}

static void write_head(const struct picture *p)
{
	const struct flame *flame = p->flame;

	fprintf(p->out,
		"<g class=\"head\"><rect class=\"page\" width=\"%d\"/>\n"
		"<text class=\"title\" x=\"%d\" y=\"30\">%s</text>\n"
		"<text class=\"totals\" x=\"%d\" y=\"50\">",
		WIDTH, MARGIN, flame->weights[flame->weight].title, MARGIN);
	write_amounts(p, 0);
	fputs("</text>\n", p->out);
	write_line(p, "about", ABOUT_Y, flame->about);
	if (flame->caveat)
		write_line(p, "caveat", ABOUT_Y + ROW, flame->caveat);
	write_legend(p);
	fputs("</g>\n", p->out);
}

/* ---- Boxes ---- */

static void write_title(const struct picture *p, uint32_t node)
{
	const struct path_frame *frame = &node_of(p, node)->frame;
	const char *module = path_tree_module(p->flame->paths, node);
	const char *line = path_tree_line(p->flame->paths, node);

	fputs("<title>", p->out);
	markup_text(p->out, name_of(p, node));
	if (node)
		fprintf(p->out, "\n%s", frame_class_names[frame->class]);
	if (*module) {
		fputs(", ", p->out);
		markup_text(p->out, module);
	}
	if (*line) {
		fputs(", ", p->out);
		markup_text(p->out, line);
	}
	fputc('\n', p->out);
	write_amounts(p, node);
	fputs("</title>", p->out);
}

static void write_label(const struct picture *p, const struct flame_box *box, unsigned int y)
{
	unsigned int columns = box->width > 6 ? (unsigned int)((box->width - 6) / LETTER) : 0;
	scoped_free char *clean = columns ? printable(name_of(p, box->node)) : NULL;
	scoped_free char *label = columns ? markup_label(clean, columns) : NULL;

	if (!label)
		return;
	fprintf(p->out, "<text x=\"%.1f\" y=\"%u\">", box->x + 4, y + 13);
	markup_text(p->out, label);
	fputs("</text>", p->out);
}

static void write_box(const struct picture *p, const struct flame_box *box)
{
	const struct path_node *node = node_of(p, box->node);
	unsigned int row = p->flame->icicle ? node->depth : p->layout.rows - 1 - node->depth;
	unsigned int y = p->frames_y + ROW * row;
	bool is_named = box->width >= LEAST_NAMED;

	if (is_named) {
		fputs("<g>", p->out);
		write_title(p, box->node);
	}
	fprintf(p->out,
		"<rect class=\"k%d s%u\" x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"%d\"%s/>",
		node->frame.class, flame_shade(path_tree_name(p->flame->paths, box->node)), box->x,
		y, box->width > 2 ? box->width - 0.6 : box->width, ROW - 1,
		is_named ? " rx=\"2\"" : "");
	if (is_named) {
		write_label(p, box, y);
		fputs("</g>", p->out);
	}
	fputc('\n', p->out);
}

static void write_frames(const struct picture *p)
{
	fputs("<g class=\"frames\">\n", p->out);
	vec_each (&p->layout.boxes, box) {
		const struct flame_box placed = {box->node, MARGIN + box->x, box->width};

		write_box(p, &placed);
	}
	fputs("</g>\n", p->out);
}

static void write_foot(const struct picture *p)
{
	char hidden[NUMBER_SIZE], all[NUMBER_SIZE];

	count_format(p->layout.hidden, hidden);
	count_format(p->layout.hidden + p->layout.drawn, all);
	fprintf(p->out, "<text class=\"foot\" x=\"%d\" y=\"%u\">", MARGIN, p->height - 12);
	if (p->layout.hidden)
		fprintf(p->out, "%s of %s frames are narrower than %g px (%.2g%%) and not drawn.",
			hidden, all, FLAME_LEAST_WIDTH, 100 * FLAME_LEAST_WIDTH / INSIDE);
	else
		fprintf(p->out, "All %s frames are drawn: none is narrower than %g px.", all,
			FLAME_LEAST_WIDTH);
	fputs("</text>\n", p->out);
}

/* ---- What the script goes on from ---- */

static json_t *weights_json(const struct flame *flame)
{
	json_t *weights = json_array();

	for (int w = 0; w < NR_WEIGHTS; w++)
		json_array_append_new(
			weights, json_pack("{s:s, s:i, s:s}", "name",
					   flame->weights[w].name ? flame->weights[w].name : "",
					   "unit", (int)flame->weights[w].unit, "title",
					   flame->weights[w].title ? flame->weights[w].title : ""));
	return weights;
}

static void write_info(const struct picture *p)
{
	json_t *classes = json_array();
	json_t *info =
		json_pack("{s:i, s:i, s:f, s:f, s:i, s:i, s:i, s:b, s:b, s:o, s:o}", "row", ROW,
			  "margin", MARGIN, "letter", LETTER, "least", FLAME_LEAST_WIDTH, "shades",
			  FLAME_SHADES, "legend", (int)p->legend_y, "weight", (int)p->flame->weight,
			  "icicle", (int)p->flame->icicle, "panes", (int)p->flame->side_by_side,
			  "weights", weights_json(p->flame), "classes", classes);
	char *text;

	for (int class = 0; class < NR_FRAME_CLASSES; class ++)
		json_array_append_new(classes, json_string(frame_class_names[class]));
	text = json_dumps(info, JSON_REAL_PRECISION(6));
	fputs("<metadata class=\"info\">", p->out);
	markup_text(p->out, text);
	fputs("</metadata>\n", p->out);
	free(text);
	json_decref(info);
}

static void write_tree(const struct picture *p)
{
	struct bytes data = {0};

	flame_data_pack(&data, p->flame->paths);
	fputs("<metadata class=\"tree\">", p->out);
	markup_base64(p->out, data.data, data.size);
	fputs("</metadata>\n", p->out);
	bytes_fini(&data);
}

void flame_svg(FILE *out, const struct flame *flame)
{
	struct picture p = {.out = out, .flame = flame};

	plan(&p);
	fprintf(out,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"flame\" width=\"%d\" "
		"height=\"%u\" viewBox=\"0 0 %d %u\">\n<style><![CDATA[\n%s]]></style>\n"
		"<rect class=\"page\" width=\"%d\" height=\"%u\"/>\n",
		WIDTH, p.height, WIDTH, p.height, flame_style, WIDTH, p.height);
	write_head(&p);
	write_frames(&p);
	write_foot(&p);
	write_info(&p);
	write_tree(&p);
	fprintf(out, "<script><![CDATA[\n%s]]></script>\n</svg>\n", flame_script);
	flame_layout_fini(&p.layout);
}
