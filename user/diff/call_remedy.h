/* SPDX-License-Identifier: MIT */
/* What usually helps against too many of a system call. */
#ifndef PROF_DIFF_CALL_REMEDY_H
#define PROF_DIFF_CALL_REMEDY_H

const char *call_remedy(const char *name); /* NULL: nothing that can be said of the call alone */

#endif
