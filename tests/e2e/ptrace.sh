#!/bin/bash
# SPDX-License-Identifier: MIT
# By ptrace alone, as somebody without privileges; and calls that are read while they are stopped.

. "$(dirname "$0")/../lib.sh"

# As nobody in particular, who can load no BPF programs.
NOBODY=(setpriv --reuid=12345 --regid=12345 --clear-groups --inh-caps=-all --bounding-set=-all)
as_nobody() {
	chmod 777 .
	"${NOBODY[@]}" "$@"
}

# What depends on how fast a thread is, and on the memory of threads that have ended.
FICKLE='^(restart_syscall|futex|mmap|munmap|mprotect|madvise):'

# The counts of a stat --short
counts() {
	grep ': [0-9]* calls\?$' "$1" | grep -Ev "$FICKLE" | sort
}

# What strace counts: as stat --short has it
strace_counts() {
	strace -f -qq -c -U name,calls -o strace.out "$@" >/dev/null 2>&1
	awk 'NR > 2 && NF == 2 && $1 != "total" && $1 !~ /^-/ {
		print $1 ": " $2 " call" ($2 == 1 ? "" : "s") }' strace.out |
		grep -Ev "$FICKLE" | sort
}

# Lines that do not depend on where something lies in memory, and what number it has.
normal() {
	sed -E 's/^[0-9]+ +//; s/0x[0-9a-f]+/ADDRESS/g; s/\b[0-9]{3,}\b/NUMBER/g; s/ +/ /g' "$1"
}

case_lines_are_those_of_a_privileged_run() {
	local command
	for command in "known_calls 3" "corners_files" "corners_memory" "exec_forms fail" "segv"; do
		# shellcheck disable=SC2086
		as_nobody "$PROF" trace --ptrace -o stopped "$PROGRAMS/"$command >/dev/null 2>&1
		# shellcheck disable=SC2086
		setpriv --reuid=12345 --regid=12345 --clear-groups --inh-caps=+bpf,+perfmon \
			--ambient-caps=+bpf,+perfmon "$PROF" trace -o running "$PROGRAMS/"$command >/dev/null 2>&1
		is "$(normal stopped | grep -v getrandom)" "$(normal running | grep -v getrandom)" "$command"
	done
}

case_counts_are_those_of_strace() {
	local command
	needs strace
	for command in "threads 4 100" "fork_many 12" "exec_forms vfork" "exec_forms thread" \
		"signals eintr" "signals blocked" "signals many 20" "seccomp_denial"; do
		# shellcheck disable=SC2086
		as_nobody "$PROF" stat --short -o counted "$PROGRAMS/"$command >/dev/null 2>err
		is "$?" 0 "exit status of $command"
		# shellcheck disable=SC2086
		is "$(counts counted)" "$(strace_counts "$PROGRAMS/"$command)" "$command"
	done
}

case_it_says_so() {
	run as_nobody "$PROF" trace -e trace=none true
	like "$(cat err)" "times include tracing" "a trace's last words"
	run as_nobody "$PROF" trace -q -o lines true
	is "$(cat err)" "" "with -q"
	run as_nobody "$PROF" record -o x sh -c 'exit 3'
	is "$status" 3 "exit status"
	like "$(cat err)" "times include tracing" "record's last words"
	like "$("$PROF" report -i x)" "times: +include tracing" "the report's head"
	like "$("$PROF" info x)" "times +include tracing" "info"
	is "$(report x '[.totals.syscalls > 20, .lost.total]' | tr -d ' \n')" "[true,0]" "the recording"
}

case_what_cannot_be_had_is_refused() {
	local what
	for what in "record -e faults" "record -e malloc" "record --deep read" "trace -F all" "trace -k" \
		"trace --deep read"; do
		# shellcheck disable=SC2086
		run as_nobody "$PROF" $what true
		is "$status" 125 "exit status of $what"
		like "$(cat err)" "missing CAP_BPF.*hint: sudo" "$what"
	done
}

