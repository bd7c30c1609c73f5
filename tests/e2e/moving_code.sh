#!/bin/bash
# SPDX-License-Identifier: MIT
# Code that is mapped, moved, cut, covered and shared: what is called right behind it is unwound.

. "$(dirname "$0")/../lib.sh"

# chains FILE: how many faults each path to touch() has, below main() or the thread's start
chains() {
	report "$1" '.fault_paths[] | select(.frames[-1] == "touch") | "\(.faults) \(.frames | join(" "))"' |
		sed -E 's/ _start (__libc_start_main[^ ]* )?(__libc_start_call_main )?main / /' |
		sed -E 's/ (__)?clone3? start_thread thread_main / /' | sort
}

# all_pages COUNT PATH: what chains() says of call_all() from there
all_pages() {
	printf "$1 $2 call_all call_at page_%d touch\n" 0 1 2 3
}

# moved MODE [ARGUMENT] <CHAINS: the program's faults in touch(), with exactly these calls, and every
# stack unwound by its own code's table
moved() {
	local wanted
	wanted=$(sort)
	record x "$PROGRAMS/mapped_code" "$@"
	is "$status" 0 "$*: exit status"
	is "$(chains x)" "$wanted" "$*: calls"
	is "$(report x '.stacks.reasons | .lost + .no_code + .unreadable + .no_table + .broken + .too_deep')" \
		0 "$*: $(report x '.stacks.reasons | tojson')"
	is_whole x "$*"
}

case_moved() {
	moved move < <(all_pages 1 move)
}

case_shrunk_and_other_code_behind_it() {
	moved shrink <<-'END'
		2 shrink call_at page_0 touch
		1 shrink call_at page_1 touch
	END
}

case_grown() {
	moved grow < <(all_pages 1 grow)
}

case_moved_over_other_code() {
	moved move_over <<-'END'
		2 move_over call_all call_at page_2 touch
		2 move_over call_all call_at page_3 touch
	END
}

case_moved_and_left_behind() {
	moved move_and_stay < <(all_pages 2 move_and_stay)
}

case_duplicated() {
	moved duplicate < <(all_pages 2 duplicate)
}

case_covered_in_the_middle() {
	moved cover <<-'END'
		2 cover call_all call_at page_0 touch
		1 cover call_all call_at page_1 touch
		1 cover call_all call_at page_3 touch
	END
}

case_cut_in_the_middle() {
	moved cut <<-'END'
		1 cut call_at page_0 touch
		1 cut call_at page_2 touch
		1 cut call_at page_3 touch
		1 cut call_all call_at page_0 touch
		1 cut call_all call_at page_2 touch
		2 cut call_all call_at page_3 touch
	END
}

case_made_executable_again() {
	moved protect <<-END
		$(all_pages 1 protect)
		2 protect call_at page_0 touch
		1 protect call_at page_3 touch
	END
}

case_mapped_twice() {
	moved twice <<-END
		$(all_pages 1 twice)
		1 twice call_at page_1 touch
		1 twice call_at page_2 touch
		1 twice call_at page_3 touch
	END
}

case_mapped_page_by_page() {
	moved piecewise < <(all_pages 1 piecewise)
}

# The same addresses on the same stack, but each time another function.
case_other_code_at_the_same_place() {
	moved change 400 < <(printf "100 change call_at page_%d touch\n" 0 1 2 3)
}

case_made_writable_and_executable_ten_thousand_times() {
	moved toggle 10000 < <(all_pages 1 toggle)
}

case_forked() {
	moved forked <<-END
		$(all_pages 2 forked)
		1 forked call_at page_3 touch
	END
}

case_mapped_by_a_vforked_child() {
	moved vforked < <(printf "1 vforked call_at page_%d touch\n" 1 2)
}

case_mapped_by_threads_at_once() {
	moved in_threads 100 < <(all_pages 400 map_and_call)
}

# A fork may come between a fault and the write that it was for, which then faults again.
case_forked_while_threads_map() {
	record x "$PROGRAMS/mapped_code" forked_among_threads 50
	is "$status" 0 "exit status"
	is "$(chains x | cut -d " " -f 2- | sort)" "$({
		all_pages 1 map_and_call | cut -d " " -f 2-
		echo forked_among_threads call_at page_0 touch
	} | sort)" "calls"
	within "$(report x '[.fault_paths[] | select(.frames[-1] == "touch") | .faults] | add')" 450 500 \
		"faults in touch()"
	is_whole x "forked while threads map"
}

case_program_executed_by_a_thread() {
	moved exec_in_thread < <(all_pages 1 move)
}

# Two libraries, one after the other at the same addresses.
case_libraries_in_turn() {
	local name
	needs gcc
	for name in one other; do
		printf 'void plugin_call(void (*call)(void))\n{\n\tcall();\n\t__asm__ volatile("");\n}\n' >$name.c
		gcc -O2 -fomit-frame-pointer -shared -fPIC -Dplugin_call=plugin_$name \
			-Wl,--defsym=plugin_call=plugin_$name -o $name.so $name.c || skip "gcc does not work"
	done
	record x "$PROGRAMS/dlopen_loop" 40 ./one.so ./other.so
	is "$status" 0 "exit status"
	is "$(report x '.fault_paths[] | select(.frames[-1] == "touch") | "\(.faults) \(.frames[-2])"' | sort)" \
		$'20 plugin_one\n20 plugin_other' "calls of each library"
	is_whole x "libraries in turn"
}

# As a program is that was laid out anew after it had been linked: code, data, nothing, and more code.
case_code_on_both_sides_of_a_hole() {
	needs gcc
	cat >far.c <<-'END'
		#include <sys/mman.h>
		static __attribute__((noipa)) void touch(void)
		{
			char *page = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			*(volatile char *)page = 1;
			__asm__ volatile("" ::: "memory");
		}
		__attribute__((noipa, section(".far"))) void far(void (*call)(void))
		{
			call();
			__asm__ volatile("" ::: "memory");
		}
		int main(void)
		{
			far(touch);
			return 0;
		}
	END
	gcc -O2 -fomit-frame-pointer -no-pie -mcmodel=large -Wl,--section-start=.far=0x800000 \
		-o far far.c || skip "gcc does not work"
	record x ./far
	is "$(report x '.fault_paths[] | select(.frames[-1] == "touch") | .frames[-3:] | join(" ")')" \
		"main far touch" "calls"
	is "$(report x '.stacks.reasons | .no_code + .no_rule + .frame_pointer')" 0 \
		"stacks that end early: $(report x '.stacks.reasons | tojson')"
	is_whole x far
}

# The first fault of all in a program is that of the loader's first instruction.
case_first_instruction_of_a_program() {
	record x /bin/true
	is "$("$PROF" script --json -g --type faults -i x |
		jq -c 'select(.mode == "user") | [.access, .stack]' | head -n 1)" '["fetch",["_start"]]' \
		"the first fault"
	is "$(report x '.stacks.reasons | .no_table + .no_rule + .no_code + .unreadable + .broken')" 0 \
		"stacks that end early: $(report x '.stacks.reasons | tojson')"
	is_whole x true
}

run_cases "$@"
