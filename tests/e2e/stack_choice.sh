#!/bin/bash
# SPDX-License-Identifier: MIT
# -g: which events carry their stacks; and the system calls that come along with faults.

. "$(dirname "$0")/../lib.sh"

MEMORY='["mmap","munmap","mremap","mprotect","brk","madvise","mlock"]'

# Adds to every event whether it is of the calls that manage memory, and has a stack. The command's
# own execve, which prof made, has none ever, nor has what faults in it.
listed() {
	"$PROF" script --json -g --type="${2:-syscalls,faults}" -i "$1" |
		jq -c "select(.name != \"execve\") | .has_stack = (.stack | length > 0) |
			.what = if .type == \"page-fault\" then \"fault\"
				elif [.name] - $MEMORY == [] then \"memory\" else \"other\" end"
}

# with_stacks FILE: which kinds of events have stacks; faults before the program runs are left out
with_stacks() {
	listed "$1" | jq -r 'select(.has_stack) | .what' | sort -u | tr '\n' ' '
}

case_faults_and_what_they_need() {
	record x -g faults "$PROGRAMS/known_calls" 10
	is "$(with_stacks x)" "fault memory " "events with a stack"
	is "$(listed x | jq -r 'select(.what == "memory" and (.has_stack | not)) | .name')" "" \
		"calls that manage memory, without one"
	is "$(report x .stacks.unasked)" "$(events x "select(.type == \"syscall\" and
		([.name] - $MEMORY != [])) | .name" | wc -l)" "events that were to have none"
	is "$(calls x getppid)" 40 "getppid"
	like "$("$PROF" report -i x)" "events have none, as asked: -g faults" "the text"
	is_whole x "-g faults"
}

case_memory_calls_alone() {
	record x -g memory "$PROGRAMS/touch_pages" 400
	is "$(with_stacks x)" "memory " "events with a stack"
	is "$(report x .totals.faults)" "$(events x 'select(.type == "page-fault") | .kind' | wc -l)" \
		"faults"
	within "$(report x .totals.faults)" 400 1000 "faults"
	is "$(report x .stacks.incomplete)" 0 "stacks that are not whole"
	is_whole x "-g memory"
}

case_all_is_what_there_is_by_default() {
	for choice in "" -g --stacks "-g all" --stacks=all --call-graph=dwarf "--call-graph fp"; do
		# shellcheck disable=SC2086 # words
		record x $choice "$PROGRAMS/known_calls" 3
		is "$status" 0 "'$choice': exit status"
		is "$(with_stacks x)" "fault memory other " "'$choice': events with a stack"
		is "$(report x '"\(.stacks.of) \(.stacks.unasked)"')" "all 0" "'$choice': as recorded"
	done
}

case_a_word_that_is_no_choice_is_the_command() {
	run "$PROF" record -q -o x -g echo faults
	is "$status $(cat out)" "0 faults" "-g echo faults"
	printf '#!/bin/sh\necho mine\n' >faults
	chmod +x faults
	PATH=.:$PATH run "$PROF" record -q -o x -g -- faults
	is "$status $(cat out)" "0 mine" "-g -- faults"
	run "$PROF" record -q --stacks=dwarf true
	is "$status" 2 "--stacks=dwarf"
	like "$(cat err)" "choose all \(the default\), faults or memory" "its hint"
	run "$PROF" record --no-stacks -g true
	is "$status" 2 "--no-stacks -g"
}

# unchosen FILE: the calls that were recorded for the faults alone
unchosen() {
	"$PROF" script --json --type=unchosen -i "$1" | jq -r '"\(.name) \(.args) \(.result)"'
}

case_faults_bring_the_calls_that_manage_memory() {
	setarch -R "$PROF" record -q -o faults -e faults "$PROGRAMS/populate" map 500
	setarch -R "$PROF" record -q -o both "$PROGRAMS/populate" map 500
	is "$(unchosen faults)" "$(events both "select(.type == \"syscall\" and ([.name] - $MEMORY == [])) |
		\"\(.name) \(.args) \(.result)\"")" "calls"
	is "$(unchosen both)" "" "calls where all were chosen"
	is "$(listed faults unchosen | jq .has_stack | sort -u)" true "their stacks"
	is "$("$PROF" script --json --type=unchosen -i faults | jq .populated_pages | sort -n | tail -n 1)" \
		500 "pages populated by the mmap"
	is "$(report faults .totals.pages_populated)" "$(report both .totals.pages_populated)" \
		"pages populated"
	is_whole faults "-e faults"
}

case_but_they_are_nobodys_choice() {
	record x -e faults -e trace=getppid "$PROGRAMS/known_calls" 10
	is "$(report x '.syscalls | map("\(.name) \(.calls)") | join(" ")')" "getppid 40" "the table"
	is "$(report x .totals.syscalls)" 40 "all calls"
	is "$(report x '[.processes[].syscalls] | add')" 40 "calls of processes"
	is "$(events x 'select(.type == "syscall") | .name' | sort | uniq -c | awk '{print $1, $2}')" \
		"40 getppid" "listed"
	is "$("$PROF" report --folded=syscalls -i x | awk '{ sum += $NF } END { print sum }')" 40 "folded"
	isnt "$(unchosen x | wc -l)" 0 "calls that came along"
	is_whole x "-e trace=getppid"
	record y -e trace=getppid "$PROGRAMS/known_calls" 10
	is "$(unchosen y | wc -l)" 0 "calls that came along without faults"
	record z -e faults -e trace=getppid,brk "$PROGRAMS/known_calls" 10
	is "$(calls z brk)" "$(events z 'select(.name == "brk") | .name' | wc -l)" "brk, being chosen"
	is "$(unchosen z | grep -c '^brk')" 0 "brk, come along"
}

case_they_come_along_without_stacks_too() {
	record x --no-stacks -e faults "$PROGRAMS/populate" map 200
	is "$("$PROF" script --json --type=unchosen -i x | jq .populated_pages | sort -n | tail -n 1)" \
		200 "pages populated by the mmap"
	is "$(listed x unchosen | jq .has_stack | sort -u)" false "their stacks"
	is_whole x "--no-stacks"
}

run_cases "$@"
