# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench record: what recording costs, beside a run without it and the other tools that are here.

# ---- A loop of one-byte reads ----

make_floor() {
	clang -O2 -g -target bpf -idirafter "/usr/include/$(gcc -dumpmachine)" -c \
		-o floor.bpf.o "$ROOT/scripts/bench.d/floor.bpf.c" &&
		gcc -O2 -o floor "$ROOT/scripts/bench.d/floor.c" -lbpf
}

# ns_per_call NAME CALLS WRAPPER...
read_loop() {
	local name=$1 calls=$2
	shift 2
	"$@" "$PROGRAMS/read_bytes" "$calls" >loop.out 2>loop.err
	note_figure "$name" "$(calculate "$(grep -E '^[0-9]+$' loop.out | head -n 1)/$calls")"
}

read_rounds() {
	for _ in $(seq "$ROUNDS"); do
		read_loop native 2000000
		read_loop floor 2000000 ./floor floor.bpf.o
		read_loop prof 2000000 "$PROF" record -q --no-stacks -o x
		! has perf || read_loop perf 300000 perf record -q -o perf.data -e 'raw_syscalls:*'
		! has strace || read_loop strace 20000 strace -f -o strace.out
		! has bpftrace || read_loop bpftrace 2000000 bpftrace_count
		rm -f perf.data strace.out
	done
}

bpftrace_count() {
	# shellcheck disable=SC2016 # bpftrace's own names
	bpftrace -q -e 'tracepoint:raw_syscalls:sys_enter { @start[tid] = nsecs; }
		tracepoint:raw_syscalls:sys_exit /@start[tid]/ { @calls[args->id] = count(); }' \
		-c "$*"
}

print_reads() {
	local native
	native=$(median native)
	echo "A loop of 1-byte reads, ns per call"
	printf '  %-12s %10s %10s %12s\n' with ns added 'over floor'
	for name in native floor prof perf strace bpftrace; do
		measured "$name" || continue
		printf '  %-12s %10.0f %10.0f %12.2f\n' "$name" "$(median "$name")" \
			"$(calculate "$(median "$name")-$native")" "$(ratio_of_added "$name" floor native)"
	done
}

# ratio_of_added A B BASE: what A adds to BASE over what B adds
ratio_of_added() {
	calculate "($(median "$1")-$(median "$3"))/($(median "$2")-$(median "$3"))"
}

bench_reads() {
	make_floor || return
	read_rounds
	print_reads
	limit "added by prof over added by empty programs" "$(ratio_of_added prof floor native)" '<=' 2.5
	! has perf || limit "added by perf record over added by prof" "$(ratio_of_added perf prof native)" '>=' 3
	! has strace || limit "added by strace over added by prof" "$(ratio_of_added strace prof native)" '>=' 50
}

bench_many_reads() {
	watch_memory "$PROF" record -q --no-stacks -o x "$PROGRAMS/read_bytes" 20000000 >/dev/null
	echo
	echo "20 million of them"
	limit "lost events" "$(json x .lost.total)" '==' 0
	limit "calls of read, the loader's included" \
		"$(json x '.syscalls[] | select(.name == "read") | .calls')" '>=' 20000000
	limit "peak memory of prof" "$(calculate "$peak_bytes/$MIB")" '<=' 128 MiB
}

# ---- First touches ----

touch_loop() {
	local name=$1
	shift
	"$@" "$PROGRAMS/touch_rounds" 2048 256 >loop.out 2>loop.err
	note_figure "$name" "$(calculate "$(grep -E '^[0-9]+$' loop.out | head -n 1)/1e9")"
}

bench_touches() {
	for _ in $(seq "$ROUNDS"); do
		touch_loop touch-native
		touch_loop touch-prof "$PROF" record -q -o x
		if has perf; then
			rm -f perf.data
			touch_loop touch-perf perf record -q -o perf.data -e page-faults -c 1 -g
		fi
	done
	echo
	echo "First touch of 2 GiB in rounds of 256 MiB, seconds"
	for name in native prof perf; do
		! measured "touch-$name" || printf '  %-12s %10.3f %9.2fx\n' "$name" "$(median "touch-$name")" \
			"$(calculate "$(median "touch-$name")/$(median touch-native)")"
	done
	limit "lost events" "$(json x .lost.total)" '==' 0
	limit "faults that are not accounted for" "$(json x .reconciliation.unexplained)" '==' 0
	limit "faults" "$(json x .totals.faults)" '>=' 524288
	if has perf; then
		limit "added by prof over added by perf record" \
			"$(ratio_of_added touch-prof touch-perf touch-native)" '<=' 1
		limit "perf's file over prof's file" \
			"$(calculate "$(stat -c %s perf.data)/$(stat -c %s x)")" '>=' 50
	fi
	watch_memory "$PROF" record -q -o x "$PROGRAMS/touch_rounds" 2048 256 >/dev/null
	limit "peak memory of prof" "$(calculate "$peak_bytes/$MIB")" '<=' 128 MiB
}

# ---- Start and end, and the report ----

bench_start() {
	for _ in $(seq $((2 * ROUNDS))); do
		note_figure true-native "$(seconds true-command)"
		note_figure true-prof "$(seconds "$PROF" record -q -o x true)"
		! has perf || note_figure true-perf "$(seconds perf record -q -o perf.data -e page-faults -c 1 -g true)"
	done
	echo
	echo "A command that does nothing, seconds"
	for name in native prof perf; do
		! measured "true-$name" || printf '  %-12s %10.4f\n' "$name" "$(median "true-$name")"
	done
	limit "prof record true beyond true" \
		"$(calculate "$(median true-prof)-$(median true-native)")" '<=' 0.1 s
}

true-command() {
	/bin/true
}

bench_report() {
	"$PROF" record -q -o x "$PROGRAMS/read_bytes" 10000000 >/dev/null
	for _ in $(seq "$ROUNDS"); do
		note_figure report "$(seconds "$PROF" report -i x)"
	done
	watch_memory "$PROF" report -i x >/dev/null
	echo
	echo "The report of 10 million events ($(stat -c %s x) bytes)"
	limit "seconds" "$(median report)" '<=' 1.5 s
	limit "peak memory" "$(calculate "$peak_bytes/$MIB")" '<=' 128 MiB
}

bench_reads
bench_many_reads
bench_touches
bench_start
bench_report
