#!/bin/bash
# SPDX-License-Identifier: MIT
# Two recordings compared: what is counted, what is claimed, how it is asked for, and bad input.

. "$(dirname "$0")/../lib.sh"

# diffed FILTER ARGUMENTS...: what jq makes of a comparison
diffed() {
	"$PROF" diff --json "${@:2}" >.diff.json || return
	jq -r "$1" .diff.json
}

case_the_same_recording_has_no_difference() {
	record a "$PROGRAMS/touch_pages" 5000
	is "$(diffed '.verdict | map(.id) | join(" ")' a a)" no-difference "verdict"
	is "$(jq -r '[.. | objects | .delta? // 0 | select(. != 0)] | length' .diff.json)" 0 "deltas"
	is "$(jq -r '[.fault_paths, .call_paths, .matches, .inlined] | map(length) | add' .diff.json)" 0 \
		"paths and matches"
	run "$PROF" diff --exit-code a a
	is "$status" 0 "exit status"
	like "$(cat out)" "NEW and BASE have the same page faults" "in words"
}

case_two_runs_of_one_program_have_no_difference() {
	record a "$PROGRAMS/touch_pages" 5000
	record b "$PROGRAMS/touch_pages" 5000
	is "$(diffed '.verdict | map(.id) | join(" ")' a b)" no-difference "verdict"
	run "$PROF" diff --exit-code a b
	is "$status" 0 "exit status"
}

# The short version of scripts/bench diff.
case_programs_do_not_differ_from_themselves() {
	local command flags=0
	seq 30000 >lines
	for command in 'ls -la /usr/bin' 'gzip -c lines' 'sort lines' 'grep -c 7 lines' 'perl -e 1' \
		'gcc --version' 'xz -T2 -1 -c lines' 'tar -cf - lines'; do
		# shellcheck disable=SC2086 # a word each
		record a $command >/dev/null
		# shellcheck disable=SC2086
		record b $command >/dev/null
		"$PROF" diff --exit-code a b >out || fail_case "$command" "$(sed -n '/^Verdict/,$p' out)"
		grep -q '\[no-difference\]' out || flags=$((flags + 1))
	done
	is "$flags" 0 "verdicts that say anything"
}

case_pages_are_counted_and_the_direction_is_told() {
	record a "$PROGRAMS/touch_pages" 5000
	record b "$PROGRAMS/touch_pages" 5100
	is "$(diffed .totals.faults.delta a b)" \
		"$(($(report b .totals.faults) - $(report a .totals.faults)))" "difference of the reports"
	is "$(diffed .totals.faults.differs a b)" true "2 % are found"
	is "$(diffed '-.totals.faults.delta' b a)" "$(diffed .totals.faults.delta a b)" "the other way round"
	like "$("$PROF" diff a b)" "NEW takes [0-9]+ page faults more than BASE" "in words"
	like "$("$PROF" diff b a)" "NEW takes [0-9]+ page faults less than BASE" "in words"
	is "$(diffed '.verdict[0].id' a b)" not-the-same-job "another number of pages is another job"
}

case_parts_add_up_to_the_totals() {
	local facet
	record a "$PROGRAMS/item_blocks" 20000
	record b "$PROGRAMS/call_paths" 1000
	diffed .schema a b >schema
	is "$(cat schema)" prof.diff/1 "schema"
	for facet in causes regions sizes owners returners; do
		is "$(jq "[.${facet}[].base] | add" .diff.json)" "$(report a .totals.faults)" "$facet of BASE"
		is "$(jq "[.${facet}[].new] | add" .diff.json)" "$(report b .totals.faults)" "$facet of NEW"
	done
	for facet in syscalls call_sites; do
		is "$(jq "[.${facet}[].base] | add" .diff.json)" "$(report a .totals.syscalls)" "$facet of BASE"
	done
	is "$("$PROF" diff --folded a b | awk '{ base += $(NF - 1); new += $NF } END { print base, new }')" \
		"$(report a .totals.faults) $(report b .totals.faults)" "folded"
}

case_without_arguments_the_run_before_is_base() {
	record prof.data "$PROGRAMS/touch_pages" 3000
	record prof.data "$PROGRAMS/touch_pages" 9000
	like "$("$PROF" diff)" "NEW takes (5,9|6,0)[0-9][0-9] page faults more" "prof.data.old against prof.data"
}

