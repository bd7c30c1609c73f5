#!/bin/bash
# SPDX-License-Identifier: MIT
# Where page faults come from: every class to the page, with the names of those who touched, made
# and gave back; nothing unknown in real programs.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

N=300

# record NAME COMMAND...
record() {
	"$PROF" record -q -o "$1" "${@:2}" >/dev/null
	status=$?
}

report() {
	"$PROF" report -i "$1" --json --output /dev/stdout | jq -r "$2"
}

# class HOW [N]: records one class of the program into x, with its findings as lines
# "PAGES CAUSE|REGION|TOUCHER|OWNER|RETURNER"
class() {
	record x "$PROGRAMS/fault_classes" "$1" "${2:-$N}" file
	is "$status" 0 "$1: exit status"
	findings x >found
	is "$(report x .reconciliation.unexplained)" 0 "$1: unexplained faults"
	is "$(report x .memory.unknown_faults)" 0 "$1: unknown faults"
}

findings() {
	report "$1" '.fault_findings[] | "\(.pages) \(.cause)|\(.region)|\(.toucher)|\(.owner)|\(.returner)"'
}

# pages CAUSE REGION TOUCHER OWNER RETURNER, of what class() has found
pages() {
	awk -v wanted="$1|$2|$3|$4|$5" '{
		pages = $1
		sub(/^[0-9]+ /, "")
		if ($0 == wanted)
			sum += pages
	} END { print sum + 0 }' found
}

# of_toucher TOUCHER: all that it faulted, by cause
of_toucher() {
	awk -F'|' -v who="$1" '$3 == who { split($1, a, " "); sum[a[2]] += a[1] }
		END { for (c in sum) print c, sum[c] }' found | sort
}

# faults CAUSE REGION OWNER RETURNER: exactly N of them in touch()
faults() {
	is "$(pages "$1" "$2" touch "$3" "$4")" "$N" "$1 in $2, owner $3, returner $4"
}

case_first_touch_of_anonymous_memory() {
	class first_write
	faults anon_first_write "mapped block" "mmap in make" null
	is "$(of_toucher touch)" "anon_first_write $N" "all of touch()"
	class backwards
	faults anon_first_write "mapped block" "mmap in make" null
	class first_read
	is "$(of_toucher look)" "anon_first_read $N" "all of look()"
	class upgrade
	is "$(of_toucher look)" "anon_first_read $N" "all of look()"
	is "$(of_toucher touch)" "zero_page_upgrade $N" "all of touch()"
	class reserved
	faults anon_first_write "mapped block" "mprotect in commit" null
	class protection
	is "$(of_toucher touch)" "" "what was written stays writable"
}

# Kernels from 6.0 on keep written pages writable, so a recording is made up.
case_write_after_mprotect() {
	"${PROGRAMS%/programs}/made/protected_writes" x "$N"
	findings x >found
	is "$(pages anon_first_write "mapped block" write_pages "mmap in make" null)" "$N" "first writes"
	is "$(pages protection_upgrade "mapped block" write_pages "mmap in make" null)" "$N" \
		"writes when it was allowed again"
	is "$(report x '.totals.faults')" "$((2 * N))" "all"
	is "$(report x '.fault_causes[] | select(.cause == "protection_upgrade") | .bytes')" 0 \
		"they bring no memory"
}

case_heap_and_stacks_grow() {
	class heap
	faults heap_growth heap "brk in make_heap" null
	class arena
	within "$(awk -F'|' '$2 == "thread arena" && $3 == "touch" { sum += $1 } END { print sum }' found)" \
		"$((N - 2))" "$N" "pages of a thread's arena"
	class stack
	within "$(pages stack_growth stack go_down "execve of $PROGRAMS/fault_classes" null)" "$N" "$((N + 3))" "pages of the stack"
	class thread_stack
	within "$(of_toucher go_down | sed 's/stack_growth //')" "$N" "$((N + 4))" "of a thread's stack"
}

