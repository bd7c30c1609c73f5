#!/bin/bash
# SPDX-License-Identifier: MIT
# Page faults as they happen: exact lines in order of time, and a command that notices nothing.

. "$(dirname "$0")/../lib.sh"

# trace ARGUMENT...: the lines are left in the file lines, the exit status in $status
trace() {
	status=0
	"$PROF" trace -o lines "$@" || status=$?
}

# Of the events only, without frames
events_of() {
	grep -v '^        ' "$1"
}

# below FUNCTION FILE: the lines of faults with that function among their frames
below() {
	awk -v wanted="$1" '
		/^ *[0-9]+\.[0-9]+ / { line = $0; told = 0; next }
		!told && index($1, wanted "+0x") == 1 { print line; told = 1 }' "$2"
}

# lines_beyond N: lines with N pages, less those with one
lines_beyond() {
	setarch -R "$PROF" trace -F all -o with "$PROGRAMS/touch_pages" "$1"
	setarch -R "$PROF" trace -F all -o without "$PROGRAMS/touch_pages" 1
	echo $(($(wc -l <with) - $(wc -l <without)))
}

times_ascend() {
	events_of lines | awk '{ print $1 }' | sort -c -g 2>&1
}

case_one_line_per_fault() {
	is "$(lines_beyond 1001)" 1000 "lines more with 1001 pages than with one"
	is "$(lines_beyond 2)" 1 "lines more with two pages"
	is "$(grep -vcE '^ +[0-9]+\.[0-9]{9} (touch_pages|prof)/[0-9]+ (minor|major) (user|kernel) (read|write|fetch) \[0x[0-9a-f]+\] -> [^ ]+ [0-9]+ns$' with)" \
		0 "lines of another form"
}

case_lines_name_kind_address_and_mapping() {
	head -c $((40 * 4096)) /dev/zero >file
	trace -F all --max-stack 9 "$PROGRAMS/places" 20 "$PWD/file" >begins
	for kind in heap stack file anonymous; do
		local begin first where
		below "$kind" lines >faults
		awk '/ minor user write /' faults | grep -o '\[0x.*' >"$kind"
		begin=$(awk -v kind="$kind" '$1 == kind { print $2 }' begins)
		case $kind in
		heap | stack) where="\[$kind\]" ;;
		file) where=$PWD/file ;;
		anonymous) where=anon ;;
		esac
		within "$(grep -c -- "-> $where+0x" "$kind")" 19 24 "$kind: faults in its mapping"
		is "$(grep -c "^\[$begin\] -> $where+0x" "$kind")" "$([ $kind = stack ] && echo 0 || echo 1)" \
			"$kind: the fault at its begin"
	done
	is "$(grep -c "^.*-> $PWD/file+0x" lines)" 20 "faults in the file"
	first=$(grep -o "$PWD/file+0x[0-9a-f]*" file | head -n 1)
	is "$first" "$PWD/file+0x2000" "the offset is into the file"
	is "$(grep -o '^\[0x[0-9a-f]*' anonymous | grep -c '000$')" 20 "addresses at the start of pages"
	is "$(below nowhere lines | wc -l)" 0 "faults of a function that there is not"
}

case_kinds_are_chosen() {
	head -c $((200 * 4096)) /dev/urandom >file
	sync file
	trace -F maj "$PROGRAMS/cold_file" file 200 >resident
	is "$(grep -vc ' major ' lines)" 0 "lines of other kinds with -F maj"
	[ "$(cat resident)" = 0 ] || skip "this file system keeps dropped pages in memory"
	is "$(grep -c "major user read .*-> $PWD/file+0x" lines)" 200 "major faults"
	trace -F min "$PROGRAMS/cold_file" file 200 >resident
	is "$(grep -vc ' minor ' lines)" 0 "lines of other kinds with -F min"
	within "$(wc -l <lines)" 20 1000 "minor faults"
}

case_failed_faults_have_lines_too() {
	trace -F all --max-stack 4 "$PROGRAMS/segv" continue 50
	is "$(below write_nowhere lines | grep -c ' failed user write .* -> ? -$')" 50 "failed faults"
	trace -F min "$PROGRAMS/segv" continue 50
	is "$(grep -c failed lines)" 0 "failed faults with -F min"
}

