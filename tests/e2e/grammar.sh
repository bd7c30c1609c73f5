#!/bin/bash
# SPDX-License-Identifier: MIT
# The cases in which a system call's enter and exit do not simply follow each other.

. "$(dirname "$0")/../lib.sh"

# list FILE FILTER: events of the filter, in one line
list() {
	events "$1" "$2" | tr '\n' ' '
}

case_the_first_event_is_its_own_execve() {
	record x "$PROGRAMS/known_calls" 1
	is "$(events x 'select(.type == "syscall" or .type == "page-fault") |
		"\(.type) \(.name) \(.result)"' | head -n 1)" "syscall execve 0" "first event"
	is "$(calls x execve)" 1 "execve"
}

case_the_last_event_is_its_exit_group() {
	for i in 1 2 3 4 5 6 7 8 9 10; do
		record "x$i" true
		is "$(list "x$i" 'select(.name == "exit_group") | "\(.unfinished) \(.result) \(.duration_ns)"')" \
			"true null null " "exit_group of run $i"
	done
	is "$(events x1 'select(.type == "syscall") | .name' | tail -n 1)" exit_group "last call"
	is "$(list x1 'select(.type == "exit") | .exit')" "0 " "exit"
}

case_a_forked_child_makes_no_call_of_its_birth() {
	record x "$PROGRAMS/fork_many" 20
	is "$(list x 'select(.name == "clone" and .result == 0) | .pid')" "" "clones that return 0"
	is "$(events x 'select(.type == "fork") | .child_pid' | sort -n)" \
		"$(events x 'select(.name == "clone") | .result' | sort -n)" "children and results"
	is "$(events x 'select(.type == "fork") | .thread' | sort -u)" false "forks are processes"
	record y "$PROGRAMS/threads" 3 1
	is "$(list y 'select(.type == "fork") | .thread')" "true true true " "threads"
}

case_vfork_lasts_until_the_child_executes() {
	local parent
	record x "$PROGRAMS/exec_forms" vfork
	parent=$(events x .pid | head -n 1)
	is "$(calls x vfork)" 1 "vfork"
	is "$(calls x execve)" 2 "execve of both"
	is "$(list x "select(.name == \"vfork\") | .pid == $parent and .result > 0")" "true " "of the parent"
	within "$(events x 'select(.name == "vfork") | .time_ns + .duration_ns')" \
		"$(events x 'select(.name == "execve") | .time_ns' | tail -n 1)" \
		"$(events x 'select(.type == "exit") | .time_ns' | tail -n 1)" "the end of vfork"
	is_whole x vfork
}

case_execve_by_a_thread_keeps_its_story() {
	local pid
	record x "$PROGRAMS/exec_forms" thread
	is "$status" 0 "exit status"
	pid=$(events x .pid | head -n 1)
	is "$(list x 'select(.name == "execve") | .result')" "0 0 " "both succeed"
	is "$(events x 'select(.name == "execve") | .unfinished' | sort -u)" false "both return"
	is "$(calls x getppid)" 3 "calls after it"
	is "$(list x 'select(.name == "getppid") | .tid' | tr ' ' '\n' | sort -u | tr -d '\n')" "$pid" \
		"thread that makes them"
	is "$(report x .totals.processes)" 1 "processes"
	is_whole x "exec by a thread"
}

case_execve_that_fails_is_a_call_like_others() {
	record x "$PROGRAMS/exec_forms" fail
	is "$(errors x execve ENOENT)" 5 "failed"
	is "$(calls x execve)" 7 "all"
	is_whole x "failed execve"
}

case_a_handler_interrupts_a_sleep() {
	record x "$PROGRAMS/signals" eintr
	is "$status" 0 "exit status"
	is "$(list x 'select(.name == "clock_nanosleep") | .result')" "-516 " "clock_nanosleep"
	is "$(calls x rt_sigreturn)" 1 "rt_sigreturn"
	is "$(list x 'select(.type == "signal") | "\(.signal) \(.handled)"')" "SIGALRM true " "signal"
	is "$(list x 'select(.nr == -1 or .name == "syscall_-1") | .name')" "" "calls without a number"
	within "$(events x 'select(.name == "clock_nanosleep") | .duration_ns')" 40000000 1000000000 \
		"time slept"
	is_whole x eintr
}