case_conditions_decide_the_exit_status() {
	record a "$PROGRAMS/touch_pages" 10000
	record b "$PROGRAMS/touch_pages" 1000
	run "$PROF" diff --fail-if='faults>+5%' a b
	is "$status" 0 "fewer faults"
	run "$PROF" diff --fail-if='faults>+5%' b a
	is "$status" 1 "more faults"
	run "$PROF" diff --fail-if='faults>+20k' b a
	is "$status" 0 "more, but not so many"
	run "$PROF" diff --fail-if='calls:openat>+0' a b
	is "$status" 0 "calls of one name"
	run "$PROF" diff --exit-code b a
	is "$status" 1 "any difference"
	run "$PROF" diff --threshold=1000% b a
	is "$status" 0 "below the threshold"
	run "$PROF" diff --threshold=800% b a
	is "$status" 1 "beyond the threshold"
	run "$PROF" diff --goal=faults=-80% a b
	is "$status" 0 "a goal reached"
	like "$(cat out)" "faults=-80% +reached: -8[0-9.]+% \(between -.*%\), a reduction of the class: 80 to 90%" "its class"
	run "$PROF" diff --goal=faults=-95% a b
	is "$status" 1 "a goal missed"
	run "$PROF" diff --fail-if='fauts>+5%' a b
	is "$status" 2 "no such metric"
	like "$(cat err)" "did you mean 'faults'" "hint"
	run "$PROF" diff --fail-if='faults' a b
	is "$status" 2 "no condition"
}

case_repeated_runs_have_ranges_and_a_test() {
	record a --repeat 5 "$PROGRAMS/touch_pages" 10000
	is "$status" 0 "exit status"
	is "$(echo a.*)" "a.1 a.2 a.3 a.4 a.5" "files"
	record b --repeat 5 "$PROGRAMS/touch_pages" 10000
	record c --repeat 5 "$PROGRAMS/touch_pages" 10205
	is "$(diffed '.verdict[0].id' a b)" no-difference "five runs against five of the same"
	is "$(diffed '.totals.faults | .differs' a c)" true "2 % more"
	within "$(jq '.totals.faults.p * 1000 | round' .diff.json)" 7 9 "p of ten runs that part"
	within "$(jq '.totals.faults.delta | round' .diff.json)" 195 215 "difference of the means"
	like "$("$PROF" diff --base a.1,a.2,a.3 --new c.1,c.2,c.3)" "\(3 runs: a.1, ...\)" "lists of files"
	record d --repeat 3 sh -c 'exit 5'
	is "$status" 5 "the command's exit status"
	record e --repeat 3 ./nothing 2>/dev/null
	is "$status" 127 "a command that is not there"
}

case_units_of_work_divide() {
	record a "$PROGRAMS/read_bytes" 1000
	record b "$PROGRAMS/read_bytes" 2000
	is "$(diffed '.totals.syscalls | (.base / .base_per_unit * 10 | round)' --per=4 a b)" 40 "a number"
	is "$(diffed .unit --per=calls:read a b)" "call of read" "calls"
	run "$PROF" diff --per=calls:nothing a b
	is "$status" 2 "no such call"
	run "$PROF" diff --per=calls:chroot a b
	is "$status" 2 "none of these calls"
}

case_bad_input_is_told_first() {
	record a "$PROGRAMS/touch_pages" 1000
	record f -e faults "$PROGRAMS/touch_pages" 1000
	record t -e trace=openat "$PROGRAMS/touch_pages" 1000
	run "$PROF" diff a f
	is "$status" 0 "faults alone"
	like "$(cat out)" "caution +system calls were recorded in BASE only, and are not compared" "one kind alone"
	is "$(diffed '.totals.syscalls' a f)" null "no totals of calls"
	like "$("$PROF" diff a t)" "caution +page faults were recorded in BASE only" "no faults"
	run "$PROF" diff --fail-if='faults>+5%' a t
	is "$status" 2 "a condition that cannot be told"
	head -c 3000 a >part
	run "$PROF" diff a part
	like "$(cat out err)" "incomplete|damaged|empty" "a part of a file"
	run "$PROF" diff a nothing
	is "$status" 2 "no such file"
	run "$PROF" diff a
	is "$status" 2 "one file"
	run "$PROF" diff a a a
	is "$status" 2 "three files"
	: >empty
	run "$PROF" diff a empty
	is "$status" 2 "an empty file"
}

