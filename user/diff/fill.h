/* SPDX-License-Identifier: MIT */
/* One run's page faults, regions and system calls into the rows of the facets. */
#ifndef PROF_DIFF_FILL_H
#define PROF_DIFF_FILL_H

#include "diff/alignment.h"
#include "diff/scope.h"
#include "diff/table.h"

void tables_fill(struct diff_table tables[NR_FACETS], const struct scope *scope,
		 struct alignment *alignment, enum side side, uint32_t number,
		 const struct run *run);

/* "16.0 to 32.0 MiB": a size class in words. */
char *size_class_text(uint32_t size_class);
/* "mmap in context_create", "malloc in parse": a site by the function's common name; to be freed.
 */
char *site_label(struct alignment *a, enum side side, const struct site *site);

#endif
