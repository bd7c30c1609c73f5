# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench stacks: what whole stacks cost, beside perf's by frame pointers and by copies of the stack.

DEPTH=10

has_perf() {
	has perf && [ -z "${NO_PERF-}" ]
}

# ---- A loop of first touches, and system calls, ten calls deep ----

# loop NAME UNITS WRAPPER... -- PROGRAM...: ns per unit, by the program's own clock
loop() {
	local name=$1 units=$2
	shift 2
	"$@" >loop.out 2>loop.err
	note_figure "$name" "$(calculate "$(grep -E '^[0-9]+$' loop.out | head -n 1)/$units")"
}

touch_rounds_of() {
	local faults=524288
	loop "touch-$1" $faults "${@:2}" "$PROGRAMS/touch_rounds" 2048 256 $DEPTH
}

bench_streaming() {
	for _ in $(seq "$ROUNDS"); do
		touch_rounds_of native
		touch_rounds_of none "$PROF" record -q --no-stacks -o x
		touch_rounds_of prof "$PROF" record -q -o x
		has_perf || continue
		touch_rounds_of fp perf record -q -o fp.data -e page-faults -c 1 --call-graph fp
		touch_rounds_of dwarf perf record -q -o dwarf.data -e page-faults -c 1 --call-graph dwarf
	done
	echo "First touch of 2 GiB, $DEPTH calls deep"
	printf '  %-22s %12s %12s\n' with 'ns a fault' 'run time'
	for name in native none prof fp dwarf; do
		measured "touch-$name" || continue
		printf '  %-22s %12.0f %11.2fx\n' "$(way "$name")" "$(median "touch-$name")" \
			"$(calculate "$(median "touch-$name")/$(median touch-native)")"
	done
	limit "run time with prof over without" \
		"$(calculate "$(median touch-prof)/$(median touch-native)")" '<=' 1.6
	limit "lost events" "$(json x .lost.total)" '==' 0
	limit "complete stacks, %" "$(complete_percent x)" '>=' 99.9
	rm -f fp.data dwarf.data
}

way() {
	case $1 in
	none) echo "prof, no stacks" ;;
	fp) echo "perf, frame pointers" ;;
	dwarf) echo "perf, dwarf" ;;
	*) echo "$1" ;;
	esac
}

complete_percent() {
	json "$1" '.stacks | 100 * .complete / (.complete + .incomplete)'
}

# Beside the frames of the calls, each stack has five: the loop, main, and three of the C library.
frames_of_reads() {
	calculate "$1+5"
}

bench_reads_deep() {
	local calls=2000000 varied=500000 depth=40 spread=17
	for _ in $(seq "$ROUNDS"); do
		loop same-native $calls "$PROGRAMS/read_bytes" $calls $DEPTH
		loop same-none $calls "$PROF" record -q --no-stacks -o x "$PROGRAMS/read_bytes" $calls $DEPTH
		loop same-prof $calls "$PROF" record -q -o x "$PROGRAMS/read_bytes" $calls $DEPTH
		loop walk-none $varied "$PROF" record -q --no-stacks -o x \
			"$PROGRAMS/read_bytes" $varied $depth $spread
		loop walk-prof $varied "$PROF" record -q -o x "$PROGRAMS/read_bytes" $varied $depth $spread
	done
	echo
	echo "1-byte reads, ns a call"
	printf '  %-46s %10.0f\n' "native" "$(median same-native)" \
		"$DEPTH calls deep, no stacks" "$(median same-none)" \
		"$DEPTH calls deep, unchanged stack" "$(median same-prof)" \
		"$depth to $((depth + spread - 1)) calls deep, no stacks" "$(median walk-none)" \
		"$depth to $((depth + spread - 1)) calls deep, other stack than before" "$(median walk-prof)"
	limit "an unchanged stack of $DEPTH calls" \
		"$(calculate "$(median same-prof)-$(median same-none)")" '<=' 250 ns
	limit "a frame walked" \
		"$(calculate "($(median walk-prof)-$(median walk-none))/$(frames_of_reads $((depth + spread / 2)))")" '<=' 110 ns
}

# ---- Real programs ----

cat >"$work/unit.cc" <<-'END'
	#include <iostream>
	#include <map>
	#include <regex>
	#include <string>

	int main(int argc, char **argv)
	{
		std::map<std::string, int> seen;
		std::regex word("[a-z]+");
		for (int i = 0; i < argc; i++)
			seen[argv[i]] += std::regex_match(argv[i], word);
		std::cout << seen.size() << "\n";
	}
