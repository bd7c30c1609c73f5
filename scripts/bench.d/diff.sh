# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench diff: how often `prof diff` claims a difference where there is none, whether it finds one of
# two percent, and how long two recordings of ten million events take it.
#
# A dozen programs, each recorded twice for each of PAIRS (20) comparisons; each pair is compared as
# it would be in a pipeline (--exit-code), and any verdict but "no difference" is a flag.

PAIRS=${PAIRS:-20}

make_inputs() {
	seq 1 60000 >lines
	shuf --random-source=<(yes) lines >shuffled
	head -c 3000000 /dev/zero | tr '\0' 'x' | paste -d'\n' - lines >mixed
	printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >hello.c
}

# Of each program its name and its command.
each_program() {
	"$@" ls ls -la /usr/bin
	"$@" gzip gzip -c mixed
	"$@" sort sort shuffled
	"$@" tar tar -cf - /usr/include/linux
	"$@" find find /usr/include -name '*.h'
	"$@" grep grep -rc define /usr/include/linux
	"$@" awk awk '{ s += $1 } END { print s }' lines
	"$@" perl perl -e '$h{$_} = 1 for 1 .. 50000'
	"$@" python /usr/bin/python3 -c 'import json, re, decimal'
	"$@" sed sed s/1/2/ lines
	"$@" xz xz -T2 -1 -c mixed
	"$@" gcc gcc -c -o hello.o hello.c
	"$@" git git -C "$ROOT" log --oneline -n 100
	"$@" node node -e '0'
}

record_one() {
	"$PROF" record -q -o "$1" "${@:2}" >/dev/null 2>&1
	[ -e "$1" ] || echo "bench: no recording of $2" >&2
}

# compare_pairs NAME COMMAND...: adds to $pairs and $flags
compare_pairs() {
	local name=$1 flagged=0
	shift
	has "$1" || return
	for _ in $(seq "$PAIRS"); do
		rm -f a b
		record_one a "$@"
		record_one b "$@"
		"$PROF" diff --json a b >d || return
		pairs=$((pairs + 1))
		if [ "$(jq -r '.differs or .verdict[0].id != "no-difference"' d)" = true ]; then
			flagged=$((flagged + 1))
			jq -r '.verdict[0].title' d | sed "s/^/    $name: /"
		fi
	done
	flags=$((flags + flagged))
	printf '  %-8s %3d of %3d comparisons flagged\n' "$name" "$flagged" "$PAIRS"
}

# A stable program with two percent more to do.
find_two_percent() {
	local found=0
	for _ in $(seq "$PAIRS"); do
		record_one a "$PROGRAMS/touch_pages" 10000
		record_one b "$PROGRAMS/touch_pages" 10205
		"$PROF" diff --exit-code a b >/dev/null || found=$((found + 1))
	done
	limit "changes of 2% found, of $PAIRS" "$found" '>=' "$PAIRS"
}

pairs=0 flags=0
make_inputs
echo "Two runs of one program, compared"
each_program compare_pairs
limit "comparisons of a program with itself" "$pairs" '>=' 200
limit "of these flagged, in percent" "$(calculate "100 * $flags / $pairs")" '<=' 1 %
find_two_percent

echo "Two recordings of ten million events"
for i in 1 2; do
	"${PROGRAMS%/programs}/made/many_events" "big$i" 10000000 "$i"
done
for _ in $(seq "$ROUNDS"); do
	note_figure compare "$(seconds "$PROF" diff big1 big2)"
done
limit "seconds to compare them" "$(median compare)" '<=' 3 s
