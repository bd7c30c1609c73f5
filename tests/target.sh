# shellcheck shell=bash
# SPDX-License-Identifier: MIT
#
# A process that runs already (programs/attach_target.c), and prof attached to it; sourced after
# lib.sh. Both run as whoever AS makes of them.

AS=()

# start MODE: a target, by its pid in $target; `tell` lets it go on.
start() {
	chmod 777 .
	mkfifo input
	"${AS[@]}" "$PROGRAMS/attach_target" "$1" <input >output &
	target=$!
	background "$target"
	exec 7>input
	await grep -q . output
}

tell() { echo >&7; }

# attach COMMAND [OPTIONS]: of prof, to the target; its pid is in $prof
attach() {
	local command=$1
	shift
	# shellcheck disable=SC2153 # it is set in lib.sh
	"${AS[@]}" "$PROF" "$command" -p "$target" "$@" >told 2>err &
	prof=$!
	background "$prof"
	await grep -q attached err
}

# detach SIGNAL
detach() {
	kill -"$1" "$prof"
	status=0
	wait "$prof" || status=$?
	is "$status" 0 "exit status of prof"
}

# ends_well: the target goes on as if nothing had been
ends_well() {
	tell
	status=0
	wait "$target" || status=$?
	is "$status" 42 "exit status of the target"
}
