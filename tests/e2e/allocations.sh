#!/bin/bash
# SPDX-License-Identifier: MIT
# Blocks of malloc and its like: known numbers by site, held against DHAT, whichever allocator it is.

. "$(dirname "$0")/../lib.sh"

# site FILE FUNCTION FILTER: of the sites in that function
site() {
	report "$1" "[.allocation_sites[] | select(.function == \"$2\")] | $3"
}

# blocks FILE FUNCTION: "blocks bytes" of all sites in it
blocks() {
	site "$1" "$2" '"\(map(.blocks) | add // 0) \(map(.bytes) | add // 0)"'
}

all_blocks() {
	report "$1" ".allocations | \"\(.blocks) \(.bytes)\""
}

record_blocks() {
	record x -e faults,malloc "$@" >/dev/null
	is "$status" 0 "exit status of $*"
	is_whole x "$1"
}

# sites_are_known WHAT [OTHERS]: the numbers that the program is made of, in the recording x
sites_are_known() {
	is "$(blocks x by_malloc)" "10 1000" "$1: malloc"
	is "$(blocks x by_calloc)" "7 1050" "$1: calloc"
	is "$(blocks x by_aligned)" "3 600" "$1: posix_memalign"
	is "$(blocks x by_others)" "${2-4 761}" "$1: aligned_alloc, memalign, reallocarray, strdup"
	is "$(blocks x by_two)" "2 3000" "$1: two in one function"
	is "$(site x by_two length)" 2 "$1: which are two sites"
	is "$(site x by_malloc '.[].kept_blocks')" 0 "$1: nothing of it was kept"
	is "$(report x .allocations.unseen_frees)" 0 "$1: all frees were seen"
}

case_each_function_of_an_allocator() {
	record_blocks "$PROGRAMS/alloc_sites" sites
	sites_are_known glibc
	is "$(all_blocks x)" "26 6411" "all"
	is "$(report x '.allocations | "\(.peak_bytes) \(.peak_blocks)"')" "3000 2" "peak"
	is "$(report x .allocations.unknown_frees)" 0 "frees of unknown blocks"
	is "$(site x by_malloc '.[] | "\(.entry) \(.file | sub(".*/"; "")) \(.caller)"')" \
		"malloc alloc_sites.c sites" "where it is"
	is "$(report x '[.allocation_sites[] | select(.line == null)] | length')" 0 "sites without a line"
	is "$(site x by_malloc '.[].frames | .[-4:-1] | join(" ")')" "main sites by_malloc" "its stack"
}

# The first recording's probes are in the file of libc that the programs of the others map, too.
case_probes_of_others_do_not_cut_stacks() {
	local recorder target
	"$PROF" record -q -o x -e malloc -- sh -c 'echo >probed; exec sleep 100' &
	recorder=$!
	background "$recorder"
	until [ -s probed ]; do sleep 0.1; done
	record y -e faults "$PROGRAMS/alloc_pairs" 20000 3
	is_whole y "a command"
	is "$(report y .stacks.incomplete)" 0 "stacks that are not whole"
	within "$(report y '[.fault_paths[] | select(.frames | index("make_pairs"))] | length')" 1 999 \
		"paths through malloc"
	(exec "$PROGRAMS/alloc_patterns" sparse 100000000) &
	target=$!
	background "$target"
	record z -p "$target" -d 1s
	is "$(report z .stacks.incomplete)" 0 "attached: stacks that are not whole"
	kill "$target" "$recorder"
	wait "$recorder"
}

case_blocks_cost_nothing_unless_asked_for() {
	record x "$PROGRAMS/alloc_sites" sites
	is "$(report x '.allocations, (.allocation_sites | length)')" $'null\n0' "no blocks"
	run "$PROF" report --by=alloc-site -i x
	is "$status" 1 "asked for all the same"
	like "$(cat err)" "-e malloc" "what to do"
	run "$PROF" record -e malloc --no-stacks -o y true
	is "$status" 2 "without stacks there are no sites"
}

case_realloc_is_told_as_dhat_does() {
	record_blocks "$PROGRAMS/alloc_sites" resize
	is "$(blocks x grow)" "64 208000" "a chain of realloc()"
	is "$(blocks x make_to_shrink)" "1 5000" "made"
	is "$(blocks x shrink)" "1 500" "shrunk"
	is "$(blocks x grow_mapped)" "8 37748736" "mapped blocks that move"
	is "$(report x .allocations.kept_blocks)" 0 "realloc(block, 0) frees"
	is "$(report x .allocations.peak_bytes)" 8388608 "peak"
}

# dhat ARGUMENT: "blocks bytes" and "bytes at the peak"
dhat() {
	valgrind --tool=dhat --dhat-out-file=dhat "$PROGRAMS/alloc_sites" "$1" 2>&1 | tr -d , |
		sed -n 's/.*Total: *\([0-9]*\) bytes in \([0-9]*\) blocks/\2 \1/p
			s/.*t-gmax: *\([0-9]*\) bytes.*/\1/p'
}