case_frames_are_named() {
	trace -F min --max-stack 30 "$PROGRAMS/call_paths" 10
	is "$(below left lines | wc -l)" 10 "below left"
	is "$(below right lines | wc -l)" 50 "below right"
	is "$(below deeper lines | wc -l)" 30 "below deeper"
	is "$(below leaf lines | wc -l)" 60 "below leaf"
	grep -A 5 'anon' lines | awk '/leaf\+/ { leaf = 1; next } leaf { print $1, $2; leaf = 0 }' |
		sed 's/+0x[0-9a-f]*//' | sort | uniq -c | awk '{ print $1, $2, $3 }' >callers
	is "$(cat callers)" "30 deeper (call_paths)
10 left (call_paths)
20 right (call_paths)" "callers of leaf"
	within "$(grep -c '^ *main+0x[0-9a-f]* (call_paths)$' lines)" 60 64 "main"
	grep -A 30 ' write .* anon' lines | grep -c '_start+0x' >starts
	within "$(cat starts)" 60 1000 "stacks that reach _start"
}

case_no_more_frames_than_asked_for() {
	trace -F min --max-stack 2 "$PROGRAMS/call_paths" 10
	within "$(below main lines | wc -l)" 0 4 "main, which is deeper but for its own faults"
	is "$(below leaf lines | wc -l)" 60 "leaf, which is second"
	is "$(awk '/^ *[0-9]+\.[0-9]+ /{ n = 0; next } !/inlined|\[kernel\]/ { n++ } n > 2' lines)" "" \
		"third frames"
	trace -F min "$PROGRAMS/call_paths" 10
	is "$(grep -c '^        ' lines)" 0 "frames by default"
}

case_kernel_mode_faults_have_the_kernels_frame() {
	trace -F all --max-stack 9 "$PROGRAMS/populate" read 300
	within "$(grep -c ' minor kernel write .* anon' lines)" 300 330 "kernel-mode faults"
	within "$(grep -c '^        .*(\[kernel\])$' lines)" 300 330 "frames of the kernel"
}

# The registers are those of the program before, which is not there any more.
case_faults_of_an_execve_have_no_code_of_their_own() {
	trace -F all --max-stack 9 "$PROGRAMS/populate" read 300
	within "$(grep -c ' kernel ' lines)" 302 400 "faults in kernel mode"
	is "$(grep -cF '[unknown]' lines)" 0 "frames that nobody knows"
	is "$(grep -cF 'the stack ends here' lines)" 0 "stacks that are not whole"
}

case_threads_come_in_order_of_time() {
	trace -F all "$PROGRAMS/touch_threads" 4 5000
	is "$(times_ascend)" "" "lines that are not in order"
	is "$(awk '/ write .* -> anon/ { n[$2]++ } END { for (t in n) if (n[t] >= 5000) print t }' lines |
		wc -l)" 4 "threads with all of their faults"
	is "$(grep -c 'lost' lines)" 0 "losses"
	within "$(grep -c 'anon' lines)" 20000 20200 "faults in anonymous memory"
}

case_children_are_followed() {
	trace -F all -f "$PROGRAMS/fork_many" 20
	is "$(awk '{ print $2 }' lines | sort -u | grep -c fork_many/)" 21 "processes"
	is "$(times_ascend)" "" "lines that are not in order"
}

case_max_events_is_exact_and_the_command_runs_on() {
	for n in 1 100 7777; do
		trace -F min --max-events "$n" sh -c "'$PROGRAMS/touch_pages' 20000; touch done.$n; exit 9"
		is "$status" 9 "exit status"
		is "$(wc -l <lines)" "$n" "lines"
		holds "the command came to its end" test -e "done.$n"
	done
	trace -F min --max-stack 7 --max-events 100 "$PROGRAMS/touch_pages" 2000
	is "$(events_of lines | wc -l)" 100 "lines, not counting frames"
	trace -F min --max-events 1000000 "$PROGRAMS/touch_pages" 10
	is "$status" 0 "exit status when there are fewer"
	within "$(wc -l <lines)" 10 1000 "lines when there are fewer"
}

