# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench faults: six threads that get a block of 12 MiB for each work item, clear it and give it back;
# FAULTS (20 million) in all, each with its whole stack. perf's ways get PERF_FAULTS (1 million) of
# them, since copies of the stack take gigabytes.

FAULTS=${FAULTS:-20000000}
PERF_FAULTS=${PERF_FAULTS:-1000000}

# blocks NAME FAULTS WRAPPER...: seconds, by the program's own clock
blocks() {
	local name=$1 faults=$2
	shift 2
	"$@" "$PROGRAMS/item_blocks" "$faults" >loop.out 2>loop.err
	note_figure "$name" "$(calculate "$(grep -E '^[0-9]+$' loop.out | head -n 1)/1e9")"
}

bench_big_case() {
	for _ in $(seq "$ROUNDS"); do
		blocks big-native "$FAULTS"
		blocks big-prof "$FAULTS" "$PROF" record -q -o x
	done
	watch_memory "$PROF" record -q -o x "$PROGRAMS/item_blocks" "$FAULTS" >/dev/null
	echo "$FAULTS faults in blocks of 12 MiB, six threads, seconds"
	for name in native prof; do
		printf '  %-22s %10.2f %9.2fx\n' "$name" "$(median "big-$name")" \
			"$(calculate "$(median "big-$name")/$(median big-native)")"
	done
	limit "run time with prof over without" "$(calculate "$(median big-prof)/$(median big-native)")" '<=' 1.5
	limit "lost events" "$(json x .lost.total)" '==' 0
	limit "faults that are not accounted for" "$(json x .reconciliation.unexplained)" '==' 0
	limit "complete stacks, %" "$(json x '.stacks | 100 * .complete / (.complete + .incomplete)')" '>=' 99.9
	limit "bytes of the file per fault" "$(calculate "$(stat -c %s x)/$FAULTS")" '<=' 1
	limit "peak memory of prof record" "$(calculate "$peak_bytes/$MIB")" '<=' 128 MiB
}

bench_big_report() {
	for _ in $(seq "$ROUNDS"); do
		note_figure report "$(seconds "$PROF" report -i x)"
	done
	watch_memory "$PROF" report -i x >/dev/null
	limit "seconds of prof report per 20 million" "$(calculate "$(median report)*20e6/$FAULTS")" '<=' 3 s
	limit "peak memory of prof report" "$(calculate "$peak_bytes/$MIB")" '<=' 128 MiB
}

# Samples that are in perf's file, of all faults.
perf_share() {
	calculate "100*$(perf report -i "$1" --stats 2>/dev/null |
		awk '/SAMPLE events:/ { n = $3 } END { print n + 0 }')/$PERF_FAULTS"
}

bench_perf() {
	local way
	has perf || return
	for _ in $(seq "$ROUNDS"); do
		blocks small-native "$PERF_FAULTS"
		blocks small-prof "$PERF_FAULTS" "$PROF" record -q -o small
		for way in fp dwarf; do
			rm -f $way.data
			blocks small-$way "$PERF_FAULTS" \
				perf record -q -o $way.data -e page-faults -c 1 --call-graph $way
		done
	done
	echo
	echo "$PERF_FAULTS of them, beside perf record -e page-faults -c 1 --call-graph fp or dwarf"
	printf '  %-22s %10s %10s %14s %10s\n' with seconds '' 'bytes of file' kept
	for way in native prof fp dwarf; do
		print_way "$way"
	done
}

print_way() {
	local size='' kept=''
	case $1 in
	prof) size=$(stat -c %s small) kept=100 ;;
	fp | dwarf) size=$(stat -c %s "$1.data") kept=$(perf_share "$1.data") ;;
	esac
	printf '  %-22s %10.2f %9.2fx %14s %9.4s%%\n' "$1" "$(median "small-$1")" \
		"$(calculate "$(median "small-$1")/$(median small-native)")" "$size" "$kept"
}

bench_big_case
bench_big_report
bench_perf
