#!/bin/bash
# SPDX-License-Identifier: MIT
# What lies behind the arguments of system calls: read in the kernel, kept in the recording.

. "$(dirname "$0")/../lib.sh"

# lines FILE NAME [OPTIONS...]: its calls as strace would write them, without their padding
lines() {
	"$PROF" script --format=strace -i "$1" --filter "name==$2" "${@:3}" | sed 's/) *= /) = /'
}

# ours FILE NAME: those that the program itself made, which are the last ones
ours() {
	lines "$1" "$2" | tail -n "$3"
}

case_paths_at_the_edge_of_memory() {
	record x "$PROGRAMS/known_arguments" edges
	is "$(ours x access 8 | sed -E 's/0x[0-9a-f]{6,}/ADDRESS/; s/l{4095}/LONGEST/; s/m{4095}/CUT/')" \
		"$(cat <<-'END'
			access("/nonexistent/cold", F_OK) = -1 ENOENT (No such file or directory)
			access(0x1, F_OK) = -1 EFAULT (Bad address)
			access(NULL, F_OK) = -1 EFAULT (Bad address)
			access("/at/end", F_OK) = -1 ENOENT (No such file or directory)
			access(ADDRESS, F_OK) = -1 EFAULT (Bad address)
			access("/not\377\376utf8/\1\177", F_OK) = -1 ENOENT (No such file or directory)
			access("LONGEST", F_OK) = -1 ENAMETOOLONG (File name too long)
			access("CUT"..., F_OK) = -1 ENAMETOOLONG (File name too long)
		END
		)" "paths"
	is_whole x known_arguments
}

case_buffers_at_the_edge_of_memory() {
	record x "$PROGRAMS/known_arguments" edges
	is "$(ours x write 3 | sed -E 's/0x[0-9a-f]{6,}/ADDRESS/')" \
		"$(cat <<-'END'
			write(-1, "rend", 4) = -1 EBADF (Bad file descriptor)
			write(-1, ADDRESS, 1099511627776) = -1 EBADF (Bad file descriptor)
			write(-1, "", 0) = -1 EBADF (Bad file descriptor)
		END
		)" "buffers"
	like "$(ours x writev 2 | head -n 1)" '^writev\(-1, 0x[0-9a-f]+, 3\) = -1 EBADF' "no vector at all"
	like "$(ours x writev 1)" '^writev\(-1, \[\{iov_base=0x7878787878787878, iov_len=[0-9]+\}, \.\.\.' \
		"a vector that ends where memory does"
}

case_bytes_are_those_that_were_written_and_read() {
	record x "$PROGRAMS/known_arguments" data
	is "$(ours x write 4)" \
		"$(cat <<-'END'
			write(3, "a\0b\377\n", 5) = 5
			write(3, "01234567890123456789012345678901"..., 40) = 40
			write(4, "gathered", 8) = 8
			write(4, "back", 4) = 4
		END
		)" "what was written"
	is "$(ours x writev 1)" \
		'writev(3, [{iov_base="one", iov_len=3}, {iov_base="and two", iov_len=7}], 2) = 10' "a vector"
	is "$(ours x readv 1)" \
		'readv(5, [{iov_base="gath", iov_len=4}, {iov_base="ered", iov_len=60}], 2) = 8' \
		"as much of a vector as was read"
	is "$(ours x read 1)" 'read(5, "back", 64) = 4' "what was read"
}

case_paths_where_the_result_goes() {
	record x "$PROGRAMS/known_arguments" in-place
	is "$(ours x readlink 1)" 'readlink("link", "where it leads", 256) = 14' "in place"
	is "$(ours x newfstatat 3 | sed -E 's/0x[0-9a-f]{6,}/ADDRESS/')" \
		"$(cat <<-'END'
			newfstatat(AT_FDCWD, "link", {st_mode=S_IFLNK|0777, st_size=14, ...}, AT_SYMLINK_NOFOLLOW) = 0
			newfstatat(AT_FDCWD, "link", {st_mode=S_IFLNK|0777, st_size=14, ...}, AT_SYMLINK_NOFOLLOW) = 0
			newfstatat(AT_FDCWD, "/nowhere/at/all", ADDRESS, AT_SYMLINK_NOFOLLOW) = -1 ENOENT (No such file or directory)
		END
		)" "in place, and elsewhere"
	is_whole x known_arguments
}