case_what_was_given_back_names_its_returner() {
	class cycle
	faults anon_first_write "mapped block" "mmap in make" null
	faults refault "mapped block" "mmap in make" "munmap in give_back"
	class dontneed
	faults anon_first_write "mapped block" "mmap in make" null
	faults refault "mapped block" "mmap in make" "madvise(MADV_DONTNEED) in give_back_pages"
	class shrink
	is "$(pages anon_first_write "mapped block" touch "mmap in make" null)" "$((2 * N))" "first"
	faults refault "mapped block" "mmap in make" "mremap in give_back_tail"
	class overlay
	is "$(pages anon_first_write "mapped block" touch "mmap in make" null)" "$((2 * N))" "first"
	faults refault "mapped block" "mmap in make" "mmap in make"
	class heap_cycle
	faults heap_growth heap "brk in make_heap" null
	faults refault heap "brk in make_heap" "brk in give_back_heap"
}

case_malloc_that_trims_is_the_returner() {
	class trim
	within "$(pages refault heap touch "brk in work_on_item > sysmalloc" \
		"brk in work_on_item > systrim")" "$((9 * (N - 40)))" "$((9 * N))" "pages again and again"
	within "$(report x .memory.churn_milli)" 5000 10000 "churn"
	is "$(report x '.memory_regions[] | select(.returner == "brk in work_on_item > systrim" and
		.regions >= 9) | .region')" heap "regions that were trimmed"
}

case_moved_memory_stays_what_it_is() {
	class move
	is "$(of_toucher touch)" "anon_first_write $N" "only what was added"
	faults anon_first_write "mapped block" "mremap in enlarge" null
}

case_copy_on_write_on_both_sides() {
	class cow_in_child
	faults copy_on_write "mapped block" "mmap in make" null
	class cow_in_parent
	faults copy_on_write "mapped block" "mmap in make" null
}

case_files() {
	head -c $((N * 4096)) /dev/urandom >file
	class file_private
	faults file_private_write "file data" "mmap in map_file" null
	class file_private_read_first
	faults file_private_write "file data" "mmap in map_file" null
	# How many pages one fault maps is the file system's affair.
	class file_read
	is "$(of_toucher look)" "file_read $("$PROF" script -i x | grep -c 'page-fault .* look ')" "reads"
	class file_shared
	is "$(of_toucher touch)" "file_shared_write $("$PROF" script -i x | grep -c 'page-fault .* touch ')" \
		"writes to a shared file"
}

case_a_file_from_disk() {
	head -c $((N * 4096)) /dev/urandom >file
	sync file
	record x "$PROGRAMS/cold_file" file "$N" >resident
	findings x >found
	[ "$(of_toucher read_pages)" != "file_read 63" ] || skip "dropped pages stay in memory here"
	is "$(of_toucher read_pages)" "file_read_disk $N" "reads"
}

case_shared_memory() {
	class shared
	faults shared_touch "shared memory" "mmap in make" null
	class system_v
	faults shared_touch "shared memory" "shmat in attach" null
}

case_in_kernel_mode_the_call_is_named() {
	class kernel
	is "$(awk -F'|' '/\|read in read_into / { print $1, $2, $4 }' found)" \
		"$N anon_first_write mapped block mmap in make" "faults inside of read()"
	is "$(report x '.fault_causes[] | select(.cause == "anon_first_write") | .kernel >= 300')" true \
		"in kernel mode"
}

case_the_loader_relocates() {
	class relocation
	within "$(report x '[.fault_causes[] | select(.cause == "relocation") | .pages] | add')" 64 100 \
		"pages of pointers, and those of the libraries"
	within "$(report x '[.fault_causes[] | select(.cause == "exec_text") | .pages] | add')" 5 100 \
		"code"
}

case_huge_pages() {
	"$PROGRAMS/fault_classes" huge 4 || skip "no huge pages here"
	class huge 8
	[ "$(of_toucher touch_huge)" = "anon_first_write 8" ] || skip "huge pages are not to be had"
	is "$(report x '.fault_causes[] | select(.cause == "anon_first_write") | .huge')" 8 "huge"
	is "$(report x '.fault_findings[] | select(.toucher == "touch_huge") | .bytes')" \
		$((8 * 2097152)) "bytes"
	class huge_cycle 8
	is "$(pages refault "mapped block" touch_huge "mmap in make" \
		"madvise(MADV_DONTNEED) in give_back_pages")" 8 "huge pages again"
}

