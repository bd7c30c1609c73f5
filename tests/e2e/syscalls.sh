#!/bin/bash
# SPDX-License-Identifier: MIT
# System calls: known counts and errors, and which ones are selected.

. "$(dirname "$0")/../lib.sh"

# more COUNTER ARGUMENTS...: its number in the recording `with`, less that in `without`
more() {
	local counter=$1
	shift
	echo $(($("$counter" with "$@") - $("$counter" without "$@")))
}

case_calls_and_errors_are_counted() {
	record with "$PROGRAMS/known_calls" 10
	record without "$PROGRAMS/known_calls" 0
	is "$(more calls openat)" 30 "openat"
	is "$(more errors openat ENOENT)" 30 "openat ENOENT"
	is "$(more calls close)" 50 "close"
	is "$(more errors close EBADF)" 50 "close EBADF"
	is "$(more calls lseek)" 80 "lseek"
	is "$(more errors lseek ESPIPE)" 20 "lseek ESPIPE"
	is "$(more errors kill ESRCH)" 10 "kill ESRCH"
	is "$(more errors fcntl EINVAL)" 10 "fcntl EINVAL"
	is "$(more errors write EFAULT)" 10 "write EFAULT"
	is "$(more calls getppid)" 40 "getppid"
	is "$(report with '[.syscalls[] | select(.name == "getppid") | .errors] | add')" 0 "its errors"
	is "$(more calls pread64)" 20 "pread64"
	is "$(more report .totals.syscalls)" 250 "all calls"
	is "$(more report .totals.syscall_errors)" 130 "all errors"
	is_whole with known_calls
}

case_arguments_and_results_are_listed() {
	record x "$PROGRAMS/known_calls" 1
	is "$(events x 'select(.name == "close" and .args[0] == "0xf1206") | .result' | sort | uniq -c |
		awk '{print $1, $2}')" "5 -9" "close(987654)"
	is "$(events x 'select(.name == "close" and .args[0] == "0xf1206") | .error' | uniq)" EBADF "its error"
	is "$(events x 'select(.name == "pread64" and .args[2] == "0x7") | .result' | tr '\n' ' ')" "7 7 " \
		"pread64 of 7 bytes"
	is "$(events x 'select(.type == "syscall" and .duration_ns != null and .duration_ns <= 0) |
		.name' | wc -l)" 0 "calls that took no time"
}

case_totals_agree_with_the_list_of_events() {
	record x "$PROGRAMS/threads" 10 2000
	events x 'select(.type == "syscall") | .name' | sort | uniq -c | awk '{print $2, $1}' >listed
	report x '.syscalls[] | "\(.name) \(.calls)"' | sort >counted
	is "$(cat listed)" "$(cat counted)" "calls by name"
	events x 'select(.type == "page-fault") | .kind' | wc -l >faults
	is "$(cat faults)" "$(report x .totals.faults)" "faults"
}

case_a_table_row_adds_up() {
	record x "$PROGRAMS/threads" 2 5000
	events x 'select(.name == "getppid") | .duration_ns' | sort -n >durations
	report x '.syscalls[] | select(.name == "getppid")' >row
	is "$(jq .calls row)" "$(wc -l <durations)" "calls"
	is "$(jq .total_ns row)" "$(awk '{ sum += $1 } END { printf "%d", sum }' durations)" "total"
	is "$(jq .min_ns row)" "$(head -n 1 durations)" "min"
	is "$(jq .max_ns row)" "$(tail -n 1 durations)" "max"
	is "$(jq .p50_ns row)" "$(sed -n 5000p durations)" "p50, nearest rank"
	is "$(jq .p90_ns row)" "$(sed -n 9000p durations)" "p90, nearest rank"
	is "$(jq .p99_ns row)" "$(sed -n 9900p durations)" "p99, nearest rank"
}

case_fifty_threads() {
	record x "$PROGRAMS/threads" 50 1000
	is "$(calls x getppid)" 50000 "getppid"
	is "$(report x .totals.threads)" 51 "threads"
	is "$(report x .totals.processes)" 1 "processes"
	is "$(events x 'select(.name == "getppid") | .tid' | sort | uniq -c | awk '{print $1}' | sort -u)" \
		1000 "calls of each thread"
	is_whole x threads
}

case_two_hundred_forks() {
	record x "$PROGRAMS/fork_many" 200
	is "$(calls x getppid)" 900 "getppid"
	is "$(calls x clone)" 200 "clone"
	is "$(calls x wait4)" 200 "wait4"
	is "$(calls x exit_group)" 201 "exit_group"
	is "$(report x .totals.processes)" 201 "processes"
	is_whole x fork_many
}

