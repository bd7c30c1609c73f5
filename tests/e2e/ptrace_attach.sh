#!/bin/bash
# SPDX-License-Identifier: MIT
# Attaching by ptrace alone, as somebody without privileges: what runs already is counted from then
# on, in whatever state it is met, and goes on unharmed.

# shellcheck source-path=SCRIPTDIR
source "$(dirname "$0")/../lib.sh"
source "$(dirname "$0")/../target.sh"

# As nobody in particular, who can load no BPF programs.
AS=(setpriv --reuid=12345 --regid=12345 --clear-groups --inh-caps=-all --bounding-set=-all)

# letter PID: its state
letter() {
	sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"
}

is_in_state() { [[ $(letter "$1") =~ $2 ]]; }

# Waits for the next line.
is_reading() { [[ $(cat "/proc/$1/syscall") == "0 "* ]]; }

tracer_of() {
	sed -n 's/^TracerPid:\t//p' "/proc/$1/status"
}

has_tracer() { [ "$(tracer_of "$1")" != 0 ]; }

case_counts_of_all_threads_and_children() {
	start work
	attach record -o a.data
	is "$(sed 's/;.*//' err)" "prof: attached to 1 process, 9 threads" "what is said"
	tell
	await grep -q "done" output
	detach INT
	ends_well
	is "$(calls a.data getppid)" $((8 * 50 + 4 * 5 + 7 + 11)) "calls of getppid"
	is "$(calls a.data wait4)" 2 "calls of wait4"
	is "$(report a.data '.totals.threads')" $((1 + 8 + 4 + 2)) "threads"
	is "$(report a.data '.totals.processes')" 3 "processes"
	is "$(report a.data '.lost.total')" 0 "lost events"
	is "$(report a.data '.attached | map("\(.pid) \(.name)") | join(",")')" \
		"$target attach_target" "to whom"
	like "$("$PROF" report -i a.data)" "attached:  to $target \(attach_target\) for " "the head"
	like "$("$PROF" report -i a.data)" "times: +include tracing" "that times are no longer the kernel's"
	like "$(cat err)" "times include tracing" "prof's last words"
}

case_threads_made_meanwhile() {
	start spawn
	attach record -o a.data -e trace=getppid
	sleep 0.2
	tell
	await grep -q "done" output
	detach INT
	ends_well
	is "$(calls a.data getppid)" $((10 * $(sed -n 's/threads //p' output))) "calls of getppid"
	is "$(events a.data 'select(.name == "getppid") | .tid' | sort | uniq -c |
		awk '{ print $1 }' | sort -u)" 10 "calls of each thread"
}

# They go on where they were: read, poll and nanosleep are none that fail when a thread is stopped.
case_calls_in_flight() {
	start blocked
	sleep 0.2
	attach record -o a.data
	tell
	await grep -q "done" output
	await is_reading "$target"
	detach INT
	is "$(events a.data 'select(.attached) | .name' | sort | sed 's/clock_//' | tr '\n' ' ')" \
		"nanosleep poll read read " "in flight when attached"
	is "$(events a.data 'select(.attached and .name == "read") | .result' | sort | tr '\n' ' ')" "0 1 " \
		"what they gave back"
	is "$(events a.data 'select(.name == "poll") | .result')" 1 "poll's answer"
	is "$(events a.data 'select(.name == "restart_syscall")')" "" "how the kernel restarts them"
	is "$(events a.data 'select(.attached) | .duration_ns' | sort -u)" null "their durations"
	is "$(report a.data .totals.syscalls_attached)" 4 "counted"
	is "$(events a.data 'select(.unfinished and .name != "exit") | .name')" read "in flight when detached"
	ends_well
}

case_lines() {
	start blocked
	sleep 0.2
	attach trace -f -o lines
	tell
	await grep -q "done" output
	await is_reading "$target"
	detach INT
	ends_well
	like "$(cat lines)" "poll\(\[\{fd=[0-9]+, events=POLLIN\}\], 1, -1.*\(\[\{fd=[0-9]+, revents=POLLHUP\}\]\)" \
		"a call that was in flight, whole"
	is "$(grep -c '+++ exited with 0 +++' lines)" 3 "ends of threads"
	is "$(tail -n 1 lines | sed 's/^[0-9]* *//')" "read(0,  <detached ...>" "the last line"
}

# As strace without -f.
case_without_follow_the_first_thread_alone() {
	start work
	attach trace -o lines
	is "$(sed 's/;.*//' err)" "prof: attached to 1 process, 1 thread" "what is said"
	tell
	await grep -q "done" output
	detach INT
	is "$(grep -c getppid lines)" 0 "calls of others"
	is "$(grep -c wait4 lines)" 2 "its own"
	ends_well
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
	is "$(calls a.data exit_group)" 3 "its end, and its children's"
}

case_a_target_that_is_killed() {
	start blocked
	attach trace -f -o lines
	kill -KILL "$target"
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "exit status"
	is "$(grep -c '+++ killed by SIGKILL +++' lines)" 4 "threads that were killed"
}

case_ends_after_a_time() {
	start work
	attach record -o a.data -d 200ms
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "exit status"
	is "$(tracer_of "$target")" 0 "the target's tracer"
	tell
	await grep -q "done" output
	ends_well
}