END

# program NAME COMMAND...
bench_program() {
	local name=$1 way
	shift
	for _ in $(seq "$ROUNDS"); do
		note_figure "$name-native" "$(seconds "$@")"
		note_figure "$name-none" "$(seconds "$PROF" record -q --no-symbols --no-stacks -o x "$@")"
		note_figure "$name-prof" "$(seconds "$PROF" record -q --no-symbols -o x "$@")"
		has_perf || continue
		note_figure "$name-fp" \
			"$(seconds perf record -q -o fp.data -e page-faults -c 1 --call-graph fp "$@")"
		note_figure "$name-dwarf" \
			"$(seconds perf record -q -o dwarf.data -e page-faults -c 1 --call-graph dwarf "$@")"
	done
	"$PROF" record -q -o x "$@" >/dev/null 2>&1
	echo
	echo "$name: $(json x .totals.faults) faults, $(json x .totals.syscalls) system calls"
	printf '  %-22s %10s %10s %12s %10s\n' with seconds 'ns a fault' file lost
	for way in native none prof fp dwarf; do
		measured "$name-$way" && print_program "$name" "$way"
	done
	limit "lost events" "$(json x .lost.total)" '==' 0
	limit "complete stacks, %" "$(complete_percent x)" '>=' 99.9
	if has_perf; then
		limit "perf's file (dwarf) over prof's" \
			"$(calculate "$(stat -c %s dwarf.data)/$(stat -c %s x)")" '>=' 50
	fi
	rm -f fp.data dwarf.data
}

print_program() {
	local file=x lost=0
	case $2 in
	native | none) file='' ;;
	fp | dwarf) file=$2.data lost=$(perf_lost "$2.data") ;;
	esac
	printf '  %-22s %10.3f %10.0f %12s %10s\n' "$(way "$2")" "$(median "$1-$2")" \
		"$(calculate "($(median "$1-$2")-$(median "$1-native"))*1e9/$(json x .totals.faults)")" \
		"${file:+$(stat -c %s "$file")}" "$lost"
}

# Events that perf says it lost, and those that it never counted: against prof's, which add up.
perf_lost() {
	calculate "$(json x .totals.faults)-$(perf report -i "$1" --stats 2>/dev/null |
		awk '/SAMPLE events:/ { n = $3 } END { print n + 0 }')"
}

# The peak of what the maps of a recorder take.
bench_maps() {
	local pid bytes peak=0
	"$PROF" record -q -o x g++ -O2 -c -o /dev/null unit.cc &
	pid=$!
	while [ -e "/proc/$pid/fdinfo" ] && kill -0 "$pid" 2>/dev/null; do
		bytes=$(cat "/proc/$pid/fdinfo/"* 2>/dev/null | awk '
			/^memlock:/ { held = $2 } /^map_id:/ { bytes[$2] = held }
			END { for (id in bytes) sum += bytes[id]; print sum + 0 }')
		[ "$bytes" -le "$peak" ] || peak=$bytes
		sleep 0.05
	done
	wait "$pid"
	echo
	echo "Memory"
	limit "maps of the programs, for a C++ compiler" "$(calculate "$peak/$MIB")" '<=' 64 MiB
}

# ---- Tables and names ----

bench_tables() {
	local name value most unit libraries
	read -ra libraries < <(pkg-config --libs libdw libelf libzstd)
	gcc -O2 -D_GNU_SOURCE -I"$ROOT/user" -I"$ROOT/bpf" -I"$ROOT" -o tables "$BENCHES/tables.c" \
		"$ROOT/.build/libprof.a" "${libraries[@]}" -liberty -lm -lpthread -ldl || return
	echo
	echo "Tables and names, of $1"
	while read -r name value most unit; do
		limit "${name//_/ }" "$value" '<=' "$most" "$unit"
	done < <(./tables "$1" && ./tables "$PROF")
}

bench_streaming
bench_reads_deep
bench_program compile g++ -O0 -c -o /dev/null unit.cc
bench_program imports python3 -c 'import json, asyncio, sqlite3, ctypes, email, http.server, xml.dom.minidom'
bench_maps
bench_tables "$(gcc -print-prog-name=cc1plus)"
