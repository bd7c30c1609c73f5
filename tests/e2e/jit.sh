#!/bin/bash
# SPDX-License-Identifier: MIT
# Code made at run time: walked by its frame pointers, named by the map that its maker wrote.

. "$(dirname "$0")/../lib.sh"

# touched FILE FUNCTION: the paths of faults in a function, below main, with their numbers
touched() {
	report "$1" ".fault_paths[] | select(.frames[-1] | test(\"^$2\")) |
		\"\\(.faults) \\(.frames | map(gsub(\"\\\\+0x[0-9a-f]+\"; \"\")) | join(\";\"))\"" |
		sed -E 's/_start;(__libc_start_main[^;]*;)?(__libc_start_call_main;)?//' | sort
}

# The map that each process left, which may be of the tests' user only.
remove_maps() {
	local pid
	for pid in $(report x '.processes[].pid'); do
		rm -f "/tmp/perf-$pid.map"
	done
}

# jit PATHS FUNCTION MODE [N]: exactly these paths of faults in the function
jit() {
	local paths=$1 function=$2
	shift 2
	record x "$PROGRAMS/jit_calls" "$@"
	remove_maps
	is "$status" 0 "$*: exit status"
	is "$(touched x "$function")" "$paths" "$*: faults in $function"
	is "$(report x '.stacks.incomplete - .stacks.reasons.jit')" 0 \
		"$*: events whose stack is neither complete nor through such code, \
$(report x '.stacks | tojson')"
	is_whole x "$*"
}

case_calls_through_it() {
	jit "50 main;run;jit_outer with spaces;jit_inner;touch" touch calls 50
	# the faults, and the two calls that map_pages() makes
	is "$(report x .stacks.reasons.jit)" 52 "events on such stacks"
}

case_faults_in_it() {
	jit "50 main;fill;jit_store" jit_store store 50
}

case_interrupted_before_and_after_it_has_a_frame() {
	jit "$(for where in push move return; do
		echo "1 main;traps;run;jit_at_$where;__restore_rt;handle;touch"
	done | sort)" touch traps
}

case_without_a_map() {
	jit "50 main;run;[jit];[jit];touch" touch unmapped 50
}

case_map_of_another_user() {
	jit "50 main;run;[jit];[jit];touch" touch foreign 50
}

case_map_of_an_earlier_process() {
	jit "50 main;run;[jit];[jit];touch" touch stale 50
}

case_map_that_is_removed_at_the_end() {
	jit "50 main;run;jit_outer with spaces;jit_inner;touch" touch removed 50
}

# Its own name for the process, its own /tmp, and both gone at the end.
case_in_a_container() {
	needs unshare
	unshare -mpf true || skip "no namespaces here"
	# shellcheck disable=SC2016 # the inner shell's
	record x unshare -mpf sh -c 'mount -t tmpfs none /mnt && cp "$0" /mnt/app &&
		mount -t tmpfs none /tmp && exec /mnt/app calls 50' "$PROGRAMS/jit_calls"
	is "$status" 0 "exit status"
	is "$(touched x touch)" "50 main;run;jit_outer with spaces;jit_inner;touch" "faults"
	is_whole x container
}

run_cases "$@"
