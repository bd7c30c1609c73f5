// SPDX-License-Identifier: MIT
/* `prof report --ratios --json`: "prof.ratios/1". */
#include "output/json_stream.h"
#include "output/json_value.h"
#include "output/ratios_output.h"
#include "profile/facts.h"

static json_t *json_ratio(uint64_t part, uint64_t whole)
{
	return whole ? json_real((double)part / (double)whole) : json_null();
}

static json_t *json_bytes(const struct byte_ratio *ratio)
{
	json_t *object = json_object();

	set(object, "calls", json_count(ratio->calls));
	set(object, "bytes", json_count(ratio->bytes));
	set(object, "bytes_per_call", json_ratio(ratio->bytes, ratio->calls));
	set(object, "of_asked", json_ratio(ratio->sized_bytes, ratio->asked_bytes));
	return object;
}

static json_t *json_file(const struct ratios *r, const struct read_file *file)
{
	json_t *object = json_object();

	set(object, "file", json_text(names_text(&r->ranges.files.names, file->name)));
	set(object, "bytes", json_count(file->bytes));
	set(object, "distinct_bytes", json_count(file->distinct));
	set(object, "amplification", json_ratio(file->bytes, file->distinct));
	return object;
}

static void write_amplification(struct json_stream *s, const struct ratios *r)
{
	size_t nr;
	scoped_free const struct read_file **files = ratios_files(r, &nr);

	json_stream_member(s, "read_amplification",
			   json_ratio(r->ranges.bytes, r->ranges.distinct));
	json_stream_member(s, "file_bytes", json_count(r->ranges.bytes));
	json_stream_member(s, "distinct_bytes", json_count(r->ranges.distinct));
	json_stream_member(s, "unplaced_bytes", json_count(r->ranges.unplaced));
	json_stream_array_begin(s, "files");
	for (size_t i = 0; i < nr; i++)
		json_stream_element(s, json_file(r, files[i]));
	json_stream_array_end(s);
}

void ratios_json(FILE *out, const struct ratios *r)
{
	json_t *families = json_object();
	struct json_stream s;

	for (int i = 0; i < NR_CALL_FAMILIES; i++)
		set(families, call_family_names[i], json_count(r->families[i]));
	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.ratios/1"));
	json_stream_member(&s, "lost", json_count(recording_lost_syscalls(r->recording)));
	json_stream_member(&s, "calls", json_count(r->calls));
	json_stream_member(&s, "run_ns", json_count(r->run_ns));
	json_stream_member(&s, "calls_per_second",
			   json_real((double)r->calls * 1e9 / (double)r->run_ns));
	json_stream_member(&s, "families", families);
	json_stream_member(&s, "reads", json_bytes(&r->reads));
	json_stream_member(&s, "writes", json_bytes(&r->writes));
	if (r->has_ranges)
		write_amplification(&s, r);
	json_stream_end(&s);
}
