/* SPDX-License-Identifier: MIT */
/*
 * Finds exact durations of given ranks by reading as few blocks as possible.
 *
 * A question names a system call, one bucket of the summaries' histograms and a rank within it.
 * All questions share their passes over the blocks, a bounded number of them at a time.
 */
#ifndef PROF_PROFILE_QUANTILE_PASS_H
#define PROF_PROFILE_QUANTILE_PASS_H

#include "recording/reader.h"

struct question {
	uint32_t key, bucket; /* syscall_key(), and a log-linear index of SUMMARY_BITS */
	uint64_t rank;        /* within the bucket, from 1 */
	uint64_t answer_ns;
	bool is_exact; /* false: rows are missing, the answer is the narrowest bound found */
};

void questions_answer(struct recording *r, struct question *questions, size_t nr);

#endif