case_totals_agree_with_dhat() {
	local way
	needs valgrind
	for way in sites resize kept; do
		record_blocks "$PROGRAMS/alloc_sites" "$way"
		is "$(all_blocks x; report x .allocations.peak_bytes)" "$(dhat "$way")" "$way"
	done
}

# 255 whole pages in a block of 1 MiB that begins behind a header.
case_pages_that_were_never_touched() {
	local page
	page=$(getconf PAGESIZE)
	record_blocks "$PROGRAMS/alloc_sites" touch
	is "$(site x touch_half '.[] | "\(.judged_bytes) \(.untouched_bytes)"')" \
		"$((255 * page)) $((205 * page))" "50 of 255 pages touched"
	is "$(site x touch_none '.[] | "\(.untouched_bytes) \(.untouched_blocks)"')" \
		"$((5 * 255 * page)) 5" "none touched"
	is "$(site x touch_all '.[].untouched_bytes')" 0 "all touched"
	is "$(site x touch_recycled 'map(.untouched_bytes) | add')" 0 "pages of another block"
	record x -e malloc "$PROGRAMS/alloc_sites" touch
	is "$(site x touch_none '.[].untouched_bytes')" null "without faults nothing is known"
}

case_other_threads_free() {
	record_blocks "$PROGRAMS/alloc_sites" threads 8
	is "$(blocks x make_in_thread)" "800 38400" "by threads"
	is "$(site x make_in_thread '.[].kept_blocks')" 0 "freed by another"
}

case_a_child_has_copies() {
	record_blocks "$PROGRAMS/alloc_sites" fork
	is "$(blocks x make_before_fork)" "5 1665" "before the fork"
	is "$(site x make_before_fork '.[].kept_blocks')" 0 "freed by the parent"
	is "$(blocks x make_in_child)" "4 308" "in the child"
	is "$(report x '.allocations | "\(.inherited_frees) \(.unknown_frees)"')" "5 0" \
		"freed by the child"
}

case_kept_and_failed() {
	record_blocks "$PROGRAMS/alloc_sites" kept 25
	is "$(site x keep '.[] | "\(.kept_blocks) \(.kept_bytes)"')" "25 2500" "kept to the end"
	record_blocks "$PROGRAMS/alloc_sites" fail
	is "$(site x fail '.[] | "\(.failures) \(.blocks)"')" "3 0" "without memory"
}

# Faults and calls inside of malloc() have a probe between them and their callers.
case_stacks_inside_of_probed_functions_are_whole() {
	record x -e faults,syscalls,malloc "$PROGRAMS/alloc_sites" touch
	is "$(report x '.stacks.incomplete')" 0 "stacks that were cut"
	like "$("$PROF" report --folded syscalls -i x)" ";main;touch;touch_none;[^ ]*calloc;[^ ]*mmap_\[k\] 5" \
		"a call in calloc()"
	like "$("$PROF" report --folded faults -i x)" ";main;touch;touch_none;[^ ]*calloc;[^ ]* [0-9]" \
		"a fault in calloc()"
	is "$(calls x uretprobe)$(calls x 335)" 00 "calls of the probes' own"
}

case_operator_new() {
	needs g++
	cat >new.cc <<-'EOF'
		#include <vector>
		#include <string>
		struct item { char bytes[40]; };
		item *volatile items;
		__attribute__((noinline)) void one() { items = new item; delete items; }
		__attribute__((noinline)) void many() {
			for (int i = 0; i < 9; i++) { items = new item[3]; delete[] items; }
		}
		__attribute__((noinline)) void grow() {
			std::vector<long> numbers;
			numbers.reserve(100);
			std::string text(200, 'x');
			asm volatile("" : : "r"(&numbers), "r"(&text) : "memory");
		}
		int main() { one(); many(); grow(); }
	EOF
	g++ -g -O1 -o new new.cc
	record_blocks ./new
	is "$(blocks x one)" "1 40" "new"
	is "$(blocks x many)" "9 1080" "new[]"
	is "$(blocks x grow)" "2 1001" "containers"
	g++ -g -O1 -static -o new-static new.cc
	record_blocks ./new-static
	is "$(blocks x one)" "1 40" "new, static"
	is "$(blocks x many)" "9 1080" "new[], static"
	is "$(report x '.allocations | "\(.unseen_frees) \(.unknown_frees)"')" "0 0" "and freed"
}

case_static_programs() {
	gcc -O0 -g -w -D_GNU_SOURCE -static -I"$ROOT/tests/programs" -o sites \
		"$ROOT/tests/programs/alloc_sites.c"
	record_blocks ./sites sites
	sites_are_known static "3 748" # strdup() is a function of the program's own here
	is "$(report x '[.allocation_sites[] | select(.caller == "by_others") | .bytes] | add')" 13 \
		"strdup"
}

