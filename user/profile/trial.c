// SPDX-License-Identifier: MIT
#include "profile/trial.h"

static struct trial_side side_of(const struct report *report)
{
	const struct recording *r = report->recording;

	return (struct trial_side){
		.faults = scan_faults(&report->scan),
		.system_ns = recording_counter(r, "system_ns"),
		.wall_ns = recording_counter(r, "wall_ns"),
		.most_bytes = memory_totals(report->memory.model)->most_bytes,
		.exit_status = recording_known(r, "exit_status"),
	};
}

void trial_judge(const struct remedy *remedy, const struct report *before,
		 const struct report *after, struct trial *out)
{
	uint64_t wanted;

	*out = (struct trial){.remedy = remedy, .before = side_of(before), .after = side_of(after)};
	vec_each (&before->advice.diagnoses.items, d) {
		if (!diagnosis_answered_by(d, remedy))
			continue;
		*vec_push(&out->answered) = d;
		out->predicted_faults += d->saved_faults;
		out->predicted_least_ns += d->saved_least_ns;
		out->predicted_most_ns += d->saved_most_ns;
	}
	out->measured_faults = (int64_t)(out->before.faults - out->after.faults);
	wanted = out->predicted_faults ? out->predicted_faults / 2 : out->before.faults / 10;
	out->helped = out->measured_faults > 0 && (uint64_t)out->measured_faults >= wanted;
}

void trial_fini(struct trial *trial)
{
	vec_free(&trial->answered);
}