case_a_reader_who_goes_away_ends_it_quietly() {
	"$PROF" trace -F all sh -c "'$PROGRAMS/touch_pages' 30000; touch two; exit 6" 2> >(head -n 3 >fewer)
	is "$?" 6 "exit status"
	holds "the command came to its end" test -e two
	mkfifo pipe
	head -n 3 pipe >fewest &
	while ! "$PROF" trace -F all -o pipe sh -c "'$PROGRAMS/touch_pages' 30000; touch three; exit 4" 2>err; do
		[ "$?" = 125 ] || break # its reader was not there yet
	done
	holds "the command came to its end" test -e three
	is "$(cat err)" "" "what prof says"
	wait
	is "$(wc -l <fewer)" 3 "lines read from standard error"
	is "$(wc -l <fewest)" 3 "lines read from a pipe"
}

case_a_reader_who_is_slow_gets_everything() {
	mkfifo pipe
	exec 9<>pipe # or else there might be no reader yet
	{ sleep 1; exec cat 9>&-; } <pipe >slow &
	"$PROF" trace -F all -o pipe "$PROGRAMS/touch_pages" 50000 2>err 9>&-
	is "$?" 0 "exit status"
	exec 9>&-
	wait
	within "$(wc -l <slow)" 50000 50200 "lines"
	is "$(cat err)" "" "what prof says"
}

case_a_full_disk_is_told() {
	run "$PROF" trace -F all -o /dev/full "$PROGRAMS/touch_pages" 100
	is "$status" 1 "exit status"
	is "$(cat err)" "prof: cannot write to /dev/full: No space left on device" "its message"
	run "$PROF" trace -F all -o /dev/full sh -c 'exit 3'
	is "$status" 3 "exit status of a command that fails, too"
}

case_the_commands_output_is_its_own() {
	run "$PROF" trace -F all sh -c 'seq 1000; echo to stderr >&2'
	is "$(cat out)" "$(seq 1000)" "standard output"
	is "$(grep -c '^to stderr$' err)" 1 "its own line on standard error"
	within "$(grep -c ' sh/' err)" 20 1000 "lines on standard error"
	run "$PROF" trace -F all -o lines sh -c 'echo one; echo two >&2'
	is "$(cat out) $(cat err)" "one two" "both streams with -o"
	"$PROGRAMS/inherited" a 'b c' </etc/passwd >without 2>err
	"$PROF" trace -F all -o lines "$PROGRAMS/inherited" a 'b c' </etc/passwd >with 2>err
	is "$(diff without with | grep -v 'environment _=\|fd 1: \|^---\|^[0-9,c]*$')" "" \
		"what it inherits"
}

case_lines_of_prof_and_of_the_command_do_not_mix() {
	cat >noise.sh <<-'end'
		i=0
		while [ $i -lt 300 ]; do
			echo "a line of the command's own, to be found whole" >&2
			(:)
			i=$((i + 1))
		done
	end
	"$PROF" trace -F all sh noise.sh 2>&1 | cat >both
	is "$(grep -c "^a line of the command's own, to be found whole$" both)" 300 "its lines"
	is "$(grep -v '^a line' both | grep -vcE '^ +[0-9]+\.[0-9]{9} .*(ns|-)$')" 0 "broken lines"
}

case_the_file_before_is_kept() {
	trace -F all true
	cp lines before
	trace -F all true
	holds "FILE.old is the earlier one" cmp before lines.old
	"$PROF" trace -F all -o lines nonexistent-command 2>err
	holds "a command that cannot run leaves both" cmp before lines.old
	SUDO_UID=12345 SUDO_GID=12345 SUDO_USER=nobody-such "$PROF" trace -F all -o theirs true
	is "$(stat -c %u:%g theirs)" 12345:12345 "owner under sudo"
	"$PROF" trace -F min -o /dev/stderr true 2>through
	within "$(wc -l <through)" 10 1000 "lines through /dev/stderr, to a file"
	holds "/dev/stderr is still there" test -e /dev/stderr
}

case_exit_status_is_the_commands() {
	for wanted in 0 3 125 255; do
		trace -F all sh -c "exit $wanted"
		is "$status" "$wanted" "exit status"
	done
	trace -F all nonexistent-command 2>err
	is "$status" 127 "not found"
	echo >plain
	trace -F all ./plain 2>err
	is "$status" 126 "not executable"
	trace -F all -o /nonexistent/file true 2>err
	is "$status" 125 "no such directory for the lines"
	/usr/bin/python3 - "$PROF" >result <<-'end'
		import subprocess, sys
		command = [sys.argv[1], "trace", "-F", "all", "-o", "lines", "sh", "-c", "kill -TERM $$"]
		print(subprocess.run(command).returncode)
	end
	is "$(cat result)" -15 "prof is killed as the command was"
}