# selected SPEC: names of the calls that a recording with -e SPEC has
selected() {
	record x -e "$1" "$PROGRAMS/known_calls" 1
	is "$status" 0 "exit status with $1"
	report x '.syscalls[].name' | sort | tr '\n' ' '
}

case_calls_are_selected_by_name() {
	is "$(selected trace=getppid,kill)" "getppid kill " "two names"
	is "$(calls x getppid)" 4 "calls of one"
	is "$(events x .type | sort -u | grep -c page-fault)" 0 "page faults beside trace="
	is "$(events x 'select(.type == "syscall") | .name' | sort -u | tr '\n' ' ')" "getppid kill " \
		"names of events"
}

case_calls_are_selected_by_class() {
	like "$(selected trace=%file)" "openat" "%file has openat"
	unlike "$(selected trace=%file)" "lseek|getppid|mmap" "%file has no lseek"
	is "$(selected trace=file)" "$(selected trace=%file)" "a class without its %"
	like "$(selected trace=%memory)" "brk.*mmap" "%memory"
	like "$(selected trace=%desc)" "close.*lseek" "%desc"
	is "$(selected trace=%signal)" "kill " "%signal"
}

case_calls_are_selected_by_negation_and_expression() {
	unlike "$(selected 'trace=!openat,close')" "openat|close" "!openat,close"
	like "$(selected 'trace=!openat,close')" "getppid.*lseek" "the others"
	is "$(selected 'trace=/^getpp?id$/')" "getppid " "an expression"
	is "$(selected 'trace=/seek$/,kill')" "kill lseek " "an expression and a name"
}

case_options_add_up() {
	record x -e trace=getppid -e trace=kill -e faults "$PROGRAMS/known_calls" 1
	is "$(report x '.syscalls[].name' | sort | tr '\n' ' ')" "getppid kill " "two -e trace="
	within "$(report x .totals.faults)" 20 2000 "and faults"
	record y -e syscalls "$PROGRAMS/known_calls" 1
	is "$(report y .totals.faults)" 0 "faults of -e syscalls"
	within "$(report y .totals.syscalls)" 40 200 "calls of -e syscalls"
}

case_an_unknown_call_is_refused_with_a_suggestion() {
	run "$PROF" record -e trace=opnat "$PROGRAMS/known_calls"
	is "$status" 2 "exit status"
	like "$(cat err)" "opnat" "the unknown name"
	like "$(cat err)" "hint: .*openat" "the suggestion"
	holds "no recording was made" test ! -e prof.data
	for spec in trace=%nothing 'trace=/(/' trace= fualts ''; do
		run "$PROF" record -e "$spec" true
		is "$status" 2 "exit status of -e '$spec'"
	done
}

case_without_stacks() {
	record x --no-stacks "$PROGRAMS/known_calls" 10
	record y "$PROGRAMS/known_calls" 10
	is "$(report x .stacks.recorded)" false "stacks are not recorded"
	is "$(report y .stacks.recorded)" true "by default they are"
	is "$(report x .totals.syscalls)" "$(report y .totals.syscalls)" "calls"
	is_whole x --no-stacks
}

# A prof that was built before the call was made knows its name from the kernel, and so does whoever
# reads its recording.
case_calls_newer_than_prof() {
	local old=$PROGRAMS/prof-of-2022
	[ -d /sys/kernel/tracing/events/syscalls/sys_enter_cachestat ] || skip "this kernel does not tell of new calls"
	"$old" record -q --no-stacks -o x "$PROGRAMS/new_calls"
	is "$("$old" report --json -i x | jq -r '.syscalls[] | select(.name == "cachestat") | "\(.calls) \(.errnos.EBADF)"')" \
		"1 1" "in a report"
	is "$("$old" script --json -i x --filter 'name==cachestat' | jq -r .error)" EBADF "as a filter"
	is "$("$PROF" info x | grep -c '^ *syscall .*451 4 cachestat')" 1 "in the recording"
	"$old" trace -o lines "$PROGRAMS/new_calls"
	is "$(grep -c '^cachestat(-1,.* = -1 EBADF' lines)" 1 "in a trace"
	"$old" trace --ptrace -q -o lines "$PROGRAMS/new_calls"
	is "$(grep -c '^syscall_.* = -1 EBADF' lines)" 1 "unless nobody asks the kernel"
}

run_cases "$@"
