# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A browser for end-to-end tests: headless Chromium, driven over WebDriver.
#
# `browser_start` skips the case where there is none. The browser ends with the case, and lives in
# its directory. Input is real input (mouse and keys at the window), so that what a page does with
# it is what it does for a person.

BROWSER_KEYS=(Escape '\ue00c' Enter '\ue007' Backspace '\ue003' Left '\ue012' Up '\ue013' Right '\ue014'
	Down '\ue015')

# web METHOD PATH [JSON]: the value of the answer
web() {
	curl -s -X "$1" -H 'Content-Type: application/json' -d "${3-}" "$browser$2" |
		jq -c 'if .value | type == "object" and has("error") then .value.message | error
			else .value end'
}

browser_options() {
	jq -n --arg profile "$PWD/profile" '{capabilities: {alwaysMatch: {
		"goog:chromeOptions": {args: ["--headless=new", "--no-sandbox", "--disable-gpu",
			"--disable-dev-shm-usage", "--hide-scrollbars", "--window-size=1200,900",
			"--user-data-dir=\($profile)"]},
		"goog:loggingPrefs": {browser: "ALL", performance: "ALL"}}}}'
}

browser_start() {
	local port
	needs chromedriver chromium curl jq
	chromedriver --port=0 >driver.out 2>&1 &
	background $!
	for _ in $(seq 300); do
		port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' driver.out)
		[ -z "$port" ] || break
		sleep 0.1
	done
	browser=http://127.0.0.1:$port
	session=$(web POST /session "$(browser_options)" | jq -r .sessionId)
	[ -n "$session" ] || skip "no browser starts here"
	browser=$browser/session/$session
	trap 'web DELETE "" >/dev/null' EXIT
}

# browser_open FILE
browser_open() {
	web POST /url "{\"url\": \"file://$PWD/$1\"}" >/dev/null
}

# js SCRIPT: what it returns
js() {
	web POST /execute/sync "$(jq -n --arg script "$1" '{script: $script, args: []}')" | jq -r .
}

# press KEY...: names of BROWSER_KEYS, or single characters
press() {
	local key i actions=
	for key; do
		for ((i = 0; i < ${#BROWSER_KEYS[@]}; i += 2)); do
			[ "$key" != "${BROWSER_KEYS[i]}" ] || key=${BROWSER_KEYS[i + 1]}
		done
		actions="$actions{\"type\":\"keyDown\",\"value\":\"$key\"},{\"type\":\"keyUp\",\"value\":\"$key\"},"
	done
	web POST /actions "{\"actions\":[{\"type\":\"key\",\"id\":\"k\",\"actions\":[${actions%,}]}]}" >/dev/null
}

# type_text TEXT
type_text() {
	local i keys=()
	for ((i = 0; i < ${#1}; i++)); do
		keys+=("${1:i:1}")
	done
	press "${keys[@]}"
}

# point "X Y" [click]
point() {
	local buttons=
	[ $# = 1 ] || buttons=',{"type":"pointerDown","button":0},{"type":"pointerUp","button":0}'
	web POST /actions "{\"actions\":[{\"type\":\"pointer\",\"id\":\"m\",\"parameters\":{\"pointerType\":\"mouse\"},
		\"actions\":[{\"type\":\"pointerMove\",\"duration\":0,\"x\":${1% *},\"y\":${1#* }}$buttons]}]}" >/dev/null
}

# center_of EXPRESSION: where an element is, as "X Y"
center_of() {
	js "const box = ($1).getBoundingClientRect();
		return Math.round(box.x + box.width / 2) + ' ' + Math.round(box.y + box.height / 2)"
}

# prefer light|dark
prefer() {
	web POST /goog/cdp/execute "{\"cmd\": \"Emulation.setEmulatedMedia\", \"params\": {\"features\":
		[{\"name\": \"prefers-color-scheme\", \"value\": \"$1\"}]}}" >/dev/null
}

# What the console said since it was last asked.
console() {
	web POST /se/log '{"type": "browser"}' | jq -r '.[].message'
}

# The addresses that pages from files have asked for since this was last asked, without the data in
# data: ones. The browser has pages of its own, too.
requests() {
	web POST /se/log '{"type": "performance"}' | jq -r '.[].message | fromjson | .message |
		select(.method == "Network.requestWillBeSent") | .params |
		select(.documentURL | startswith("file:")) | .request.url | sub("^data:.*"; "data:")'
}
