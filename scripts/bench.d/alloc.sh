# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench alloc: what it costs to record every block of malloc, beside DHAT and a bare probe.

PAIRS=${PAIRS:-500000}
DEPTH=10

# pairs NAME WRAPPER...: ns of the program's processor time for each malloc() with its free()
pairs() {
	local name=$1 began=$EPOCHREALTIME
	shift
	"$@" "$PROGRAMS/alloc_pairs" "$PAIRS" $DEPTH >pairs.out 2>pairs.err
	note_figure "cpu-$name" "$(calculate "$(grep -E '^[0-9]+$' pairs.out | head -n 1)/$PAIRS")"
	note_figure "wall-$name" "$(calculate "$EPOCHREALTIME - $began")"
}

way() {
	case $1 in
	blocks) echo "prof -e malloc" ;;
	all) echo "prof -e faults,malloc" ;;
	dhat) echo "valgrind --tool=dhat" ;;
	*) echo "$1" ;;
	esac
}

# A program that does something else, too.
WORK='for (1 .. 300000) { $h{$_ % 5000} .= "x"; $s += length $h{$_ % 5000} } @k = sort keys %h'
work() {
	note_figure "work-$1" "$(seconds "${@:2}" perl -e "$WORK")"
}

for _ in $(seq "$ROUNDS"); do
	if has perl; then
		work native env
		work blocks "$PROF" record -q -e malloc -o z
		has valgrind && work dhat valgrind -q --tool=dhat --dhat-out-file=dhat.out
	fi
	pairs native
	pairs blocks "$PROF" record -q -e malloc -o x
	pairs all "$PROF" record -q -e faults,malloc -o y
	has valgrind && pairs dhat valgrind -q --tool=dhat --dhat-out-file=dhat.out
done

echo "$PAIRS blocks made and freed, $DEPTH calls deep"
printf '  %-24s %18s %16s %16s\n' with 'ns a block, cpu' 'whole run, s' 'perl, s'
for name in native blocks all dhat; do
	measured "cpu-$name" || continue
	printf '  %-24s %18.0f %16.2f %16s\n' "$(way "$name")" "$(median "cpu-$name")" \
		"$(median "wall-$name")" "$(measured "work-$name" && median "work-$name")"
done

bytes=$(stat -c %s x)
printf '  recording: %.2f bytes a block; report: %.2f s\n' "$(calculate "$bytes/$PAIRS")" \
	"$(seconds "$PROF" report --by=alloc-site -i x)"
limit "lost events" "$(json x .lost.total)" '==' 0
limit "blocks not told of" "$(calculate "$(json x \
	'[.allocation_sites[] | select(.function == "make_pairs") | .blocks] | add')-$PAIRS")" '==' 0
limit "ns a block over native" "$(calculate "$(median cpu-blocks)-$(median cpu-native)")" '<=' 6000
limit "bytes of the recording a block" "$(calculate "$bytes/$PAIRS")" '<=' 24
