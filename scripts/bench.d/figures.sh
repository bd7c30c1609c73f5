# shellcheck shell=bash disable=SC2154 # what scripts/bench sets
# SPDX-License-Identifier: MIT
#
# Figures of benches: taken by name, several rounds each, and printed as medians beside the limits
# that prof has set itself. Every figure is a file of one value a line in the bench's directory.

failures=0
# shellcheck disable=SC2034 # for the benches
MIB=$((1 << 20))

has() {
	command -v "$1" >/dev/null
}

calculate() {
	awk "BEGIN { printf \"%.6g\", $1 }"
}

# One figure a line in a file of each name.
note_figure() {
	echo "$2" >>"$work/figures.$1"
}

median() {
	sort -g "$work/figures.$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

measured() {
	[ -e "$work/figures.$1" ]
}

# limit NAME VALUE RELATION LIMIT [UNIT]
limit() {
	local word=FAIL
	if awk "BEGIN { exit !($2 $3 $4) }"; then
		word=PASS
	else
		failures=$((failures + 1))
	fi
	printf '  %-4s  %-52s %12.4g %-2s %g %s\n' "$word" "$1" "$2" "$3" "$4" "${5-}"
}

seconds() {
	local begin=$EPOCHREALTIME
	"$@" >/dev/null 2>&1
	calculate "$EPOCHREALTIME - $begin"
}

# Runs a command and leaves its own peak memory, without its children's, in $peak_bytes.
watch_memory() {
	local pid kib
	peak_bytes=0
	"$@" &
	pid=$!
	while kib=$(awk '/^VmHWM/ { print $2 }' "/proc/$pid/status" 2>/dev/null) && [ -n "$kib" ]; do
		# shellcheck disable=SC2034
		peak_bytes=$((kib * 1024))
		sleep 0.02
	done
	wait "$pid"
}

json() {
	"$PROF" report --json -i "$1" | jq -r "$2"
}
