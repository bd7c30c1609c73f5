#!/bin/bash
# SPDX-License-Identifier: MIT
# Several recordings as one: sums, balance, and that grouping makes no difference.

. "$(dirname "$0")/../lib.sh"

record_three() {
	record a "$PROGRAMS/touch_pages" 1000
	record b "$PROGRAMS/item_blocks" 10000
	record c sh -c 'ls >/dev/null; exit 3'
}

sum_of() {
	report "$1" ".totals.$2"
}

case_a_merged_recording_has_all_of_its_parts() {
	local what
	record_three
	run "$PROF" merge -o all a b c
	is "$status" 0 "exit status"
	like "$(cat err)" "wrote all .* from 3 recordings" "what was written"
	for what in faults syscalls syscall_errors processes threads syscall_ns; do
		is "$(sum_of all $what)" $(($(sum_of a $what) + $(sum_of b $what) + $(sum_of c $what))) "$what"
	done
	is_whole all "merged"
	is "$(faults_in all encode_item)" "$(faults_in b encode_item)" "names are kept"
	like "$("$PROF" report -i all)" "merged: +3 recordings" "it says so"
	like "$("$PROF" script -i all | grep -c openat)" "^[1-9]" "events with arguments"
}

case_grouping_makes_no_difference() {
	record_three
	"$PROF" merge -q -o ab a b
	"$PROF" merge -q -o ab_c ab c
	"$PROF" merge -q -o bc b c
	"$PROF" merge -q -o a_bc a bc
	is "$("$PROF" report --json -i ab_c | sha256sum)" "$("$PROF" report --json -i a_bc | sha256sum)" "reports"
	is "$("$PROF" script -i ab_c | sha256sum)" "$("$PROF" script -i a_bc | sha256sum)" "events"
	is "$("$PROF" diff --json ab_c a_bc | jq -r '.verdict[0].id')" no-difference "difference"
}

case_an_input_may_be_the_output() {
	record a "$PROGRAMS/touch_pages" 1000
	"$PROF" merge -q -o a a a
	within "$(sum_of a faults)" 2000 2200 "twice itself"
	run "$PROF" merge -q -o x a nothing
	is "$status" 1 "a file that is not there"
	is "$(ls)" "a
err
out" "nothing is left behind"
	run "$PROF" merge a
	is "$status" 2 "one file"
}

run_cases "$@"
