/* SPDX-License-Identifier: MIT */
/*
 * Did both sides do the same job? Only then is a difference one between programs.
 *
 * The bytes that went in and out decide where there are enough of them; else the arguments do, and
 * of these only numbers and names of files, for a word may as well choose how the job is done.
 */
#ifndef PROF_DIFF_JOB_H
#define PROF_DIFF_JOB_H

#include "diff/run.h"
#include "diff/side.h"

enum job_verdict {
	JOB_SAME,
	JOB_ASSUMED, /* nothing speaks against it, but nothing proves it */
	JOB_OTHER
};
extern const char *const job_verdict_names[];

struct job_remark {
	bool is_difference;
	char *text;
};

struct job {
	enum job_verdict verdict;
	VEC(struct job_remark) remarks; /* what was compared, in order */
	char *why;                      /* it is another one; NULL */
	double work_ratio;              /* how much more input NEW had; 1: as much, or unknown */
};

/* `same_calls`: both sides chose the same system calls to be recorded. */
void job_compare(const struct run *base, const struct run *new, bool same_calls, struct job *out);
void job_fini(struct job *job);

/* What one side reads may be what the other one maps: then bytes read tell nothing. The file that
 * most of the reader's bytes are of; NULL when it is not so. */
const struct file_use *job_mapped_file(const struct run *reader, const struct run *mapper);

#endif
