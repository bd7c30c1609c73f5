#!/bin/bash
# SPDX-License-Identifier: MIT
# Flame graphs in a browser: pointed at, clicked, searched and walked through by keys.

. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/browser.sh"

# A graph of 1,000 faults below left and 5,000 below right, 3,000 of them below deeper; and a browser
# that shows it.
open_graph() {
	record x "$PROGRAMS/call_paths" 1000
	"$PROF" flame -i x -o "$@" 2>err
	browser_start
	browser_open "$1"
}

labels() {
	js 'return [...document.querySelectorAll(".frames text")].map((text) => text.textContent).join(" ")'
}

label() {
	echo "[...document.querySelectorAll('.frames text')].find((text) => text.textContent === '$1')"
}

part() {
	js "return document.querySelector('$1').textContent"
}

# share_of FAULTS: of all faults, in percent
share_of() {
	awk "BEGIN { printf \"%.1f\", 100 * $1 / $(report x .totals.faults) }"
}

# The width of a frame by its name, in px.
width_of() {
	point "$(center_of "$(label "$1")")"
	js 'return Math.round(document.querySelector(".hover").getAttribute("width"))'
}

tooltip() {
	js 'return [...document.querySelectorAll(".tip text")].map((text) => text.textContent).join(" ")'
}

is_quiet() {
	is "$(console)" "" "console"
	is "$(requests | sort -u | grep -vx data:)" "file://$PWD/$1" "requests"
}

case_a_click_zooms_and_escape_ends_it() {
	local all
	open_graph g.html
	all=$(labels)
	like "$all" "left .*right" "labels"
	point "$(center_of "$(label right)")" click
	like "$(labels)" "main .*right" "callers stay"
	unlike "$(labels)" "left" "siblings go"
	within "$(width_of right)" 1170 1176 "width of the zoomed frame"
	within "$(width_of deeper)" 700 706 "three fifths of it"
	like "$(tooltip)" "deeper program .*call_paths .*faults 3,000 .*% 60.0% 0" "tooltip"
	point "$(center_of "$(label main)")" click
	like "$(labels)" "left .*right" "labels after a click on a caller"
	press Escape
	is "$(labels)" "$all" "labels at the end"
	is_quiet g.html
}

case_a_search_says_its_share() {
	open_graph g.svg
	press /
	type_text 'deeper|left'
	is "$(part .matched)" "$(share_of 4000)% matched" "share of both"
	is "$(js 'return document.querySelectorAll(".frames text.hit").length')" 2 "marked labels"
	press Enter
	like "$(tooltip)" "^left program" "Enter goes to the first match"
	press n
	like "$(tooltip)" "^deeper program" "n goes to the next"
	press n
	like "$(tooltip)" "^left program" "and around"
	press / Escape /
	type_text 'right|deeper|leaf|write_pages'
	is "$(part .matched)" "$(share_of 6000)% matched" "share of matches below each other"
	press Escape /
	type_text '('
	is "$(js 'return document.querySelector("input").matches(".wrong")')" true "no expression"
	press Escape
	is "$(part .matched)" "" "Escape ends the search"
	is "$(js 'return document.querySelectorAll(".hit, .dim").length')" 0 "marks"
	is_quiet g.svg
}

case_keys_walk_and_zoom() {
	open_graph g.html
	press Up
	like "$(tooltip)" "^all " "the first key"
	press Up
	like "$(tooltip)" "^call_paths command" "upwards"
	press Up Up Up Up
	like "$(tooltip)" "^main program" "to the widest callee"
	press Up
	like "$(tooltip)" "^right program" "the widest one"
	press Left
	like "$(tooltip)" "^left program" "to its sibling"
	press Down
	like "$(tooltip)" "^main program" "back down"
	press Up Enter
	unlike "$(labels)" "left" "Enter zooms"
	press Backspace
	like "$(labels)" "left .*right" "Backspace goes one caller back"
	like "$(part .spoken)" "right" "what is said aloud"
	press i
	is "$(js "return $(label all).getBoundingClientRect().y < $(label main).getBoundingClientRect().y")" \
		true "callers on top after i"
	press '?'
	like "$(part .help)" "next weight" "help"
	is_quiet g.html
}

