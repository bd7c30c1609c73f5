# shellcheck shell=bash disable=SC2154 # what scripts/bench and figures.sh set
# SPDX-License-Identifier: MIT
#
# bench flame: how long a flame graph of 200,000 distinct stacks takes to draw, and to open.

# What tests/browser.sh asks of whoever uses it.
needs() {
	local command
	for command; do
		has "$command" || skip "$command is not installed"
	done
}

skip() {
	echo "bench: $1: try scripts/install-deps browser" >&2
	exit 1
}

background() {
	driver=$1
}

open_rounds() {
	for _ in $(seq "$ROUNDS"); do
		note_figure draw "$(seconds "$PROF" flame -i x -o g.html)"
		browser_open g.html
		note_figure open "$(js 'return performance.getEntriesByType("navigation")[0].loadEventEnd / 1000')"
	done
}

# shellcheck source=tests/browser.sh
. "$ROOT/tests/browser.sh"
"${PROGRAMS%/programs}/made/many_stacks" x 200000
browser_start
open_rounds
echo "A flame graph of 200,000 distinct stacks ($(stat -c %s g.html) bytes)"
printf '  seconds to draw: %.2f\n' "$(median draw)"
limit "seconds to open in Chromium" "$(median open)" '<=' 3 s
web DELETE "" >/dev/null
kill "$driver"
trap 'rm -rf "$work"' EXIT