case_only_what_both_sides_chose_is_compared() {
	record a -e trace=write,close "$PROGRAMS/read_bytes" 300
	record b "$PROGRAMS/read_bytes" 300
	record c -e trace=openat "$PROGRAMS/read_bytes" 300
	record d --ptrace "$PROGRAMS/read_bytes" 300
	record e --no-args "$PROGRAMS/read_bytes" 300
	is "$(diffed '[.totals.syscalls, .totals["read-bytes"]] | tojson' a b)" "[null,null]" "no totals of other choices"
	is "$(jq -r '[.syscalls[].name] | sort | join(" ")' .diff.json)" "close write" "only calls of both"
	is "$(jq -r '.verdict[0].id' .diff.json)" no-difference "what one side left out is no difference"
	is "$(diffed '[.syscalls, .call_sites, .files, .call_paths] | map(length) | add' a c)" 0 "nothing in common"
	run "$PROF" diff --exit-code a c
	is "$status" 0 "and so no difference"
	run "$PROF" diff --fail-if 'calls:read>+1' a b
	is "$status" 2 "a limit on what one side left out"
	is "$(diffed '.totals["syscall-time"]' b d)" null "times of a tracer"
	like "$("$PROF" diff b d)" "caution +times of NEW's system calls include those of the tracer" "why"
	is "$(diffed '.files | length' b e)" 0 "files without arguments"
	like "$("$PROF" diff b e)" "caution +files are known in BASE only" "why"
}

case_pictures_compare_what_both_sides_have() {
	record a -e faults "$PROGRAMS/touch_pages" 1000
	record b -e trace=openat "$PROGRAMS/touch_pages" 1000
	record c "$PROGRAMS/touch_pages" 1000
	run "$PROF" diff --folded a b
	is "$status$(cat out)" 2 "no faults on one side"
	like "$(cat err)" "NEW has no page faults to compare" "why"
	run "$PROF" diff -o x.svg a b
	is "$status" 2 "as a picture"
	run "$PROF" flame --diff --weight=syscalls a c -o x.svg
	isnt "$status" 0 "no calls on one side"
	is "$(find . -name x.svg)" "" "and no file"
	run "$PROF" flame --diff a c -o x.svg
	like "$(cat err)" "note: system calls were recorded in NEW only" "what speaks against it"
	like "$(cat x.svg)" "Caution: system calls were recorded in NEW only" "in the picture, too"
}

case_markdown_and_text_are_written() {
	record a "$PROGRAMS/touch_pages" 1000
	record b "$PROGRAMS/touch_pages" 8000
	"$PROF" diff --markdown a b >md
	like "$(cat md)" "^## prof diff" "Markdown"
	like "$(cat md)" "\| page faults \| 1,[0-9]+ \| 8,[0-9]+ \|" "a row of it"
	"$PROF" diff -o text a b
	like "$(cat text)" "^BASE .*NEW " "a file"
}

# quantile FILTER PERCENT FILE: by nearest rank, of the calls that a filter of prof script picks
quantile() {
	events "$3" "select($1) | .duration_ns" | sort -n | awk -v p="$2" \
		'{ v[NR] = $1 } END { r = int((NR * p + 99) / 100); print v[r < 1 ? 1 : r] }'
}