case_the_legend_explains_and_selects() {
	local classes
	open_graph g.html
	classes=$(js 'return [...document.querySelectorAll(".legend text")].map((text) => text.textContent).join(",")')
	like "$classes" "command,program,.*first touch,.*code and its data" "legend"
	point "$(center_of "[...document.querySelectorAll('.legend g')].find((item) => item.textContent === 'program')")" click
	is "$(js 'return [...document.querySelectorAll(".frames text.hit")].map((text) => text.textContent).sort().join(" ")')" \
		"_start deeper leaf leaf leaf left main right write_pages write_pages write_pages" "marked"
	press Escape
	is "$(js 'return document.querySelectorAll(".hit").length')" 0 "marks after Escape"
	point "$(center_of "[...document.querySelectorAll('.legend g')].find((item) => item.textContent === 'first touch')")" click
	is "$(js 'return [...new Set([...document.querySelectorAll(".frames path.hit")].map((path) => path.classList[0]))].join(" ")')" \
		"k19" "boxes of that cause"
	like "$(part .matched)" "^9[0-9][.][0-9]% matched" "their share"
	is "$(js 'return getComputedStyle(document.querySelector("path.k19")).fill')" "rgb(100, 245, 165)" "colour"
	is_quiet g.html
}

case_weights_are_switched() {
	local faults
	open_graph g.html
	faults=$(width_of right)
	press w
	is "$(part .title)" "Time in page faults" "title"
	isnt "$(width_of right)" "$faults" "width by time"
	press w w
	is "$(width_of right)" "$faults" "width by faults again"
	is_quiet g.html
}

case_dark_and_light() {
	local background='return getComputedStyle(document.querySelector(".page")).fill'
	open_graph g.svg
	prefer light
	is "$(js "$background")" "rgb(255, 255, 255)" "light"
	prefer dark
	isnt "$(js "$background")" "rgb(255, 255, 255)" "dark"
	is_quiet g.svg
}

# The first view is there without the script, and the script draws the same one.
case_with_and_without_a_script() {
	local script
	open_graph g.svg
	script=$(labels)
	sed -i '/^<script>/,/^]]><\/script>/d' g.svg
	browser_open g.svg
	is "$(js 'return document.documentElement.matches(".live")')" false "no script ran"
	is "$(labels | tr ' ' '\n' | sort)" "$(tr ' ' '\n' <<<"$script" | sort)" "labels"
	like "$(js 'return document.querySelector(".frames title").textContent')" "^all" "titles"
	is_quiet g.svg
}

case_hostile_names_do_nothing() {
	cp "$PROGRAMS/call_paths" "<img src=x onerror=alert(1)>&\"'"
	record x "./<img src=x onerror=alert(1)>&\"'" 100
	"$PROF" flame -i x -o g.html 2>err
	browser_start
	browser_open g.html
	like "$(labels)" "<img src=x oner" "the name as text"
	is "$(js 'return document.querySelectorAll("img").length')" 0 "elements made of it"
	like "$(js 'return document.title')" "<img src=x onerror=alert\(1\)>&" "title"
	is_quiet g.html
}

case_two_hundred_thousand_stacks_open() {
	"${PROGRAMS%/programs}/made/many_stacks" x 200000
	"$PROF" flame -i x -o g.html 2>err
	browser_start
	browser_open g.html
	is "$(js 'return document.documentElement.querySelector("#flame").matches(".live")')" true "it is drawn"
	like "$(part .totals)" "^200,000 faults" "all of them"
	like "$(part .foot)" "of 3,465,616 frames are narrower than 0.5 px" "what is not drawn"
	within "$(js 'return document.querySelectorAll(".frames *").length')" 50 5000 "elements"
	press Up Up Up Enter
	within "$(js 'return document.querySelectorAll(".below").length')" 4 4 "callers of a zoomed frame"
	echo "# opened in $(js 'return Math.round(performance.getEntriesByType("navigation")[0].loadEventEnd)') ms"
	is_quiet g.html
}

run_cases "$@"
