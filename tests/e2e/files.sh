#!/bin/bash
# SPDX-License-Identifier: MIT
# Files that cannot be opened at their path: unlinked, replaced, in memory only, in a container.
# Their stacks are whole, and named from the very file that was mapped.

. "$(dirname "$0")/../lib.sh"

# touched FILE: the paths of faults in touch(), below the loader's start, with their numbers
touched() {
	report "$1" '.fault_paths[] | select(.frames[-1] == "touch") | "\(.faults) \(.frames | join(" "))"' |
		sed -E 's/_start (__libc_start_main[^ ]* )?(__libc_start_call_main )?//' | sort
}

# lost PATHS COMMAND...: exactly these paths of faults; no stack ends for want of a table
lost() {
	local paths=$1
	shift
	record x "$@"
	is "$status" 0 "$*: exit status"
	is "$(touched x)" "$paths" "$*: faults in touch()"
	is "$(report x '.stacks.reasons | .no_table + .no_rule + .no_code + .frame_pointer + .broken')" 0 \
		"$*: events without a complete stack, $(report x '.stacks | tojson')"
	is_whole x "$*"
}

# plugin FILE FUNCTION [OPTION...]: a library whose one function calls what it is given
plugin() {
	local file=$1 function=$2
	shift 2
	needs gcc
	cat >plugin.c <<-END
		static __attribute__((noinline, noclone)) void $function(void (*call)(long), long x)
		{
			volatile char room[72];
			room[x & 7] = 1;
			call(x);
			__asm__ volatile("" ::: "memory");
		}
		void plugin_call(void (*call)(long), long x)
		{
			$function(call, x);
			__asm__ volatile("" ::: "memory");
		}
	END
	gcc -O2 -fomit-frame-pointer -shared -fPIC "$@" -o "$file" plugin.c || skip "gcc does not work"
}

case_library_that_is_unlinked() {
	plugin plugin.so through
	lost "50 main plug plugin_call through touch" "$PROGRAMS/lost_files" load-unlink ./plugin.so 50
}

case_library_that_is_replaced() {
	plugin plugin.so through
	plugin other.so wrong
	lost "50 main plug plugin_call through touch" \
		"$PROGRAMS/lost_files" load-replace ./plugin.so other.so 50
}

case_library_without_a_build_id_that_is_replaced() {
	plugin plugin.so through -Wl,--build-id=none
	plugin other.so wrong -Wl,--build-id=none
	lost "50 main plug plugin_call through touch" \
		"$PROGRAMS/lost_files" load-replace ./plugin.so other.so 50
}

# Nobody looks while it is mapped: what is at the path now is another file, and gives no names.
case_library_that_is_replaced_when_the_command_is_over() {
	plugin plugin.so through -Wl,--build-id=none
	plugin other.so wrong -Wl,--build-id=none
	lost "50 main plug plugin_call through touch" sh -c \
		"'$PROGRAMS/lost_files' load ./plugin.so 50 && mv other.so plugin.so"
}

# Two files that had the same path one after the other, and perhaps the same inode.
case_two_libraries_of_one_path() {
	plugin first.so one -Wl,--build-id=none
	plugin second.so two -Wl,--build-id=none
	# shellcheck disable=SC2016 # $0 is for sh
	lost "$(printf '%s\n' '20 main plug plugin_call one touch' '30 main plug plugin_call two touch')" \
		sh -c 'cp first.so x.so && "$0" load ./x.so 20 && rm x.so &&
			cp second.so x.so && "$0" load ./x.so 30 && rm x.so' "$PROGRAMS/lost_files"
}

case_library_in_memory_only() {
	plugin plugin.so through
	lost "50 main load_memfd plug plugin_call through touch" "$PROGRAMS/lost_files" load-memfd ./plugin.so 50
}

case_program_that_unlinks_itself() {
	cp "$PROGRAMS/lost_files" copy
	lost "50 main work touch" ./copy unlink 50
}

case_program_that_replaces_itself() {
	cp "$PROGRAMS/lost_files" copy
	cp "$PROGRAMS/hard_stacks" other
	lost "50 main work touch" ./copy replace other 50
}

case_program_in_memory_only() {
	lost "50 main work touch" "$PROGRAMS/lost_files" exec-memfd touch 50
}

