#!/bin/bash
# SPDX-License-Identifier: MIT
# The command's exit status and fatal signal pass through; signals to prof stop and save.

. "$(dirname "$0")/../lib.sh"

# start COMMAND...: prof in the background, with signals as a shell in a terminal would set them
start() {
	env --default-signal=INT,QUIT "$PROF" record -q -o x "$@" >out 2>err &
	prof=$!
	background "$prof"
}

case_exit_status_is_the_commands() {
	for wanted in 0 1 3 77 125 126 127 255; do
		record x sh -c "exit $wanted"
		is "$status" "$wanted" "exit status"
		is "$(report x .exit)" "$wanted" "exit in the report"
	done
}

case_a_fatal_signal_is_died_of() {
	for signal in TERM KILL SEGV ABRT USR1; do
		status=0
		/usr/bin/python3 - "$PROF" "$signal" >result <<-'end'
			import os, signal, subprocess, sys
			prof, name = sys.argv[1:]
			command = [prof, "record", "-q", "-o", "x", "sh", "-c", "kill -" + name + " $$"]
			print(subprocess.run(command).returncode + getattr(signal, "SIG" + name))
		end
		is "$(cat result)" 0 "prof is killed by $signal as the command was"
		is "$(report x .exit_signal)" "SIG$signal" "signal in the report"
		is "$(report x .complete)" true "the recording is complete"
	done
}

case_only_the_command_leaves_a_core() {
	needs /usr/bin/python3
	[ "$(cat /proc/sys/kernel/core_pattern)" = core ] || skip "cores go elsewhere here"
	ulimit -c unlimited || skip "cores are not allowed here"
	mkdir target
	(cd target && record ../x "$PROGRAMS/segv" die) 2>err
	is "$(find . -maxdepth 1 -name 'core*' | wc -l)" 0 "cores of prof"
}

case_a_command_that_cannot_run() {
	run "$PROF" record nonexistent-command
	is "$status" 127 "not found"
	like "$(cat err)" "prof: .*nonexistent-command.*No such file" "its message"
	run "$PROF" record ./nonexistent
	is "$status" 127 "no such path"
	echo >plain
	run "$PROF" record ./plain
	is "$status" 126 "not executable"
	like "$(cat err)" "Permission denied" "its message"
	run "$PROF" record ./
	is "$status" 126 "a directory"
	holds "no recording is left" test ! -e prof.data
	echo 'exit 8' >script && chmod +x script
	run "$PROF" record -q ./script
	is "$status" 8 "a script without #! is the shell's, as for execvp"
}

case_usage_errors() {
	run "$PROF" record
	is "$status" 2 "no command"
	like "$(cat err)" "no command to record" "its message"
	run "$PROF" record --nonsense true
	is "$status" 2 "unknown option"
	like "$(cat err)" "nonsense" "its message"
	run "$PROF" record -o
	is "$status" 2 "missing argument"
	run "$PROF" record -o - true
	is "$status" 2 "a pipe for the recording"
	run "$PROF" record --ring-size 5 true
	is "$status" 2 "rings that are too small"
	run "$PROF" report --json --folded
	is "$status" 2 "two forms at a time"
	run "$PROF" nonsense
	is "$status" 2 "unknown subcommand"
	run "$PROF" repotr
	like "$(cat err)" "hint: .*report" "suggestion"
	run "$PROF"
	is "$status" 2 "no subcommand"
	run "$PROF" --version
	is "$status" 0 "--version"
	like "$(cat out)" "^prof [0-9]+\.[0-9]+" "version"
	holds "nothing was recorded" test ! -e prof.data
}

case_options_end_where_the_command_begins() {
	run "$PROF" record -q -o x sh -c 'echo "$0 $*"' -o y -e z
	is "$(cat out)" "-o y -e z" "options of the command"
	run "$PROF" record -q -o x -- sh -c 'echo fine'
	is "$(cat out)" fine "after --"
}

case_the_recording_before_is_kept() {
	run "$PROF" record sh -c 'exit 3'
	like "$(cat err)" "prof: next: prof report" "what to type next"
	like "$(cat err)" "lost 0 events" "what was lost"
	run "$PROF" record sh -c 'exit 4'
	is "$(report prof.data .exit)" 4 "prof.data"
	is "$(report prof.data.old .exit)" 3 "prof.data.old"
	run "$PROF" record nonexistent-command
	is "$(report prof.data .exit)" 4 "prof.data after a command that cannot run"
}

