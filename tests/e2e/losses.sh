#!/bin/bash
# SPDX-License-Identifier: MIT
# What is lost is counted, and totals stay exact; what outlives the command is told.

. "$(dirname "$0")/../lib.sh"

# Loses events for certain: the recorder stands still while the command runs.
record_with_losses() {
	"$PROF" record -o x --ring-size 64K "$@" sh -c \
		"touch ready; sleep 0.5; '$PROGRAMS/threads' 4 50000; '$PROGRAMS/touch_pages' 20000" 2>err &
	local prof=$!
	background "$prof"
	while [ ! -e ready ]; do sleep 0.02; done
	kill -STOP "$prof"
	sleep 2.5
	kill -CONT "$prof"
	wait "$prof"
	status=$?
}

case_totals_are_exact_when_events_are_lost() {
	record_with_losses
	is "$status" 0 "exit status"
	local lost listed
	lost=$(report x .lost.syscalls)
	listed=$(events x 'select(.type == "syscall") | .name' | wc -l)
	within "$lost" 1000 1000000 "lost system calls"
	record own sh -c true
	is "$(($(calls x getppid) - $(calls own getppid)))" 200000 "calls in the table, but the shell's"
	is "$((listed + lost))" "$(report x .totals.syscalls)" "listed and lost against all"
	is "$("$PROF" report --folded=syscalls -i x | awk '{ sum += $NF } END { printf "%d", sum }')" \
		"$((listed + lost))" "sum of folded stacks"
	is "$("$PROF" report --folded=syscalls -i x | sed -n 's/^\[lost\].* //p' |
		awk '{ sum += $1 } END { print sum }')" "$lost" "of these, lost"
	like "$(cat err)" "LOST [0-9,]+ events" "what prof says at the end"
	like "$(cat err)" "hint: .*ring-size" "and what helps"
	"$PROF" report -i x >out
	like "$(cat out)" "lost: +[1-9]" "what the report says"
}

# They are made of rows, and say how many there are not.
case_percentiles_and_analyses_say_what_they_lack() {
	record_with_losses
	local lost
	lost=$(report x .lost.syscalls)
	within "$lost" 1000 1000000 "lost system calls"
	for form in percentiles stats-extended; do
		like "$("$PROF" report --$form x)" "$lost system calls were lost" "$form"
	done
	is "$("$PROF" report --percentiles --json x | jq .lost)" "$lost" "percentiles as JSON"
	like "$("$PROF" analyze x)" "$lost system calls were lost" "analyze"
	is "$("$PROF" analyze --json x | jq .lost)" "$lost" "analyze as JSON"
	record whole true
	unlike "$("$PROF" report --percentiles whole)$("$PROF" analyze whole)" "were lost" "a whole one"
}

case_faults_that_were_lost_are_accounted_for() {
	record_with_losses --no-stacks
	local lost listed
	lost=$(report x .lost.faults)
	listed=$(events x 'select(.type == "page-fault") | .kind' | wc -l)
	within "$lost" 1000 1000000 "lost faults"
	is "$(report x .totals.faults)" "$((listed + lost))" "listed and lost against all"
	is "$(report x .reconciliation.lost)" "$lost" "lost faults of the reconciliation"
	# Pages that an execve populates are known from its event alone, so one may go with it.
	within "$(report x .reconciliation.unexplained)" 0 4 \
		"balance: $(report x '.reconciliation | tojson')"
}

case_nothing_is_lost_with_rings_of_the_usual_size() {
	record x --no-stacks "$PROGRAMS/threads" 4 500000
	is "$(calls x getppid)" 2000000 "calls"
	is_whole x "two million calls"
	record y "$PROGRAMS/touch_rounds" 1024 256 >/dev/null
	within "$(report y .totals.faults)" 262144 263000 "faults"
	is_whole y "a GiB"
}

case_a_daemon_outlives_the_command() {
	record x "$PROGRAMS/daemonize" "$PWD/alive" 1500
	is "$status" 0 "exit status"
	holds "prof does not wait for it" test ! -e alive
	is "$(events x 'select(.type == "left") | .pid' | wc -l)" 1 "threads left"
	is "$(report x .complete)" true "the recording is complete"
	is_whole x daemonize
	sleep 2.5
	holds "the daemon lives on" test -e alive
}

case_many_threads_left_behind() {
	run "$PROF" record -o x sh -c 'for i in 1 2 3; do sleep 30 & echo $!; done'
	while read -r pid; do
		background "$pid"
	done <out
	is "$(events x 'select(.type == "left") | .pid' | sort)" "$(sort out)" "processes left"
	like "$(cat err)" "3 threads of the command run on" "what prof says"
}

run_cases "$@"
