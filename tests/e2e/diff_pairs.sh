#!/bin/bash
# SPDX-License-Identifier: MIT
# Pairs of programs with a known difference, in C, C++ and Rust, that share no names: the first
# finding is what was planted, and says who does it.

. "$(dirname "$0")/../lib.sh"

PAIRS=$ROOT/tests/pairs

# build NAME SOURCE FLAGS...
build() {
	case $2 in
	*.c) gcc -O1 -g -o "$1" "${@:3}" "$PAIRS/$2" ;;
	*.cc) g++ -O1 -g -o "$1" "${@:3}" "$PAIRS/$2" -lpthread ;;
	*.rs) rustc -C opt-level=1 -g -o "$1" "${@:3}" "$PAIRS/$2" ;;
	esac >build.log 2>&1 || fail_case "$2 does not build" "$(cat build.log)"
}

# pair BASE NEW ARGUMENTS...: builds, records and compares them
pair() {
	build base "$1"
	build new "$2"
	compare "${@:3}"
}

compare() {
	record base.data ./base "$@" 2>/dev/null
	record new.data ./new "$@" 2>/dev/null
	"$PROF" diff --json base.data new.data >d || fail_case "prof diff failed"
}

# first FIELD: of the first finding
first() {
	jq -r ".verdict[0].$1" d
}

# finds ID SIDE TITLE WHAT
finds() {
	is "$(first id)" "$1" "$4"
	is "$(first side)" "$2" "$4: the side"
	like "$(first title)" "$3" "$4: the title"
}

evidence() {
	jq -r ".verdict[0].evidence[] | select(.label == \"$1\") | .text" d
}

case_a_block_per_item_in_c_against_a_kept_one_in_cxx() {
	pair item_kept.cc item_fresh.c
	finds large-malloc-per-item new "handle_item" "C against C++"
	like "$(evidence "touched by")" "memset in transform" "who touches it"
	within "$(first saved_faults)" 112000 113000 "predicted saving"
	within "$(jq .totals.faults.delta d)" 112000 113000 "what it is in truth"
	is "$(jq -r .job.verdict d)" assumed "nothing speaks against the same job"
	is "$(jq '.lives | length > 0, (map(.differs) | any)' -c d | tr '\n' ' ')" "true false " "ages of single runs"
	"$PROF" diff --json new.data base.data >d
	finds large-malloc-per-item base "handle_item" "the other way round"
}

case_a_block_per_item_in_rust_against_a_kept_one_in_cxx() {
	needs rustc
	pair item_kept.cc item_fresh.rs
	finds large-malloc-per-item new "item_fresh::codec::State::new" "Rust against C++"
	like "$(evidence "BASE")" "has 1 of about that size: 40.0 MiB" "what BASE has instead"
}

case_a_block_per_item_in_rust_against_a_kept_one_in_rust() {
	needs rustc
	pair item_kept.rs item_fresh.rs
	finds large-malloc-per-item new "item_fresh::codec::State::new" "Rust against Rust"
}

case_growth_by_copying_against_moving_pages() {
	pair grow_move.cc grow_copy.c
	finds growth-by-copy new "made in table_grow" "C against C++"
}

case_memory_calls_by_site() {
	pair grow_move.cc grow_copy.c
	"$PROF" diff --by=memory base.data new.data >out
	like "$(cat out)" "mmap by malloc in table_grow +0 +7 +new +0 +28[0-9]+ +0 B +127 MiB" "mapped in NEW"
	like "$(cat out)" "mremap by reallo.* +6 +0 +gone +[0-9]+ +0 +126 MiB +0 B" "moved in BASE"
	unlike "$(cat out)" "Verdict" "that table alone"
	is "$(jq '[.memory[] | select(.name | test("mmap by malloc in table_grow")) | .new_bytes]' -c d)" \
		"[$((127 * 1048576 + 7 * 4096))]" "bytes asked for"
	run "$PROF" diff --by=memry base.data new.data
	like "$(cat err)" "did you mean 'memory'" "hint"
}

