#!/bin/bash
# SPDX-License-Identifier: MIT
# The command runs as it would without prof, under sudo as the invoking user; nobody else is recorded.

. "$(dirname "$0")/../lib.sh"

USER_ID=12345 # nobody's

as_sudo() {
	SUDO_UID=$USER_ID SUDO_GID=$USER_ID SUDO_USER=nobody-such "$@"
}

case_the_command_inherits_what_it_would() {
	"$PROGRAMS/inherited" a 'b c' </etc/passwd >without 2>err
	"$PROF" record -q -o x "$PROGRAMS/inherited" a 'b c' </etc/passwd >with 2>err
	is "$(diff without with | grep -v 'environment _=\|fd 1: \|^---\|^[0-9,c]*$')" "" "differences"
	within "$(wc -l <with)" 80 10000 "lines compared"
}

case_odd_signal_settings_are_inherited_too() {
	local odd=(env "--ignore-signal=PIPE,INT,USR1" "--block-signal=TERM,USR2,CHLD" nice -n 5)
	"${odd[@]}" "$PROGRAMS/inherited" >without 2>err
	"${odd[@]}" "$PROF" record -q -o x "$PROGRAMS/inherited" >with 2>err
	is "$(diff without with | grep -v 'environment _=\|fd 1: \|^---\|^[0-9,c]*$')" "" "differences"
	like "$(cat with)" "nice 5" "its priority"
	like "$(cat with)" "signal 10: blocked 0, ignored 1" "SIGUSR1"
}

case_a_parent_that_ignores_its_children() {
	timeout -s KILL 20 env --ignore-signal=CHLD "$PROF" record -q -o x sh -c 'exit 3'
	is "$?" 3 "exit status"
	env --ignore-signal=CHLD "$PROGRAMS/inherited" 2>&1 | grep '^signal 17' >without
	timeout -s KILL 20 env --ignore-signal=CHLD "$PROF" record -q -o x "$PROGRAMS/inherited" 2>&1 |
		grep '^signal 17' >with
	is "$(cat with)" "$(cat without)" "SIGCHLD of the command"
}

case_closed_and_extra_descriptors() {
	"$PROGRAMS/inherited" 7</etc/passwd 0<&- 2>&- | grep '^fd' | grep -v 'fd 1:' >without
	"$PROF" record -q -o x "$PROGRAMS/inherited" 7</etc/passwd 0<&- 2>&- | grep '^fd' | grep -v 'fd 1:' >with
	is "$(cat with)" "$(cat without)" "descriptors"
	like "$(cat with)" "fd 7:" "the extra one"
}

case_standard_streams_are_the_commands() {
	is "$(seq 1000 | "$PROF" record -q -o x wc -l)" 1000 "stdin and stdout"
	is "$("$PROF" record -q -o x sh -c 'echo one; echo two >&2' 2>/dev/null)" one "stdout alone"
	"$PROF" record -o x sh -c 'echo one' 2>/dev/null >out
	is "$(cat out)" one "the summary is not on stdout"
}

case_argv_and_directory() {
	run bash -c "exec -a renamed '$PROF' record -q -o x sh -c 'echo \$0; pwd'"
	is "$(tail -n 1 out)" "$PWD" "directory"
	is "$("$PROF" record -q -o x cat /proc/self/cmdline | tr '\0' ' ')" "cat /proc/self/cmdline " "argv"
}

case_under_sudo_the_command_is_the_users() {
	is "$(as_sudo "$PROF" record -q -o x id -u)" $USER_ID "user"
	is "$(as_sudo "$PROF" record -q -o y id -G)" $USER_ID "groups"
	is "$(stat -c %u:%g x)" $USER_ID:$USER_ID "owner of the recording"
	is "$(as_sudo "$PROF" record -q -o y grep CapEff /proc/self/status | awk '{print $2}')" \
		0000000000000000 "capabilities"
	is "$(as_sudo "$PROF" record -q -o y sh -c 'kill -0 $PPID 2>/dev/null; echo $?')" 1 \
		"it may not send prof a signal"
	is_whole x sudo
}

case_under_sudo_a_known_user_has_its_home() {
	local name id group home
	IFS=: read -r name _ id group _ home _ < <(getent passwd nobody) || skip "there is no nobody"
	is "$(SUDO_UID=$id SUDO_GID=$group SUDO_USER=$name "$PROF" record -q -o x \
		sh -c 'echo "$HOME $USER $LOGNAME"')" "$home $name $name" "HOME, USER and LOGNAME"
}

# The recorder has threads, and none of them may hold what the command's process needs to start.
case_under_sudo_every_command_starts() {
	local id group late=0
	IFS=: read -r _ _ id group _ < <(getent passwd nobody) || skip "there is no nobody"
	for _ in $(seq 60); do
		SUDO_UID=$id SUDO_GID=$group timeout -s KILL 10 "$PROF" record -q -o x true ||
			late=$((late + 1))
	done
	is "$late" 0 "of 60, how many did not start in time"
}

case_as_root_opts_out_of_it() {
	is "$(as_sudo "$PROF" record --as-root -q -o x id -u)" 0 "user"
	is "$(stat -c %u x)" 0 "owner of the recording"
}

case_under_sudo_links_are_not_followed() {
	echo precious >precious
	mkdir users && chown $USER_ID users
	ln -s "$PWD/precious" users/prof.data
	run as_sudo "$PROF" record -q -o users/prof.data true
	is "$(cat precious)" precious "a file behind a link in the user's directory"
}

case_real_sudo() {
	local name=prof-test-user
	needs sudo useradd
	useradd -M "$name" 2>/dev/null || skip "no user can be added here"
	id=$(id -u "$name")
	is "$(SUDO_UID=$id SUDO_GID=$(id -g "$name") "$PROF" record -q -o x id -un)" "$name" "user"
	userdel "$name"
}

case_nobody_else_is_recorded() {
	dd if=/dev/zero of=/dev/null bs=1 2>/dev/null &
	local other=$!
	background "$other"
	record x "$PROGRAMS/fork_many" 50
	kill "$other"
	is "$(events x "select(.pid == $other) | .type" | wc -l)" 0 "events of an unrelated process"
	is "$(calls x dup2)" 0 "its calls in the totals"
	is "$(events x .pid | sort -u | wc -l)" 51 "processes with events"
	is "$(report x .totals.processes)" 51 "processes in the report"
}

case_two_recordings_at_a_time() {
	"$PROF" record -q -o a "$PROGRAMS/threads" 4 20000 &
	local first=$!
	"$PROF" record -q -o b "$PROGRAMS/threads" 3 20000
	wait "$first"
	is "$(calls a getppid)" 80000 "calls of one"
	is "$(calls b getppid)" 60000 "calls of the other"
	is_whole a "one"
	is_whole b "the other"
}

case_a_recorder_that_is_recorded() {
	record outer "$PROF" record -q -o inner "$PROGRAMS/known_calls" 5
	is "$status" 0 "exit status"
	is "$(calls inner getppid)" 20 "calls in the inner recording"
	is "$(calls outer getppid)" 20 "calls in the outer recording"
}

run_cases "$@"
