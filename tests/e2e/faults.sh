#!/bin/bash
# SPDX-License-Identifier: MIT
# Page faults: programs of known counts, by function, kind, mode, and the pages that syscalls populate.

. "$(dirname "$0")/../lib.sh"

# beyond FILTER PROGRAM ARGUMENT...: the number in a run, less that in a run whose last argument, a
# number of pages, is 1. Without address randomization a process's own faults are the same in both.
beyond() {
	local filter=$1
	shift
	setarch -R "$PROF" record -q -o with "$PROGRAMS/$1" "${@:2}" >/dev/null
	setarch -R "$PROF" record -q -o without "$PROGRAMS/$1" "${@:2:$#-2}" 1 >/dev/null
	echo $(($(report with "$filter") - $(report without "$filter")))
}

case_touching_pages_faults_once_for_each() {
	record x "$PROGRAMS/touch_pages" 1000
	is "$(faults_in x touch_first)" 1000 "faults of the first touch"
	is "$(faults_in x touch_again)" 0 "faults of the second touch"
	is_whole x "touch_pages"
	is "$(beyond .totals.faults_minor touch_pages 1001)" 1000 "faults more than with one page"
	is "$(beyond .totals.faults_minor touch_pages 2)" 1 "faults more with two pages"
}

case_every_fault_is_listed_with_its_page() {
	record x "$PROGRAMS/touch_pages" 1000
	fault_events x touch_first .address >pages
	is "$(sort -u pages | wc -l)" 1000 "distinct pages"
	is "$(wc -l <pages)" 1000 "faults"
	is "$(fault_events x touch_first '"\(.kind) \(.mode) \(.access)"' | sort -u)" "minor user write" \
		"their kind"
}

# Threads that end together with their process each see no other alive.
case_faults_balance_when_threads_end_together() {
	for _ in 1 2 3 4 5; do
		record x "$PROGRAMS/threads_left" 50
		is_whole x threads_left
	done
	is "$(report x .totals.threads)" 52 "threads"
	is "$(events x 'select(.type == "exit" and .exit == 0) | .pid' | sort | uniq | wc -l)" 2 \
		"processes that ended"
}

# A thread that is ended clears its number in memory, which takes a copy where a child shares it.
case_faults_of_threads_that_are_being_ended() {
	record x "$PROGRAMS/threads_left" 50 1
	is_whole x "the command's threads"
	record y sh -c '"$1" 50 1; true' - "$PROGRAMS/threads_left"
	is_whole y "a child's threads"
	within "$(report x .reconciliation.after_exit)" 1 50 "faults after the end of a thread"
}

case_a_childs_copies_on_write_are_its_own() {
	record x "$PROGRAMS/copy_on_write" 500
	is "$(faults_in x fill)" 500 "first touches"
	is "$(faults_in x write_copies)" 500 "copies"
	is "$(fault_events x write_copies .error_code | sort | uniq -c | awk '{print $1, $2}')" "500 7" \
		"writes to present pages"
	isnt "$(fault_events x fill .pid | sort -u)" "$(fault_events x write_copies .pid | sort -u)" \
		"the process that copies"
	is_whole x copy_on_write
}

case_a_read_into_fresh_memory_faults_in_kernel_mode() {
	is "$(beyond .fault_kinds.minor.kernel populate read 701)" 700 "kernel-mode faults"
	is "$(beyond .totals.pages_populated populate read 701)" 0 "pages populated"
	is_whole with "read"
	is "$(events with 'select(.type == "syscall" and .name == "read") | .populated_pages' |
		sort -u)" 0 "pages that reads populated without a fault"
}

# how CALL: the call with that name is said to have populated the pages, and none faulted
populates() {
	is "$(beyond .totals.pages_populated populate "$1" 601)" 600 "$1: pages populated"
	is "$(report with .totals.faults)" "$(report without .totals.faults)" "$1: faults"
	is "$(events with "select(.name == \"$2\") | .populated_pages" | sort -n | tail -n 1)" 601 \
		"$1: pages populated by one $2"
	is_whole with "$1"
}