case_growth_by_copying_in_rust() {
	needs rustc
	pair grow_move.cc grow_copy.rs
	finds growth-by-copy new "made in grow_copy::Sheet::widen" "Rust against C++"
}

case_unbuffered_output() {
	pair out_buffered.c out_unbuffered.cc log
	finds unbuffered-io new "writes 488 KiB in 20,000 calls of 25 B, most by journal::note" "C++ against C"
	is "$(jq -r .job.verdict d)" same "as many bytes are the same job"
	within "$(first saved_calls)" 19800 20000 "predicted saving"
}

case_unbuffered_output_in_rust() {
	needs rustc
	pair out_buffered.c out_unbuffered.rs log
	finds unbuffered-io new "20,000 calls of 25 B, most by out_unbuffered::emit" "Rust against C"
}

case_unbuffered_input_in_rust() {
	needs rustc
	seq 400000 >in
	pair read_whole.c read_bytes.rs in
	like "$(jq -r '.files[0] | "\(.name) \(.new)"' d)" "/in 42[0-9]{3}$" "the file that it reads"
	like "$(jq -r '.job.remarks[].text' d)" "of the same 1 file" "both read it"
	finds unbuffered-io new "reads 2.57 MiB in 42,0.. calls of 64 B, most by read_bytes::tally" "Rust against C"
}

case_other_names_and_other_inlining_cost_nothing() {
	build base shape_calls.c -g0
	build new shape_calls.c -g0 -DINLINED
	compare
	finds renamed new "3 functions of BASE are called otherwise" "names"
	is "$(jq -r '.verdict | map(.id) | join(" ")' d)" "renamed inlined" "nothing else"
	is "$(jq -r '.matches | map("\(.base)=\(.new)") | sort | join(" ")' d)" \
		"fill=populate report=announce run_stages=execute" "who is who"
	is "$(jq -r '.inlined | map(.function) | sort | join(" ")' d)" \
		"stage_one stage_three stage_two" "who was inlined"
	is "$(jq '[.fault_paths[], .call_paths[]] | length' d)" 0 "paths meet"
	is "$(jq .differs d)" false "no cost differs"
}

case_a_map_says_who_is_who() {
	build base shape_calls.c -g0
	build new shape_calls.c -g0 -DINLINED
	compare
	printf '%s\n' '# by hand' '(fill|report) -> populate' 'run_stages -> execute' >map
	"$PROF" diff --map map --json base.data new.data >d
	is "$(jq -r '.matches | map(select(.by == "map")) | map("\(.base)=\(.new)") | sort | join(" ")' d)" \
		"fill=populate report=populate run_stages=execute" "as the map has it"
	run "$PROF" diff --suggest base.data new.data
	like "$(cat out)" "Functions that may be the same" "suggestions"
	echo nothing >map
	run "$PROF" diff --map map base.data new.data
	is "$status" 2 "no map"
	like "$(cat err)" "map:1: there is no '->'" "why"
}

case_moved_code_is_told_as_such() {
	build base shape_moved.c
	build new shape_moved.c -DLAZY
	compare
	finds moved new "called from elsewhere" "moved code"
	like "$(evidence moved)" "^load_cache, 5,12. page faults: from .*start_up to .*serve > look_up" "what, from where"
	is "$(jq .differs d)" false "no cost differs"
}

case_threads() {
	build base threads.cc
	build new threads.cc -DTHREADS=8
	compare
	finds threads new "3 threads in BASE, 9 in NEW" "threads"
}

case_a_side_without_names_is_compared_all_the_same() {
	build base item_kept.cc
	build new item_fresh.c -s
	compare
	finds large-malloc-per-item new "malloc\(\) in new!fn@" "stripped"
	like "$(jq -r '.caveats[]' d)" "most functions of NEW have no names" "it is said"
	record new.data --no-stacks ./new
	"$PROF" diff --json base.data new.data >d
	finds block-per-item new "code without a name" "without stacks"
	like "$(jq -r '.caveats[]' d)" "different choices of stacks \(all \| none\)" "it is said"
}

