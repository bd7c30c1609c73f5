#!/bin/bash
# SPDX-License-Identifier: MIT
# Stacks: planted chains of calls in a program without frame pointers, whole and exact.

. "$(dirname "$0")/../lib.sh"

# chain FILE: the paths of faults in touch(), below the loader's or the thread's start
chain() {
	report "$1" '.fault_paths[] | select(.frames[-1] == "touch") | .frames | join(" ")' |
		sed -E 's/^_start (__libc_start_main[^ ]* )?(__libc_start_call_main )?//'
}

# share FILE: how many of a thousand events with a stack have a complete one
share() {
	report "$1" '.stacks | 1000 * .complete / (.complete + .incomplete) | floor'
}

# cut_short FILE: how many stacks end early, or perhaps do
cut_short() {
	report "$1" '.stacks.incomplete'
}

# planted CHAIN MODE [ARGUMENT]: one fault in touch(), on exactly this chain of calls
planted() {
	local chain=$1
	shift
	record x "$PROGRAMS/hard_stacks" "$@"
	is "$status" 0 "$1: exit status"
	is "$(chain x)" "$chain" "$1: calls"
	within "$(share x)" 990 1000 "$1: complete stacks in a thousand"
	is_whole x "$1"
}

case_recursion_of_900_frames() {
	local frames
	frames=$(printf 'recurse %.0s' $(seq 901))
	planted "main run ${frames}touch" recurse 900
}

case_recursion_beyond_the_limit_is_cut_and_says_so() {
	record x "$PROGRAMS/hard_stacks" recurse 2000
	within "$(report x .stacks.reasons.too_deep)" 2 40 "stacks that are too deep"
	is "$(chain x)" "$(printf 'recurse %.0s' $(seq 1023))touch" "the innermost frames"
	is_whole x "too deep"
}

case_callback_through_the_c_library() {
	record x "$PROGRAMS/hard_stacks" sort
	like "$(chain x)" "^main run sort ([_a-z]*(qsort|msort)[_a-z]* )+compare touch$" "sort: calls"
	is_whole x sort
}

case_signal_handler() {
	planted "main run outer trap __restore_rt handle touch" signal
}

case_signal_handler_on_a_stack_of_its_own() {
	planted "main run outer trap __restore_rt handle touch" altstack
}

case_thread() {
	record x "$PROGRAMS/hard_stacks" thread
	like "$(chain x)" "^(__)?clone3? start_thread thread_main touch$" "thread: calls"
	is "$(cut_short x)" 0 "thread: stacks that end early"
	is_whole x thread
}

case_after_longjmp() {
	planted "main run land touch" longjmp
}

case_vforked_child_and_its_new_program() {
	record x "$PROGRAMS/hard_stacks" vfork
	is "$(chain x | grep -c "^main run spawn touch$")" 1 "faults of the child before its exec"
	is "$(chain x | grep -c "^main run sort .* compare touch$")" 1 "faults of its program"
	within "$(share x)" 990 1000 "vfork: complete stacks in a thousand"
	is_whole x vfork
}

case_realigned_stack() {
	planted "main run align touch" align
}

case_frame_of_300_kilobytes() {
	planted "main run huge touch" huge
}

case_coroutine() {
	record x "$PROGRAMS/hard_stacks" coroutine
	like "$(chain x)" "coroutine touch$" "coroutine: calls"
	is "$(cut_short x)" 0 "coroutine: stacks that end early"
	is_whole x coroutine
}

case_segments_with_a_hole_between() {
	record x "$PROGRAMS/segments_apart"
	is "$(chain x)" "main apart touch" "apart: calls"
	is "$(cut_short x)" 0 "apart: stacks that end early"
	is_whole x apart
}

# The library's table is made after it was mapped; what came before that is finished in user space.
case_library_loaded_later() {
	needs gcc
	printf 'void plugin_call(void (*call)(void))\n{\n\tcall();\n\t__asm__ volatile("");\n}\n' >plugin.c
	gcc -O2 -fomit-frame-pointer -shared -fPIC -o plugin.so plugin.c || skip "gcc does not work"
	planted "main run load plugin_call touch" load ./plugin.so
}

# A library that is gone by the time that anybody could read it has no table, and its stacks say so.
case_library_removed_at_once() {
	needs gcc
	printf 'void plugin_call(void (*call)(void))\n{\n\tcall();\n\t__asm__ volatile("");\n}\n' >plugin.c
	gcc -O2 -fomit-frame-pointer -shared -fPIC -o plugin.so plugin.c || skip "gcc does not work"
	record x "$PROGRAMS/hard_stacks" remove ./plugin.so
	is "$status" 0 "remove: exit status"
	like "$(chain x)" "plugin_call.* touch$|touch$" "remove: calls"
	is_whole x remove
}

# A program as everybody has it, none of it built here.
case_program_of_the_distribution() {
	record x ls -lR /usr/include
	within "$(share x)" 990 1000 "ls: complete stacks in a thousand"
	is "$(report x '.stacks.reasons | .no_rule + .no_code + .broken + .unreadable')" 0 \
		"ls: stacks that end for another reason than a late table"
	is_whole x ls
	echo "# ls: $(report x '.stacks | tojson')"
}

case_threads_that_map_code_at_the_same_time() {
	record x "$PROGRAMS/map_threads" 4 20000
	within "$(report x '[.fault_paths[] | select(.frames[-2:] == ["touch_by_mapping", "touch_one"]) |
		.faults] | add')" 159900 160000 "of each new mapping, the fetch of its code and the touch"
	within "$(share x)" 999 1000 "complete stacks in a thousand"
	is_whole x map_threads
}

# whole_share COMMAND...: of a command with many files, 99.9% of the stacks are complete. Tables of
# files that nobody could foresee are made while it runs, by a thread that a busy machine may keep
# from running: so in one of three tries.
whole_share() {
	for _ in 1 2 3; do
		record x "$@"
		is_whole x "$1"
		echo "# $1: $(report x '.stacks | tojson')"
		[ "$(share x)" -lt 999 ] || break
	done
	within "$(share x)" 999 1000 "$1: complete stacks in a thousand"
}

case_interpreter_with_extensions() {
	needs python3
	whole_share python3 -c 'import json, ctypes, sqlite3'
}

case_compiler_behind_its_driver() {
	needs gcc
	whole_share gcc -O2 -c -o /dev/null -I"$ROOT/tests/programs" "$ROOT/tests/programs/hard_stacks.c"
	is "$("$PROF" info --json -i x | jq '.counters["unwind.files_without_table"]')" 0 "gcc: files without a table"
}

case_without_stacks_there_are_none() {
	record x --no-stacks "$PROGRAMS/hard_stacks" huge
	is "$(report x .stacks.recorded)" false "stacks"
	is_whole x "no stacks"
}

run_cases "$@"
