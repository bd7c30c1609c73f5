#!/bin/bash
# SPDX-License-Identifier: MIT
# Diagnoses of programs that waste memory in one known way, trials of the remedies, and silence.

. "$(dirname "$0")/../lib.sh"

# diagnose SETTINGS... -- MODE N: records the program with these settings of its environment.
diagnose() {
	local settings=()
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	record x env "${settings[@]}" "$PROGRAMS/alloc_patterns" "$@"
	is "$status" 0 "exit status of $1"
	is_whole x "$1"
}

# first FILTER: of the diagnosis that comes first
first() {
	report x ".diagnoses[0] | $1"
}

# tells ID OWNER RETURNER: what comes first, and the functions that made memory and gave it back
tells() {
	is "$(first .id)" "$1" "first diagnosis"
	is "$(first .owner.function)" "$2" "who made the memory"
	is "$(first .returner.function)" "$3" "who gave it back"
}

# Tries a remedy with the same settings, after the recording x.
# helps NAME SETTINGS... -- MODE N
helps() {
	local name=$1 settings=()
	shift
	while [ "$1" != -- ]; do
		settings+=("$1")
		shift
	done
	shift
	is "$(first .try.name)" "$name" "what can be tried"
	run env "${settings[@]}" "$PROF" explain --json -o try.json --try "$name" -i x -- \
		"$PROGRAMS/alloc_patterns" "$@"
	is "$status" 0 "exit status of the trial: $(head -n 5 err)"
	is "$(jq .helped try.json)" true "it helps: $(tail -n 5 try.json)"
	within "$(jq '100 * .measured_saved_faults / .predicted.saved_faults | floor' try.json)" \
		90 150 "percent of the prediction"
}

# ---- Blocks of the program's own ----

case_a_block_mapped_for_each_item() {
	record x "$PROGRAMS/item_blocks" 61440 2 12
	tells block-per-item context_create context_destroy
	is "$(first .owner.caller)" encode_item "caller"
	is "$(first .toucher)" memset "toucher"
	is "$(first .faults)" 61440 "faults"
	is "$(first .regions.count)" 20 "blocks"
	is "$(first '.regions | .least_bytes, .most_bytes')" $'12582912\n12582912' "their size"
	is "$(first .threads_are)" other "threads"
	is "$(first .try)" null "what can be tried"
	within "$(first .saved_faults)" 55000 58368 "what reuse saves" # of 20 blocks, 1 or 2 are needed
}

case_the_first_screen_names_the_cause() {
	record x "$PROGRAMS/item_blocks" 61440 2 12
	"$PROF" report -i x | head -n 30 >screen
	like "$(<screen)" "Diagnosis" "the diagnosis is on the first screen"
	tr -s ' \n' ' ' <screen >words
	like "$(<words)" "A fresh block of 12.0 MiB for each item: context_create \(called by encode_item\)" \
		"block and owner"
	like "$(<words)" "20 such blocks took 61,440 page faults" "how many"
	like "$(<words)" "given back by munmap in context_destroy" "returner"
	like "$(<words)" "fix Make the block once per thread and use it again" "what to do"
}

# ---- glibc's malloc ----

case_the_heap_is_trimmed_at_each_free() {
	diagnose -- trim_heap 60
	tells heap-trim-churn work_on_small_blocks work_on_small_blocks
	is "$(first '.owner.entry, .returner.entry, .returner.syscall')" $'malloc\nfree\nbrk' "by what"
	is "$(first .threads_are)" main "thread"
	helps glibc-keep -- trim_heap 60
}

# Who it is that gives memory back is not known then, so it must not be called the program itself.
case_a_trimmed_heap_without_stacks() {
	record x --no-stacks "$PROGRAMS/alloc_patterns" trim_heap 60
	is "$(first .id)" own-give-back "the diagnosis"
	like "$(first .remedy)" "an allocator's doing, which cannot be told" "the remedy"
}

case_the_heap_of_a_thread_is_trimmed_at_each_free() {
	diagnose -- trim_arena 60
	tells arena-trim-churn work_on_small_blocks work_on_small_blocks
	is "$(first .returner.syscall)" madvise "by what"
	is "$(first .threads_are)" other "thread"
	helps glibc-keep -- trim_arena 60
}