case_musl() {
	needs musl-gcc
	printf '%s\n' '#include <stdlib.h>' 'void *volatile p;' \
		'__attribute__((noinline)) void f(void) { for (int i = 0; i < 6; i++) { p = malloc(90); free(p); } }' \
		'int main(void) { f(); return 0; }' >f.c
	musl-gcc -O0 -g -static -o f f.c
	record_blocks ./f
	is "$(blocks x f)" "6 540" "musl"
}

# An allocator in place of glibc's: preloaded, and met while the program runs.
case_other_allocators() {
	local library found=no
	for library in libjemalloc.so.2 libtcmalloc_minimal.so.4 libmimalloc.so.2; do
		[ -e "/usr/lib/$(uname -m)-linux-gnu/$library" ] || continue
		found=yes
		LD_PRELOAD=/usr/lib/$(uname -m)-linux-gnu/$library record_blocks \
			"$PROGRAMS/alloc_sites" sites
		sites_are_known "$library"
		is "$(report x .allocations.late_allocators)" 0 "$library was foreseen"
	done
	[ $found = yes ] || skip "no other allocator is installed"
}

case_allocators_are_met_late() {
	gcc -O0 -g -w -D_GNU_SOURCE -static -I"$ROOT/tests/programs" -o sites \
		"$ROOT/tests/programs/alloc_sites.c"
	record x -e malloc sh -c './sites kept 1000; sleep 0.3; ./sites kept 500'
	is "$(report x .allocations.late_allocators)" 1 "one is met late"
	within "$(site x keep 'map(.blocks) | add')" 500 1500 \
		"blocks: all of the second run, and perhaps of the first"
}

# events_of NUMBER: events of allocators, those that were lost among them; none of the first 64 frees
# has a block
events_of() {
	record x -e malloc --ring-size 64K "$PROGRAMS/alloc_pairs" "$1" >/dev/null
	"$PROF" info --json -i x | jq '.content.allocation_rows +
		([.counters | to_entries[] | select(.key | startswith("lost.allocations")) | .value] | add)'
}

case_losses_are_counted() {
	local few
	few=$(events_of 100)
	is "$(($(events_of 200100) - few))" 400000 "events of 200,000 more blocks"
	is "$(report x '.lost.total > 0 or .allocations.unknown_frees + .allocations.unseen_frees == 0')" \
		true "frees match if nothing was lost"
}

case_programs_without_symbols() {
	gcc -O0 -w -D_GNU_SOURCE -static -s -I"$ROOT/tests/programs" -o sites \
		"$ROOT/tests/programs/alloc_sites.c"
	record x -e malloc ./sites sites
	is "$status" 0 "exit status"
	is "$(report x '.allocations | "\(.blocks) \(.allocators)"')" "0 0" "nothing was found"
	like "$("$PROF" report --by=alloc-site -i x)" "no allocator was found" "and it says so"
}

case_graphs_add_up() {
	record_blocks "$PROGRAMS/alloc_sites" resize
	is "$("$PROF" report --folded alloc-bytes -i x | awk '{ s += $NF } END { print s }')" \
		37962246 "folded bytes"
	is "$("$PROF" report --folded alloc-blocks -i x | awk '{ s += $NF } END { print s }')" 75 \
		"folded blocks"
	like "$("$PROF" report --folded alloc-blocks -i x)" "main;resize;grow;[a-z_]*realloc 64" "a path"
	run "$PROF" flame --weight alloc-bytes -o x.svg -i x
	is "$status" 0 "drawn"
	like "$(cat x.svg)" "grow_mapped" "a frame of it"
	is "$("$PROF" report --speedscope -i x | jq '[.profiles[] | select(.name |
		test("blocks of allocators, all threads")) | .endValue] | add')" 75 "speedscope"
}

case_tables() {
	record_blocks "$PROGRAMS/alloc_sites" sites
	"$PROF" report --by=alloc-site -i x >by
	"$PROF" explain -i x >explained
	"$PROF" report -i x >reported
	is "$(sed -n '/^Allocation sites/,/peak:/p' explained)" "$(sed -n '/^Allocation sites/,/peak:/p' by)" \
		"the same in both"
	like "$(cat by)" "1000 B +10 +100 B .* malloc in by_malloc \(alloc_sites.c:[0-9]+\), called by sites" \
		"a row"
	unlike "$(cat by)" "Page faults by" "nothing else"
	like "$(cat reported)" "recorded:.* page faults, 26 blocks by malloc" "head"
	is "$("$PROF" explain --json -i x | jq -c '.allocations')" "$(report x '.allocations | tojson')" \
		"the same as JSON"
}

run_cases "$@"
