/* SPDX-License-Identifier: MIT */
/*
 * Where the chunks of a file lie: from its index when it is finished and whole, else by going from
 * chunk to chunk and, past damage, searching for the next one whose checksum holds.
 */
#ifndef PROF_RECORDING_SURVEY_H
#define PROF_RECORDING_SURVEY_H

#include "base/vec.h"
#include "recording/reader.h"
#include "recording/source.h"

struct place {
	uint64_t offset;
	struct chunk chunk;
};

struct survey {
	VEC(struct place) places; /* ascending */
};

/* Fills the parts of *integrity that concern the file as a whole, and counts damage met by
 * searching. */
void survey_file(struct survey *v, struct source *s, struct integrity *integrity);
void integrity_damage(struct integrity *integrity, uint64_t offset);

#endif
