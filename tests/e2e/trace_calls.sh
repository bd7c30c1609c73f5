#!/bin/bash
# SPDX-License-Identifier: MIT
# System calls as live lines: where they go, what is chosen, what else stands in them. That they are
# those of strace is in strace_differential.sh.

. "$(dirname "$0")/../lib.sh"

# trace ARGUMENT...: the lines are left in the file lines, the exit status in $status
trace() {
	status=0
	"$PROF" trace -o lines "$@" || status=$?
}

case_lines_go_to_standard_error() {
	run "$PROF" trace -e trace=write sh -c 'echo one; echo two >&2'
	is "$(cat out)" one "standard output"
	is "$(grep -c '^write(1, "one\\n", 4) *= 4$' err)" 1 "the call in standard error"
	is "$(grep -c '^two$' err)" 1 "what the command writes there"
	is "$(tail -n 1 err)" "+++ exited with 0 +++" "the last line"
}

case_exit_status_is_the_commands() {
	trace sh -c 'exit 7'
	is "$status" 7 "exit status"
	is "$(tail -n 2 lines | sed 's/  */ /g')" "exit_group(7) = ?
+++ exited with 7 +++" "the last lines"
	trace sh -c 'kill -TERM $$' 2>err
	is "$status" 143 "exit status of one that is killed"
	is "$(tail -n 1 lines)" "+++ killed by SIGTERM +++" "its last line"
}

case_a_reader_who_goes_away_ends_it_quietly() {
	"$PROF" trace -f sh -c 'for i in $(seq 300); do (:); done; touch ended; exit 6' 2> >(head -n 3 >few)
	is "$?" 6 "exit status"
	holds "the command came to its end" test -e ended
	is "$(wc -l <few)" 3 "lines that were read"
}

case_children_are_followed_if_asked_for() {
	trace -e trace=getppid "$PROGRAMS/fork_many" 12
	is "$(grep -c getppid lines)" 0 "calls of children without -f"
	is "$(grep -c '^+++ exited' lines)" 1 "ends without -f"
	trace -f -e trace=getppid "$PROGRAMS/fork_many" 12
	is "$(grep -c getppid lines)" 46 "calls of children with -f"
	is "$(awk '{ print $1 }' lines | sort -u | wc -l)" 13 "processes"
	run "$PROF" trace -f -e trace=none "$PROGRAMS/fork_many" 2
	is "$(grep -c '^prof: Process [0-9]* attached$' err)" 2 "children told of"
	is "$(grep -c '^\[pid *[0-9]*\] +++ exited with 0 +++$' err)" 2 "their ends"
	run "$PROF" trace -f -q -e trace=none "$PROGRAMS/fork_many" 2
	is "$(grep -c attached err)" 0 "children told of with -q"
}

case_what_the_command_leaves_is_followed_to_its_end() {
	trace -f -e trace=getppid sh -c '(sleep 0.3; exec "$0" 1) >/dev/null & exit 5' "$PROGRAMS/known_calls"
	is "$status" 5 "exit status"
	is "$(grep -c getppid lines)" 5 "calls after the command's end"
	is "$(grep -c '+++ exited with' lines)" 3 "ends"
	run "$PROF" stat -e trace=getppid sh -c '(sleep 0.3; exec "$0" 1) >/dev/null & exit 5' "$PROGRAMS/known_calls"
	is "$(awk '$NF == "getppid" { print $4 }' err)" 5 "calls in the table"
	env --default-signal=INT "$PROF" trace -f -o lines sh -c 'sleep 20 & echo $! >pid; exit 5' >/dev/null 2>&1 &
	local prof=$!
	background "$prof"
	sleep 1
	background "$(cat pid)"
	kill -INT "$prof"
	wait "$prof"
	is "$?" 5 "exit status after an interrupt"
	holds "what was left runs on" kill -0 "$(cat pid)"
}

case_each_threads_lines_in_a_file_of_its_own() {
	trace -ff -e trace=getppid "$PROGRAMS/fork_many" 12
	holds "no common file" test ! -e lines
	is "$(cat lines.* | grep -c getppid)" 46 "calls"
	is "$(printf '%s\n' lines.* | wc -l)" 13 "files"
	is "$(cat lines.* | grep -c '^[0-9[]')" 0 "lines with a pid"
	is "$(for file in lines.*; do tail -n 1 "$file"; done | sort -u)" "+++ exited with 0 +++" \
		"last lines"
}

case_files_are_kept_or_appended_to() {
	trace -e trace=none true
	trace -A -e trace=none true
	is "$(grep -c exited lines)" 2 "lines of both runs"
	holds "nothing was put away" test ! -e lines.old
	trace -e trace=none true
	is "$(grep -c exited lines)" 1 "lines of the last run"
	is "$(grep -c exited lines.old)" 2 "lines of those before"
}