# Linkers may leave holes between the executable parts of a program.
case_program_with_a_hole_in_its_code() {
	needs gcc
	if ! gcc -O2 -fomit-frame-pointer -fno-pie -ffunction-sections -D_GNU_SOURCE -c -o app.o \
		"$ROOT/tests/programs/lost_files.c" ||
		! objcopy --rename-section .text.touch=.far app.o ||
		! gcc -no-pie -Wl,--section-start=.far=0x900000 -o holey app.o; then
		skip "gcc does not make such programs"
	fi
	lost "51 main work touch" ./holey touch 50 # the one more is its own page of code
}

# A library with more rows than there is room for at first. Those of its last function, which is not
# called before all of them are there, lie in the room that is added.
case_library_with_a_million_rows() {
	needs gcc
	cat >plugin.s <<-END
		.text
		.rept 70000
		.cfi_startproc
		.irp offset, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128
		nop
		.cfi_def_cfa_offset \\offset
		.endr
		nop
		.cfi_endproc
		.endr
		.globl plugin_call
		.type plugin_call, @function
		plugin_call:
		.cfi_startproc
		subq \$24, %rsp
		.cfi_def_cfa_offset 32
		movq %rdi, %rax
		movq %rsi, %rdi
		call *%rax
		addq \$24, %rsp
		.cfi_def_cfa_offset 8
		ret
		.cfi_endproc
		.size plugin_call, .-plugin_call
		.section .note.GNU-stack, "", @progbits
	END
	gcc -shared -o plugin.so plugin.s || skip "gcc does not work"
	lost "50 main plug plugin_call touch" "$PROGRAMS/lost_files" load-late ./plugin.so 50
	within "$("$PROF" info --json -i x | jq '.counters["unwind.rows"]')" 1120000 1300000 "rows"
	is "$("$PROF" info --json -i x | jq '.counters["unwind.tables_refused"]')" 0 "tables refused"
}

# A directory with all that the programs need, in copies of its own.
container() {
	needs unshare pivot_root chroot
	mkdir -p "$1/lib64" "$1/lib/x86_64-linux-gnu" "$1/bin"
	cp -L /lib64/ld-linux-x86-64.so.2 "$1/lib64" || skip "no loader to copy"
	cp -L /lib/x86_64-linux-gnu/libc.so.6 "$1/lib/x86_64-linux-gnu" || skip "no C library to copy"
	cp "$PROGRAMS/lost_files" "$1/bin/app"
}

case_program_below_another_root() {
	container root
	lost "50 main work touch" chroot root /bin/app touch 50
}

case_program_in_another_mount_namespace() {
	container root
	plugin root/lib/plugin.so through
	unshare -m true || skip "no mount namespaces here"
	# shellcheck disable=SC2016 # the inner shell's
	lost "50 main plug plugin_call through touch" unshare -m sh -c '
		mount -t tmpfs none /mnt && cp -r root/. /mnt && mkdir /mnt/old && cd /mnt &&
		pivot_root . old && exec /bin/app load /lib/plugin.so 50'
}

# The path inside is that of another file outside.
case_program_of_a_container_whose_path_exists_outside() {
	local path
	path=$(pwd)/app
	container root
	cp "$PROGRAMS/hard_stacks" app
	unshare -m true || skip "no mount namespaces here"
	mkdir -p "root$(pwd)"
	mv root/bin/app "root$path"
	# shellcheck disable=SC2016 # the inner shell's
	lost "50 main work touch" unshare -m sh -c '
		mount -t tmpfs none /mnt && cp -r root/. /mnt && mkdir /mnt/old && cd /mnt &&
		pivot_root . old && exec "$0" touch 50' "$path"
}

# What is kept open must not keep a file system busy that the command itself mounted.
case_mount_of_the_command_can_be_unmounted() {
	unshare -m true || skip "no mount namespaces here"
	mkdir mnt
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m "$PROF" record -q -o x sh -c '
		mount -t tmpfs none mnt && cp "$0" mnt/app && mnt/app touch 50 && umount mnt' \
		"$PROGRAMS/lost_files"
	is "$?" 0 "exit status of umount"
	is "$(touched x)" "50 main work touch" "faults of the program that was on it"
}

run_cases "$@"
