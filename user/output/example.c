// SPDX-License-Identifier: MIT
#include "output/example.h"

#include <inttypes.h>
#include <math.h>

#include "output/json_value.h"
#include "output/printable.h"
#include "profile/facts.h"

void example_text(FILE *out, const struct recording *r, const struct example *e, const char *input,
		  unsigned int column)
{
	scoped_free char *file = input ? shell_word(input) : NULL;
	double at = (double)(e->start_ns - recording_start_ns(r)) / 1e9;

	if (e->task)
		fprintf(out, "%*se.g. prof script%s%s --tid=%" PRIu32 " --time=%.9f,%.9f\n",
			(int)column, "", file ? " -i " : "", file ? file : "",
			r->tasks.items[e->task].tid, fmax(0, at - 1e-9), at + 1e-9);
}

json_t *json_example(const struct recording *r, const struct example *e)
{
	json_t *object;

	if (!e->task)
		return json_null();
	object = json_object();
	json_object_set_new(object, "time_ns", json_count(e->start_ns - recording_start_ns(r)));
	json_object_set_new(object, "duration_ns", json_count(e->duration_ns));
	json_object_set_new(object, "tid", json_count(r->tasks.items[e->task].tid));
	return object;
}