case_strings_of_any_length() {
	record x -s 5 "$PROGRAMS/known_arguments" data
	is "$(ours x write 4 | sed -n 2p)" 'write(3, "01234"..., 40) = 40' "five bytes"
	record x -s 4K "$PROGRAMS/known_arguments" data
	is "$(ours x write 4 | sed -n 2p)" \
		'write(3, "0123456789012345678901234567890123456789", 40) = 40' "all bytes"
	run "$PROF" record -s 1G true
	is "$status" 2 "too many"
	record x --no-args "$PROGRAMS/known_arguments" data
	like "$(ours x write 1)" '^write\(4, 0x[0-9a-f]+, 4\) = 4$' "none, when they are not wanted"
	is "$("$PROF" info x | grep -c 'captured memory')" 0 "nor kept"
}

case_an_execve_from_absent_pages() {
	record x "$PROGRAMS/known_arguments" exec
	like "$(lines x execve | tail -n 1)" \
		'^execve\("/bin/true", \["argument zero", "one"\], 0x[0-9a-f]+ /\* 1 var \*/\) = 0$' \
		"read from the new program's stack"
}

case_a_script_has_other_arguments_than_it_was_given() {
	printf '#!/bin/sh -e\nexit 3\n' >script && chmod +x script
	record x ./script word
	is "$status" 3 "exit status"
	like "$(lines x execve | head -n 1)" '^execve\("\./script", \["\./script", "word"\], ' "as given"
}

case_a_process_killed_in_a_call() {
	record x "$PROGRAMS/known_arguments" stuck
	is "$status" 142 "exit status"
	like "$(ours x write 1)" '^write\(4, "no room", 7\) = \? ERESTARTSYS' "what it was writing"
}

case_calls_of_the_32_bit_entry_are_not_misread() {
	[ "$(uname -m)" = x86_64 ] || skip "there is no other entry"
	record x "$PROGRAMS/known_arguments" other
	is "$("$PROF" script --json -i x --filter 'compat' | jq -r '.name')" compat_21 "its name"
	is "$("$PROF" script --format=strace -i x | grep -c 'not/a/path')" 0 "nothing was read for it"
}

# A call's arguments are its own, whatever the other threads do: 0 mismatches.
case_threads() {
	record x --no-stacks --ring-size=32M "$PROGRAMS/known_arguments" threads 20000
	"$PROF" script --format=csv -i x --filter 'name==openat && arg0>=0xf0000000 && errno==EBADF' |
		tr -d '\r' | awk -F, '
			NR > 1 {
				split($2, arg, / /)
				split(substr(arg[2], length("pathname=") + 1), path, "/")
				if (substr(arg[1], length("dirfd=") + 1) != -(1000 + path[2])) wrong++
				if (path[1] in tid && tid[path[1]] != $8) wrong++
				if (path[2] != count[path[1]]++) wrong++
				tid[path[1]] = $8
			}
			END { for (thread in tid) threads++; print NR - 1, threads, wrong + 0 }' >found
	is "$(cat found)" "160000 8 0" "calls, threads, mismatches"
	is "$(report x .lost.total)" 0 "lost events"
}

# What finds no room is counted, and no call gets what is another's.
case_losses_are_counted() {
	record x --no-stacks --ring-size=64K "$PROGRAMS/known_arguments" threads 20000
	"$PROF" script --json -i x --filter 'name==openat && errno==EBADF' |
		jq -r 'select(.arguments.pathname | test("^[0-7]/")) |
			"\(.arguments.dirfd) \(.arguments.pathname)"' |
		awk -F '[ /]' '-$1 - 1000 != $3' >wrong
	is "$(wc -l <wrong)" 0 "mismatches"
	is "$(report x '.lost | .total > 0')" "$("$PROF" info x | awk '/lost\..*[1-9][0-9]*$/ { lost = 1 }
		END { print lost ? "true" : "false" }')" "counted by kind"
}

