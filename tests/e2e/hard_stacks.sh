#!/bin/bash
# SPDX-License-Identifier: MIT
# Stacks of files and programs that are wrong, rare or hostile: an end in time, and a reason given.

. "$(dirname "$0")/../lib.sh"

# ends FILE: of each event with a stack that is not complete, the reason, counted
ends() {
	report "$1" '.stacks.reasons | del(.absent) | to_entries | map(select(.value > 0) |
		"\(.value) \(.key)") | join(", ")'
}

# share FILE: how many of a thousand events that have a stack have a complete one
share() {
	report "$1" '.stacks | 1000 * .complete / (.complete + (.reasons | del(.absent) | add)) | floor'
}

# wrong REASON FUNCTION FRAMES MODE: both events of lost_stacks end after so many frames
wrong() {
	record x "$PROGRAMS/lost_stacks" "$4"
	is "$status" 0 "$4: exit status"
	is "$(ends x)" "2 $1" "$4: stacks that are not complete"
	is "$("$PROF" script --json -g -i x | jq -c \
		'select(.name == "getppid" or .function == "'"$2"'") | [.type, .stack[-1], (.stack | length)]')" \
		"[\"syscall\",\"$2\",$3]"$'\n'"[\"page-fault\",\"$2\",$3]" "$4: frames"
	is_whole x "$4"
}

case_stack_pointer_into_nowhere() {
	local mode
	for mode in null noncanonical kernel last unmapped; do
		wrong unreadable plain 1 "$mode"
	done
}

case_return_address_into_data() {
	wrong no_code plain 1 data
}

case_frame_pointers_in_circles() {
	wrong no_rule no_information 2 self
	wrong no_rule no_information 3 cycle
}

case_four_thousand_frames_by_frame_pointer() {
	wrong too_deep no_information 1024 chain
}

case_rules_that_make_no_progress() {
	wrong broken backwards 1 backwards
	wrong broken standing 1 standing
	wrong too_deep signalled 1024 signal
}

# ---- Files ----

# The same program in every shape: from main, over a function, to one fault.
write_program() {
	cat >program.c <<-'END'
		#include <sys/mman.h>
		static __attribute__((noinline, noclone)) void touch(void)
		{
			char *page = mmap(0, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			*(volatile char *)page = 1;
			__asm__ volatile("" ::: "memory");
		}
		static __attribute__((noinline, noclone)) void call(void)
		{
			touch();
			__asm__ volatile("" ::: "memory");
		}
		int main(void)
		{
			call();
			return 0;
		}
	END
}

# build COMPILER OPTIONS...: leaves ./program
build() {
	needs "$1"
	write_program
	"$@" -O2 -fomit-frame-pointer -o program program.c 2>build.log ||
		skip "cannot build it: $(head -n 1 build.log)"
}

# Frames of the program's last fault of its own, innermost first, as functions or `fn`.
last_fault() {
	"$PROF" script --json -g --type faults -i x |
		jq -r 'select(.mode == "user" and .access == "write") | .stack |
			map(sub(".*!fn@.*"; "fn")) | join(" ")' | tail -n 1
}

# complete LEAST COMMAND...: exits with 0, and so many stacks in a thousand are complete
complete() {
	local least=$1
	shift
	record x "$@"
	is "$status" 0 "$1: exit status"
	within "$(share x)" "$least" 1000 "$1: complete stacks in a thousand: $(ends x)"
	is_whole x "$1"
}

case_static_program_without_symbols() {
	build gcc -g -static -s
	complete 1000 ./program
	like "$(report x '.fault_paths[].frames | join(" ")')" 'program!fn@[^ ]* program!fn@' "names"
}

case_static_program_that_is_relocated() {
	build gcc -g -static-pie
	complete 1000 ./program
	like "$(report x '.fault_paths[].frames | join(" ")')" 'main call touch' "names"
}

# No section header is left, as sstrip does it.
case_program_without_sections() {
	needs python3
	build gcc -s
	python3 - program <<-'END'
		import struct, sys
		with open(sys.argv[1], "r+b") as f:
		    data = bytearray(f.read())
		    at, = struct.unpack_from("<Q", data, 0x28)
		    struct.pack_into("<Q", data, 0x28, 0)
		    struct.pack_into("<HHH", data, 0x3a, 0, 0, 0)
		    f.seek(0)
		    f.write(data[:at])
		    f.truncate()
	END
	complete 990 ./program
	like "$(report x '.fault_paths[].frames | join(" ")')" 'program!fn@.* program!fn@' "names"
}

# corrupt BYTES: the program's .eh_frame is made of these
corrupt() {
	local size
	size=$(objdump -h program | awk '$2 == ".eh_frame" { print $3 }')
	head -c "$((16#$size))" "$1" >frames
	objcopy --update-section .eh_frame=frames program wrong || skip "objcopy does not work"
}

case_program_with_damaged_frames() {
	local bytes
	build gcc
	seq 100000 | sha512sum >noise
	for _ in 1 2 3 4 5 6 7; do
		cat noise noise >twice
		mv twice noise
	done
	for bytes in /dev/zero noise program; do
		corrupt "$bytes"
		record x ./wrong
		is "$status" 0 "$bytes: exit status"
		is "$(report x '.stacks.reasons.broken + .stacks.reasons.no_rule + .stacks.reasons.frame_pointer > 0')" \
			true "$bytes: stacks are not called complete: $(ends x)"
		is_whole x "$bytes"
	done
}

# Offsets of code beyond 4 GiB have no rows, since these have 32 bits for them.
case_code_beyond_four_gigabytes() {
	build gcc
	cat >huge.c <<-'END'
		#define _GNU_SOURCE
		#include <fcntl.h>
		#include <string.h>
		#include <sys/mman.h>
		#include <unistd.h>
		int main(void)
		{
			static const unsigned char code[] = {0xff, 0xd7, 0xc3}; /* call *%rdi; ret */
			int fd = open("huge", O_RDWR | O_CREAT | O_TRUNC, 0755);
			char page[4096] = {0};
			void (*call)(int (*)(void));

			memcpy(page, code, sizeof code);
			if (pwrite(fd, "\177ELF\2\1\1", 7, 0) != 7 || pwrite(fd, page, 4096, 5L << 30) != 4096)
				return 1;
			call = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 5L << 30);
			call((int (*)(void))getppid);
			return 0;
		}
	END
	gcc -O2 -fomit-frame-pointer -o huge_code huge.c
	record x ./huge_code
	is "$status" 0 "exit status"
	is "$("$PROF" script --json -g -i x | jq -r 'select(.name == "getppid") | .stack[0]')" \
		"huge+0x140000001" "where the call is made from"
	like "$(ends x)" no_rule "why its stack ends"
	is_whole x huge
}