case_max_events_counts_calls() {
	for n in 1 10 333; do
		trace -f --max-events "$n" sh -c "for i in \$(seq 50); do (:); done; touch done.$n; exit 9"
		is "$status" 9 "exit status"
		is "$(grep -c ' = ' lines)" "$n" "calls"
		holds "the command came to its end" test -e "done.$n"
	done
}

case_times_are_those_of_the_wall() {
	local begin end
	begin=$(date +%s)
	trace -ttt -T -e trace=clock_nanosleep sleep 0.2
	end=$(date +%s)
	local line
	line=$(grep clock_nanosleep lines)
	within "${line%%.*}" "$begin" "$end" "seconds since 1970"
	local duration=${line##*<0.}
	within "1${duration%>}" 1200000 1999999 "duration (with a 1 before)"
	trace --time=unix true
	like "$(head -n 1 lines)" '^[0-9]{10}\.[0-9]{6} execve' "--time=unix"
	trace -t -r true
	like "$(head -n 1 lines)" '^[0-9:]{8} \(\+ +0\.000000\) execve' "-t -r"
	trace --absolute-timestamps=precision:ns,format:unix --syscall-times=ns true
	like "$(head -n 1 lines)" '^[0-9]{10}\.[0-9]{9} execve.*<0\.[0-9]{9}>$' "in nanoseconds"
}

case_places_in_the_source() {
	local line file=$ROOT/tests/programs/known_calls.c
	trace --source -e trace=getppid "$PROGRAMS/known_calls" 1
	line=$(grep -n 'getppid' "$file" | tail -n 1 | cut -d: -f1)
	is "$(grep -o '   \[.*' lines | sed 's|\[.*/|[|' | sort | uniq -c | sed 's/^ *//')" \
		"4    [known_calls.c:$line in once]" "places behind the lines"
	trace --source=below -e trace=getppid,lseek "$PROGRAMS/known_calls" 1
	is "$(grep -A 1 '^getppid' lines | grep -c "^    at .*known_calls.c:$line  *# once()$")" 4 \
		"places below the lines"
	is "$(awk '/^    at / { print index($0, "#") }' lines | sort -u | wc -l)" 1 "columns of functions"
	trace -k -e trace=getppid "$PROGRAMS/known_calls" 1
	is "$(grep -cE '^ > .*/known_calls\(once\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$' lines)" 4 "frames of once"
	is "$(grep -cE '^ > .*/known_calls\(main\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$' lines)" 4 "frames of main"
	is "$(grep -cE '^ > .*/known_calls\(_start\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$' lines)" 4 \
		"frames of _start"
	trace -k --max-stack 1 -e trace=getppid "$PROGRAMS/known_calls" 1
	is "$(grep -c '^ > ' lines)" 4 "frames with --max-stack 1"
}

case_descriptors_of_all_processes() {
	cat >script <<-'end'
		exec 5</etc/passwd
		cd /usr
		(read -r line <&5; exec 5<&-; cd bin; read -r line </etc/group)
		read -r line <&5
		exec 6<&5 5</etc/hosts
		read -r line <&6
		cat <&5
	end
	trace -f -y -e trace=read,openat,close sh script >/dev/null
	is "$(grep -oE 'read\([0-9]*<[^>]*>' lines | sort | uniq | grep 'read(0')" "read(0</etc/group>
read(0</etc/hosts>
read(0</etc/passwd>" "what is read from"
	is "$(awk '/read\(0/ { match($0, /<[^>]*>/); print $1 substr($0, RSTART, RLENGTH) }' lines | sort -u |
		sed 's/.*</</' | sort | uniq -c | sed 's/^ *//')" "1 </etc/group>
1 </etc/hosts>
2 </etc/passwd>" "in how many processes"
	is "$(grep -c 'openat(AT_FDCWD</usr/bin>, "/etc/group"' lines)" 1 "the child's directory"
	within "$(grep -c 'openat(AT_FDCWD</usr>, "/etc/hosts"' lines)" 1 1 "the parent's"
	is "$(grep -cE '(read|close)\([0-9]+[,)]' lines)" 0 "descriptors without a name"
}

case_descriptors_of_what_was_attached_to() {
	/usr/bin/python3 -c 'import os, time
file = open("/etc/passwd")
os.chdir("/usr")
while True:
    os.pread(file.fileno(), 1, 0)
    os.stat("bin")
    time.sleep(0.01)' &
	background $!
	sleep 0.5
	trace -y -e trace=pread64,newfstatat -d 0.3 -p $! 2>err
	within "$(grep -c '^pread64([0-9]*</etc/passwd>, "r", 1, 0) *= 1$' lines)" 2 40 "reads"
	within "$(grep -c '^newfstatat(AT_FDCWD</usr>, "bin", ' lines)" 2 40 "names"
	run "$PROF" stat -d 0.3 -p $!
	within "$(awk '$NF == "pread64" { print $4 }' err)" 2 40 "calls in the table"
}

case_calls_about_a_path() {
	trace -f -P /etc/passwd sh -c 'cat /etc/passwd /etc/group >/dev/null; wc -l </etc/passwd' >/dev/null
	is "$(grep -c 'openat(AT_FDCWD, "/etc/passwd"' lines)" 2 "opens"
	is "$(grep -c group lines)" 0 "other files"
	within "$(grep -c 'read(' lines)" 4 6 "reads"
	is "$(grep -c 'mmap\|brk' lines)" 0 "other calls"
}

case_page_faults_in_the_same_stream() {
	trace -F min -e trace=munmap "$PROGRAMS/touch_pages" 500
	within "$(grep -c '^minor user write \[0x[0-9a-f]*\] -> anon' lines)" 500 600 "faults"
	within "$(grep -c '^munmap' lines)" 1 9 "calls"
	trace -F min "$PROGRAMS/touch_pages" 50
	is "$(grep -cvE '^ +[0-9]+\.[0-9]{9} [^ ]+ minor ' lines)" 0 "other lines, where only faults are asked for"
}

case_the_table() {
	run "$PROF" stat "$PROGRAMS/known_calls" 1
	is "$(head -n 1 err)" "% time     seconds  usecs/call     calls    errors syscall" "its title"
	is "$(awk '$NF == "getppid" { print $4 }' err)" 4 "calls of getppid"
	is "$(awk '/^------/ { rows = !rows; next } rows { sum += $4 } END { print sum }' err)" \
		"$(awk '$NF == "total" { print $4 }' err)" "rows add up"
	like "$(tail -n 1 err)" '^100\.00 .* total$' "its last line"
	run "$PROF" trace -C -e trace=getppid "$PROGRAMS/known_calls" 1
	is "$(grep -c '^getppid' err)" 4 "lines with -C"
	is "$(grep -c ' getppid$' err)" 1 "rows with -C"
	run "$PROF" trace -c -o table -e trace=getppid "$PROGRAMS/known_calls" 1
	is "$(cat err)" "" "what prof says with -o"
	is "$(grep -c getppid table)" 1 "rows in the file"
	run "$PROF" stat --short -e trace=getppid,lseek -S calls "$PROGRAMS/known_calls" 1
	is "$(cat err)" "lseek: 8 calls
getppid: 4 calls" "the short form"
	run "$PROF" stat --errors -e trace=access,openat cat /nonexistent
	like "$(cat err)" 'openat: ENOENT [0-9]+$' "errors by name"
	run "$PROF" stat -e trace=getppid true
	is "$(cat err)" "" "a table of nothing"
}

case_counts_are_exact_though_events_are_lost() {
	run "$PROF" stat -e trace=read "$PROGRAMS/read_bytes" 200000
	within "$(awk '$NF == "total" { print $4 }' err)" 200000 200009 "calls"
}

case_what_the_command_used() {
	needs /usr/bin/time
	run "$PROF" stat -e faults "$PROGRAMS/touch_pages" 3000
	local ours theirs
	ours=$(awk '/ minor page faults/ { print $1 }' err)
	theirs=$(/usr/bin/time -f %R "$PROGRAMS/touch_pages" 3000 2>&1 >/dev/null)
	within "$ours" $((theirs - 40)) $((theirs + 40)) "minor faults"
	is "$(grep -cE '^ +[0-9.]+%?  (wall seconds|user seconds|system seconds|of one processor)$' err)" 4 \
		"times"
}

case_usage_errors() {
	while IFS='|' read -r options message; do
		# shellcheck disable=SC2086
		run "$PROF" trace $options true
		is "$status" 2 "exit status with $options"
		is "$(head -n 2 err | paste -s -d '|')" "$message" "what prof says to $options"
	done <<-'end'
		-e opnat|prof: unknown system call 'opnat' in 'opnat'|hint: did you mean 'openat'?
		-e trac=read|prof: unknown qualifier 'trac' in -e 'trac=read'|hint: did you mean 'trace='?
		-e status=faild|prof: unknown status of system calls 'faild'|hint: did you mean 'failed'?
		-e signal=SIGCHILD|prof: unknown signal 'SIGCHILD'|hint: did you mean 'CHLD'?
		-e inject=read:error=EIO|prof: prof trace does not tamper with system calls|hint: strace -e inject= does
		-e write=1|prof: prof trace does not dump the data of reads and writes|hint: -s 4096 shows it in the arguments
		-S erors -c|prof: the table has no column 'erors'|hint: did you mean 'errors'?
		-c -ff -o x|prof: trace: -c and -C make one table, and -ff many files|hint: see 'prof trace --help'
		-z -Z|prof: trace: -z and -Z exclude each other|hint: see 'prof trace --help'
		-s lots|prof: 'lots' is not a count|hint: write it like 500, 12k or 1.5M
		-A|prof: trace: -A needs -o FILE to append to|hint: see 'prof trace --help'
		--time=noon|prof: the precision of times is s, ms, us or ns, not 'noon'
		--source=above|prof: --source or --source=below, not 'above'
		-i|prof: prof trace does not show the instruction pointer|hint: -k shows the whole stack
	end
}

run_cases "$@"