case_usage_errors() {
	run "$PROF" trace -F all
	is "$status" 2 "no command"
	run "$PROF" trace -F some true
	is "$status" 2 "unknown kind of faults"
	run "$PROF" trace -e opnat true
	is "$status" 2 "an unknown system call"
	like "$(cat err)" "hint: did you mean 'openat'?" "what was meant"
	run "$PROF" trace -z -Z true
	is "$status" 2 "neither successful nor failed"
	run "$PROF" trace -e inject=read:error=EIO true
	is "$status" 2 "tampering"
	like "$(cat err)" "hint: strace" "who can"
	run "$PROF" trace -F all -p one
	is "$status" 2 "no process"
	run "$PROF" trace -F all -o - true
	is "$status" 2 "standard output for the lines"
	run "$PROF" trace -F all --max-events 0 true
	is "$status" 2 "no events"
	run "$PROF" trace -F all --max-stack 1025 true
	is "$status" 2 "too many frames"
	"$PROF" trace --help >help
	is "$(grep -cE '^ +(-F, --faults|--max-stack|--max-events|-o, --output)\b' help)" 4 "options in --help"
}

# start COMMAND...: prof in the background, with signals as a shell in a terminal would set them
start() {
	env --default-signal=INT,QUIT "$PROF" trace -F all -o lines "$@" 2>err &
	prof=$!
	background "$prof"
}

case_signals_are_passed_on() {
	start sh -c 'trap "exit 5" INT; touch ready; while :; do sleep 0.05; done'
	await test -e ready
	kill -INT "$prof"
	wait "$prof"
	is "$?" 5 "exit status after an interrupt"
	within "$(wc -l <lines)" 50 100000 "lines"
}

case_a_second_interrupt_leaves_the_command() {
	start sh -c 'trap "" INT; echo $$ >pid; touch ready; sleep 3; touch alive'
	await test -e ready
	background "$(cat pid)"
	kill -INT "$prof"
	sleep 0.3
	kill -INT "$prof"
	wait "$prof"
	is "$?" 130 "exit status"
	like "$(cat err)" "run.* on untraced" "what prof says"
	await test -e alive
	holds "the command lives on" test -e alive
}

case_interrupts_work_when_nobody_reads() {
	mkfifo pipe
	exec 9<>pipe
	env --default-signal=INT,QUIT "$PROF" trace -F all -o pipe \
		sh -c "'$PROGRAMS/touch_pages' 20000; touch ended" 2>err &
	prof=$!
	background "$prof"
	await test -e ended
	for _ in $(seq 100); do
		kill -INT "$prof" 2>/dev/null || break
		sleep 0.1
	done
	wait "$prof"
	like "$?" '^(0|130)$' "exit status: of the command, or that it was left just before its end"
}

# Loses events for certain: the reader of the rings stands still while the command runs.
case_losses_are_told_where_they_are() {
	"$PROF" trace -F all -o lines --ring-size 64K sh -c \
		"touch ready; sleep 0.5; '$PROGRAMS/touch_pages' 20000; touch touched; sleep 2; exec true" 2>err &
	local prof=$!
	background "$prof"
	await test -e ready
	kill -STOP "$prof"
	await test -e touched
	kill -CONT "$prof"
	wait "$prof"
	is "$?" 0 "exit status"
	local lost
	lost=$(awk '/^--- lost [0-9]+ events? ---$/ { sum += $3 } END { print sum + 0 }' lines)
	within "$lost" 10000 20500 "lost events"
	like "$(cat err)" "LOST $(printf "%'d" "$lost" | sed 's/\([0-9]\)\([0-9]\{3\}\)$/\1,\2/') events: the rings were full" \
		"what prof says at the end"
	within "$((lost + $(grep -c touch_pages/ lines)))" 20000 20500 "lost and printed faults"
	local before after
	before=$(grep -B 1 -m 1 '^--- lost' lines | awk 'NR == 1 { print $2 }')
	after=$(tac lines | grep -B 1 -m 1 '^--- lost' | awk 'NR == 1 { print $2 }')
	like "$before" "touch_pages/" "the line before the first loss"
	like "$after" "/" "a line after the last loss"
	unlike "$after" "touch_pages/.*anon" "the line after the last loss"
}

run_cases "$@"
