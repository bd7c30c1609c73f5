#!/bin/bash
# SPDX-License-Identifier: MIT
# Differential flame graphs: as files, and as a page in a browser, whose panes go together.

. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/browser.sh"

# A cache that is loaded elsewhere: as many page faults, on other paths.
record_moved() {
	gcc -O1 -g -o base "$ROOT/tests/pairs/shape_moved.c"
	gcc -O1 -g -DLAZY -o new "$ROOT/tests/pairs/shape_moved.c"
	record base.data ./base
	record new.data ./new
}

pane_labels() {
	js 'return [...document.querySelectorAll(".frames text:not(.pane)")].map((text) => text.textContent).join(" ")'
}

label() {
	echo "[...document.querySelectorAll('.frames text')].find((text) => text.textContent === '$1')"
}

marks() {
	js "return [...document.querySelectorAll('$1')].filter((rect) => Number(rect.getAttribute('width')) > 0).length"
}

case_a_picture_has_what_is_gone_and_a_legend() {
	record_moved
	"$PROF" flame --diff base.data new.data -o d.svg 2>err
	needs xmllint
	holds "well-formed" xmllint --noout d.svg
	like "$(cat d.svg)" "NEW (and BASE have as many|has .* than BASE)" "direction in words"
	like "$(cat d.svg)" 'class="k12[^>]*>(<text[^>]*>)?start_up' "gone, and drawn"
	like "$(cat d.svg)" 'class="k18[^>]*>(<text[^>]*>)?look_up' "appeared"
	like "$(cat d.svg)" "gone \(BASE only\)" "legend"
	like "$(cat err)" "wrote d.svg" "what was written"
}

case_both_commands_draw_the_same() {
	record_moved
	"$PROF" flame --diff base.data new.data -o a.svg 2>err
	"$PROF" diff -o b.svg base.data new.data
	holds "prof diff -o" cmp a.svg b.svg
	run "$PROF" flame --diff base.data -o c.svg
	is "$status" 2 "one recording"
	run "$PROF" flame --diff --by=owner base.data new.data
	is "$status" 2 "not by owner"
}

case_panes_are_pointed_at_together() {
	record_moved
	"$PROF" flame --diff base.data new.data -o d.html 2>err
	browser_start
	browser_open d.html
	is "$(js 'return [...document.querySelectorAll(".pane")].map((text) => text.textContent.replace(/:.*/, "")).join(",")')" \
		"BASE,NEW,gained and lost" "three panes"
	point "$(center_of "$(label main)")"
	is "$(marks .hover)" 3 "main is in all of them"
	like "$(js 'return document.querySelector(".tip").textContent')" "the same in both|NEW has [0-9]+ (more|less) than BASE" "direction"
	point "$(center_of "$(label start_up)")"
	is "$(marks .hover)" 2 "what is gone is in BASE and in the difference"
	point "$(center_of "$(label look_up)")" click
	unlike "$(pane_labels)" "start_up" "zoom is shared"
	press Escape
	press /
	type_text 'load_cache'
	is "$(js 'return document.querySelectorAll(".frames text.hit").length')" 4 "hits in all panes"
	is "$(console)" "" "console"
	is "$(requests | sort -u | grep -vx data:)" "file://$PWD/d.html" "requests"
}

run_cases "$@"
