#!/bin/bash
# SPDX-License-Identifier: MIT
# strace and prof trace on the same programs with the same options: the same lines.
#
# What two runs have in common by nature is compared line by line and thread by thread
# (compare_traces.py). Each difference that may be is listed below, with its reason.

. "$(dirname "$0")/../lib.sh"

# Patterns of lines that may differ, and why.
write_judged() {
	cat >"$1" <<-'end'
		^(sysinfo|getrusage|times|statfs|fstatfs)\(	numbers of the moment
		^(futex|sched_yield)\(	whether a lock was taken depends on the moment
		^(ppoll|poll|select|pselect6|epoll_wait|epoll_pwait|recvfrom|accept4)\(	so does who comes first
		^--- SIGCHLD	and when a signal comes
		^rt_sigreturn\(	so does what it comes back to
		^wait4\(.*(ECHILD|ERESTART)	and what is left to wait for
		^(read|recvfrom|write|sendto|pwrite64|pread64)\(.*\\	bytes that are made at random
	end
}

# both [FLAG...] -- COMMAND...: adds to $equal, $lines and $unjudged, and to the file differences
both() {
	local flags=() result
	while [ "$1" != -- ]; do
		flags+=("$1")
		shift
	done
	shift
	for who in strace prof; do
		local command=(strace)
		[ "$who" = strace ] || command=("$PROF" trace)
		rm -rf area
		mkdir area
		(cd area && setarch -R "${command[@]}" -o "../$who.lines" "${flags[@]}" "$@") \
			>/dev/null 2>its.err </dev/null
	done
	/usr/bin/python3 "$ROOT/tests/compare_traces.py" strace.lines prof.lines judged >compared ||
		fail_case "comparing '$*'"
	read -r -a result <compared
	equal=$((equal + result[0]))
	lines=$((lines + result[1]))
	unjudged=$((unjudged + result[2]))
	sed 1d compared | sed "s|^|${flags[*]} ${1##*/}: |" >>differences
	[ "$((result[0] * 100))" -ge "$((result[1] * 90))" ] ||
		fail_case "'${flags[*]} $*': ${result[*]:0:2}" "$(sed 1d compared | head -n 20)"
}

begin_comparison() {
	needs strace setarch
	write_judged judged
	equal=0 lines=0 unjudged=0
	export PYTHONHASHSEED=0 PYTHONDONTWRITEBYTECODE=1
}

end_comparison() {
	within "$lines" "$1" 1000000 "lines compared"
	within "$((equal * 1000 / lines))" 950 1000 "equal lines of a thousand"
	within "$((unjudged * 1000 / lines))" 0 20 \
		"different lines without a reason, of a thousand: $(grep ': ?' differences | head -n 40)"
}

case_installed_programs() {
	begin_comparison
	both -- true
	both -- ls -la /etc
	both -- cat /etc/passwd /nonexistent
	both -- cp /etc/passwd copy
	both -- find /usr/share/doc -maxdepth 1 -newer /etc/passwd
	both -- tar cf x.tar -C /etc passwd group
	both -- sort -u /etc/group
	both -- date -u -d @0
	both -- perl -e 'open(F, "</etc/passwd"); @lines = <F>; print scalar @lines'
	both -- /usr/bin/python3 -c 'import json, socket'
	end_comparison 2000
}

case_programs_that_may_be_installed() {
	begin_comparison
	both -- ls /
	for command in "git --version" "git -C $ROOT log -2" "sqlite3 x.db .tables" \
		"ssh-keygen -q -t ed25519 -N x -f key" "curl -s http://127.0.0.1:1/" "file /etc/passwd"; do
		# shellcheck disable=SC2086
		! command -v "${command%% *}" >/dev/null || both -- $command
	done
	end_comparison 100
}

case_processes() {
	begin_comparison
	both -f -- sh -c 'ls /etc | wc -l; (exit 3); cat /nonexistent'
	both -f -- sh -c 'kill -TERM $$'
	both -f -- sh -c 'trap : USR1; kill -USR1 $$; true'
	both -f -- /usr/bin/python3 -c 'import subprocess; subprocess.run(["true"])'
	both -f -- find /etc/passwd /etc/group -exec cat {} ';'
	both -- sh -c 'ls /etc >/dev/null; (exit 3)'
	end_comparison 1000
}

case_sockets() {
	begin_comparison
	mkdir programs
	cat >programs/talk.py <<-'end'
		import os, socket
		server = socket.create_server(("127.0.0.1", 0))
		if os.fork() == 0:
		    client = socket.create_connection(server.getsockname())
		    client.sendall(b"hello")
		    print(client.recv(100))
		    os._exit(0)
		peer, _ = server.accept()
		peer.sendall(peer.recv(100).upper())
		os.wait()
	end
	both -f -- /usr/bin/python3 "$PWD/programs/talk.py"
	both -f -yy -- /usr/bin/python3 "$PWD/programs/talk.py"
	end_comparison 1000
}

case_programs_of_our_own() {
	begin_comparison
	both -- "$PROGRAMS/known_calls"
	both -f -- "$PROGRAMS/fork_many" 5
	both -f -- "$PROGRAMS/threads" 3 10
	both -f -- "$PROGRAMS/exec_forms" vfork
	both -f -- "$PROGRAMS/exec_forms" thread
	both -f -- "$PROGRAMS/exec_forms" fail
	both -f -- "$PROGRAMS/signals" eintr
	both -f -- "$PROGRAMS/signals" restart
	both -f -- "$PROGRAMS/signals" blocked
	both -f -- "$PROGRAMS/signals" many 20
	both -- "$PROGRAMS/segv"
	for how in exit kill term abort fault exec vfork; do
		both -f -- "$PROGRAMS/thread_ends" "$how"
	done
	both -- "$PROGRAMS/seccomp_denial"
	end_comparison 500
}

case_options() {
	begin_comparison
	both -y -- ls -la /etc/passwd /usr
	both -yy -- cat /dev/null /etc/passwd
	both -v -- ls -la /etc/passwd
	both -s 4 -- cat /etc/passwd
	both -s 1000 -- cat /etc/passwd
	both -x -- ls /etc/passwd
	both -xx -- ls /etc/passwd
	both -n -a 60 -- ls /etc/passwd
	both -e trace=%file -- ls -la /usr
	both -e '!openat,read' -- ls /usr
	both -e trace=/^open -- ls /usr
	both -e %%stat -- ls -la /usr
	both -z -- ls -la /nonexistent /usr
	both -Z -- ls -la /nonexistent /usr
	both -e status=unfinished,failed -- ls /nonexistent
	both -P /etc/passwd -- cat /etc/passwd /etc/group
	both -f -e trace=none -- sh -c '(exit 3); true'
	both -f -e signal=none -e trace=process -- sh -c '(exit 3); true'
	both -qq -e trace=close -- true
	both -e quiet=exit -e trace=close -- true
	end_comparison 500
}

# counts_of COMMAND...: calls, errors and names of the table, by name
counts_of() {
	"$@" 2>&1 >/dev/null | sed -n '/^------/,/^------/p' | grep -v '^-----' |
		awk '{ print $4, NF == 6 ? $5 : 0, $NF }'
}

# The same of strace, which now and then prints nothing if a thread executes a program.
strace_counts_of() {
	local counts
	for _ in 1 2 3 4 5; do
		counts=$(counts_of strace -f -c -S name -- "$@")
		[ -z "$counts" ] || break
	done
	echo "$counts"
}

# same_counts COMMAND...: but for the calls whose number depends on the moment
same_counts() {
	local moments=' (futex|restart_syscall|sched_yield|rt_sigreturn|wait4|rt_sigprocmask)$'
	is "$(counts_of "$PROF" trace -f -c -S name -- "$@" | grep -vE "$moments")" \
		"$(strace_counts_of "$@" | grep -vE "$moments")" "counts of '$*'"
}

case_counts() {
	needs strace
	same_counts "$PROGRAMS/known_calls"
	same_counts "$PROGRAMS/threads" 20 50
	same_counts "$PROGRAMS/fork_many" 50
	same_counts "$PROGRAMS/exec_forms" vfork
	same_counts "$PROGRAMS/exec_forms" thread
	same_counts "$PROGRAMS/exec_forms" fail
	same_counts "$PROGRAMS/seccomp_denial"
	same_counts sh -c '(exit 3); ls /nonexistent; true | cat'
}

run_cases "$@"
