#!/bin/bash
# SPDX-License-Identifier: MIT
# Attaching to processes that run already: what they do from then on is counted exactly, what was
# under way is said to be so, and they go on unharmed.
# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/../target.sh"

# touched_in FUNCTION: faults of touch(), called from it
touched_in() {
	report a.data "[.fault_paths[] |
		select((.frames | index(\"$1\")) and (.frames | index(\"touch\"))) | .faults] | add // 0"
}

# touched CAUSE OWNER: faults of touch(), by their cause, in memory of that owner
touched() {
	report a.data "[.fault_findings[] |
		select(.toucher == \"touch\" and .cause == \"$1\" and .owner == \"$2\") | .pages] | add // 0"
}

case_counts_of_all_threads_and_children() {
	start work
	attach record -o a.data
	tell
	await grep -q "done" output
	detach INT
	ends_well
	is_whole a.data "attached"
	is "$(calls a.data getppid)" $((8 * 50 + 4 * 5 + 7 + 11)) "calls of getppid"
	is "$(touched_in worker)" $((8 * 200)) "faults of threads that were there"
	is "$(touched_in newcomer)" 40 "faults of new threads"
	is "$(touched_in run_children)" 20 "copies in a child"
	is "$(touched_in child)" 30 "faults after an exec"
	is "$(report a.data '.totals.threads')" $((1 + 8 + 4 + 2)) "threads"
	is "$(report a.data '.totals.processes')" 3 "processes"
	is "$(report a.data '.attached | map("\(.pid) \(.name)") | join(",")')" \
		"$target attach_target" "to whom"
	like "$("$PROF" report -i a.data)" "attached:  to $target \(attach_target\) for " "the head"
	like "$("$PROF" report -i a.data)" "counted by the kernel, from each thread's first event" \
		"what the balance is held against"
	is "$("$PROF" info --json a.data | jq -c .attached)" "[\"$target attach_target\"]" "info"
	within "$(report a.data '(1000 * .stacks.complete / (.stacks.complete + .stacks.incomplete)) | floor')" \
		999 1000 "whole stacks, per mille"
}

case_classes_of_faults() {
	start work
	attach record -o a.data
	tell
	await grep -q "done" output
	detach INT
	ends_well
	# In new memory of old mappings: not sure. What was given back while somebody looked: sure.
	is "$(touched anon_first_write "before the recording began")" 800 "first touch"
	is "$(touched refault "before the recording began")" 800 "after a give-back"
	is "$(report a.data '.fault_findings[] | select(.cause == "refault" and .toucher == "touch") | .returner' | sort -u)" \
		"madvise(MADV_DONTNEED) in give_back" "who gave it back"
	is "$(touched anon_first_write "mmap in map_pages")" 70 "in new mappings"
	is "$(touched copy_on_write "before the recording began")" 20 "copies"
	within "$(report a.data '.fault_causes[] | select(.cause == "anon_first_write") | .likely')" 800 \
		900 "likely ones"
	within "$(report a.data '.fault_causes[] | select(.cause == "refault") | .pages - .likely')" 800 \
		810 "sure ones"
}

case_threads_made_meanwhile() {
	start spawn
	attach record -o a.data -e trace=getppid --no-stacks
	sleep 0.2
	tell
	await grep -q "done" output
	detach INT
	ends_well
	is "$(calls a.data getppid)" $((10 * $(sed -n 's/threads //p' output))) "calls of getppid"
	is "$(events a.data 'select(.name == "getppid") | .tid' | sort | uniq -c |
		awk '{ print $1 }' | sort -u)" 10 "calls of each thread"
	is "$(report a.data .lost.total)" 0 "lost events"
}

case_calls_in_flight() {
	start blocked
	sleep 0.2
	attach record -o a.data -e syscalls
	tell
	await grep -q "done" output
	detach INT
	ends_well
	is "$(events a.data 'select(.attached) | .name' | sort | sed 's/clock_//' | tr '\n' ' ')" \
		"nanosleep poll read read " "in flight when attached"
	is "$(events a.data 'select(.attached) | .duration_ns' | sort -u)" null "their durations"
	like "$("$PROF" script --format=strace -i a.data)" \
		"poll\(\[\{fd=[0-9]+, events=POLLIN\}\], 1, -1.*= 1 \(\[\{fd=[0-9]+, revents=POLLHUP\}\]\)" \
		"what poll was given, and gave back"
	is "$(report a.data '.syscalls[] | select(.name == "poll") | "\(.calls) \(.timed) \(.max_ns)"')" \
		"1 0 0" "poll in the table"
	is "$(report a.data .totals.syscalls_attached)" 4 "counted"
	like "$("$PROF" script -i a.data)" "poll\(.*<in flight when attached, at least [0-9]+ns>" "script"
	is "$(events a.data 'select(.unfinished and .name != "exit") | .name')" read "in flight when detached"
}

case_ends_with_the_target() {
	start work
	attach record -o a.data
	tell
	await grep -q "done" output
	ends_well
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "exit status"
	is "$(report a.data '.processes[] | select(.pid == '"$target"') | .exit')" \
		42 "exit status of the target"
	is_whole a.data "ended"
	is "$(calls a.data exit_group)" 3 "its end, and its children's"
}

case_ends_after_a_time() {
	start work
	attach record -o a.data -d 200ms
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "attached"
	tell
	await grep -q "done" output
	ends_well
	run "$PROF" record -q -o d.data -d 0.2 sleep 1
	is "$status" 0 "launched"
	is_whole d.data "launched"
	is "$(report d.data '.exit')" null "the command runs on"
}

case_several_processes() {
	start work
	sleep 5 &
	background $!
	await grep -q sleep /proc/$!/comm # and no longer this shell
	target=$target,$!
	attach record -o a.data
	is "$(sed 's/;.*//' err)" "prof: attached to 2 processes, 10 threads" "what is said"
	detach INT
	is "$(report a.data '.attached | map(.name) | join(",")')" "attach_target,sleep" "names"
	is "$(report a.data '.totals.processes')" 2 "processes"
}

# What it costs is said where others depend on what is watched.
case_overhead_is_told() {
	"$PROGRAMS/read_bytes" 100000000 >/dev/null 2>&1 &
	target=$!
	background "$target"
	attach record -o a.data -d 300ms --no-stacks
	wait "$prof"
	like "$(cat err)" "overhead: [0-9.]+ [mµn]?s in the BPF programs \([0-9.]+% of one processor\), [0-9.]+ [mµn]?s of prof's own" \
		"when recorded"
	run "$PROF" trace -p "$target" -d 100ms -o lines
	like "$(cat err)" "overhead: .* in the BPF programs" "when traced"
	run "$PROF" record -o b.data true
	unlike "$(cat err)" "overhead" "of a command"
	kill "$target"
}

# The signals that end it; the target goes on.
case_signals_end_it() {
	local signal
	for signal in INT TERM HUP; do
		start work
		attach record -o a.data
		detach "$signal"
		is_whole a.data "after SIG$signal"
		tell
		await grep -q "done" output
		ends_well
		rm input err
	done
}

case_busy_target() {
	"$PROGRAMS/read_bytes" 100000000 >/dev/null 2>&1 &
	target=$!
	background "$target"
	attach record -o a.data -d 300ms
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "exit status"
	is_whole a.data "busy"
	is "$(events a.data 'select(.blocked) | .name')" "" "no call is taken for a refused one"
	within "$(events a.data 'select(.attached or .unfinished) | .name' | wc -l)" 0 2 "at its ends"
	kill "$target"
}

case_live_trace() {
	start work
	timeout 20 "$PROF" trace -F all -p "$target" -o lines 2>err &
	prof=$!
	background "$prof"
	await grep -q attached err
	tell
	await grep -q "done" output
	await grep -q "attach_target/" lines
	sleep 0.2
	kill -INT "$(pgrep -P "$prof" prof)"
	wait "$prof"
	within "$(grep -c "attach_target/.*minor user write.* -> anon" lines)" 1650 1800 "lines"
	ends_well
}

case_refusals() {
	run "$PROF" record -p 99999999
	is "$status" 125 "nobody"
	like "$(cat err)" "cannot attach to 99999999: No such process.*hint: " "its message"
	run "$PROF" record -p abc
	is "$status" 2 "no number"
	run "$PROF" record -p 2
	like "$(cat err)" "No such process|a thread of the kernel" "a kernel thread"
	run "$PROF" record -p $$ true
	is "$status" 2 "a command, too"
	run "$PROF" record -a
	is "$status" 2 "all processes"
	like "$(cat err)" "hint: name those that matter" "its message"
	run bash -c 'exec '"$PROF"' record -p $$'
	is "$status" 125 "itself"
	like "$(cat err)" "cannot attach to itself" "its message"
	sh -c 'sleep 0 & exec sleep 3' &
	background $!
	sleep 0.2
	run "$PROF" record -p "$(pgrep -P $!)"
	is "$status" 125 "a zombie"
	like "$(cat err)" "it has ended, and waits for its parent" "its message"
	is "$(ls)" "$(printf 'err\nout')" "nothing is left behind"
}

run_cases "$@"
