#!/bin/bash
# SPDX-License-Identifier: MIT
# Flame graphs: all that is recorded is in them, and the files are what they say they are.

. "$(dirname "$0")/../lib.sh"

# flame FILE [OPTION...]: draws the recording x
flame() {
	"$PROF" flame -i x -o "$@" 2>err || cat err
}

# folded_of FILE WEIGHT: the tree inside a graph as folded lines, fault kinds left out
folded_of() {
	python3 - "$1" "$2" <<-'END'
		import base64, collections, re, sys
		text = open(sys.argv[1], encoding="utf-8").read()
		data = base64.b64decode(re.search('<metadata class="tree">([^<]*)<', text)[1])
		at = 0
		def number():
		    global at
		    value = shift = 0
		    while True:
		        byte = data[at]
		        at += 1
		        value |= (byte & 127) << shift
		        shift += 7
		        if byte < 128:
		            return value
		def string():
		    global at
		    size = number()
		    at += size
		    return data[at - size:at].decode()
		strings = [string() for _ in range(number())]
		frames = [[number() for _ in range(4)] for _ in range(number())]
		path, sums = [], collections.Counter()
		for _ in range(number()):
		    head = number()
		    path = path[:len(path) - head // 2] + [strings[frames[number()][0]]]
		    if head % 2:
		        weights = [number() for _ in range(3)]
		        names = path[1:-1] if path[-1].endswith(" fault") else path[1:]
		        sums[";".join(names)] += weights[int(sys.argv[2])]
		assert at == len(data), "bytes are left"
		for line in sorted(f"{names} {sum}" for names, sum in sums.items() if sum):
		    print(line)
	END
}

# title FILE NAME: what the picture says of the first frame of that name
title() {
	grep -A2 "<title>$2\$" "$1" | sed -n '3s/<.*//p'
}

case_by_owner_and_returner() {
	record x "$PROGRAMS/item_blocks" 30000 1 4
	for side in owner return; do
		flame g.svg --by=$side
		"$PROF" report --folded=faults --by=$side --inline-marks -i x | sort >wanted
		folded_of g.svg 0 | sort >got
		is "$(cat got)" "$(cat wanted)" "by $side"
	done
	flame g.svg --by=return
	like "$(title g.svg context_destroy)" "28,672 faults" "of 29 blocks at one address, 28 come again"
	run "$PROF" flame -i x --by=owner --weight=syscalls
	is "$status" 2 "calls have no owner: exit status"
}

case_the_tree_is_that_of_the_folded_stacks() {
	record x sh -c "'$PROGRAMS/call_paths' 100; '$PROGRAMS/known_calls' 5; ls / >/dev/null"
	flame g.svg --color=kind
	for weight in faults:0 fault-ns:1 fault-bytes:2; do
		"$PROF" report --folded="${weight%:*}" --inline-marks -i x | sort >wanted
		folded_of g.svg "${weight#*:}" | sort >got
		holds "${weight%:*}" cmp got wanted
		within "$(wc -l <got)" 10 100000 "paths by ${weight%:*}"
	done
	flame calls.html --weight=syscalls
	for weight in syscalls:0 syscall-ns:1; do
		"$PROF" report --folded="${weight%:*}" --inline-marks -i x | sort >wanted
		holds "${weight%:*}" cmp <(folded_of calls.html "${weight#*:}" | sort) wanted
	done
}

# Below the paths stands what the faults came from, and the sums are those of the report.
case_causes_are_in_the_picture() {
	local causes
	record x "$PROGRAMS/item_blocks" 30000 1 4
	flame g.svg
	causes=$(report x '.fault_causes[] | select(.cause != "populated") | .pages' | awk '{ n += $1 } END { print n }')
	is "$(folded_of g.svg 0 | awk '{ n += $NF } END { print n }')" "$causes" "all faults"
	is "$(folded_of g.svg 0 | sed -n 's/.*;touched again after give-back \([0-9]*\)$/\1/p' |
		awk '{ n += $1 } END { print n }')" \
		"$(report x '.fault_causes[] | select(.cause == "refault") | .pages')" "churn"
	is "$(folded_of g.svg 1 | awk '{ n += $NF } END { print n }')" "$(report x '[.fault_causes[].ns] | add')" "time"
	like "$(grep 'class="legend"' g.svg)" \
		'class="k21"[^>]*/><text[^>]*>touched again after give-back<' "legend"
	like "$(grep -A1 '<title>touched again after give-back$' g.svg)" \
		"^.*touched again after give-back" "the class of a frame"
	flame kind.svg --color=kind
	like "$(grep 'class="legend"' kind.svg)" ">minor fault<" "legend of kinds"
	unlike "$(grep 'class="legend"' kind.svg)" "give-back" "no causes there"
	flame mem.svg --color=mem
	like "$(grep 'class="legend"' mem.svg)" 'class="k30"[^>]*/><text[^>]*>code<' "legend of one colour"
	unlike "$(grep 'class="legend"' mem.svg)" ">program<" "no kinds of code there"
	flame calls.svg --weight=syscalls
	like "$(grep 'class="legend"' calls.svg)" ">system call<" "legend of calls"
	run "$PROF" flame -i x --color=rainbow
	is "$status" 2 "exit status with other colours"
	like "$(cat err)" "choose class, kind or mem" "which there are"
}

