#!/bin/bash
# SPDX-License-Identifier: MIT
# Reports: anywhere, by anybody, the same bytes each time, and fit for pipes and other tools.

. "$(dirname "$0")/../lib.sh"

make_recording() {
	record x sh -c "'$PROGRAMS/call_paths' 100; '$PROGRAMS/known_calls' 5; ls / >/dev/null"
}

case_a_copy_is_read_without_privileges() {
	needs setpriv
	make_recording
	mkdir elsewhere
	cp "$PROF" x elsewhere
	chmod 755 elsewhere && chmod 644 elsewhere/x
	(cd elsewhere && setpriv --reuid=12345 --regid=12345 --clear-groups --bounding-set=-all \
		env -i ./prof report --json -i x) >copy
	"$PROF" report --json -i x >original
	holds "same bytes" cmp copy original
	is "$(jq -r .schema copy)" "prof.report/1" "schema"
}

case_symbols_are_inside() {
	cp "$PROGRAMS/call_paths" program
	record x ./program 100
	rm program
	within "$(faults_in x deeper)" 300 300 "faults in a function of a program that is gone"
}

# As in a container: what the kernel calls a file is not what the recorder does.
case_symbols_of_another_root() {
	needs unshare
	mkdir root
	unshare -m mount --rbind / root || skip "nothing can be mounted here"
	unshare -m sh -c "mount --rbind / root &&
		exec chroot root '$PROF' record -q -o '$PWD/x' '$PROGRAMS/touch_pages' 300"
	is "$?" 0 "exit status"
	is "$(faults_in x touch_first)" 300 "faults of a function"
}

case_two_reports_are_the_same_bytes() {
	make_recording
	for form in "report" "report --json" "report --folded" "report --folded=syscall-ns" \
		"report --sort=calls" "script" "script --json -g" "info"; do
		# shellcheck disable=SC2086 # a subcommand and its options
		"$PROF" $form -i x >one
		# shellcheck disable=SC2086
		COLUMNS=200 "$PROF" $form -i x >two
		holds "$form" cmp one two
		within "$(stat -c %s one)" 100 100000000 "bytes of $form"
	done
}

case_the_report_has_all_that_was_promised() {
	make_recording
	"$PROF" report --json -i x >r
	for key in .command .exit .wall_ns .totals.syscalls .totals.syscall_errors .totals.faults \
		.totals.faults_minor .totals.faults_major .totals.faults_failed \
		.totals.pages_populated .totals.processes .totals.threads .lost.total \
		.reconciliation.rusage_minflt .reconciliation.rusage_majflt \
		.reconciliation.accounted .reconciliation.unexplained .reconciliation.balanced \
		.stacks.complete .stacks.incomplete '.syscalls[0].errnos' '.syscalls[0].p99_ns' \
		'.fault_paths[0].frames' '.fault_paths[0].bytes'; do
		isnt "$(jq "$key" r)" null "$key"
	done
	is "$(jq '[.syscalls[].calls] | add == '"$(jq .totals.syscalls r)" r)" true "calls add up"
	is "$(jq '[.fault_paths[].faults] | add' r)" "$(jq .totals.faults r)" "faults add up"
	is "$(jq '[.syscalls[].total_ns] | . == (sort | reverse)' r)" true "sorted by time"
	is "$(jq '[.syscalls[].total_ns] | add' r)" "$(jq .totals.syscall_ns r)" "times add up"
	is "$(jq '[.processes[].faults] | add' r)" "$(jq .totals.faults r)" "processes add up"
}

case_the_text_says_what_the_json_does() {
	make_recording
	"$PROF" report -i x >text
	like "$(cat text)" "lost: +0 events" "losses"
	like "$(cat text)" "balanced: every fault is accounted for" "reconciliation"
	like "$(cat text)" "$(report x .totals.syscalls | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta') system calls" "calls"
	like "$(cat text)" "getppid +$(calls x getppid) " "a row"
	like "$(cat text)" "ENOENT" "an errno"
	like "$(cat text)" "stacks: +[0-9.]+% of events proven complete" "how stacks were taken"
}

# folded_is WHAT TOTAL: lines as flamegraph.pl, inferno and speedscope read them, that add up
folded_is() {
	"$PROF" report --folded="$1" -i x >folded
	within "$(wc -l <folded)" 3 100000 "lines of $1"
	is "$(grep -vcE '^[^; ][^;]*(;[^;]+)* [0-9]+$' folded)" 0 "malformed lines of $1"
	is "$(grep -cE ' [0-9]+ [0-9]+$' folded)" 0 "lines of $1 that look like a difference"
	holds "$1 is sorted" sort -c folded
	is "$(awk '{ sum += $NF } END { printf "%d", sum }' folded)" "$(report x "$2")" "sum of $1"
}