case_an_interrupted_wait_is_made_again() {
	record x "$PROGRAMS/signals" restart
	is "$status" 0 "exit status"
	is "$(events x 'select(.name == "wait4") | .result' | sed 's/^[1-9][0-9]*$/PID/' | tr '\n' ' ')" \
		"-512 PID " "wait4"
	is "$(calls x rt_sigreturn)" 1 "rt_sigreturn"
	is_whole x restart
}

case_a_stopped_sleep_goes_on_as_restart_syscall() {
	record x "$PROGRAMS/signals" stop
	is "$status" 0 "exit status"
	is "$(list x 'select(.name == "restart_syscall") | .result')" "0 " "restart_syscall"
	is "$(list x 'select(.name == "clock_nanosleep") | .result' | grep -o -- '-516')" "-516" \
		"the sleep that was stopped"
	is_whole x stop
}

case_a_call_in_which_a_process_is_killed() {
	record x "$PROGRAMS/signals" blocked
	is "$status" 0 "exit status"
	is "$(list x 'select(.type == "exit" and .exit_signal != null) | .exit_signal')" "SIGKILL " "exit"
	is "$(events x "select(.type == \"exit\" and .exit_signal != null) | .tid" | head -n 1)" \
		"$(events x 'select(.name == "read" and (.unfinished or .result == -512)) | .tid')" \
		"the thread whose read did not end"
	is_whole x blocked
}

case_every_signal_returns() {
	record x "$PROGRAMS/signals" many 50
	is "$status" 0 "exit status"
	is "$(calls x rt_sigreturn)" 50 "rt_sigreturn"
	is "$(events x 'select(.type == "signal" and .signal == "SIGUSR1") | .handled' | sort | uniq -c |
		awk '{print $1, $2}')" "50 true" "signals"
	is "$(calls x kill)" 50 "kill"
}

case_calls_that_seccomp_denies() {
	"$PROGRAMS/seccomp_denial" 1 || skip "seccomp filters do not work here"
	record x "$PROGRAMS/seccomp_denial" 7
	is "$status" 0 "exit status"
	is "$(calls x getppid)" 7 "calls"
	is "$(errors x getppid EPERM)" 7 "errors"
	is "$(events x 'select(.name == "getppid") | "\(.blocked) \(.duration_ns) \(.result)"' | sort |
		uniq -c | awk '{$1 = $1; print}')" "7 true null -1" "as they are listed"
	is "$(events x 'select(.blocked == true) | .name' | sort -u)" getppid "blocked calls"
}

case_killed_by_a_fault() {
	record x "$PROGRAMS/segv" die
	is "$(list x 'select(.type == "signal") | "\(.signal) \(.handled)"')" "SIGSEGV false " "signal"
	is "$(list x 'select(.type == "exit") | .exit_signal')" "SIGSEGV " "exit"
	is "$(report x .exit_signal)" SIGSEGV "exit of the command"
	is "$(report x .totals.faults_failed)" 1 "failed faults"
	is_whole x "segv die"
}

case_threads_that_are_killed_together() {
	cat >program.py <<-'end'
		import os, threading, time
		for i in range(8):
		    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
		time.sleep(0.2)
		os.kill(os.getpid(), 9)
	end
	needs /usr/bin/python3
	record x /usr/bin/python3 program.py
	is "$status" 137 "exit status"
	is "$(report x .totals.threads)" 9 "threads"
	is "$(events x 'select(.type == "exit") | .tid' | sort -u | wc -l)" 9 "exits"
	is_whole x "killed threads"
}

case_processes_in_flight_at_the_end_are_left() {
	local sleeper
	record x sh -c 'sleep 30 & echo $!
		until grep -q "^230 " /proc/$!/syscall; do :; done # clock_nanosleep' >pid
	sleeper=$(cat pid)
	background "$sleeper"
	is "$status" 0 "exit status"
	is "$(list x 'select(.type == "left") | .pid')" "$sleeper " "left"
	is "$(list x "select(.pid == $sleeper and .unfinished == true) | .name")" \
		"clock_nanosleep " "its call in flight"
	is_whole x left
}

run_cases "$@"