case_map_populate_is_no_fault_but_is_counted() {
	populates map mmap
}

case_mlock_populates() {
	"$PROGRAMS/populate" mlock 600 || skip "mlock does not work here"
	populates mlock mlock
}

case_madvise_populates() {
	"$PROGRAMS/populate" madvise 600 || skip "MADV_POPULATE_WRITE does not work here"
	populates madvise madvise
}

case_direct_input_populates() {
	head -c $((600 * 4096)) /dev/zero >file
	"$PROGRAMS/populate" direct 600 file || skip "O_DIRECT does not work here"
	record x "$PROGRAMS/populate" direct 600 file
	is "$(events x 'select(.name == "read") | .populated_pages' | sort -n | tail -n 1)" 600 \
		"pages populated by one read"
	is_whole x "O_DIRECT"
}

case_failed_faults_are_told_apart() {
	record x "$PROGRAMS/segv" continue 100
	is "$(report x .totals.faults_failed)" 100 "failed faults of a handler that continues"
	is "$(report x .fault_kinds.failed.user)" 100 "in user mode"
	is "$(fault_events x write_nowhere 'select(.kind == "failed") | .kind' | wc -l)" 100 \
		"faults of the function"
	is_whole x "segv continue"
	record y "$PROGRAMS/segv" efault 50
	is "$(report y .fault_kinds.failed.kernel)" 50 "failed faults in kernel mode"
	is "$(errors y uname EFAULT)" 50 "calls that failed by them"
	is_whole y "segv efault"
	record z "$PROGRAMS/touch_pages" 100
	is "$(report z .totals.faults_failed)" 0 "failed faults of a healthy program"
}

case_reading_a_cold_file_is_major() {
	head -c $((200 * 4096)) /dev/urandom >file
	sync file
	record x "$PROGRAMS/cold_file" file 200 >resident
	[ "$(cat resident)" = 0 ] || skip "this file system keeps dropped pages in memory"
	is "$(fault_events x read_pages .kind | sort | uniq -c | awk '{print $1, $2}')" "200 major" \
		"major faults"
	within "$(report x .reconciliation.rusage_majflt)" 200 260 "major faults by wait4"
	is_whole x cold_file
}

case_faults_have_their_path() {
	record x "$PROGRAMS/call_paths" 100
	report x '.fault_paths[] | "\(.frames | join(";")) \(.faults)"' >paths
	path_sum() {
		awk -v pattern="$1" '$0 ~ pattern { sum += $NF } END { print sum + 0 }' paths
	}
	is "$(path_sum 'main.*left.*leaf')" 100 "main > left > leaf"
	is "$(path_sum 'main.*right.*leaf')" 500 "main > right > ... > leaf"
	is "$(path_sum 'main.*right.*deeper.*leaf')" 300 "main > right > deeper > leaf"
	is "$(path_sum 'leaf')" 600 "leaf"
	is "$(awk '{ sum += $NF } END { print sum }' paths)" "$(report x .totals.faults)" \
		"all paths together"
}

case_only_faults_when_asked() {
	record x -e faults "$PROGRAMS/touch_pages" 300
	is "$(faults_in x touch_first)" 300 "faults"
	is "$(report x .totals.syscalls)" 0 "system calls"
	is "$(events x 'select(.type == "syscall") | .name' | wc -l)" 0 "system calls listed"
	is_whole x "-e faults"
}

case_threads_and_children_are_followed() {
	record x "$PROGRAMS/fork_many" 30
	is "$(report x .totals.processes)" 31 "processes"
	is_whole x fork_many
	record y "$PROGRAMS/threads" 20 100
	is "$(report y .totals.threads)" 21 "threads"
	is_whole y threads
}

case_libraries_that_come_and_go() {
	record x "$PROGRAMS/dlopen_loop" 40
	is "$status" 0 "exit status"
	within "$(report x '.totals.faults_minor')" 80 100000 "faults of loading"
	is_whole x dlopen_loop
}

run_cases "$@"
