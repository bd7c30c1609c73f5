#!/bin/bash
# SPDX-License-Identifier: MIT
# What goes wrong outside of prof: rights, disks, damaged and foreign files.

. "$(dirname "$0")/../lib.sh"

USER_ID=12345 # nobody's

# A copy of prof where any user can reach it, and a directory where any user may write.
make_public() {
	chmod 777 .
	cp "$PROF" ./prof
}

as_user() {
	setpriv --reuid=$USER_ID --regid=$USER_ID --clear-groups "$@"
}

case_without_privileges() {
	needs setpriv
	make_public
	run as_user ./prof record -e faults touch marker
	is "$status" 125 "exit status"
	like "$(cat err)" "missing CAP_BPF" "the missing capability"
	like "$(cat err)" "hint: .*sudo" "the remedy"
	holds "the command did not run" test ! -e marker
	holds "no recording was made" test ! -e prof.data
	run as_user ./prof doctor
	is "$status" 1 "doctor"
	like "$(cat out)" "CAP_BPF" "doctor names it too"
}

case_with_the_two_capabilities_alone() {
	needs setpriv
	make_public
	as_user --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon true 2>/dev/null ||
		skip "ambient capabilities do not work here"
	run as_user --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon \
		./prof record -q -o x id -u
	is "$status" 0 "exit status ($(cat err))"
	is "$(cat out)" $USER_ID "user"
	is_whole x "CAP_BPF and CAP_PERFMON"
}

case_an_output_that_cannot_be_opened() {
	for output in /nonexistent/x . ''; do
		run "$PROF" record -o "$output" touch marker
		within "$status" 2 125 "exit status for '$output'"
		like "$(cat err)" "prof: " "message for '$output'"
		holds "the command did not run" test ! -e marker
	done
}

case_a_full_device() {
	run "$PROF" record -o /dev/full touch marker
	is "$status" 125 "exit status"
	like "$(cat err)" "No space left" "message"
	holds "the command did not run" test ! -e marker
}

case_a_full_disk() {
	mkdir small
	record whole "$PROGRAMS/known_calls" 40000
	mount -t tmpfs -o size=64k tmpfs small 2>/dev/null || skip "tmpfs cannot be mounted here"
	run "$PROF" record -o small/x "$PROGRAMS/known_calls" 40000
	cp small/x x
	umount small
	is "$status" 1 "exit status"
	like "$(cat err)" "No space left" "message"
	run "$PROF" report --json -i x
	is "$(jq .totals.syscalls out)" "$(report whole .totals.syscalls)" "calls, by the kernel's count"
	within "$(jq .lost.total out)" 1000 10000000 "lost events"
	like "$("$PROF" report -i x)" "lost: +[1-9]" "what the report says"
}

case_prof_is_killed() {
	"$PROF" record -q -o x sh -c 'i=0; while [ $i -lt 40 ]; do sleep 0.1; i=$((i + 1)); done; touch alive' &
	local prof=$!
	background "$prof"
	sleep 2.5
	kill -KILL "$prof"
	wait "$prof" 2>/dev/null
	run "$PROF" report --json -i x
	is "$status" 0 "exit status of the report"
	is "$(jq .complete out)" false "the recording is marked incomplete"
	within "$(jq .totals.syscalls out)" 100 100000 "calls up to then"
	run "$PROF" report -i x
	like "$(cat out err)" "incomplete|cut short|killed" "what the report says"
	sleep 3.5
	holds "the command has run on" test -e alive
}

case_prof_is_killed_at_once() {
	"$PROF" record -q -o x sleep 1.5 &
	local prof=$!
	background "$prof"
	await test -s x
	sleep 0.2
	kill -KILL "$prof"
	wait "$prof" 2>/dev/null
	is "$(report x '.command | join(" ")')" "sleep 1.5" "the command is known"
	is "$(report x .lost_is_known)" false "what was lost is not"
}

# Whatever the file is, each reader ends in time with a status of its own.
read_damaged() {
	for reader in report "report --json" "script" "info"; do
		# shellcheck disable=SC2086 # a subcommand and its option
		timeout -s KILL 20 "$PROF" $reader -i damaged >out 2>err
		status=$?
		within "$status" 0 1 "$1: exit status of $reader"
		[ "$status" = 0 ] || like "$(cat err)" "^(prof|note): " "$1: message of $reader"
	done
}

make_recording() {
	record x "$PROGRAMS/call_paths" 50
	size=$(stat -c %s x)
}

case_truncated_recordings() {
	make_recording
	for ((bytes = 0; bytes < size; bytes += size / 40 + 1)); do
		head -c "$bytes" x >damaged
		read_damaged "$bytes of $size bytes"
	done
	head -c $((size - 1)) x >damaged
	"$PROF" info -i damaged >out 2>err
	is "$?" 1 "a missing last byte is noticed"
}

case_corrupt_recordings() {
	make_recording
	RANDOM=7
	for _ in $(seq 60); do
		cp x damaged
		local at=$(((RANDOM * 32768 + RANDOM) % size))
		printf '%b' "\\x$(printf %02x $((RANDOM % 256)))" |
			dd of=damaged bs=1 seek="$at" conv=notrunc status=none
		read_damaged "byte $at changed"
	done
}

case_files_that_are_no_recordings() {
	make_recording
	: >damaged
	read_damaged "an empty file"
	is "$status" 1 "an empty file"
	cp "$PROF" damaged
	read_damaged "a program"
	is "$status" 1 "a program"
	like "$(cat err)" "damaged" "the message names the file"
	head -c 100000 /dev/urandom >damaged
	read_damaged "noise"
	is "$status" 1 "noise"
	for file in /nonexistent . /dev/null; do
		run "$PROF" report -i "$file"
		is "$status" 1 "$file"
		like "$(cat err)" "prof: " "message for $file"
	done
	if command -v perf >/dev/null && perf record -q -e page-faults -o damaged true 2>/dev/null; then
		read_damaged "a perf.data"
		is "$status" 1 "a perf.data"
	fi
}

case_wrong_words_for_the_readers() {
	make_recording
	for words in "report --nonsense" "report --sort=nonsense" "report --folded=nonsense" \
		"script --type=nonsense" "script --pid=x" "info --nonsense" "doctor --nonsense" \
		"report --percent-limit=x" "report --color=sometimes"; do
		# shellcheck disable=SC2086 # a subcommand and its option
		run "$PROF" $words
		is "$status" 2 "prof $words"
		like "$(cat err)" "prof: " "message of prof $words"
	done
	run "$PROF" report nonexistent.data
	is "$status" 1 "a missing file"
	like "$(cat err)" "nonexistent.data.*No such file" "its message"
}

run_cases "$@"
