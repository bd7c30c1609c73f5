#!/bin/bash
# SPDX-License-Identifier: MIT
# Stacks of real programs against libdwfl's, frame by frame: of every system call, as ptrace stops
# them, and of every page fault of programs that are run instruction by instruction.
#
# Both sides see the same run: prof records the tracer together with what it traces. Where libdwfl's
# stack is shorter it has come to code without call-frame information.

. "$(dirname "$0")/../lib.sh"

# compare TRACER EVENTS COMMAND...: what the tracer found in the command's run, into the file answer
compare() {
	local tracer=$1
	shift
	record x -e "$events" --no-symbols "$PROGRAMS/$tracer" other "$@" >output
	"$PROGRAMS/compare_stacks" x other >answer 2>differences
}

# answer FILTER
answer() {
	jq "$1" answer
}

# same LEAST COMMAND...: so many stacks, at least, were compared, and none is different. Those of files
# whose table comes late may be cut, as it may not be ready in time.
same() {
	local least=$1 events=${events-syscalls} tracer=${tracer-dwfl_stacks}
	shift
	compare "$tracer" "$@"
	isnt "$status" 125 "$*: exit status"
	within "$(answer .events)" "$least" 1000000 "$*: stacks compared"
	is "$(answer '.different + .unmatched + .absent + .lost')" 0 "$*: differences"
	is "$(answer '.prof_shorter > (.no_table // 0)')" false "$*: shorter than libdwfl's"
	within "$(answer '1000 * (.complete + (.no_table // 0)) / .events | floor')" 999 1000 \
		"$*: complete stacks in a thousand"
	within "$(answer '1000 * .complete / .events | floor')" 990 1000 "$*: late ones not excused"
	[ "$failures" = 0 ] || head -n 60 differences
	echo "# $1: $(<answer)"
}

same_faults() {
	local events=faults tracer=dwfl_faults
	same "$@"
}

case_list_files() {
	same 100 ls -l /usr/bin
}

case_interpreter_with_extensions() {
	needs python3
	same 3000 python3 -c 'import json, asyncio, ctypes, sqlite3, decimal, xml.dom.minidom'
}

case_debugger() {
	needs gdb
	same 1000 gdb -batch -ex 'info line main' "$PROGRAMS/hard_stacks"
}

case_compiler_and_exceptions() {
	needs g++
	same 1000 g++ -O2 -o exceptions "$ROOT/tests/programs/exceptions.cc"
	same 250 ./exceptions
}

case_rust() {
	needs rustc
	cat >threads.rs <<'EOT'
use std::thread;
fn main() {
    let threads: Vec<_> = (0..4)
        .map(|i| thread::spawn(move || println!("{:?}", vec![i; 1000].iter().sum::<i32>())))
        .collect();
    threads.into_iter().for_each(|t| t.join().unwrap());
    let _ = std::panic::catch_unwind(|| panic!("expected"));
    (0..100).for_each(|i| println!("{}", i));
}
EOT
	rustc -O -o threads threads.rs 2>rustc.err || skip "rustc does not work: $(tail -n 1 rustc.err)"
	same 150 ./threads
}

case_hard_stacks() {
	same 60 "$PROGRAMS/hard_stacks" recurse 1000 sort signal altstack longjmp vfork align huge thread coroutine
}

# No rule tells of its frames: the recorder goes by what the file says.
case_odd_frames() {
	same 20 "$PROGRAMS/odd_frames"
	same_faults 25 "$PROGRAMS/odd_frames"
}

# The loader tells what it binds, from inside of _dl_runtime_resolve.
case_lazy_binding() {
	same 100 env LD_DEBUG=bindings LD_DEBUG_OUTPUT="$PWD/bindings" "$PROGRAMS/hard_stacks" sort
	within "$("$PROF" script --json -g -e syscalls -i x |
		jq -c 'select(.name == "writev") | .stack | map(sub("\\+0x.*"; ""))' |
		grep -c '"hard_stacks","ld-linux-x86-64.so.2"')" 5 1000 "calls in the resolver"
}

case_page_faults_in_the_resolver() {
	same_faults 25 "$PROGRAMS/hard_stacks" sort
}

case_page_faults_in_a_signal_handler() {
	same_faults 25 "$PROGRAMS/hard_stacks" altstack
}

case_page_faults_on_the_stack_of_a_coroutine() {
	same_faults 25 "$PROGRAMS/hard_stacks" coroutine
}

# What the comparison would say if there were differences.
case_negative_control() {
	events=syscalls compare dwfl_stacks "$PROGRAMS/hard_stacks" sort
	is "$(answer .different)" 0 "differences"
	sed -i -E 's/^(C .* whole .*)$/\10/' other
	"$PROGRAMS/compare_stacks" x other >answer 2>differences
	within "$(answer .different)" 2 1000 "differences of changed frames"
	sed -i '0,/^C .* whole/{//d}' other
	"$PROGRAMS/compare_stacks" x other >answer 2>differences
	within "$(answer .unmatched)" 1 1000 "unmatched calls"
}

run_cases "$@"