case_callers_and_files_have_errors_and_percentiles() {
	local side data
	record a "$PROGRAMS/read_bytes" 150
	record b "$PROGRAMS/read_bytes" 450
	"$PROF" diff --json a b >d
	for side in base:a new:b; do
		data=${side#*:} side=${side%:*}
		is "$(jq ".call_sites[] | select(.name == \"read in read_bytes\") | .${side}_p50_ns" d)" \
			"$(quantile '.name == "read" and .result == 1' 50 "$data")" "median of the reads of $data"
		is "$(jq ".files[] | select(.name == \"/dev/zero\") | .${side}_p99_ns" d)" \
			"$(quantile '(.name == "read" and .result == 1) or
				((.arguments // {} | tostring) | test("/dev/zero"))' 99 "$data")" "p99 of the file of $data"
	done
	is "$(jq -c '.call_sites[] | select(.name == "read in read_bytes") | [.base, .new, .delta, .differs]' d)" \
		"[150,450,300,true]" "calls"
	is "$(jq '.syscalls[] | select(.name == "exit_group") | .base_p50_ns' d)" null "too few to tell"
	like "$("$PROF" diff --by=call_sites a b)" "p50_us +p50_us +p99_us +p99_us" "as text"
	like "$("$PROF" diff --by=call_sites a b)" "read in read_bytes +150 +450 .* [0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+  differs" "a row of it"
	like "$("$PROF" diff --by=syscalls a b | grep ' brk ')" " - +-( |\$)" "too few in text"
	like "$("$PROF" diff --markdown a b)" "read in read.*bytes. \| 150 → 450 \| 0 → 0 \| .* → .* \|" "Markdown"
	run "$PROF" diff --fail-if 'p99:close>+5%' a b
	is "$status" 2 "p99 of too few calls"
	like "$(cat out)" "cannot be told: .*too few calls" "why"
}

case_errors_are_compared_by_caller_and_file() {
	cat >stat.c <<'END'
#include <stdlib.h>
#include <unistd.h>
__attribute__((noinline)) static void probe(int n) { while (n--) access("/nowhere/at/all", R_OK); }
int main(int argc, char **argv) { probe(atoi(argv[1])); return 0; }
END
	gcc -O1 -g -o stat stat.c
	record a ./stat 100
	record b ./stat 400
	is "$(diffed '.call_sites[] | select(.name == "access in probe") | "\(.base_errors) \(.new_errors)"' a b)" \
		"100 400" "by caller"
	is "$(jq -r '.files[] | select(.name == "/nowhere/at/all") | "\(.base) \(.new_errors) \(.differs)"' .diff.json)" \
		"100 400 true" "by file"
}

case_blocks_are_compared_where_both_sides_have_them() {
	cat >blocks.c <<'END'
#include <stdlib.h>
#include <string.h>
char *keep;
__attribute__((noinline)) static void fill(int n, size_t size)
{
	while (n--) {
		keep = malloc(size);
		memset(keep, 1, size / 2);
		free(keep);
	}
}
int main(int argc, char **argv) { fill(atoi(argv[1]), atol(argv[2])); return 0; }
END
	gcc -O1 -g -o blocks blocks.c
	record a -e faults,malloc ./blocks 100 1000
	record b -e faults,malloc ./blocks 5000 1000
	record c -e faults,malloc ./blocks 100 100000
	is "$(diffed '.blocks[] | select(.name == "malloc in fill") |
		"\(.base) \(.new) \(.base_bytes) \(.new_bytes) \(.differs)"' a b)" \
		"100 5000 100000 5000000 true" "blocks and bytes"
	is "$(jq '[.blocks[].new] | add' .diff.json)" "$(jq .totals.blocks.new .diff.json)" "rows add up"
	like "$(jq -r '.verdict[] | select(.id == "more-blocks") | "\(.side) \(.title)"' .diff.json)" \
		"new In NEW: 4,900 blocks of memory more than the 10[0-9] of BASE, most by malloc in fill" "finding"
	is "$(diffed '.verdict[] | select(.id == "more-blocks") | .side' b a)" base "the other way round"
	is "$(diffed '.blocks[] | select(.name == "malloc in fill") | .new_untouched_bytes > .base_untouched_bytes' a c)" \
		true "never touched"
	like "$(jq -r '.verdict[] | select(.id == "larger-blocks") | .title' .diff.json)" "most by malloc in fill" "larger ones"
	like "$("$PROF" diff --by=blocks a c)" "malloc in fill +100 +100 += .* [0-9.]+ [nµm]s +[0-9.]+ [nµm]s .*differs" "as text"
	is "$(diffed '.verdict[0].id' a a)" no-difference "the same twice"
	run "$PROF" diff --fail-if 'blocks>+10%' a b
	is "$status" 1 "a limit on blocks"
	record d -e faults ./blocks 100 1000
	like "$("$PROF" diff a d)" "caution +blocks of the allocator were recorded in BASE only, and are not compared" "one side"
	is "$(diffed '.blocks | length' a d)" 0 "no rows then"
	unlike "$("$PROF" diff d d)" "blocks of the allocator" "neither side"
}

run_cases "$@"
