#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The same numbers as strace, perf stat and getrusage, on programs that nobody wrote for this.
#
# Each program runs once to warm the page cache, then once under each tool, always without address
# randomization: that alone moves a handful of faults from run to run.
#
# Of strace -c is known: it does not count exit and exit_group, which never return. Calls whose
# number depends on who waits for whom are named with the program and left out on both sides.

. "$(dirname "$0")/../lib.sh"

strace_table() {
	awk '
		$1 !~ /^[0-9.]+$/ || $NF == "total" { next }
		{ print $NF, $4, (NF == 6 ? $5 : 0) }' "$1"
}

prof_table() {
	report "$1" '.syscalls[] | "\(.name) \(.calls) \(.errors)"'
}

# comparable EXCEPT: drops what need not agree
comparable() {
	awk -v except=" exit exit_group $1 " '
		index(except, " " $1 " ") { next }
		{ print }' | sort
}

# Two runs of a program need not be alike: a page of its files may have been evicted in between, and
# some ask for random bytes until they like them. So both tools run again until they agree, a few
# times: what is counted wrongly never does.
ROUNDS=5

# same_calls EXCEPT COMMAND...
same_calls() {
	local except=$1 got wanted
	shift
	needs strace setarch
	"$@" >/dev/null 2>&1
	for _ in $(seq $ROUNDS); do
		setarch -R strace -f -c -o strace.out "$@" >/dev/null 2>&1
		setarch -R "$PROF" record -q -o x "$@" >/dev/null 2>&1
		got=$(prof_table x | comparable "$except")
		wanted=$(strace_table strace.out | comparable "$except")
		[ "$got" != "$wanted" ] || break
	done
	is "$got" "$wanted" "calls and errors as strace -f -c: $*"
	is_whole x "$1"
}

perf_counts() {
	awk -F, '/-faults/ { print $1 }' "$1" | tr '\n' ' '
}

# near TOLERANCE "A B C" "D E F": are all three of the numbers that close?
near() {
	awk -v tolerance="$1" -v a="$2" -v b="$3" 'BEGIN {
		split(a, x)
		split(b, y)
		for (i = 1; i <= 3; i++)
			if (x[i] - y[i] > tolerance || y[i] - x[i] > tolerance)
				exit 1
	}'
}

# perf adds to the environment, and with it moves the stack: prof gets what perf would give.
# same_faults TOLERANCE COMMAND...
same_faults() {
	local tolerance=$1 got wanted environment
	shift
	needs perf setarch
	"$@" >/dev/null 2>&1
	mapfile -d '' environment < <(setarch -R perf stat -o perf.env -e page-faults env -0)
	for _ in $(seq $ROUNDS); do
		setarch -R perf stat -x, -o perf.out -e page-faults,minor-faults,major-faults "$@" \
			>/dev/null 2>&1
		env -i "${environment[@]}" setarch -R "$PROF" record -q -o x "$@" >/dev/null 2>&1
		wanted=$(perf_counts perf.out)
		got=$(report x '.totals | "\(.faults) \(.faults_minor) \(.faults_major)"')
		near "$tolerance" "$got" "$wanted" && break
	done
	holds "all, minor and major faults as perf stat: $*: got $got, wanted $wanted" \
		near "$tolerance" "$got" "$wanted"
	is_whole x "$1"
}

make_repository() {
	git init -q repository
	for i in 1 2 3 4 5; do
		echo "$i" >"repository/$i"
		git -C repository add "$i"
		git -C repository -c user.name=t -c user.email=t@example.org commit -qm "$i"
	done
}

case_python() {
	needs /usr/bin/python3
	export PYTHONHASHSEED=0 # its dictionaries touch other pages otherwise
	same_calls "" /usr/bin/python3 -c 'import json, decimal'
	same_faults 0 /usr/bin/python3 -c 'import json, decimal'
}

case_gcc() {
	printf '#include <stdio.h>\nint main(void)\n{\n\treturn puts("hi") < 0;\n}\n' >a.c
	# It asks for random bytes until they make a name of a file.
	same_calls getrandom gcc -O2 -c -o a.o a.c
	same_faults 0 gcc -O2 -c -o a.o a.c
}

case_git() {
	needs git
	make_repository
	same_calls "" git -C repository log --stat
	same_faults 0 git -C repository log --stat
}

case_tar_and_gzip() {
	# How much a read of the pipe finds, and which child ends first, is up to the scheduler; a
	# shell that forks while its child already runs may find a page copied or not.
	same_calls "read rt_sigreturn" sh -c 'tar -cf - /usr/include/linux | gzip -1 >out.gz'
	same_faults 3 sh -c 'tar -cf - /usr/include/linux | gzip -1 >out.gz'
}

case_sort() {
	seq 200000 | sed 's/\(.\)\(.*\)/\2\1/' >lines
	same_calls "" sort --parallel=1 -S 8M -o sorted lines
	same_faults 0 sort --parallel=1 -S 8M -o sorted lines
}

case_fifty_threads() {
	# Who waits for whom, and which thread reuses whose stack, is up to the scheduler.
	same_calls futex "$PROGRAMS/threads" 50 100
	same_faults 10 "$PROGRAMS/threads" 50 100
}

case_two_hundred_forks() {
	same_calls "" "$PROGRAMS/fork_many" 200
	same_faults 0 "$PROGRAMS/fork_many" 200
}

case_killed_by_sigsegv() {
	same_calls "" "$PROGRAMS/segv" die
	same_faults 0 "$PROGRAMS/segv" die
	same_faults 0 "$PROGRAMS/segv" continue 200
}

case_signal_handlers_and_timers() {
	same_calls "" "$PROGRAMS/signals" timer 20
	same_calls "" "$PROGRAMS/signals" eintr
	same_calls "" "$PROGRAMS/signals" restart
	same_calls "" "$PROGRAMS/signals" many 100
	same_faults 0 "$PROGRAMS/signals" timer 20
}

case_known_programs() {
	same_calls "" "$PROGRAMS/known_calls" 25
	same_faults 0 "$PROGRAMS/touch_pages" 5000
	same_faults 0 "$PROGRAMS/copy_on_write" 1000
	same_faults 0 "$PROGRAMS/populate" read 1000
	same_faults 0 "$PROGRAMS/populate" map 1000
}

run_cases "$@"