# The file is cut while its code is mapped, and while prof has it open.
case_file_cut_while_mapped() {
	needs gcc
	write_program
	cat >cut.c <<-'END'
		#include <dlfcn.h>
		#include <unistd.h>
		int main(int argc, char **argv)
		{
			void *library = dlopen(argv[1], RTLD_NOW);
			int (*function)(void) = library ? (int (*)(void))dlsym(library, "library") : 0;

			if (!function || function() || truncate(argv[1], argc * 100))
				return 1;
			_exit(0);
		}
	END
	gcc -O2 -g -Dmain=library -shared -fPIC -fomit-frame-pointer -o program.so program.c || skip "gcc does not work"
	gcc -O2 -o cut cut.c || skip "gcc does not work"
	record x ./cut ./program.so
	is "$status" 0 "exit status"
	is_whole x cut
	is "$(faults_in x library)" 0 "faults below a function that nobody knows any more"
}

case_program_of_32_bits() {
	needs gcc
	cat >small.c <<-'END'
		/* getppid, then exit(0), by the 32-bit system calls. */
		void _start(void)
		{
			__asm__ volatile("movl $64, %eax; int $0x80; movl $1, %eax; xorl %ebx, %ebx; int $0x80");
		}
	END
	gcc -m32 -O2 -nostdlib -static -fno-pie -no-pie -o small small.c 2>/dev/null ||
		skip "gcc does not know 32-bit programs"
	[ "$(./small; echo $?)" = 0 ] || skip "the kernel does not run 32-bit programs"
	record x ./small
	is "$status" 0 "exit status"
	is "$("$PROF" script --json -g -i x | jq -c 'select(.name == "compat_64") | .stack')" '["_start"]' \
		"stack of the call"
	like "$(ends x)" "^[0-9]+ no_rule$" "why it ends: the tables are those of 64 bits"
	is_whole x small
}

# ---- Other worlds ----

# What its C library does not describe cannot be walked, but is never called complete.
flagged_musl() {
	build musl-gcc "$@"
	record x ./program
	is "$status" 0 "exit status"
	like "$(last_fault)" "main call touch$" "calls of the program itself"
	like "$(ends x)" "^[0-9]+ no_rule(, [0-9]+ frame_pointer)?$" "why stacks end"
	is_whole x musl
}

case_program_with_musl() {
	flagged_musl
}

case_static_program_with_musl() {
	flagged_musl -static
}

# A block of ten pages each by the first goroutine and by another one.
write_go_program() {
	cat >program.go <<-'END'
		package main

		import "syscall"

		//go:noinline
		func touch(block []byte) {
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
		}

		//go:noinline
		func call() {
			block, err := syscall.Mmap(-1, 0, 10*4096, 3, syscall.MAP_PRIVATE|syscall.MAP_ANON)
			if err != nil {
				panic(err)
			}
			touch(block)
		}

		func main() {
			done := make(chan bool)
			call()
			go func() {
				call()
				done <- true
			}()
			<-done
		}
	END
}

# go_program BUILD-OPTION...: its faults on goroutines' stacks, up to where these begin. What Go
# itself does on the stacks of its threads is followed back to a goroutine's by frame pointer.
go_program() {
	needs go
	write_go_program
	GOCACHE=$PWD/cache GOPATH=$PWD/path GO111MODULE=off GOTOOLCHAIN=local \
		go build "$@" -o program program.go >build.log 2>&1 ||
		skip "cannot build it: $(head -n 1 build.log)"
	record x ./program
	is "$status" 0 "exit status"
	is "$(report x '.fault_paths[] | select(.frames[-1] == "main.touch") |
		"\(.faults) \(.frames | join(" "))"' | sort)" \
		"10 runtime.goexit main.main.func1 main.call main.touch
10 runtime.goexit runtime.main main.main main.call main.touch" "$*: calls"
	within "$(share x)" 700 1000 "$*: complete stacks in a thousand: $(ends x)"
	within "$(report x '.stacks.reasons.no_rule')" 0 20 "$*: $(ends x)"
	is "$(report x '.stacks.reasons | .unreadable + .too_deep + .broken')" 0 "$*: $(ends x)"
	within "$(report x .stacks.reasons.no_code)" 0 20 "$*: threads that have just begun"
	is_whole x go
}

case_go_program() {
	go_program
}

case_go_program_without_symbols() {
	go_program -ldflags "-s -w"
}

run_cases "$@"
