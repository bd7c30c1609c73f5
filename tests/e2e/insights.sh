#!/bin/bash
# SPDX-License-Identifier: MIT
# What prof report says of system calls when it is asked for one thing: insights, priorities,
# anomalies, parts of the analysis.

. "$(dirname "$0")/../lib.sh"

# Of the call that takes long and the many that do not; the child's sleep waits by intention.
case_one_long_call_and_many_cheap_ones() {
	local command
	record x -e syscalls -- "$PROGRAMS/priorities" 20000 1500
	"$PROF" report --priority --json x >priority.json
	is "$(jq -r '.syscalls[0] | .name, .priority, .reason' priority.json | xargs)" \
		"connect High one-is-long" "first"
	is "$(jq -r '.syscalls[] | select(.name == "getppid") | .priority, .reason' priority.json | xargs)" \
		"Low many-cheap" "cheap calls"
	is "$(jq -r '.syscalls[] | select(.name == "clock_nanosleep") | .priority, .reason' \
		priority.json | xargs)" "Low waits" "the sleep"
	"$PROF" report --priority x >text
	like "$(<text)" 'High +connect +2 .* one call took (1|2)\.[0-9]+ s' "the reason"
	read -r -a command < <(sed -n 's/.*e\.g\. prof //p' text)
	like "$("$PROF" "${command[@]}")" 'connect\(' "its example"
}

case_what_dominates_and_what_is_cleaned_up() {
	record x -e syscalls -- "$PROGRAMS/priorities" 20000 100
	"$PROF" report --insights --json x >insights.json
	is "$(jq -r '.dominates_calls | .name, .calls' insights.json | xargs)" "getppid 20000" "by number"
	is "$(jq '.dominates_calls.share == 20000 / .calls' insights.json)" true "its share"
	is "$(jq .clean_up.mappings.ended_by.munmap insights.json)" "$(calls x munmap)" "munmap"
	is "$(jq .clean_up.descriptors.made_by.socket insights.json)" 3 "sockets"
	like "$("$PROF" report --insights x)" 'getppid dominates' "the sentence"
	record y -e trace=read,lseek,write -- "$PROGRAMS/slow_reads" 1
	record y -e trace=openat,close,mmap,newfstatat -- cat /dev/null
	unlike "$("$PROF" report --insights y)" 'dominates' "where nothing does"
}

case_parts_of_the_analysis() {
	record x -e syscalls -- "$PROGRAMS/slow_reads" 400 0
	like "$("$PROF" report --anomalies x)" 'read took (9[0-9]{2} ms|1\.[0-9]+ s)' "the planted one"
	is "$("$PROF" report --anomalies --json x | jq -c '[has("anomalies"), has("calls"), has("heat")]')" \
		"[true,false,false]" "only anomalies"
	is "$("$PROF" report --analysis=correlation,clusters --json x | jq -c '.course | [has("phases"),
		has("correlation"), has("changes")]')" "[true,true,false]" "only these"
	like "$("$PROF" report --analysis=modes x)" 'What takes the time' "modes"
	"$PROF" report --analysis=corelation x 2>err
	is "$?" 2 "exit status"
	like "$(<err)" "did you mean 'correlation'" "hint"
	"$PROF" report --insights --priority x 2>err
	is "$?" 2 "one at a time"
	record y -e faults -- true
	"$PROF" report --anomalies y >out 2>err
	is "$?" 1 "exit status without system calls"
	like "$(<err)" 'no system calls were recorded' "reason"
}

# The child sleeps and the parent waits for it in connect(); the getppid()s are work.
case_time_of_threads() {
	record x -- "$PROGRAMS/priorities" 200000 500
	"$PROF" report --account --json x >account.json
	is "$(jq '[.threads[] | .life_ns == .user_ns + .fault_ns + .work_ns + .waiting_ns +
		.children_ns + .ready_ns] | all' account.json)" true "parts add up"
	is "$(jq '.all | ((.parts_cpu_ns - .cpu_ns) | fabs) < 0.02 * .life_ns' account.json)" true \
		"two clocks for the time on processors: $(jq -c .all account.json)"
	within "$(jq '.threads[0].waiting_ns / 1000000 | floor' account.json)" 480 2000 "waiting"
	is "$(jq -r '.threads[1].verdict' account.json)" waits "the child"
	is "$("$PROF" report --by=wait --json x)" "$(<account.json)" "by wait"
}

case_ratios() {
	record x -e syscalls -- "$PROGRAMS/read_again" file.tmp
	"$PROF" report --ratios --json x >ratios.json
	is "$(jq -c '.files[] | select(.file | endswith("/file.tmp")) |
		[.bytes, .distinct_bytes, .amplification]' ratios.json)" "[32500,10000,3.25]" "read again"
	is "$(jq -c '.writes | [.calls, .bytes, .bytes_per_call, .of_asked]' ratios.json)" \
		"[10,10000,1000,1]" "writes"
	is "$(jq .families.open ratios.json)" "$(calls x openat)" "opens"
	is "$(jq '.calls * 1000000000 / .run_ns == .calls_per_second' ratios.json)" true "calls a second"
	like "$("$PROF" report --ratios x)" '3\.25  [^ ]*/file.tmp: 32,500 of 10,000 bytes' "text"
	record y --no-args -e syscalls -- "$PROGRAMS/read_again" file.tmp
	like "$("$PROF" report --ratios y)" 'read amplification: not known' "without arguments"
}

# As another tool spells it: what goes together, and which calls are of one kind.
case_analysis_of_a_live_run() {
	"$PROF" trace -c --hpu-analysis -o table -- "$PROGRAMS/slow_reads" 4000
	like "$(<table)" 'HPU Analysis Report.*HPU Backend: CPU \([a-z0-9]+\).*Correlation Matrix.*K-means Clustering' \
		"the report"
	"$PROF" stat --hpu-analysis -o table -- true
	like "$(<table)" 'too little happened.*no clusters' "of nothing"
}

run_cases "$@"