case_a_link_is_replaced_like_a_file() {
	ln -s elsewhere x
	record x true
	is "$status" 0 "exit status"
	is "$(readlink x.old)" elsewhere "the link is kept"
	is "$(report x .exit)" 0 "the recording is a file of its own"
	holds "nothing was written through the link" test ! -e elsewhere
}

case_links_to_streams_stay_what_they_are() {
	ln -s /proc/self/fd/2 err2
	ln -s /dev/null null
	for link in err2 null; do
		run "$PROF" record -o $link true
		is "$status" 125 "exit status"
		like "$(cat err)" "no place for a file" "what prof says"
		holds "the link is still there" test -L $link
		holds "nothing is kept in its place" test ! -e $link.old
	done
}

case_quiet_is_silent() {
	run "$PROF" record -q sh -c 'echo out; echo err >&2'
	is "$(cat out)" out "stdout"
	is "$(cat err)" err "stderr"
}

case_an_interrupt_of_prof_alone_is_passed_on() {
	start sh -c 'trap "echo got it; exit 5" INT; touch ready; while :; do sleep 0.05; done'
	await test -e ready
	kill -INT "$prof"
	wait "$prof"
	is "$?" 5 "exit status"
	is "$(cat out)" "got it" "the command's last words"
	is "$(report x .complete)" true "the recording is complete"
	is_whole x interrupted
}

case_a_termination_is_passed_on() {
	start sh -c 'touch ready; while :; do sleep 0.05; done'
	await test -e ready
	kill -TERM "$prof"
	wait "$prof"
	is "$?" 143 "exit status"
	is "$(report x .exit_signal)" SIGTERM "signal in the report"
	is "$(report x .complete)" true "the recording is complete"
}

case_a_second_interrupt_saves_and_leaves_the_command() {
	start sh -c 'trap "" INT; echo $$ >pid; touch ready; sleep 3; touch alive'
	await test -e ready
	background "$(cat pid)"
	kill -INT "$prof"
	sleep 0.3
	kill -INT "$prof"
	wait "$prof"
	is "$?" 130 "exit status"
	is "$(report x .complete)" true "the recording is complete"
	is "$(report x .exit)" null "exit is not known"
	await test -e alive
	holds "the command lives on" test -e alive
}

# Feeds the keys to the terminal after a while, and prints what was shown there.
in_terminal() {
	local keys=$1
	shift
	{
		await test -e ready
		sleep 0.3
		printf '%b' "$keys"
		sleep 1
	} | script -qec "exec $*" /dev/null # or else its shell is interrupted, too
}

case_control_c_in_a_terminal_reaches_the_command_once() {
	needs script
	cat >program.sh <<-'end'
		n=0
		trap 'n=$((n + 1))' INT
		touch ready
		i=0
		while [ $i -lt 20 ]; do
			sleep 0.05
			i=$((i + 1))
		done
		echo "interrupts: $n"
		exit 9
	end
	in_terminal '\003' "$PROF record -o x sh program.sh" >screen
	is "$?" 9 "exit status"
	like "$(cat screen)" "interrupts: 1" "interrupts that the command saw"
	like "$(cat screen)" "prof: wrote x" "what prof says"
	is "$(report x .complete)" true "the recording is complete"
}

case_control_c_in_a_terminal_ends_what_does_not_mind() {
	needs script
	in_terminal '\003' "$PROF record -o x sh -c 'touch ready; exec sleep 20'" >screen
	is "$?" 130 "exit status"
	is "$(report x .exit_signal)" SIGINT "signal in the report"
	is "$(report x .complete)" true "the recording is complete"
}

case_a_command_that_stops_and_goes_on() {
	record x "$PROGRAMS/signals" stop
	is "$status" 0 "exit status"
	start sh -c 'echo $$ >pid; touch ready; sleep 1; exit 6'
	await test -e ready
	kill -STOP "$(cat pid)"
	sleep 1.5
	holds "prof waits for it" kill -0 "$prof"
	kill -CONT "$(cat pid)"
	wait "$prof"
	is "$?" 6 "exit status"
	is_whole x "stopped and continued"
}

run_cases "$@"