case_a_frozen_threshold_maps_each_block() {
	diagnose -- malloc_1_mib 40
	is "$(report x '.diagnoses | length')" 0 "diagnoses where nothing froze it"
	diagnose MALLOC_TRIM_THRESHOLD_=131072 -- malloc_1_mib 40
	tells mmap-threshold-frozen work_on_block work_on_block
	is "$(first '.owner.syscall, .returner.syscall')" $'mmap\nmunmap' "by what"
	helps glibc-keep MALLOC_TRIM_THRESHOLD_=131072 -- malloc_1_mib 40
}

case_blocks_above_32_mib_are_always_mapped() {
	diagnose -- malloc_40_mib 10
	tells large-malloc-per-item work_on_block work_on_block
	is "$(first .threads_are)" main "thread"
	helps glibc-keep -- malloc_40_mib 10
}

case_blocks_above_64_mib_have_no_room_in_a_threads_heap() {
	diagnose -- thread_80_mib 8
	tells huge-malloc-in-thread work_on_block work_on_block
	is "$(first .threads_are)" other "thread"
	helps glibc-keep-one-arena -- thread_80_mib 8
	# What the remedy says: thresholds alone do nothing.
	run "$PROF" explain --try glibc-keep -i x -- "$PROGRAMS/alloc_patterns" thread_80_mib 8
	is "$status" 3 "exit status of a trial that does not help"
	like "$(<out)" "predicted: nothing" "prediction"
	like "$(<out)" "verdict:   it does not help" "verdict"
}

case_blocks_of_40_mib_in_a_thread() {
	diagnose -- thread_40_mib 8
	tells large-malloc-per-item work_on_block work_on_block
	is "$(first .threads_are)" other "thread"
	helps glibc-keep -- thread_40_mib 8
}

# ---- Other allocators ----

library() {
	local path
	path=$(ldconfig -p | sed -n "s/.* => \(.*\/$1\)\$/\1/p" | head -n 1)
	[ -n "$path" ] || skip "$1 is not installed"
	echo "$path"
}

case_jemalloc_purges_large_blocks() {
	local jemalloc
	jemalloc=$(library libjemalloc.so.2)
	[ -n "$jemalloc" ] || return 0
	diagnose LD_PRELOAD="$jemalloc" -- malloc_40_mib 10
	tells jemalloc-oversize-purge work_on_block work_on_block
	is "$(first '.owner.allocator, .returner.allocator')" $'jemalloc\njemalloc' "allocator"
	record x env LD_PRELOAD="$jemalloc" MALLOC_CONF=dirty_decay_ms:-1,muzzy_decay_ms:-1 \
		"$PROGRAMS/alloc_patterns" malloc_40_mib 10
	is "$(report x '.diagnoses | length')" 0 "diagnoses with what the remedy sets"
}

case_another_allocator_can_be_tried() {
	library libjemalloc.so.2 >path
	[ -s path ] || return 0
	record x "$PROGRAMS/alloc_patterns" thread_80_mib 8
	run "$PROF" explain --json -o try.json --try jemalloc -i x -- "$PROGRAMS/alloc_patterns" \
		thread_80_mib 8
	is "$status" 0 "exit status: $(head -n 5 err)"
	is "$(jq .helped try.json)" true "it helps: $(<try.json)"
}

# ---- Use ----

case_a_zlib_stream_for_each_item() {
	diagnose -- zlib_contexts 200
	tells context-per-item compress_zlib deflateEnd
	like "$(first .owner.maker)" "deflateInit" "maker"
	like "$(first .remedy)" "deflateReset" "remedy"
	helps glibc-keep -- zlib_contexts 200
}

case_a_zstd_context_for_each_item() {
	diagnose MALLOC_TRIM_THRESHOLD_=131072 -- zstd_contexts 30
	is "$(first .id)" context-per-item "first diagnosis"
	is "$(first .owner.function)" compress_zstd "who made the memory"
	like "$(first .owner.maker)" "^ZSTD_" "maker"
	helps glibc-keep MALLOC_TRIM_THRESHOLD_=131072 -- zstd_contexts 30
}

case_growth_by_copying() {
	diagnose -- grow_by_copy 64
	is "$(first .id)" growth-by-copy "first diagnosis"
	is "$(first .owner.function)" grow "who made the memory"
	like "$(first .toucher)" "^mem(cpy|move)" "toucher"
	# From 256 KiB to 64 MiB: 64 MiB less 256 KiB are copied.
	within "$(first .saved_faults)" 16000 16400 "faults of copies"
	like "$(first .remedy)" "realloc" "remedy"
}