case_signals_end_it() {
	local signal
	for signal in INT TERM HUP; do
		start work
		attach trace -f -o lines
		detach "$signal"
		is "$(tracer_of "$target")" 0 "the target's tracer after SIG$signal"
		tell
		await grep -q "done" output
		ends_well
		rm input err
	done
}

# It stays stopped, until it is continued.
case_a_stopped_target() {
	start work
	kill -STOP "$target"
	await is_in_state "$target" T
	attach trace -f -o lines
	sleep 0.1
	holds "it stays stopped" is_in_state "$target" '[tT]'
	tell
	sleep 0.1
	holds "it does not go on" test "$(cat output)" = "$target"
	kill -CONT "$target"
	await grep -q "done" output
	detach INT
	is "$(grep -c 'getppid(' lines)" $((8 * 50 + 4 * 5 + 7 + 11)) "calls of getppid"
	ends_well
}

case_a_target_left_while_it_is_stopped() {
	start work
	kill -STOP "$target"
	await is_in_state "$target" T
	attach trace -f -o lines
	detach INT
	sleep 0.1
	is "$(letter "$target")" T "its state"
	kill -CONT "$target"
	tell
	await grep -q "done" output
	ends_well
}

case_several_processes() {
	start work
	"${AS[@]}" sleep 5 &
	local other=$!
	background $other
	await grep -q sleep /proc/$other/comm # and no longer this shell
	"${AS[@]}" "$PROF" stat --short -p "$target,$other" -o counted 2>err &
	prof=$!
	background $prof
	await has_tracer "$other"
	tell
	await grep -q "done" output
	detach INT
	is "$(sed -n 's/^getppid: //p' counted)" "$((8 * 50 + 4 * 5 + 7 + 11)) calls" "calls of getppid"
	is "$(tracer_of "$other")" 0 "the other one's tracer"
	ends_well
}

case_signals_reach_the_target() {
	chmod 777 .
	"${AS[@]}" sh -c 'trap "echo caught >caught" USR1; echo >ready; while :; do sleep 0.05; done' &
	target=$!
	background "$target"
	await test -e ready
	attach trace -o lines -e trace=none
	kill -USR1 "$target"
	await test -e caught
	detach INT
	is "$(grep -c -e '--- SIGUSR1' lines)" 1 "told"
	holds "it runs on" kill -0 "$target"
}

case_a_killed_prof_leaves_it_running() {
	start work
	attach trace -f -o lines
	kill -KILL "$prof"
	wait "$prof" 2>/dev/null
	tell
	await grep -q "done" output
	ends_well
}

case_page_faults_and_stacks_are_refused() {
	local what
	start work
	for what in "record -e faults" "trace -F all" "trace -k"; do
		# shellcheck disable=SC2086
		run "${AS[@]}" "$PROF" $what -p "$target"
		is "$status" 125 "exit status of $what"
		like "$(cat err)" "missing CAP_BPF.*hint: sudo" "$what"
	done
}

# One that another traces; another user's; and where a container forbids it.
case_refusals() {
	start work
	attach trace -o lines
	run timeout 20 "${AS[@]}" "$PROF" trace -p "$target"
	is "$status" 125 "exit status"
	like "$(cat err)" "cannot trace $target: [0-9]+ \(prof\) does already.*hint: only one" "the message"
	run "${AS[@]}" "$PROF" trace -p $$
	is "$status" 125 "exit status"
	like "$(cat err)" "cannot attach to $$: Permission denied.*hint: it belongs to another user" "another's"
	run "${AS[@]}" "$PROF" trace -p 99999999
	like "$(cat err)" "cannot attach to 99999999: No such process" "nobody"
}

# without_ptrace COMMAND...: in which ptrace() fails with EPERM
without_ptrace() {
	"${AS[@]}" /usr/bin/python3 -S -c '
import ctypes, os, struct, sys
libc = ctypes.CDLL(None)
steps = [(0x20, 0, 0, 0), (0x15, 0, 1, 101), (0x06, 0, 0, 0x50001), (0x06, 0, 0, 0x7fff0000)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code)))
libc.prctl(38, 1, 0, 0, 0)
assert libc.prctl(22, 2, program, 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])' "$@"
}

case_where_ptrace_is_forbidden() {
	[ -x /usr/bin/python3 ] || skip "python3 is not installed"
	[ "$(uname -m)" = x86_64 ] || skip "the filter knows x86-64"
	start work
	run without_ptrace "$PROF" trace -p "$target"
	is "$status" 125 "exit status"
	like "$(cat err)" "cannot trace $target: Operation not permitted.*hint: .*seccomp" "the message"
	mkdir kernel
	run unshare -m bash -c 'mount -t tmpfs none /proc/sys/kernel && mkdir /proc/sys/kernel/yama &&
		echo 1 >/proc/sys/kernel/yama/ptrace_scope && shift && '"$(declare -p AS)"'
		'"$(declare -f without_ptrace)"'; without_ptrace "$@"' sh x "$PROF" trace -p "$target"
	like "$(cat err)" "hint: kernel.yama.ptrace_scope is 1: .*try with sudo" "with Yama"
	tell
	await grep -q "done" output
	ends_well
}

run_cases "$@"
