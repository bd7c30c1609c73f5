# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# What end-to-end tests share.
#
# A test file sources this, defines functions named case_*, and ends with `run_cases`. Each case is
# one TAP line, named by its function, and runs in a subshell in an empty directory that is removed
# afterwards, together with the processes named to `background`. It passes when at least one
# assertion was made and none failed; assertions say what they saw. `skip REASON` ends a case, and
# so does CASE_SECONDS, with all its processes: each case is a process group.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CASE_SECONDS=${CASE_SECONDS:-240}
PROF=${PROF:-$ROOT/prof}
PROGRAMS=${PROGRAMS:-$ROOT/.build/programs}
export LC_ALL=C.UTF-8 NO_COLOR=1
unset SUDO_UID SUDO_GID SUDO_USER

# ---- Assertions ----

fail_case() {
	failures=$((failures + 1))
	echo "# $1"
	[ $# -lt 2 ] || printf '%s\n' "${@:2}" | sed 's/^/#   /'
}

# is GOT WANTED WHAT
is() {
	assertions=$((assertions + 1))
	if [ "$1" == "$2" ]; then
		return
	elif [[ $1 == *$'\n'* ]]; then
		fail_case "$3" "got (<) and wanted (>):" "$(diff <(echo "$1") <(echo "$2") | head -n 30)"
	else
		fail_case "$3" "got:    $1" "wanted: $2"
	fi
}

isnt() {
	assertions=$((assertions + 1))
	[ "$1" != "$2" ] || fail_case "$3" "got what was not wanted: $1"
}

# within GOT LOW HIGH WHAT, in integers
within() {
	assertions=$((assertions + 1))
	if ! [[ $1 =~ ^-?[0-9]+$ && $1 -ge $2 && $1 -le $3 ]]; then
		fail_case "$4" "got:    $1" "wanted: $2 to $3"
	fi
}

# like TEXT REGEX WHAT
like() {
	assertions=$((assertions + 1))
	[[ $1 =~ $2 ]] || fail_case "$3" "got:    $(head -n 30 <<<"$1")" "wanted: /$2/"
}

unlike() {
	assertions=$((assertions + 1))
	[[ ! $1 =~ $2 ]] || fail_case "$3" "got:    $(head -n 30 <<<"$1")" "not wanted: /$2/"
}

# holds WHAT COMMAND...
holds() {
	local what=$1
	shift
	assertions=$((assertions + 1))
	"$@" >.holds 2>&1 || fail_case "$what" "failed: $*" "$(head -n 20 .holds)"
}

# await COMMAND...: until it succeeds; for so long at most that a busy machine is no failure
await() {
	for _ in {1..1000}; do
		"$@" 2>/dev/null && return
		sleep 0.02
	done
	fail_case "did not happen: $*"
	return 1
}

# ---- Cases ----

skip() {
	echo "$1" >"$work/skip"
	exit 0
}

# needs COMMAND...: skips the case where one is missing
needs() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "$command is not installed"
	done
}

# Remembers a process, to be ended when the case is over.
background() {
	echo "$1" >>"$work/background"
}

end_background() {
	local pid
	[ -e "$work/background" ] || return 0
	while read -r pid; do
		kill -KILL "$pid"
	done <"$work/background" 2>/dev/null
}

run_case() {
	local assertions=0 failures=0
	mkdir "$work/here" && cd "$work/here" || exit 1
	"$1"
	[ "$assertions" != 0 ] || fail_case "no assertion was made"
	exit "$((failures != 0))"
}

# Waits for a case, but not for ever.
await_case() {
	local watchdog status
	(
		sleep "$CASE_SECONDS" || exit
		echo "# took longer than $CASE_SECONDS seconds" >>"$work/out"
		kill -KILL -- "-$1"
	) >/dev/null 2>&1 &
	watchdog=$!
	wait "$1" 2>/dev/null
	status=$?
	pkill -KILL -P "$watchdog" # its sleep, and so itself
	wait "$watchdog" 2>/dev/null
	return "$status"
}

# One case, with its line of TAP.
report_case() {
	local name=$1 number=$2 work status
	work=$(mktemp -d "${TMPDIR:-/tmp}/prof-test.XXXXXX")
	chmod 755 "$work"
	set -m
	(run_case "$name") >"$work/out" 2>&1 </dev/null &
	set +m
	await_case $!
	status=$?
	end_background
	name=${name#case_}
	name=${name//_/ }
	if [ -e "$work/skip" ]; then
		echo "ok $number - $name # SKIP $(cat "$work/skip")"
	elif [ "$status" = 0 ]; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^\([^#]\)/# | \1/' "$work/out"
	fi
	rm -rf --one-file-system "$work"
	return "$status"
}

# Only prof's own word that this host lacks something excuses from testing.
cannot_record() {
	local ok
	ok=$("$PROF" doctor --json | jq .ok) && [ "$ok" = false ]
}

# run_cases [PATTERN]: all cases, or, from the command line, those that match. Where nothing can be
# recorded all are skipped, unless the file has said `needs_recording=no`.
run_cases() {
	local number=0 status=0 name names reason=
	mapfile -t names < <(declare -F | sed -n "s/^declare -f \(case_.*${1-}.*\)/\1/p")
	if [ "${needs_recording-yes}" = yes ] && cannot_record; then
		reason="prof cannot record here: see prof doctor"
	fi
	for name in "${names[@]}"; do
		number=$((number + 1))
		if [ -n "$reason" ]; then
			name=${name#case_}
			echo "ok $number - ${name//_/ } # SKIP $reason"
		else
			report_case "$name" "$number" || status=1
		fi
	done
	echo "1..$number"
	return "$status"
}

# ---- prof ----

# record FILE ARGUMENTS...: records quietly; its exit status is left in $status.
record() {
	local file=$1
	shift
	status=0
	"$PROF" record -q -o "$file" "$@" || status=$?
}

# Runs a command with its output in the files out and err, and its exit status in $status.
run() {
	status=0
	"$@" >out 2>err || status=$?
}

# report FILE FILTER: what jq makes of the report
report() {
	"$PROF" report --json -i "$1" >.report.json || return
	jq -r "$2" .report.json
}

# calls FILE NAME: how many calls of NAME were counted, 0 when it is not in the table
calls() {
	report "$1" "[.syscalls[] | select(.name == \"$2\") | .calls] | add // 0"
}

# errors FILE NAME ERRNO
errors() {
	report "$1" "[.syscalls[] | select(.name == \"$2\") | .errnos.$3 // 0] | add // 0"
}

# faults_in FILE FUNCTION: faults on paths through the function
faults_in() {
	report "$1" "[.fault_paths[] | select(.frames | any(test(\"\\\\b$2\\\\b\"))) | .faults] | add // 0"
}

# fault_events FILE FUNCTION FILTER: of each fault below the function
fault_events() {
	"$PROF" script --json --type faults -g -i "$1" |
		jq -r "select(.stack | any(test(\"\\\\b$2\\\\b\"))) | $3"
}

# events FILE FILTER: of each event, in their order
events() {
	"$PROF" script --json -i "$1" | jq -r "$2"
}

# What holds of every recording: nothing lost, and the books balance.
is_whole() {
	is "$(report "$1" .lost.total)" 0 "$2: lost events"
	is "$(report "$1" .reconciliation.balanced)" true "$2: balance of faults: $(report "$1" \
		'.reconciliation | tojson')"
}
