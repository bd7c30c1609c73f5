// SPDX-License-Identifier: MIT
/*
 * Gives every point the number of its nearest centroid.
 *
 * The nearest centroid c of x has the least norm(c)^2 / 2 - x.c, which is one fused multiply-add a
 * feature. Lanes are points, so the order of additions is the same for any number of lanes. Two
 * vectors of points against four centroids make eight independent chains, which is what hides the
 * latency of the unit and still fits sixteen registers.
 */
#include "stats/kernels/kernels.h"

#define TILE_VECTORS 2

struct best {
	f32_lanes score[TILE_VECTORS];
	u32_lanes label[TILE_VECTORS];
};

/* Features of a tile of points lie KMEANS_BLOCK apart, those of a group of centroids side by side.
 */
lane_inline void score_group(const float *x, const float *group, const float *half_norm,
			     unsigned int features, u32_lanes *number, struct best *best)
{
	f32_lanes score[KMEANS_GROUP][TILE_VECTORS];

	for (int c = 0; c < KMEANS_GROUP; c++) {
		for (int v = 0; v < TILE_VECTORS; v++)
			score[c][v] = f32_all(half_norm[c]);
	}
	for (unsigned int f = 0; f < features; f++) {
		f32_lanes at[TILE_VECTORS];

		for (int v = 0; v < TILE_VECTORS; v++)
			at[v] = f32_load(x + f * KMEANS_BLOCK + v * F32_LANES);
		for (int c = 0; c < KMEANS_GROUP; c++) {
			const f32_lanes centroid = f32_all(group[f * KMEANS_GROUP + c]);

			for (int v = 0; v < TILE_VECTORS; v++)
				score[c][v] = f32_minus_product(score[c][v], at[v], centroid);
		}
	}
	for (int c = 0; c < KMEANS_GROUP; c++) {
		for (int v = 0; v < TILE_VECTORS; v++)
			f32_keep_less(score[c][v], *number, &best->score[v], &best->label[v]);
		*number = u32_add(*number, u32_all(1));
	}
}

/* Compiled for the common numbers of features, which unrolls the innermost loop. */
lane_inline void assign(const float *blocks, size_t nr_blocks, const struct centroids *centroids,
			unsigned int features, uint32_t *labels)
{
	for (size_t tile = 0; tile < nr_blocks * KMEANS_BLOCK; tile += TILE_VECTORS * F32_LANES) {
		const float *x = blocks + tile / KMEANS_BLOCK * KMEANS_BLOCK * features +
				 tile % KMEANS_BLOCK;
		u32_lanes number = u32_all(0); /* of the next centroid */
		struct best best;

		for (int v = 0; v < TILE_VECTORS; v++) {
			best.score[v] = f32_all(__builtin_inff());
			best.label[v] = u32_all(0);
		}
		for (unsigned int g = 0; g < centroids->nr_groups; g++)
			score_group(x, centroids->groups + (size_t)g * KMEANS_GROUP * features,
				    centroids->half_norms + (size_t)g * KMEANS_GROUP, features,
				    &number, &best);
		for (int v = 0; v < TILE_VECTORS; v++)
			u32_store(labels + tile + v * F32_LANES, best.label[v]);
	}
}

void KERNEL(assign)(const float *blocks, size_t nr_blocks, const struct centroids *centroids,
		    uint32_t *labels)
{
	switch (centroids->features) {
	case 4:
		return assign(blocks, nr_blocks, centroids, 4, labels);
	case 8:
		return assign(blocks, nr_blocks, centroids, 8, labels);
	case 16:
		return assign(blocks, nr_blocks, centroids, 16, labels);
	default:
		return assign(blocks, nr_blocks, centroids, centroids->features, labels);
	}
}