case_conditions() {
	record x "$PROGRAMS/known_calls" 10
	is "$("$PROF" script -i x --filter 'name==openat && ret<0 && path~"^/nonexistent"' | wc -l)" 30 "openat"
	is "$("$PROF" script -i x --filter 'errno==EBADF && fd==987654' | wc -l)" 50 "close"
	is "$("$PROF" script -i x --filter 'name=="pread64" && arg2==7 && !failed' | wc -l)" 20 "pread64"
	is "$("$PROF" script -i x --filter 'args~"O_RDONLY" && path=="/nonexistent/file"' | wc -l)" 30 "args"
	is "$("$PROF" script -i x --filter 'name==getppid && duration>1h' 2>&1 | head -n 1)" \
		"prof: '1h' is no value of the field 'duration'" "what is none"
	run "$PROF" script -i x --filter 'name==getppid &&'
	is "$status" 2 "exit status"
	is "$("$PROF" script -i x --filter 'name==getppid && duration<1s' | wc -l)" 40 "duration"
}

case_forms_for_other_tools() {
	record x "$PROGRAMS/known_calls" 1
	"$PROF" script --format=renacer-json-v1 --args=pairs -i x -o x.json
	is "$(jq -r '.format, .summary.exit_code, (.syscalls | length) == .summary.total_syscalls' x.json |
		tr '\n' ' ')" "renacer-json-v1 0 true " "the document"
	is "$(jq -c '[.syscalls[] | select(.result == -2 and .name == "openat") | .args[1]] | unique' x.json |
		grep -c '\["pathname","/nonexistent/file"\]')" 1 "named pairs"
	is "$(jq '.summary.syscall_counts.close' x.json)" "$(calls x close)" "counts"
	"$PROF" script --format=renacer-json-v1 --args=positional -i x |
		jq -e '[.syscalls[].args[] | type] | unique == ["string"]' >positional
	is "$(cat positional)" true "positional texts"
	is "$("$PROF" script --format=csv -i x | grep -c '^openat,dirfd=AT_FDCWD pathname=/nonexistent/file ')" 3 \
		"cells"
}

case_export_is_what_others_print() {
	record x "$PROGRAMS/known_calls" 1
	is "$("$PROF" export x | md5sum)" "$("$PROF" script --format=renacer-json-v1 -i x | md5sum)" "json"
	is "$("$PROF" export --format=csv --filter=failed -o x.csv x && cat x.csv)" \
		"$("$PROF" script --format=csv --filter=failed -i x)" "csv"
	is "$("$PROF" export --format=folded x | md5sum)" "$("$PROF" report --folded -i x | md5sum)" "folded"
	run "$PROF" export --format=word x
	is "$status" 2 "an unknown form"
}

# What was called and what came in between, whoever came first.
names() {
	sed -E 's/^(\[pid +[0-9]+\]|[0-9]+) +//; s/\(.*//; s/ (\{|in pid).*//' "$1" | grep -v -e '^<' -e futex | sort
}

# What lies between a call's begin and its end is there in both.
case_a_recordings_lines_are_those_of_a_live_trace() {
	local command
	for command in "threads 2 3" "fork_many 3" "exec_forms vfork" "exec_forms thread" "signals eintr" \
		"signals restart" "segv"; do
		# shellcheck disable=SC2086
		record x --no-stacks -s 32 -e syscalls "$PROGRAMS/"$command >/dev/null 2>&1
		"$PROF" script --format=strace -i x >recorded
		# shellcheck disable=SC2086
		"$PROF" trace -f -q -o live "$PROGRAMS/"$command >/dev/null 2>&1
		is "$(names recorded)" "$(names live)" "$command"
	done
}

case_calls_that_interleave() {
	record x --no-stacks -e trace=read,write sh -c '(sleep 0.2; echo late) | (echo early >&2; cat)' >/dev/null 2>&1
	"$PROF" script --format=strace -i x --filter 'name==read || name==write' | grep -e 'early' -e 'late' -e 'read(0' |
		sed -E 's/\[pid +[0-9]+\] //; s/ +/ /g' >lines
	is "$(cat lines)" 'write(1, "early\n", 6) = 6
read(0, <unfinished ...>
write(1, "late\n", 5) = 5
<... read resumed>"late\n", 131072) = 5
write(1, "late\n", 5) = 5
read(0, "", 131072) = 0' "what was written while another one was reading"
}

