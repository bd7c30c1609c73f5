#!/bin/bash
# SPDX-License-Identifier: MIT
# Annotated source: known lines of the test programs, touched and called known numbers of times.

. "$(dirname "$0")/../lib.sh"

SOURCES=$ROOT/tests/programs

# annotate WORD FILTER [OPTION...]: what jq makes of the answer about the recording x
annotate() {
	"$PROF" annotate --json -i x "$1" "${@:3}" | jq -r "$2"
}

# line_of FILE TEXT: the number of the only line with that text
line_of() {
	grep -nF "$2" "$SOURCES/$1" | cut -d: -f1
}

# at WORD LINE KEY: a number of one line, 0 when the line has no events
at() {
	annotate "$1" "[.files[].lines[] | select(.line == $2) | .$3] | add // 0"
}

case_faults_are_at_their_lines() {
	local store
	record x "$PROGRAMS/call_paths" 100
	store=$(line_of program.h "((volatile char *)pages)[i * PAGE_BYTES] = value;")
	is "$(at write_pages "$store" self_faults)" 600 "faults by the line that writes"
	is "$(at write_pages "$store" faults)" 600 "faults on that line"
	is "$(at right "$(line_of call_paths.c "leaf(map_pages(2 * nr_pages)")" faults)" 200 "one call"
	is "$(at right "$(line_of call_paths.c "deeper(3 * nr_pages);")" faults)" 300 "the other call"
	is "$(at right "$(line_of call_paths.c "deeper(3 * nr_pages);")" self_faults)" 0 "of itself"
	is "$(at leaf "$(line_of call_paths.c "write_pages(pages")" faults)" 600 "below three callers"
	is "$(annotate leaf .target.faults)" 600 "the function's own sum"
	is "$(annotate leaf .all.faults)" "$(report x .totals.faults)" "sum of the recording"
}

case_lines_that_touch_nothing_new_have_no_faults() {
	record x "$PROGRAMS/touch_pages" 700
	is "$(at touch_first "$(line_of touch_pages.c "write_pages(pages, nr_pages, 1);")" faults)" \
		700 "first touch"
	is "$(at main "$(line_of touch_pages.c "touch_again(pages, nr_pages);")" faults)" 0 "again"
}

# 25 calls a round, all below the one line of main.
case_calls_are_at_their_lines() {
	local line
	record x "$PROGRAMS/known_calls" 10
	line=$(line_of known_calls.c "once(file, pipe_ends);")
	is "$(at main "$line" syscalls)" 250 "system calls"
	is "$(annotate main .all.syscalls)" "$(report x .totals.syscalls)" "sum of the recording"
	is "$(annotate main .all.syscall_ns)" "$(report x .totals.syscall_ns)" "their time"
	within "$(at main "$line" syscall_ns)" 1 "$(report x .totals.syscall_ns)" "time of the line"
}

case_a_file_has_the_lines_of_all_functions() {
	record x "$PROGRAMS/call_paths" 10
	is "$(annotate call_paths.c .file)" "$SOURCES/call_paths.c" "file"
	is "$(annotate call_paths.c .function)" null "function"
	is "$(annotate call_paths.c '.files | length')" 1 "files"
	is "$(annotate call_paths.c '.files[0].lines | map(.line) | . == (sort | unique)')" true \
		"in order"
	within "$(annotate call_paths.c '.files[0].lines | length')" 6 12 "lines with events"
	is "$(annotate call_paths.c ".files[0].lines[] | select(.line == $(line_of call_paths.c \
		'deeper(3 * nr_pages);')) | .source")" $'\tdeeper(3 * nr_pages);' "source"
}

case_the_text_has_source_and_numbers() {
	record x "$PROGRAMS/call_paths" 100
	"$PROF" annotate -i x right >text
	like "$(cat text)" " 0 +300 .* $(line_of call_paths.c "deeper(3") +deeper\(3 \* nr_pages\);" \
		"a line with faults"
	like "$(cat text)" "static FRAME void right\(long nr_pages\)" "a line around them"
	unlike "$(cat text)" "static FRAME void left" "a line far away"
	like "$("$PROF" annotate -i x right -C 20)" "static FRAME void left" "more context"
}

case_sources_may_be_gone_or_changed() {
	needs gcc
	cp "$SOURCES"/{call_paths.c,program.h} .
	gcc -g -O0 -D_GNU_SOURCE -o program call_paths.c
	record x ./program 100
	echo >>call_paths.c
	like "$("$PROF" annotate -i x left)" "has changed since the recording" "a changed file"
	is "$(annotate left '.files[0].is_newer')" true "is_newer"
	rm call_paths.c
	like "$("$PROF" annotate -i x left)" "is not here" "a missing file"
	is "$(annotate left '.files[0].is_here')" false "is_here"
	is "$(annotate left '.target.faults')" 100 "faults without the source"
}

case_unknown_and_unclear_words() {
	record x "$PROGRAMS/call_paths" 10
	run "$PROF" annotate -i x deper
	is "$status" 1 "exit status"
	like "$(cat err)" "did you mean 'deeper'" "the nearest"
	run "$PROF" annotate -i x e
	is "$status" 1 "exit status"
	like "$(cat err)" "may be any of" "too short a part"
	run "$PROF" annotate -i x
	is "$status" 2 "exit status without a word"
	run "$PROF" annotate -i x left right
	is "$status" 2 "exit status with two words"
}

# A stripped program has functions, by their unwind information, but no lines.
case_stripped_programs() {
	needs gcc
	gcc -O0 -s -D_GNU_SOURCE -o program "$SOURCES/call_paths.c"
	record x ./program 100
	is "$(report x '[.fault_paths[] | select(.faults >= 100)] | length')" 3 "paths to what writes"
	is "$(report x '[.fault_paths[] | select(.faults >= 100) | .frames[-1] |
		select(test("^program!fn@0x[0-9a-f]+$"))] | unique | length')" 1 "function that writes"
	is "$(report x '[.fault_paths[].frames[] | select(test("^program!fn@0x"))] | unique |
		length >= 6')" true "functions of the program"
	run "$PROF" annotate -i x "$(report x '[.fault_paths[] | select(.faults >= 300)][0].frames[-1]')"
	is "$status" 1 "exit status"
	like "$(cat err)" "no source line" "message"
}

run_cases "$@"
