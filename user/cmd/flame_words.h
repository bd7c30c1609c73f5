/* SPDX-License-Identifier: MIT */
/* What a flame graph says of its recording, beside the frames. */
#ifndef PROF_CMD_FLAME_WORDS_H
#define PROF_CMD_FLAME_WORDS_H

#include "output/flame.h"
#include "profile/event_paths.h"
#include "profile/memory_paths.h"

/* The command line, where, and when. */
char *flame_about(const struct recording *r);

/* How many events were lost, and how many stacks may lack frames; NULL when all is there. */
char *flame_caveat(struct recording *r, const struct path_choice *choice);

/* Of what the choice counts; those of other weights stay as they are. */
void flame_name_weights(const struct path_choice *choice, enum path_side side,
			struct flame_weight out[NR_WEIGHTS]);

#endif