case_a_stripped_copy_costs_the_same() {
	build base item_fresh.c
	strip -o new base
	compare
	unlike "$(jq -r '.verdict | map(.id) | join(" ")' d)" "moved|item|heap|calls" "nothing but names"
	is "$(jq .differs d)" false "no cost differs"
}

case_the_same_program_twice() {
	build base item_fresh.c
	cp base new
	compare
	is "$(first id)" no-difference "the same binary"
}

case_another_input_is_another_job() {
	build base read_whole.c
	cp base new
	seq 100000 >small
	seq 400000 >large
	record base.data ./base small
	record new.data ./new large
	"$PROF" diff --json base.data new.data >d
	finds not-the-same-job new "they read different amounts" "inputs"
	like "$(evidence work)" "4\.[0-9]+ times as much" "how much more"
	like "$("$PROF" diff --per=read-bytes base.data new.data)" "Totals, and per MiB read" "by unit of work"
}

# two SOURCE FLAGS: BASE is built with them, NEW without
two() {
	build base "$1" "${@:2}"
	build new "$1"
}

case_a_table_that_grows() {
	two table_grow.cc -DRESERVED
	compare
	finds container-growth new "std::_Hashtable::_M_rehash \(for insert_all\) makes what it has larger" "C++"
	"$PROF" diff --json new.data base.data >d
	finds container-growth base "_M_rehash" "the other way round"
}

case_a_table_that_grows_in_rust() {
	needs rustc
	two table_grow.rs --cfg reserved
	compare
	finds container-growth new "hashbrown::.* \(for table_grow::insert_all\)" "Rust"
}

case_reading_against_mapping() {
	head -c 20000000 /dev/zero >in
	two sum_file.c -DMAPPED
	compare in
	like "$(first id)" "mapped-io" "what differs"
	like "$(first title)" "NEW reads 19.1 MiB of .*/in in 3[0-9]{2} calls .*, BASE maps it and takes [0-9]+ page faults" "who reads"
	is "$(jq -r .job.verdict d)" assumed "it may be the same job"
}

case_a_thread_for_each_item() {
	two thread_items.cc -DPOOL
	compare
	finds thread-per-item new "5 threads in BASE, 401 in NEW" "threads"
	like "$(evidence NEW)" "one after the other: at most [4-9] at the same time" "how many at once"
}

case_a_process_for_each_item() {
	echo 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do :; done' >without.sh
	sed 's|:|/bin/true|' without.sh >with.sh
	record base.data sh without.sh
	record new.data sh with.sh
	"$PROF" diff --json base.data new.data >d
	finds process-per-item new "1 processes in BASE, 21 in NEW" "processes"
	is "$(jq -r .job.verdict d)" assumed "the script is the program, not its work"
}

case_copies_of_what_is_passed() {
	two pass_text.cc
	build new pass_text.cc -DCOPIED
	record base.data -e faults,syscalls,malloc ./base
	record new.data -e faults,syscalls,malloc ./new
	"$PROF" diff --json base.data new.data >d
	finds more-blocks new "20,000 blocks of memory more than the [0-9] of BASE, most by malloc in main" "blocks"
	"$PROF" diff --json new.data base.data >d
	finds more-blocks base "20,000 blocks of memory more" "the other way round"
}

case_a_sync_for_each_record() {
	build base log_records.c
	build new log_records.c -DEACH
	compare
	finds more-calls new "50 calls of fsync more than the 1 of BASE, most by put_record" "syncs"
	like "$(evidence fix)" "sync once" "what helps"
}

case_pages_that_are_populated() {
	two fill_map.c -DPOPULATED
	compare
	finds not-populated new "one fault at a time, where BASE has 10,2[0-9][0-9] of them populated" "pages"
}

run_cases "$@"