case_exit_statuses_and_signals_pass_through() {
	run as_nobody "$PROF" trace -o lines sh -c 'exit 7'
	is "$status" 7 "exit status"
	run as_nobody "$PROF" trace -o lines sh -c 'kill -TERM $$'
	is "$status" 143 "killed by SIGTERM"
	is "$(tail -n 1 lines)" "+++ killed by SIGTERM +++" "its last line"
	run as_nobody "$PROF" trace -o lines ./none-such
	is "$status" 127 "no such command"
	printf '#!/nowhere\n' >bad && chmod +x bad
	run as_nobody "$PROF" trace -o lines ./bad
	is "$status" 127 "one that cannot be executed"
	is "$(as_nobody "$PROF" trace -o lines sh -c 'trap "echo caught" USR1; kill -USR1 $$; echo on' 2>/dev/null)" \
		"caught
on" "a signal with a handler"
}

case_traps_of_its_own_are_the_commands() {
	is "$(as_nobody "$PROF" trace -o lines sh -c 'trap "echo trapped" TRAP; kill -TRAP $$' 2>/dev/null)" \
		trapped "SIGTRAP"
	as_nobody "$PROF" trace -o lines "$PROGRAMS/segv" >/dev/null 2>&1
	is "$?" 139 "SIGSEGV"
}

# state_of PID: R, S, T, or t
state_of() {
	sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status"
}

is_in_state() {
	[[ $(state_of "$1") =~ $2 ]]
}

case_job_control() {
	chmod 777 .
	"${NOBODY[@]}" "$PROF" trace -o lines sh -c 'echo $$ >pid.new; mv pid.new pid; read -r line <fifo || sleep 1
		touch ended' 2>/dev/null &
	local prof=$!
	background $prof
	await test -e pid
	local pid
	pid=$(cat pid)
	kill -STOP "$pid"
	holds "it stops" await is_in_state "$pid" '[tT]'
	sleep 0.1
	holds "it stays so" test ! -e ended
	kill -CONT "$pid"
	wait $prof
	is "$?" 0 "exit status"
	holds "it has gone on" test -e ended
	is "$(grep -c -e '--- SIGSTOP' -e '--- SIGCONT' lines)" 2 "signals told"
}

# A shell in the trace sees its own child stop and go on.
case_waiting_for_a_child_that_stops() {
	needs python3
	is "$(as_nobody "$PROF" trace -f -o lines python3 -c '
import os, signal
pid = os.fork()
if pid == 0:
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(5)
_, status = os.waitpid(pid, os.WUNTRACED)
print("stopped", os.WIFSTOPPED(status))
os.kill(pid, signal.SIGCONT)
_, status = os.waitpid(pid, 0)
print("exit", os.WEXITSTATUS(status))' 2>/dev/null)" "stopped True
exit 5" "what the parent sees"
}

case_a_second_interrupt_leaves_it_running() {
	chmod 777 .
	"${NOBODY[@]}" "$PROF" trace -o lines sh -c 'trap "" INT; echo $$ >pid.new; mv pid.new pid
		while [ ! -e go ]; do sleep 0.05; done; touch ended' 2>/dev/null &
	local prof=$! pid
	background $prof
	await test -e pid
	pid=$(cat pid)
	background "$pid"
	kill -INT $prof
	sleep 0.2
	kill -INT $prof
	wait $prof
	is "$?" 130 "exit status"
	is "$(sed -n 's/^TracerPid:\t//p' "/proc/$pid/status")" 0 "its tracer"
	touch go
	holds "it runs on" await test -e ended
}

case_a_killed_prof_leaves_it_running() {
	chmod 777 .
	"${NOBODY[@]}" "$PROF" trace -o lines sh -c 'echo $$ >pid.new; mv pid.new pid
		while [ ! -e go ]; do sleep 0.05; done; touch ended' 2>/dev/null &
	local prof=$!
	await test -e pid
	background "$(cat pid)"
	kill -KILL $prof
	touch go
	holds "it runs on" await test -e ended
}