# A fault in kernel mode stands below the call that it lies in.
case_faults_in_calls() {
	record x -e faults "$PROGRAMS/fault_classes" kernel 200
	flame g.svg
	within "$(folded_of g.svg 0 | sed -n 's/.*;read_\[k\];first touch by a write \([0-9]*\)$/\1/p')" \
		200 201 "faults in read"
}

case_known_faults_are_in_the_picture() {
	record x "$PROGRAMS/call_paths" 1000
	flame g.svg
	like "$(title g.svg left)" "^1,000 faults " "left"
	like "$(title g.svg right)" "^5,000 faults .* 19.5 MiB memory" "right"
	like "$(title g.svg deeper)" "^3,000 faults " "deeper"
	like "$(cat g.svg)" "class=\"totals\"[^>]*>$(report x .totals.faults |
		sed ':a;s/\B[0-9]\{3\}\>/,&/;ta') faults" "all"
	like "$(cat g.svg)" "call_paths 1000 +\($(hostname)" "the command and the host"
	like "$(grep -A1 '<title>right$' g.svg)" "program, $PROGRAMS/call_paths" "class and file"
	flame lines.svg --source
	like "$(grep -A1 '<title>right$' lines.svg)" "call_paths.c:[0-9]+" "file and line"
}

case_the_files_are_well_formed_and_ask_for_nothing() {
	needs python3
	record x "$PROGRAMS/call_paths" 100
	flame g.svg
	holds "XML" python3 -c "import xml.etree.ElementTree as e; e.parse('g.svg')"
	flame g.html --icicle
	is "$(grep -oE 'https?://[a-zA-Z0-9./]*' g.svg g.html | sort -u | cut -d: -f2- | sort -u)" \
		$'http://www.w3.org/1999/xhtml\nhttp://www.w3.org/2000/svg' "addresses: names of namespaces"
	is "$(grep -cE '(src|href)="[^d]|@import|url\(' g.html)" 0 "references"
	flame again.html --icicle
	holds "same bytes" cmp g.html again.html
}

case_kinds_of_faults_are_chosen() {
	local major
	record x "$PROGRAMS/segv"
	flame all.svg
	flame minor.svg --minor
	is "$(folded_of all.svg 0 | awk '{ n += $NF } END { print n }')" "$(report x .totals.faults)" "all"
	is "$(folded_of minor.svg 0 | awk '{ n += $NF } END { print n }')" \
		"$(report x .totals.faults_minor)" "minor faults"
	within "$(report x .totals.faults_failed)" 1 10 "others"
	like "$(cat minor.svg)" "Minor page faults" "title"
	major=$(report x .totals.faults_major)
	run "$PROF" flame -i x --major -o major.svg
	is "$status" "$((major ? 0 : 1))" "exit status with $major major faults"
}

case_what_cannot_be_drawn_is_refused() {
	record x -e syscalls "$PROGRAMS/known_calls" 5
	run "$PROF" flame -i x -o g.svg
	is "$status" 1 "exit status without faults"
	like "$(cat err)" "there are no faults to draw .*hint: record them with -e faults" "reason"
	holds "no file is left" test ! -e g.svg
	run "$PROF" flame -i x --weight=calls -o g.svg
	is "$status" 2 "exit status with an unknown weight"
	run "$PROF" flame -i x --weight=syscalls --minor -o g.svg
	is "$status" 2 "exit status with kinds of calls"
	run "$PROF" flame -i x --weight=syscalls -o g.png
	is "$status" 2 "exit status with a picture that is neither"
	like "$(cat err)" "neither .svg nor .html" "reason"
	run "$PROF" flame -i x --weight=syscalls -o nowhere/g.svg
	is "$status" 1 "exit status with an impossible file"
	run "$PROF" flame --weight=syscalls x
	is "$status" 0 "exit status without a name"
	like "$(cat err)" "prof: wrote flame.html \(.*, [0-9,]+ frames" "what was written"
}

run_cases "$@"
