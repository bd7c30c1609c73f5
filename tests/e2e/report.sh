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
		"report --sort=calls" "report --speedscope" "script" "script --json -g" \
		"script --format=perf" "info"; do
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
	like "$("$PROF" report --source=column -i x)" "deeper  call_paths.c:[0-9]+:[0-9]+" "with columns"
	"$PROF" report --json --source=column -i x >columns
	is "$(jq -c '[.fault_paths[].lines // [] | .[] | select(. != null) | sub("(?<line>:[0-9]+):[0-9]+$"; .line)] | unique' columns)" \
		"$(jq -c '[.fault_paths[].lines // [] | .[] | select(. != null)] | unique' r)" "the lines are the same"
	run "$PROF" report --source=row -i x
	is "$status" 2 "another word: status"
	run "$PROF" report --source --folded -i x
	is "$status" 2 "exit status with --folded"
}

# perf_folds_to TYPE WHAT FOLD...: perf's text of events, folded, against our own folding
perf_folds_to() {
	local type=$1 what=$2
	shift 2
	"$PROF" script --format=perf --type="$type" -i x | "$@" | LC_ALL=C sort >from_perf
	"$PROF" report --folded="$what" -i x | LC_ALL=C sort >own
	within "$(wc -l <own)" 3 100000 "lines of $what"
	is "$(diff from_perf own)" "" "$type folded by $1"
}

# fold_perf ALL: as stackcollapse-perf.pl does, with --all if that is 1
fold_perf() {
	awk -v all="$1" -f "$ROOT/tests/fold_perf.awk"
}

case_perf_s_text_folds_to_our_folded_stacks() {
	make_recording
	for all in 0 1; do
		perf_folds_to faults faults fold_perf "$all"
		perf_folds_to syscalls syscalls fold_perf "$all"
	done
	"$PROF" report --folded -i x | sort >own
	is "$("$PROF" script --format=perf -i x | fold_perf 0 | sort | diff - own)" "" \
		"without being told a type"
	within "$("$PROF" script --format=perf -i x | grep -c '(inlined)$')" 1 100000 "inlined frames"
}

case_perf_s_text_folds_so_with_others_tools() {
	needs stackcollapse-perf.pl
	make_recording
	perf_folds_to faults faults stackcollapse-perf.pl
	perf_folds_to syscalls syscalls stackcollapse-perf.pl
	perf_folds_to faults faults stackcollapse-perf.pl --all
}

# shape_of REGEX: the distinct lines that match, with numbers made N and runs of blanks one
shape_of() {
	grep -E "$1" | sed -E 's/\<[0-9a-f]*[0-9][0-9a-f]*\>/N/g; s/ +/ /g' | sort -u
}

case_perf_s_text_looks_like_perf_s() {
	needs perf
	local leaf=$'^\t +[0-9a-f]+ leaf ' header='^call_paths'
	perf record -q --sample-cpu -e page-faults -c 1 -g -o p "$PROGRAMS/call_paths" 100 ||
		skip "perf cannot record here"
	perf script -i p -F comm,pid,tid,cpu,time,period,event,ip,sym,dso >theirs
	record x "$PROGRAMS/call_paths" 100
	"$PROF" script --format=perf -i x >ours
	is "$(shape_of "$header" <ours)" "$(shape_of "$header" <theirs)" "headers"
	is "$(shape_of "$leaf" <ours)" "$(shape_of "$leaf" <theirs)" "frames of a function"
	within "$(grep -cE "$leaf" ours)" 600 600 "how many of them"
	is "$(grep -cE "$leaf" theirs)" 600 "how many of perf's"
}

case_speedscope_gets_a_profile_for_each_weight_and_thread() {
	record x "$PROGRAMS/threads" 3 500
	"$PROF" report --speedscope -i x -o y
	is "$(jq -r '."$schema"' y)" "https://www.speedscope.app/file-format-schema.json" "schema"
	is "$(jq '[.profiles[] | select(.type != "sampled" or .startValue != 0)] | length' y)" 0 "types"
	is "$(jq '[.profiles[] | select((.weights | add) != .endValue)] | length' y)" 0 "sums"
	is "$(jq '[.profiles[] | select((.weights | length) != (.samples | length))] | length' y)" 0 \
		"a weight for each sample"
	is "$(jq '(.shared.frames | length) as $n |
		[.profiles[].samples[][]] | all(. >= 0 and . < $n)' y)" true "frames"
	is "$(jq '[.shared.frames[] | .name | type] | unique | join(" ")' y)" '"string"' "names"
	is "$(jq '[.profiles[] | select(.unit == "none" and (.name | startswith("system calls")))] |
		length' y)" 5 "profiles of system calls: of all threads, of the main one, of three"
	for what in "page faults:.totals.faults" "system calls:.totals.syscalls" \
		"time of system calls:.totals.syscall_ns"; do
		is "$(jq "[.profiles[] | select(.name == \"${what%:*}, all threads\")][0].endValue" y)" \
			"$(report x "${what#*:}")" "${what%:*} of all threads"
		is "$(jq "[.profiles[] | select(.name | test(\"^${what%:*}, threads [0-9/]+\")) |
			.endValue] | add" y)" "$(report x "${what#*:}")" "${what%:*}, added up"
	done
	is "$(jq '[.profiles[] | .name | split(",")[0]] | unique | length' y)" 5 "weights"
	run "$PROF" report --speedscope --folded -i x
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
	"$PROF" script --format=json -i x >by_format
	"$PROF" script --json -i x >by_name
	holds "--json is a short form" cmp by_format by_name
	is "$("$PROF" script -i x | wc -l)" "$(wc -l <order)" "a line for each event"
	is "$("$PROF" script -i x | grep -c ' openat(.* ENOENT')" "$(errors x openat ENOENT)" \
		"lines that grep finds"
}

case_script_chooses_by_name_and_time() {
	make_recording
	events x '[.time_ns, .comm] | @tsv' >all
	"$PROF" script --json --comm=known_calls,ls -i x | jq -r '[.time_ns, .comm] | @tsv' >chosen
	is "$(cat chosen)" "$(grep -P '\t(known_calls|ls)$' all)" "events of two commands"
	within "$(wc -l <chosen)" 10 1000000 "how many"
	is "$("$PROF" script --comm=known -i x | wc -l)" 0 "events of a part of a name"
	local first last
	first=$(sed -n 20p all | cut -f 1)
	last=$(sed -n 60p all | cut -f 1)
	is "$("$PROF" script --json --time="${first}ns,${last}ns" -i x | jq .time_ns)" \
		"$(awk -v first="$first" -v last="$last" '$1 >= first && $1 <= last { print $1 }' all)" \
		"events between two times"
	is "$("$PROF" script --json --time=",${first}ns" -i x | wc -l)" \
		"$(awk -v first="$first" '$1 <= first' all | wc -l)" "events until then"
	run "$PROF" script --time=5 -i x
	is "$status" 2 "exit status for no range"
	run "$PROF" script --format=perf --type=tasks -i x
	is "$status" 2 "exit status for what perf's format lacks"
	run "$PROF" script --format=xml -i x
	is "$status" 2 "exit status for another format"
}

run_cases "$@"