# populated HOW CALL
populated() {
	record x "$PROGRAMS/populate" "$1" "$N"
	is "$(report x "[.fault_findings[] | select(.cause == \"populated\" and
		((.toucher // \"\") | startswith(\"$2 \"))) | .pages] | add")" "$N" "$1: pages"
	is "$(report x '[.fault_causes[] | select(.cause == "populated") | .pages] | add')" \
		"$(report x .totals.pages_populated)" "$1: as many as are reconciled"
}

case_populated_without_a_fault() {
	populated map mmap
	"$PROGRAMS/populate" mlock "$N" && populated mlock mlock
	"$PROGRAMS/populate" madvise "$N" && populated madvise madvise
}

case_failed() {
	record x "$PROGRAMS/segv" continue 100
	is "$(report x '.fault_causes[] | select(.cause == "failed") | .pages')" 100 "SIGSEGV"
	record x "$PROGRAMS/segv" efault 50
	is "$(report x '.fault_causes[] | select(.cause == "failed") | .kernel')" 50 "EFAULT"
}

# sums COMMAND...: the classes add up to all faults, and hardly anything is unknown
sums() {
	record x "$@"
	is "$(report x .reconciliation.unexplained)" 0 "$1: unexplained"
	is "$(report x '[.fault_causes[] | select(.cause != "populated") | .pages] | add')" \
		"$(report x .totals.faults)" "$1: classes add up"
	is "$(report x '([.fault_causes[] | .ns] | add) == ([.fault_kinds[] | .total_ns] | add)')" true \
		"$1: their time does"
	is "$(report x '.totals.faults >= 200 * .memory.unknown_faults')" true "$1: unknown"
	is "$(report x '.totals.faults >= 50 * .memory.likely_faults')" true "$1: likely"
}

case_real_programs_are_explained() {
	needs python3 perl sort xz
	head -c 3000000 /dev/urandom >data
	sums python3 -c 'x = {i: str(i) for i in range(100000)}'
	sums perl -e 'my %h; $h{$_} = $_ x 3 for 1 .. 30000'
	sums sort data -o sorted
	sums xz -T2 -1 -k data
	sums sh -c 'for i in 1 2 3 4; do ls >/dev/null; done; x=$(ls | wc -l); echo $x'
}

case_faults_alone_bring_the_calls_along() {
	record x -e faults "$PROGRAMS/fault_classes" cycle "$N"
	findings x >found
	is "$(report x .memory.calls_recorded)" true "the calls that make memory are there"
	faults refault "mapped block" "mmap in make" "munmap in give_back"
	is "$(report x .memory.unknown_faults)" 0 "unknown faults"
}

# Without its execve, and where that has no stack: what was executed is known.
case_segments_belong_to_a_program() {
	record x -e faults sh -c "exec '$PROGRAMS/fault_classes' first_write $N"
	findings x >found
	within "$(grep -c "|execve of $PROGRAMS/fault_classes|null\$" found)" 2 50 "segments of the program"
	within "$(grep -cE "\|execve of .*/(da|ba)?sh\|null\$" found)" 2 50 "of the shell before it"
	is "$(grep -vE '^[0-9]+ (exec_setup|populated)' found | grep -cE '\|(file text|file data|stack)\|[^|]*\|null\|')" \
		0 "none without an owner"
}

case_paths_by_owner_and_returner() {
	class cycle
	"$PROF" report -i x --by owner --folded >by_owner
	is "$(awk '/;make;.*;mmap_\[k\] / { sum += $NF } END { print sum }' by_owner)" "$((2 * N))" \
		"who made it"
	"$PROF" report -i x --by return --folded faults >by_return
	like "$(grep ';give_back;' by_return)" "munmap_\[k\] $N$" "who gave it back"
	is "$(awk '{ sum += $NF } END { print sum }' by_return)" "$(report x .totals.faults)" "all"
	"$PROF" report -i x --by return --weight bytes --folded >by_bytes
	like "$(grep ';give_back;' by_bytes)" "munmap_\[k\] $((N * 4096))$" "bytes"
	like "$("$PROF" report -i x --by return)" "munmap_\[k\]" "as text"
	like "$("$PROF" report -i x)" "given back by +munmap in give_back" "the cause in words"
	holds "a wrong word is refused" test "$("$PROF" report -i x --by nobody 2>&1 | grep -c hint)" = 1
}

run_cases "$@"