case_the_rest_runs_untraced() {
	run as_nobody "$PROF" trace --max-events 3 -o lines sh -c ': >/dev/null; touch ended; exit 9'
	is "$status" 9 "exit status"
	is "$(wc -l <lines)" 3 "lines"
	holds "the command came to its end" test -e ended
}

case_only_chosen_calls_stop() {
	run as_nobody "$PROF" trace --seccomp-bpf -f -o lines -e trace=getppid "$PROGRAMS/fork_many" 12
	is "$status" 0 "exit status"
	is "$(grep -c 'getppid()' lines)" 46 "calls"
	is "$(grep -c '+++ exited' lines)" 13 "ends"
	run as_nobody "$PROF" trace --seccomp-bpf -o lines -e trace=none grep Seccomp: /proc/self/status
	is "$(cut -f 2 out)" 2 "a filter"
	run as_nobody "$PROF" trace --ptrace -o lines -e trace=none grep Seccomp: /proc/self/status
	is "$(cut -f 2 out)" 0 "none without it"
}

# counter FILE NAME
counter() {
	"$PROF" info --json "$1" | jq ".counters[\"$2\"] // (.counters[]? | select(.name? == \"$2\") | .value)"
}

case_deep_calls_are_joined_with_the_kernels_events() {
	record x --no-stacks -s 200 -e trace=writev,sendmsg,ioctl --deep writev,sendmsg,ioctl \
		"$PROGRAMS/deep_calls" 8 1000
	is "$status" 0 "exit status"
	is "$(counter x deep.joined)" 24000 "calls joined"
	is "$(counter x deep.mismatches)" 0 "mismatches"
	is "$(counter x deep.unmatched)" 0 "events without a stop"
	"$PROF" script --json -i x >calls.json
	is "$(jq -r 'select(.name == "writev") | "\(.result) \([.arguments.iov[].iov_base] | add | length)"' calls.json |
		awk '$1 == $2' | wc -l)" 8000 "of 8000, whose text is as long as the kernel says"
	is "$(jq -r 'select(.name == "sendmsg") |
		"\(.result) \([.arguments.msg.msg_iov[].iov_base] | add | length)"' calls.json |
		awk '$1 == $2' | wc -l)" 8000 "of 8000 messages"
	is "$(jq -r 'select(.name == "writev") | "\(.tid) \(.arguments.iov[1].iov_base)"' calls.json |
		sed 's/ round.*//' | sort -u | wc -l)" 8 "threads, each with its own text"
}

case_deep_lines_are_the_same() {
	"$PROF" trace -f -o deep --deep openat,read,execve,newfstatat -e trace=execve,openat,read,newfstatat \
		sh -c 'cat /etc/passwd; exit 3' >/dev/null
	is "$?" 3 "exit status"
	"$PROF" trace -f -o plain -e trace=execve,openat,read,newfstatat \
		sh -c 'cat /etc/passwd; exit 3' >/dev/null
	is "$(normal deep | grep -v '^---' | sort)" "$(normal plain | grep -v '^---' | sort)" "lines"
}

# An execve goes over to another processor, so that its end may be read before its begin is.
case_deep_lines_of_calls_that_move() {
	"$PROF" trace -f -o deep --deep execve -e trace=execve \
		sh -c 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do /bin/true $i; done'
	is "$(grep -c 'execve("/bin/true", \["/bin/true", "[0-9]*"\],' deep)" 20 "lines that were read"
	is "$(grep -c 'execve(0x' deep)" 0 "others"
}

