/* SPDX-License-Identifier: MIT */
/*
 * Files that are cut while they are mapped.
 *
 * Reading beyond the new end then raises SIGBUS, which ends a process. But readers of ELF files
 * take whatever bytes they find, so they go on with zeros instead: the page that is gone is
 * replaced by an empty one.
 */
#ifndef PROF_BASE_CUT_FILES_H
#define PROF_BASE_CUT_FILES_H

/* From here on, and for the whole process. */
void cut_files_survive(void);

#endif
