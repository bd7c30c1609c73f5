// SPDX-License-Identifier: MIT
#include "analysis/analysis.h"

#include <errno.h>

#include "base/error.h"
#include "base/nearest.h"

static const char *const part_names[] = {
	"modes", "anomalies", "changes", "clusters", "correlation", "heat", NULL,
};

void analysis_build(struct recording *r, uint32_t parts, uint32_t heat_key, struct analysis *out)
{
	*out = (struct analysis){.recording = r, .parts = parts};
	if (parts & ANALYSIS_HEAT)
		heat_build(r, heat_key, &out->heat);
	if (parts & ANALYSIS_STUDY)
		study_build(r, &out->study);
	if (parts & ANALYSIS_COURSE)
		course_build(r, &out->course);
	if (parts & ANALYSIS_CLUSTERS)
		kinds_build(r, &out->kinds);
}

void analysis_fini(struct analysis *a)
{
	if (a->parts & ANALYSIS_HEAT)
		heat_fini(&a->heat);
	if (a->parts & ANALYSIS_STUDY)
		study_fini(&a->study);
	if (a->parts & ANALYSIS_COURSE)
		course_fini(&a->course);
	if (a->parts & ANALYSIS_CLUSTERS)
		kinds_fini(&a->kinds);
}

static int part_parse(const char *word, size_t size, uint32_t *out)
{
	scoped_free char *text = xstrndup(word, size);
	const char *nearest;

	for (unsigned int i = 0; part_names[i]; i++) {
		if (!strcmp(text, part_names[i])) {
			*out |= 1U << i;
			return 0;
		}
	}
	nearest = nearest_word(text, part_names);
	refuse(-EINVAL, "an analysis has no part '%s'", text);
	if (nearest)
		hint("did you mean '%s'?", nearest);
	else
		hint("choose some of modes, anomalies, changes, clusters, correlation and heat");
	return -EINVAL;
}

int analysis_parts_parse(const char *words, uint32_t *out)
{
	*out = 0;
	for (;; words++) {
		size_t size = strcspn(words, ",");

		if (part_parse(words, size, out))
			return -EINVAL;
		words += size;
		if (!*words)
			return 0;
	}
}
