#!/bin/bash
# SPDX-License-Identifier: MIT
# --kernel-stacks: the way from the entry into the kernel to where the event was, and nothing else.

. "$(dirname "$0")/../lib.sh"

# below FILE PATTERN: folded faults whose path matches, as "KERNEL-FRAMES COUNT" lines
below() {
	"$PROF" report --folded=faults -i "$1" | grep -E "$2" |
		sed -E 's/^.*;(read|__read|__libc_read|__GI___libc_read|__GI___read);//'
}

# kernel_frames FILE EVENTS: of each such event, how many of its frames are the kernel's
kernel_frames() {
	"$PROF" script --json -g --type "$2" -i "$1" | jq -r .kernel_frames
}

case_a_read_shows_its_way_to_the_fault() {
	record x --kernel-stacks "$PROGRAMS/populate" read 700
	below x ';main;read_file;.*;vfs_read_' >paths
	is "$(wc -l <paths)" 1 "paths of the read"
	like "$(cat paths)" \
		'^entry_SYSCALL_64[a-z_]*_\[k\];do_syscall_64_\[k\];(.*;)?vfs_read_\[k\];(.*;)?(.*zero|.*clear_user.*|rep_stos.*)_\[k\] 700$' \
		"the kernel's part, and its faults"
	is_whole x "--kernel-stacks"
}

case_every_form_shows_it() {
	record x --kernel-stacks "$PROGRAMS/populate" read 100
	is "$(report x '[.fault_paths[] | select(.frames | index("read_file") and index("vfs_read_[k]")) |
		.faults] | add')" 100 "faults in JSON"
	is "$(report x .stacks.kernel)" true "--kernel-stacks in JSON"
	like "$("$PROF" report -i x --percent-limit=0)" 'vfs_read_\[k\]' "the text"
	is "$("$PROF" script -g --type=faults -i x | grep -c '^ *vfs_read_\[k\] (\[kernel\])$')" 100 \
		"stacks of events, as text"
	is "$("$PROF" script --json -g --type=faults -i x |
		jq -r 'select(.stack | index("vfs_read_[k]")) | .stack[-.kernel_frames:][0]' | sort -u |
		sed 's/_64.*//')" entry_SYSCALL "where the kernel's part begins in JSON"
}

# A stack of the program that is found unchanged may lead elsewhere in the kernel.
case_one_stack_of_the_program_two_of_the_kernel() {
	record x --kernel-stacks "$PROGRAMS/kernel_paths" 150
	is "$(below x ';main;read_page;.*;vfs_read_.*zero' | sed 's/.* //')" 150 "reads of /dev/zero"
	is "$(below x ';main;read_page;.*;vfs_read_.*pipe_read' | sed 's/.* //')" 150 "reads of the pipe"
	is_whole x kernel_paths
	record y "$PROGRAMS/kernel_paths" 150
	is "$(report y '[.fault_paths[] | select(.frames | index("read_page")) | .faults] | add')" 300 \
		"all of them without the option"
}

case_without_the_option_there_is_none() {
	record x "$PROGRAMS/populate" read 100
	is "$(kernel_frames x syscalls,faults | sort -u)" 0 "kernel frames"
	is "$("$PROF" report --folded=faults -i x | grep -c '_\[k\];')" 0 "frames below a kernel one"
	is "$(report x .stacks.kernel)" false "--kernel-stacks in JSON"
}

case_what_traces_is_left_out() {
	record x --kernel-stacks "$PROGRAMS/known_calls" 20
	"$PROF" script -g -i x | grep -F '_[k]' | sort -u >names
	is "$(grep -cE '(^| )(_*bpf_|__traceiter_|syscall_exit_work|syscall_trace)' names)" 0 \
		"functions that trace: $(grep -E 'bpf|trace|exit_work' names)"
	is "$("$PROF" script --json -g -i x |
		jq -r 'select(.type == "syscall" and .name != "execve" and (.unfinished | not)) |
			.stack[-.kernel_frames:] | join(" ")' | sort -u | sed -E 's/_64(_[a-z]+)*//g')" \
		"entry_SYSCALL_[k] do_syscall_[k]" "the kernel's part of calls"
	is_whole x "known_calls"
}

# user_stacks FILE: every call with the program's part of its stack
user_stacks() {
	"$PROF" script --json -g --type=syscalls -i "$1" |
		jq -r '"\(.name) \(.stack[: (.stack | length) - .kernel_frames] | join(" "))"'
}

case_the_programs_part_is_the_same() {
	setarch -R "$PROF" record -q -o with --kernel-stacks "$PROGRAMS/known_calls" 30
	setarch -R "$PROF" record -q -o without "$PROGRAMS/known_calls" 30
	is "$(user_stacks with)" "$(user_stacks without)" "calls and their stacks"
	is "$(report with .totals.faults)" "$(report without .totals.faults)" "faults"
}

case_it_needs_stacks() {
	run "$PROF" record --no-stacks --kernel-stacks true
	is "$status" 2 "exit status"
	like "$(cat err)" "choose either --no-stacks or --kernel-stacks" "message"
}

run_cases "$@"