case_reads_into_fresh_buffers() {
	diagnose -- read_fresh 40
	tells read-into-fresh-memory map_pages read_item
	is "$(first '.faults, .toucher')" $'10240\nread' "faults"
	within "$(first .saved_faults)" 9900 10100 "what reuse saves"
}

case_copies_after_fork() {
	diagnose -- snapshot 2
	is "$(first .id)" copy-on-write-after-fork "first diagnosis"
	within "$(first .faults)" 32768 32900 "copies"
	is "$(first .saved_faults)" 0 "nothing is promised"
	like "$(first .title)" "After 2 forks" "title"
}

case_one_pass_over_much_memory() {
	diagnose -- one_pass 128
	is "$(first .id)" first-touch-pass "first diagnosis"
	is "$(first .owner.function)" one_pass "who made the memory"
	is "$(first .saved_least_ns)" 0 "the least that is promised"
}

# ---- Silence ----

silent() {
	record x "$@" >/dev/null 2>&1
	is "$(report x '[.diagnoses[].id] | join(" ")')" "" "diagnoses of $*"
	unlike "$("$PROF" report -i x)" "Diagnosis" "the report of $1"
	like "$("$PROF" explain -i x)" "no pattern of waste found" "the explanation of $1"
}

case_nothing_is_said_of_programs_without_waste() {
	silent "$PROGRAMS/alloc_patterns" sparse 50
	silent "$PROGRAMS/alloc_patterns" reuse 20
	silent "$PROGRAMS/touch_pages" 1000
	silent "$PROGRAMS/fork_many" 20
}

case_nothing_is_said_of_ordinary_programs() {
	needs gcc python3 git
	echo 'int main(void) { return 0; }' >program.c
	seq 20000 | sort -R >numbers
	silent ls -lR /usr/include/linux
	silent python3 -c pass
	silent gcc -O2 program.c -o program
	silent sort numbers -o sorted
	silent sh -c 'for i in 1 2 3 4 5 6 7 8 9; do x=$(echo $i); done; ls | wc -l'
	silent tar -czf x.tgz /usr/include/linux
	silent perl -e '$x{$_} = 1 for 1..100000'
}

# ---- Growth ----

# 7 MiB by one function of which a part is kept; only the calls are recorded.
case_growth_by_caller_without_faults() {
	record x -e alloc "$PROGRAMS/alloc_patterns" read_fresh 7
	like "$("$PROF" explain -i x)" "page faults were not recorded" "no faults, no diagnosis"
	unlike "$("$PROF" explain -i x)" "no pattern of waste" "and nothing is claimed"
	"$PROF" explain --json -i x >explained
	is "$(jq '.growth[] | select(.site.function == "map_pages") |
		.added_bytes, .kept_bytes, .most_bytes, .site.calls' explained | tr '\n' ' ')" \
		"7340032 0 1048576 7 " "growth"
	like "$("$PROF" explain -i x)" "7.00 MiB +0 B +1.00 MiB +7 .*mmap in map_pages" "the table"
}

# ---- Trials ----

case_a_trial_without_a_recording_records_both() {
	mkdir tmp
	TMPDIR=$PWD/tmp run "$PROF" explain --json -o try.json --try glibc-keep -- \
		"$PROGRAMS/alloc_patterns" trim_heap 60
	is "$status" 0 "exit status: $(<err)"
	is "$(jq -c .predicted.diagnoses try.json)" '["heap-trim-churn"]' "prediction"
	within "$(jq .before.faults try.json)" 13000 14000 "faults before"
	within "$(jq .after.faults try.json)" 200 800 "faults after"
	is "$(ls tmp)" "" "recordings left"
}

case_trials_that_cannot_be_made() {
	run "$PROF" explain --try glibc-kep -- true
	is "$status" 2 "exit status of a wrong name"
	like "$(<err)" "did you mean 'glibc-keep'" "hint"
	run "$PROF" explain --try glibc-keep
	is "$status" 2 "exit status without a command"
	run "$PROF" explain --try glibc-keep -- ./no-such-program
	is "$status" 127 "exit status of a command that is not there"
	run "$PROF" explain --try
	is "$status" 0 "exit status of the list"
	like "$(<out)" "glibc-keep-one-arena" "list"
	run "$PROF" explain --try glibc-keep -- sh -c 'kill -9 $$'
	is "$status" 3 "exit status where the command is killed"
	run "$PROF" explain --try glibc-keep -- "$PROGRAMS/alloc_patterns" reuse 20
	is "$status" 3 "exit status where there is nothing to save"
}

run_cases "$@"