case_folded_stacks_add_up() {
	make_recording
	folded_is faults .totals.faults
	folded_is fault-ns '[.fault_paths[].ns] | add'
	folded_is fault-bytes '[.fault_paths[].bytes] | add'
	folded_is syscalls .totals.syscalls
	folded_is syscall-ns .totals.syscall_ns
	is "$("$PROF" report --folded -i x | grep -c 'main;right;deeper;leaf')" 1 "a known path"
}

case_source_lines_stay_apart_by_choice() {
	make_recording
	is "$(report x '[.fault_paths[] | has("lines")] | any')" false "lines nobody asked for"
	"$PROF" report --json --source -i x >r
	is "$(jq -c '[.fault_paths[] | select((.lines | length) != (.frames | length))]' r)" "[]" \
		"lines beside each frame"
	is "$(jq '[.fault_paths[].faults] | add' r)" "$(jq .totals.faults r)" "faults add up"
	is "$(jq '[.fault_paths[] | select(.frames | index("right")) |
		.lines[.frames | index("right")] | split("/") | last] | unique | length' r)" 2 \
		"lines of a function that calls from two"
	like "$("$PROF" report --source -i x)" "deeper  call_paths.c:[0-9]+" "in the graph"
	run "$PROF" report --source --folded -i x
	is "$status" 2 "exit status with --folded"
}

case_folded_stacks_are_drawn() {
	needs flamegraph.pl xmllint
	make_recording
	"$PROF" report --folded -i x | flamegraph.pl >picture.svg
	holds "a picture" xmllint --noout picture.svg
}

case_a_closed_pipe_is_quiet() {
	record x "$PROGRAMS/threads" 2 20000
	for form in "report" "report --json" "script" "script --json" "report --folded"; do
		# shellcheck disable=SC2086 # a subcommand and its option
		{ "$PROF" $form -i x 2>err; echo $? >status; } | head -n 1 >line
		is "$(wc -l <line)" 1 "first line of $form"
		is "$(cat err)" "" "messages of $form"
		unlike "$(cat status)" "^(134|139)$" "exit status of $form"
	done
}

case_a_full_disk_is_told() {
	make_recording
	"$PROF" report -i x >/dev/full 2>err
	is "$?" 1 "exit status"
	like "$(cat err)" "No space left" "message"
}

case_colours_are_for_terminals() {
	local escape=$'\033'
	needs script
	make_recording
	unset NO_COLOR
	export TERM=xterm PROF_PAGER=cat
	unlike "$("$PROF" report -i x)" "$escape" "in a pipe"
	like "$("$PROF" report --color=always -i x)" "$escape" "always"
	like "$(script -qec "$PROF report -i x" /dev/null)" "$escape" "on a terminal"
	unlike "$(NO_COLOR=1 script -qec "$PROF report -i x" /dev/null)" "$escape" "with NO_COLOR"
	unlike "$(script -qec "$PROF report --color=never -i x" /dev/null)" "$escape" "never"
	unlike "$(TERM=dumb script -qec "$PROF report -i x" /dev/null)" "$escape" "with TERM=dumb"
}

case_the_pager_is_used_on_terminals() {
	needs script
	make_recording
	like "$(TERM=xterm PROF_PAGER='sed s/^/paged:/' script -qec "$PROF report -i x" /dev/null)" \
		"paged:" "a long report"
	unlike "$(TERM=xterm PROF_PAGER='sed s/^/paged:/' script -qec \
		"$PROF report --no-pager -i x" /dev/null)" "paged:" "--no-pager"
	unlike "$(PROF_PAGER='sed s/^/paged:/' "$PROF" report -i x)" "paged:" "no terminal"
}

case_doctor_says_what_works() {
	"$PROF" doctor --json >d
	is "$?" 0 "exit status"
	is "$(jq -r .schema d)" "prof.doctor/1" "schema"
	is "$(jq .ok d)" true "ok"
	within "$(jq '.checks | length' d)" 10 100 "checks"
	is "$(jq '[.checks[] | select(.needed and (.ok | not))] | length' d)" 0 "needed and not there"
	like "$("$PROF" doctor)" "prof record works on this host" "text"
}

case_info_checks_the_file() {
	make_recording
	run "$PROF" info --json -i x
	is "$status" 0 "exit status"
	is "$(jq .complete out)" true "complete"
	is "$(jq .integrity.damaged_chunks out)" 0 "damaged chunks"
}

case_script_is_sorted_and_stable() {
	make_recording
	events x .time_ns >order
	holds "in order of time" sort -nc order
	is "$("$PROF" script -i x | wc -l)" "$(wc -l <order)" "a line for each event"
	is "$("$PROF" script -i x | grep -c ' openat(.* ENOENT')" "$(errors x openat ENOENT)" \
		"lines that grep finds"
}

run_cases "$@"
