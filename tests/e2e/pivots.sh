#!/bin/bash
# SPDX-License-Identifier: MIT
# Page faults by process, thread, cause, kind of memory, size and mapping; by function; and those with
# a function of some name on their path.

. "$(dirname "$0")/../lib.sh"

# rows KEYS FILTER: of the table by KEYS, as JSON
rows() {
	"$PROF" report --by="$1" --json -i x | jq -r ".rows[] | $2"
}

case_each_table_adds_up_to_the_faults() {
	record x sh -c "'$PROGRAMS/call_paths' 100; '$PROGRAMS/item_blocks' 30000 2 4; ls / >/dev/null"
	local faults
	faults=$(report x .totals.faults)
	for keys in process thread cause kind size vma vma,kind,thread process,cause,size; do
		"$PROF" report --by="$keys" --json -i x >table
		is "$(jq '[.rows[].faults] | add' table)" "$faults" "by $keys: sum of the rows"
		is "$(jq .totals.faults table)" "$faults" "by $keys: total"
		is "$(jq '[.rows[].populated_pages] | add' table)" \
			"$(report x '[.fault_causes[] | select(.cause == "populated") | .pages] | add // 0')" \
			"by $keys: pages without a fault"
		is "$(jq '[.rows[].bytes] | add' table)" "$(report x '[.fault_causes[].bytes] | add')" \
			"by $keys: bytes"
		is "$(jq '[.rows[].ns] | add' table)" "$(report x '[.fault_causes[].ns] | add')" \
			"by $keys: time"
	done
}

case_known_faults_are_in_their_rows() {
	record x "$PROGRAMS/item_blocks" 30000 2 4
	for faults in $(rows thread .faults | sort -rn | head -n 2); do
		within "$faults" 14336 14346 "one of two threads"
	done
	is "$(rows kind,size 'select(.kind == "mapped block" and .size == "4 MiB to 8 MiB") | .faults')" \
		28672 "blocks of 4 MiB with a page for their size"
	is "$(rows vma 'select(.vma == "[mapped block] mmap in context_create") | .faults')" 28672 \
		"who made them"
	within "$(rows vma 'select(.vma | endswith("/libc.so.6")) | .faults')" 5 500 "a library"
	is "$(rows process .process | sed 's/ [0-9]*$//')" item_blocks "one process"
	like "$("$PROF" report --by=kind,vma -i x)" \
		"by kind, vma \(100% = .*"$'\n'" +28672 +[0-9.]+% .* mapped block +\[mapped block\] mmap in context_create"$'\n' \
		"text"
}

case_a_file_is_told_by_its_path() {
	head -c 4M /dev/zero >data
	record x "$PROGRAMS/fault_classes" file_shared 200 data
	is "$(rows vma,cause 'select(.vma == "'"$PWD/data"'" and (.cause | startswith("write to a shared"))) | .faults')" \
		"$(report x '.fault_causes[] | select(.cause == "file_shared_write") | .pages')" \
		"writes to it"
}

# A huge page brings more than a page, the page of zeros nothing.
case_paths_of_all_sides_have_the_same_weights() {
	record x sh -c "'$PROGRAMS/fault_classes' huge 4; '$PROGRAMS/fault_classes' upgrade 100"
	local brought='[.fault_causes[] | select(.cause != "populated") | .bytes] | add'
	for side in touch owner return; do
		"$PROF" report --by="$side" --json -i x >by
		for weight in faults ns bytes; do
			is "$(jq "[.fault_paths[].$weight] | add" by)" \
				"$(jq "[.fault_causes[] | select(.cause != \"populated\") | .${weight/faults/pages}] | add" by)" \
				"by $side: $weight"
		done
		is "$("$PROF" report --by="$side" --folded fault-bytes -i x | awk '{ sum += $NF } END { print sum }')" \
			"$(jq "$brought" by)" "by $side: folded"
	done
	"$PROF" report --speedscope -o speedscope.json -i x
	is "$(jq '[.profiles[] | select(.unit == "bytes") | select(.name | test("all|All")) | .weights | add] | add' \
		speedscope.json)" "$(jq "$brought" by)" "speedscope"
}

case_functions_by_self_and_with_callees() {
	local all
	record x "$PROGRAMS/call_paths" 1000
	all=$(report x .totals.faults)
	share() { awk "BEGIN { printf \"%.2f%%\", 100 * $1 / $all }"; }
	"$PROF" report --children --all -i x >children
	like "$(grep ' main$' children)" "^ +9[89][.][0-9]+% +0.00% +600[0-9]  main" "main has all"
	like "$(grep '%.* deeper$' children | head -n 1)" "^ +$(share 3000) +0.00% +3000  deeper" "deeper"
	"$PROF" report --no-children --stdio -i x >self
	like "$(sed -n '/without its callees/,$p' self | sed -n 3p)" \
		"^ +$(share 6000) +6000  write_pages" "who took them itself comes first"
	unlike "$(sed -n '/by function/,/by path/p' self)" " main"$'\n' "main took none itself"
	"$PROF" report --call-graph=callee -i x >callees
	like "$(<callees)" "callees first .*--$(share 6000 | sed 's/%//')%--write_pages"$'\n'"  \|          leaf" \
		"from the inside"
	"$PROF" report --call-graph=caller -i x >callers
	like "$(<callers)" "callers first .*right" "from the outside"
	run "$PROF" report --call-graph=sideways -i x
	is "$status" 2 "exit status with another order"
}

case_a_suspicion_by_symbol() {
	local all
	record x "$PROGRAMS/call_paths" 1000
	all=$(report x .totals.faults | sed ':a;s/\B[0-9]\{3\}\>/,&/;ta')
	like "$("$PROF" report --symbol='^deeper$' -i x)" "page faults +3,000 of $all \(" "one function"
	like "$("$PROF" report --symbol='DEEP|left' -i x)" \
		"page faults +4,000 of $all .*"$'\n'" +[0-9.]+% +3000 +[0-9.]+  deeper"$'\n'" +[0-9.]+% +1000 +[0-9.]+  left"$'\n' \
		"two of them, in any case"
	like "$("$PROF" report --symbol='right|deeper' -i x)" "page faults +5,000 of $all" \
		"one below the other counts once"
	like "$("$PROF" report --symbol='no_such_function' -i x)" "page faults +0 of $all \(0.0%\)" "none"
	record y --no-stacks "$PROGRAMS/call_paths" 10
	run "$PROF" report --symbol=main -i y
	is "$status" 1 "functions of a recording without stacks"
	like "$(<err)" "no call stacks were recorded" "what is missing"
	run "$PROF" report --symbol='(' -i x
	is "$status" 2 "exit status of no expression"
	like "$(cat err)" "is no regular expression" "reason"
}

case_wrong_words_are_refused() {
	record x "$PROGRAMS/call_paths" 10
	for words in kinds size,knd owner,kind ''; do
		run "$PROF" report --by="$words" -i x
		is "$status" 2 "--by=$words: exit status"
	done
	run "$PROF" report --by=knd -i x
	like "$(cat err)" "did you mean 'kind'" "hint"
	run "$PROF" report --by=kind --folded -i x
	is "$status" 2 "a table is not folded"
}

run_cases "$@"
