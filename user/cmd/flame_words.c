// SPDX-License-Identifier: MIT
#include "cmd/flame_words.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/bytes.h"
#include "cli/number.h"
#include "output/printable.h"
#include "profile/facts.h"
#include "profile/stack_quality.h"

char *flame_about(const struct recording *r)
{
	const char *host = recording_meta(r, "host"), *start = recording_meta(r, "start_unix_ns");
	time_t seconds = start ? (time_t)(strtoull(start, NULL, 10) / 1000000000) : 0;
	char when[64] = "";
	struct bytes command = {0};
	struct tm utc;
	char *text;

	vec_each (&r->meta, meta) {
		if (!strcmp(meta->key, "argv")) {
			scoped_free char *word = shell_word((char *)meta->value);

			bytes_append(&command, " ", command.size > 0);
			bytes_append(&command, word, strlen(word));
		}
	}
	bytes_u8(&command, 0);
	if (start && gmtime_r(&seconds, &utc))
		strftime(when, sizeof when, ", %Y-%m-%d %H:%M UTC", &utc);
	text = xasprintf("%s   (%s%s)", (char *)command.data, host ? host : "unknown host", when);
	bytes_fini(&command);
	return text;
}

char *flame_caveat(struct recording *r, const struct path_choice *choice)
{
	char lost_text[NUMBER_SIZE], cut_text[NUMBER_SIZE];
	struct stack_quality stacks;
	struct losses losses;
	struct scan scan;
	uint64_t lost;

	losses_of(r, &losses);
	lost = losses_sum(&losses, choice->events == BLOCK_FAULTS        ? "faults"
				   : choice->events == BLOCK_ALLOCATIONS ? "allocations"
									 : "syscalls");
	losses_fini(&losses);
	scan_recording(r, &scan);
	stack_quality_of(r, &scan, &stacks);
	scan_fini(&scan);
	percent_format(stacks.incomplete, stacks.incomplete + stacks.complete, cut_text);
	count_format(lost, lost_text);
	if (lost)
		return xasprintf(
			"%s events were lost; %s of stacks may lack frames: see prof report",
			lost_text, stacks.recorded ? cut_text : "all");
	if (!stacks.recorded)
		return xstrdup("Stacks were not recorded");
	/* A few events without a stack are in every recording. */
	return stacks.incomplete > (stacks.incomplete + stacks.complete) / 1000
		       ? xasprintf("%s of stacks may lack frames: see prof report", cut_text)
		       : NULL;
}

void flame_name_weights(const struct path_choice *choice, enum path_side side,
			struct flame_weight out[NR_WEIGHTS])
{
	/* Instead of what is counted, whose it is. */
	static const char *const sides[NR_PATH_SIDES] = {
		[BY_OWNER] = "Page faults by who made the memory",
		[BY_RETURNER] = "Page faults by who had given the memory back",
	};
	static const char *const kinds[] = {"Page faults", "Minor page faults", "Major page faults",
					    "Page faults that did not fail"};
	unsigned int kind = choice->kinds & 3;

	if (choice->events == BLOCK_ALLOCATIONS) {
		out[WEIGHT_COUNT] = (struct flame_weight){"blocks", "Blocks of allocators"};
		out[WEIGHT_BYTES] =
			(struct flame_weight){"memory", "Memory by allocators", WEIGHT_BYTES};
		return;
	}
	if (choice->events == BLOCK_SYSCALLS) {
		bool tail = choice->tail_ppm;

		out[WEIGHT_COUNT] = (struct flame_weight){"calls", tail ? "Slowest system calls"
									: "System calls"};
		out[WEIGHT_NS] = (struct flame_weight){
			"time",
			tail ? "Time of the slowest system calls beyond the others"
			     : "Time in system calls",
			WEIGHT_NS};
		return;
	}
	out[WEIGHT_COUNT] =
		(struct flame_weight){"faults", sides[side] ? sides[side] : kinds[kind]};
	out[WEIGHT_NS] = (struct flame_weight){"time", "Time in page faults", WEIGHT_NS};
	out[WEIGHT_BYTES] = (struct flame_weight){"memory", "Memory by page faults", WEIGHT_BYTES};
}