# Whatever becomes of threads, there is a stop for each event.
case_deep_calls_of_all_kinds() {
	local command
	for command in "threads 4 200" "fork_many 20" "exec_forms vfork" "exec_forms thread" "exec_forms fail" \
		"signals eintr" "signals restart" "signals many 50" "thread_ends" "daemonize" "seccomp_denial 5"; do
		# shellcheck disable=SC2086
		record x --no-stacks -e syscalls --deep all "$PROGRAMS/"$command >/dev/null 2>&1
		is "$(counter x deep.mismatches) $(counter x deep.unmatched)" "0 0" "$command: calls without their stops"
		isnt "$(counter x deep.joined)" 0 "$command: calls with theirs"
	done
}

# Its own filter asks for a tracer that it does not have.
case_filters_that_ask_for_a_tracer() {
	run "$PROGRAMS/seccomp_denial" 5 tracer
	is "$status" 0 "alone"
	run "$PROF" trace -o lines --deep all "$PROGRAMS/seccomp_denial" 5 tracer
	is "$status" 0 "deep"
	run as_nobody "$PROF" trace -o own "$PROGRAMS/seccomp_denial" 5 tracer
	is "$status" 0 "by ptrace"
	run as_nobody "$PROF" trace --seccomp-bpf -o own "$PROGRAMS/seccomp_denial" 5 tracer
	is "$status" 0 "by ptrace with a filter"
}

# A stop takes ten times as long as the call.
case_durations_are_the_kernels() {
	local deep stopped
	record x --no-stacks -e trace=getppid --deep getppid "$PROGRAMS/threads" 1 20000
	deep=$(report x '.syscalls[] | select(.name == "getppid") | .p50_ns')
	record y --ptrace -e trace=getppid "$PROGRAMS/threads" 1 2000
	stopped=$(report y '.syscalls[] | select(.name == "getppid") | .p50_ns')
	within "$deep" 20 $((stopped / 4)) "median of a call that is stopped, against $stopped with the stop"
}

# Its filter would make calls fail that nobody is there to see.
case_prof_stays_with_what_is_filtered() {
	"$PROF" trace -o lines --deep openat sh -c 'trap "" INT; echo $$ >pid.new; mv pid.new pid
		while [ ! -e go ]; do sleep 0.05; done; cat /dev/null && touch ended' 2>err &
	local prof=$!
	background $prof
	await test -e pid
	kill -INT $prof
	sleep 0.2
	kill -INT $prof
	sleep 0.2
	touch go
	wait $prof
	is "$?" 130 "exit status"
	holds "calls went on" test -e ended
	like "$(cat err)" "prof stays" "the note"
}

# The set is more than what is traced: the rest is not stopped.
case_deep_calls_are_traced_calls() {
	record x --no-stacks -e trace=getppid --deep getppid,getpid,read "$PROGRAMS/known_calls" 5
	is "$(counter x deep.stops) $(counter x deep.joined)" "20 20" "stops, and joined"
}

case_deep_under_sudo_keeps_privileges_out() {
	SUDO_UID=12345 SUDO_GID=12345 SUDO_USER=nobody-such \
		"$PROF" record -q -o x --deep openat grep -E 'Uid|NoNewPrivs' /proc/self/status >out
	is "$(awk '/Uid/ { print $2 }' out)" 12345 "user"
	is "$(awk '/NoNewPrivs/ { print $2 }' out)" 0 "no_new_privs"
}

# What is traced without privileges gains none; a filter that root installs takes none away.
case_setuid_programs() {
	chmod 777 .
	cp "$(command -v id)" ./setuid-id
	chmod 4755 ./setuid-id
	[ "$("${NOBODY[@]:0:4}" ./setuid-id -u)" = 0 ] || skip "setuid does not work here"
	is "$("${NOBODY[@]:0:4}" "$PROF" trace -q -o lines ./setuid-id -u)" 12345 "by ptrace"
	is "$(SUDO_UID=12345 SUDO_GID=12345 "$PROF" record -q -o x --deep openat ./setuid-id -u)" 0 "deep"
}

run_cases "$@"
