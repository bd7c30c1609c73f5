// SPDX-License-Identifier: MIT
#include "stats/modes.h"

#include <math.h>
#include <string.h>

#include "stats/partition.h"

#define CELLS_OF_OCTAVE 8
#define CELLS           (65 * CELLS_OF_OCTAVE)
#define CELL_VARIANCE   (1.0 / (12 * CELLS_OF_OCTAVE * CELLS_OF_OCTAVE))
#define LINEAR_BELOW                                                                               \
	8 /* ns: the log scale begins here, lest small integers have valleys between               \
	   */

/*
 * What a mode must gain: the usual half log of the number of values for each of its middle, spread
 * and weight, and a little for each value, as no distribution is exactly normal.
 */
#define PARAMETERS     3
#define GAIN_PER_VALUE 0.08

#define VIEW    3   /* cells that are looked at together for humps and valleys */
#define DEPTH   0.5 /* of a valley, as a part of the lower hump beside it */
#define CERTAIN 3   /* standard deviations of what was counted, between hump and valley */

/* A stretch of the scale that is not empty. */
struct cell {
	uint32_t first, end; /* buckets */
	int number;
	double count, sum, squares; /* of it and all before */
};

struct cells {
	size_t nr;
	struct cell at[CELLS + 1]; /* at[0] stands before the first */
	uint64_t counts[CELLS];    /* by number */
};

/* How unlikely the values of cells from + 1 to end are in one mode: the less, the better. */
static double cost(const void *data, size_t from, size_t end)
{
	const struct cells *cells = data;
	const struct cell *a = &cells->at[from], *b = &cells->at[end];
	const double count = b->count - a->count, all = cells->at[cells->nr].count;
	const double mean = (b->sum - a->sum) / count;
	const double variance = fmax((b->squares - a->squares) / count - mean * mean, 0);

	return count * (log(variance + CELL_VARIANCE) / 2 - log(count / all));
}

static void add_bucket(struct cells *cells, uint32_t index, uint64_t count, double place)
{
	struct cell *cell = &cells->at[cells->nr];

	cell->end = index + 1;
	cell->count += (double)count;
	cell->sum += (double)count * place;
	cell->squares += (double)count * place * place;
}

static void make_cells(const struct histogram *h, struct cells *cells)
{
	int last = -1;

	memset(cells, 0, sizeof *cells);
	for (uint32_t i = h->first; i < h->end; i++) {
		const double place = log2((double)histogram_middle(h, i) + LINEAR_BELOW);
		const int number = (int)floor(place * CELLS_OF_OCTAVE);

		if (!h->counts[i])
			continue;
		if (number != last) {
			cells->at[cells->nr + 1] = cells->at[cells->nr];
			cells->at[++cells->nr].first = i;
			cells->at[cells->nr].number = number;
			last = number;
		}
		add_bucket(cells, i, h->counts[i], place);
		cells->counts[number] += h->counts[i];
	}
}

/* The most and the least that a view over cells of these numbers sees. */
static void look_over(const struct cells *cells, int from, int last, uint64_t *least,
		      uint64_t *most)
{
	*least = UINT64_MAX;
	*most = 0;
	for (int i = from; i <= last; i++) {
		uint64_t seen = 0;

		for (int j = i - VIEW / 2; j <= i + VIEW / 2; j++)
			seen += j >= 0 && j < CELLS ? cells->counts[j] : 0;
		*least = seen < *least ? seen : *least;
		*most = seen > *most ? seen : *most;
	}
}

/* Cells from + 1 to end are a mode, and its greatest cell is where its hump is. */
static int hump_of(const struct cells *cells, size_t from, size_t end)
{
	int found = cells->at[from + 1].number;

	for (size_t i = from + 1; i <= end; i++) {
		if (cells->counts[cells->at[i].number] > cells->counts[found])
			found = cells->at[i].number;
	}
	return found;
}

/* How high the ground between two neighbours is, as a part of the lower hump; 1 if that is chance.
 */
static double valley(const struct cells *cells, size_t from, size_t between, size_t end)
{
	const int left = hump_of(cells, from, between), right = hump_of(cells, between, end);
	uint64_t low, high[2], unused;
	double lower;

	look_over(cells, left, right, &low, &unused);
	look_over(cells, left, left, &unused, &high[0]);
	look_over(cells, right, right, &unused, &high[1]);
	lower = (double)(high[0] < high[1] ? high[0] : high[1]);
	if (lower - (double)low < CERTAIN * sqrt(lower + (double)low))
		return 1;
	return (double)low / lower;
}

/* Joins the two neighbours that the shallowest valley parts, while that is none. */
static size_t join_shallow(const struct cells *cells, size_t *ends, size_t nr)
{
	while (nr > 1) {
		double shallowest = -1;
		size_t at = 0;

		for (size_t m = 0; m + 1 < nr; m++) {
			double ground = valley(cells, m ? ends[m - 1] : 0, ends[m], ends[m + 1]);

			if (ground > shallowest) {
				shallowest = ground;
				at = m;
			}
		}
		if (shallowest <= DEPTH)
			break;
		memmove(&ends[at], &ends[at + 1], (nr - 1 - at) * sizeof *ends);
		nr--;
	}
	return nr;
}

static uint64_t add_saturated(uint64_t sum, uint64_t count, uint64_t value)
{
	uint64_t product;

	if (__builtin_mul_overflow(count, value, &product) ||
	    __builtin_add_overflow(sum, product, &sum))
		return UINT64_MAX;
	return sum;
}

static struct mode mode_of(const struct histogram *h, uint32_t first, uint32_t end)
{
	struct mode mode = {
		.low = loglinear_lower(first, h->bits),
		.last = loglinear_lower(end - 1, h->bits) + (loglinear_width(end - 1, h->bits) - 1),
	};
	uint64_t seen = 0;

	for (uint32_t i = first; i < end; i++) {
		mode.count += h->counts[i];
		mode.sum = add_saturated(mode.sum, h->counts[i], histogram_middle(h, i));
	}
	for (uint32_t i = first; seen < (mode.count + 1) / 2; i++) {
		seen += h->counts[i];
		mode.middle = histogram_middle(h, i);
	}
	return mode;
}

unsigned int modes_find(const struct histogram *h, struct mode out[MODES_MAX])
{
	struct cells cells;
	struct partition partition = {.cost = cost, .data = &cells, .least = 1};
	size_t ends[CELLS], found;
	double weight = 1;

	if (!h->total)
		return 0;
	make_cells(h, &cells);
	do { /* too many modes are none that anybody would read: ask for better ones */
		partition.penalty = weight * (PARAMETERS * log((double)h->total) / 2 +
					      GAIN_PER_VALUE * (double)h->total);
		found = partition_find(&partition, cells.nr, ends);
		found = join_shallow(&cells, ends, found);
		weight *= 1.5;
	} while (found > MODES_MAX);
	for (size_t m = 0; m < found; m++)
		out[m] = mode_of(h, cells.at[m ? ends[m - 1] + 1 : 1].first, cells.at[ends[m]].end);
	return (unsigned int)found;
}
