#!/bin/bash
# SPDX-License-Identifier: MIT
# What the times of system calls mean: planted causes are named, and nothing is made up.

. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/browser.sh"

# 4,000 quick reads, 200 slow ones of a pipe, and one of 900 ms.
record_reads() {
	record x -e syscalls -- "$PROGRAMS/slow_reads" 4000
	"$PROF" analyze --json x >analysis.json
}

of_read() {
	jq -r ".calls[] | select(.name == \"read\") | $1" analysis.json
}

# On a busy machine the slow ones may fall in more than one mode.
case_modes_and_what_tells_them_apart() {
	local slow='[.modes[] | select(.middle_ns >= 1000000)]'
	record_reads
	within "$(of_read "$slow | map(.calls) | add")" 195 205 "slow reads"
	is "$(of_read "$slow | max_by(.calls).findings | map(select(.attribute == \"descriptor\").label)[0]" | cut -d: -f1)" \
		"on descriptor 11, pipe" "their descriptor"
	is "$(of_read "$slow | max_by(.calls).findings | map(select(.attribute == \"site\").label)[0]" |
		cut -d' ' -f1-2)" "at read_slowly" "their place"
	is "$(of_read '[.modes[] | select(.middle_ns < 1000000).findings[]] |
		map(select(.attribute == "descriptor").label)[0]')" \
		"on descriptor 10, /dev/zero" "the descriptor of the quick ones"
}

# Where others keep the processors busy, many reads may be slow: then it is one among them.
case_the_one_that_nothing_explains() {
	local worst
	for _ in 1 2 3; do
		record x -e syscalls -- "$PROGRAMS/slow_reads" 4000 0
		"$PROF" analyze --json x >analysis.json
		worst=$(jq -c '.anomalies.worst[] |
			select(.name == "read" and .event.duration_ns > 890000000) | .severity' analysis.json)
		[ -z "$worst" ] || break
	done
	is "$worst" '"High"' "the read of 900 ms"
}

# The words that it is named by are a command that shows it.
case_examples_open() {
	local command
	record_reads
	command=$("$PROF" analyze x | awk '/^  read:/ { found = 1 }
		found && sub(/^ *e\.g\. prof /, "") { print; exit }')
	# shellcheck disable=SC2086 # words of a command
	like "$("$PROF" $command)" 'read\(10, ' "the event"
}

case_percentiles_equal_sorted_durations() {
	local name nr
	record_reads
	"$PROF" report --percentiles --json x >groups.json
	"$PROF" script --json x | jq -c 'select(.type == "syscall" and .duration_ns != null)
		| [.name, .duration_ns]' >calls
	for name in read write; do
		jq -r "select(.[0] == \"$name\")[1]" calls | sort -n >sorted
		nr=$(wc -l <sorted)
		is "$(jq -r ".syscalls[] | select(.name == \"$name\") | .timed" groups.json)" "$nr" \
			"calls of $name"
		for percent in 50 90 99; do
			is "$(jq -r ".syscalls[] | select(.name == \"$name\") | .p${percent}_ns" groups.json)" \
				"$(sed -n "$(((nr * percent + 99) / 100))p" sorted)" "p$percent of $name"
		done
	done
}

case_groups_add_up() {
	local by calls
	record_reads
	calls=$(report x .totals.syscalls)
	for by in syscall thread process command site errno class site,syscall,errno; do
		is "$("$PROF" report --percentiles=$by --json x |
			jq '(.syscalls // .groups) | map(.calls) | add')" "$calls" "calls by $by"
	done
}

case_two_sites_in_one_function() {
	record x -e syscalls -- "$PROGRAMS/slow_reads" 100
	# Its pipes, the fork, the descriptors; the child's end may come after the recording's.
	within "$("$PROF" report --percentiles=site --json x |
		jq -r '.groups[].site' | grep -c '^main (slow_reads.c')" 4 5 "lines of main with calls"
}

case_the_table() {
	record_reads
	"$PROF" report --percentiles x >table
	is "$(head -n 2 table)" $'System Call Summary:\n====================' "head"
	like "$(sed -n 3p table)" '^Syscall +Calls +Errors +Total Time +Avg Time +p50 +p90 +p99' "titles"
	is "$(grep -E '^[a-z]' table | sort -k4 -rn | head -n 1)" "$(sed -n 4p table)" "sorted by time"
	like "$(tail -n 1 table)" '^Total: [0-9.]+ seconds$' "foot"
	like "$("$PROF" report --stats-extended x)" 'read \([0-9]+ calls\):
  Mean:  ' "extended"
}

case_the_tail_as_paths() {
	record_reads
	within "$("$PROF" report --folded=syscall-ns --tail=p99 x | grep -c 'read_slowly.*;read_\[k\] ')" \
		1 1 "paths of the slowest reads"
	is "$("$PROF" report --folded=syscalls --tail=p99 x | grep -c read_quickly)" 0 "paths of others"
	"$PROF" flame --tail p99 -i x -o tail.svg 2>err
	like "$(<tail.svg)" 'Time of the slowest system calls' "title"
}

case_heat_map_as_picture() {
	record_reads
	"$PROF" analyze --heatmap=read -o read.html x
	browser_start
	browser_open read.html
	like "$(js 'return document.querySelector(".title").textContent')" \
		'^Latency of read over time: [0-9]+ calls$' "title"
	is "$(js 'let sum = 0; for (const cell of document.querySelectorAll("rect title"))
		sum += parseInt(cell.textContent); return sum')" \
		"$(jq '.calls[] | select(.name == "read").timed' analysis.json)" "calls in all cells"
	is "$(console)" "" "console"
	is "$(requests | sort -u | grep -vx data:)" "file://$PWD/read.html" "requests"
}

case_percentiles_of_faults_by_cause() {
	record x -e faults -- "$PROGRAMS/touch_pages" 3000
	is "$(report x '.fault_causes[] | select(.cause == "anon_first_write") |
		.timed == .pages and .p50_ns > 0 and .p50_ns <= .p90_ns and .p90_ns <= .p99_ns')" true \
		"percentiles of first touches"
	like "$("$PROF" report --by=cause x | grep ' cause$')" 'p50_us +p90_us +p99_us' "titles"
	unlike "$("$PROF" report --by=cause,kind x)" 'p50_us' "of several keys"
}

# The reads of a pipe come among quick ones; the longest of all is told while it happens.
case_anomalies_live() {
	"$PROF" trace --anomaly -e trace=read -o lines -- "$PROGRAMS/slow_reads" 400
	is "$(grep -A 1 '^read(11' lines | grep -c 'ANOMALY: read took [0-9]* μs (.*σ from baseline .* μs) - ')" \
		"$(grep -c 'ANOMALY: read' lines)" "alarms stand below slow reads"
	within "$(grep -c 'ANOMALY: read took 9[0-9]\{5\} ' lines)" 1 1 "the read of 900 ms"
	is "$(sed -n 's/^Total anomalies detected: //p' lines)" "$(grep -c ' ANOMALY: ' lines)" "their sum"
	"$PROF" stat --stats-extended --anomaly-threshold=1e6 --anomaly --hpu-analysis -e trace=read \
		-o table -- "$PROGRAMS/slow_reads" 400 2>err
	like "$(<table)" 'read \([0-9]+ calls\):
  Mean:  ' "extended"
	is "$(sed -n 's/^Total anomalies detected: //p' table)" 0 "beyond a million deviations"
}

case_nothing_to_say() {
	record x -e syscalls -- true
	like "$("$PROF" analyze x)" 'no system call has both 100 calls' "too few calls"
	like "$("$PROF" analyze x)" 'no anomalies' "anomalies"
	record y -e faults -- true
	"$PROF" analyze y >out
	is "$?" 0 "exit status without system calls"
}

case_bad_words() {
	record x -e syscalls -- true
	"$PROF" report --percentiles=sites x 2>err
	is "$?" 2 "exit status"
	like "$(<err)" "did you mean 'site'" "hint"
	"$PROF" report --folded --tail=p99 x 2>err
	is "$?" 2 "a tail of faults"
	"$PROF" flame --tail=p100 x 2>err
	is "$?" 2 "p100"
	"$PROF" analyze --heatmap=raed x 2>err
	is "$?" 2 "no such call"
	"$PROF" stat --anomaly-window-size=3 true 2>err
	is "$?" 2 "a window of three calls"
	"$PROF" trace --anomaly-threshold=many true 2>err
	is "$?" 2 "no number"
}

run_cases "$@"
