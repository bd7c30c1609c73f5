/* SPDX-License-Identifier: MIT */
/*
 * A file that grows by whole pieces: either all of a piece is in it or none, as far as the file
 * system lets that be undone.
 */
#ifndef PROF_RECORDING_GROWING_FILE_H
#define PROF_RECORDING_GROWING_FILE_H

#include "base/bytes.h"

struct growing_file {
	int fd;
	char *path;     /* for messages */
	uint64_t bytes; /* of whole pieces */
	int error;      /* the first one, which has been reported */
};

void growing_file_init(struct growing_file *f, int fd, const char *path);
void growing_file_fini(struct growing_file *f); /* closes it */

int growing_file_append(struct growing_file *f, const struct bytes *piece);
/* The same for what comes in masses: it leaves room for the little that must be written at the end.
 */
int growing_file_append_bulk(struct growing_file *f, const struct bytes *piece);
/* Gives back the room that was kept. */
void growing_file_trim(struct growing_file *f);
/* Overwrites bytes that are in the file already. */
int growing_file_rewrite(struct growing_file *f, uint64_t offset, const struct bytes *piece);

#endif