case_signals_are_told_whole() {
	record x --no-stacks -e trace=none sh -c '(exit 3); kill -TERM $$' 2>/dev/null
	is "$status" 143 "exit status"
	"$PROF" script --format=strace -i x | sed -E 's/(si_pid|si_.?time)=[0-9]+/\1=N/g; s/^\[pid +[0-9]+\] //' >lines
	is "$(cat lines)" '+++ exited with 3 +++
--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=N, si_uid=0, si_status=3, si_utime=N, si_stime=N} ---
--- SIGTERM {si_signo=SIGTERM, si_code=SI_USER, si_pid=N, si_uid=0} ---
+++ killed by SIGTERM +++' "lines"
	is "$(events x 'select(.type == "signal") | "\(.signal) \(.ignored)"')" "SIGCHLD false
SIGTERM false" "events"
}

case_descriptors_as_paths_and_sockets() {
	record x --as-root "$PROGRAMS/known_arguments" files
	"$PROF" script --format=strace -yy -i x | sed -n '/"\/", O_RDONLY|O_CLOEXEC/,$p' |
		sed -E "s|$PWD|HERE|g; s/\) += /) = /; s/#[0-9]+/#INODE/g; s/:\[[0-9]+\]/:[INODE]/g" |
		sed -E 's/(127.0.0.1:|htons\()[1-9][0-9]*/\1PORT/g' | head -n 16 >lines
	is "$(cat lines)" "$(cat <<-'END'
		openat(AT_FDCWD<HERE>, "/", O_RDONLY|O_CLOEXEC) = 3</>
		openat(AT_FDCWD<HERE>, "/dev/null", O_RDWR) = 4</dev/null<char 1:3>>
		openat(AT_FDCWD<HERE>, ".", O_RDWR|O_TMPFILE, 0600) = 5<HERE/#INODE>(deleted)
		dup(5<HERE/#INODE>(deleted)) = 6<HERE/#INODE>(deleted)
		fcntl(5<HERE/#INODE>(deleted), F_DUPFD_CLOEXEC, 40) = 40<HERE/#INODE>(deleted)
		pipe2([7<pipe:[INODE]>, 8<pipe:[INODE]>], 0) = 0
		eventfd2(0, 0) = 9<anon_inode:[eventfd]>
		socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 10<TCP:[INODE]>
		bind(10<TCP:[INODE]>, {sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
		listen(10<TCP:[127.0.0.1:PORT]>, 1) = 0
		getsockname(10<TCP:[127.0.0.1:PORT]>, {sa_family=AF_INET, sin_port=htons(PORT), sin_addr=inet_addr("127.0.0.1")}, [16]) = 0
		socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 11<TCP:[INODE]>
		connect(11<TCP:[INODE]>, {sa_family=AF_INET, sin_port=htons(PORT), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
		accept(10<TCP:[127.0.0.1:PORT]>, NULL, NULL) = 12<TCP:[127.0.0.1:PORT->127.0.0.1:PORT]>
		socket(AF_UNIX, SOCK_DGRAM, 0) = 13<UNIX:[INODE]>
		bind(13<UNIX:[INODE]>, {sa_family=AF_UNIX, sun_path=@"prof test"}, 12) = 0
	END
	)" "lines"
	like "$("$PROF" info x | grep -c '^  descriptor ')" '^[1-9]' "what was open at the start"
}

case_messages_and_what_they_carry() {
	record x --as-root "$PROGRAMS/known_arguments" data
	like "$(lines x sendmsg -y | tail -n 1)" \
		'iov_base="one", iov_len=3\}, \{iov_base="and two", iov_len=7.*SCM_RIGHTS.*cmsg_data=\[3' "sent"
	like "$(lines x recvmsg -y | tail -n 1)" \
		'iov_base="onea", iov_len=4\}, \{iov_base="nd two", iov_len=60.*SCM_RIGHTS.*cmsg_data=\[6' "received"
}

run_cases "$@"
