#!/bin/bash
# SPDX-License-Identifier: MIT
#
# The same lines as strace, call by call, where programs drive system calls into their corners.
#
# Each program runs once under strace, once under ptrace_lines (the decoder on what ptrace reads: all
# that is there) and once under prof trace (on what was captured in the kernel). Left out are values
# that no two runs share. Of strace 6.1 is known: it has no names for what kernels have added since;
# lines in which prof names such a thing are counted apart, and differ in nothing but that.

. "$(dirname "$0")/../lib.sh"

# What strace 6.1 has no name for.
NEWER='MFD_NOEXEC_SEAL|RWF_NOAPPEND|STATX_MNT_ID_UNIQUE|STATX_WRITE_ATOMIC|_RW_HINT|FAN_REPORT_MNT'
NEWER+='|FAN_PRE_ACCESS|AT_HANDLE_MNT_ID_UNIQUE|MAP_DROPPABLE|MADV_GUARD|map_shadow_stack'
NEWER+='|FSCONFIG_CMD_CREATE_EXCL|MOVE_MOUNT_BENEATH|MOUNT_ATTR_NOSYMFOLLOW|AT_EXECVE_CHECK'
NEWER+='|SA_UNSUPPORTED|SEGV_CPERR|PIDFD_THREAD|GET_REGISTRATIONS|ARCH_(GET|ENABLE|FORCE)_(UNTAG|TAGGED|MAX)'
NEWER+='|SO_PASSPIDFD|IP_LOCAL_PORT_RANGE|IP_PROTOCOL|PACKET_VNET_HDR_SZ|TLS_TX_ZEROCOPY_RO|CAN_RAW_XL'
NEWER+='|IORING_(FEAT|ENTER)_(REG|ABS)|KEXEC_FILE_DEBUG'

# One line for each call of the program itself, without what differs from run to run. mkdtemp draws
# again where a number does not suit it: calls of getrandom differ in number.
comparable() {
	grep -v -e '^+++' -e '^---' "$1" | sed -n '/^munmap(0x[0-9a-f]*, 4096)/,$p' | sed -E \
		-e 's/\) += /) = /' -e '/^getrandom/d' -e 's/^(adjtimex|clock_adjtime|sysinfo)\(.*/\1/' \
		-e 's/tv_n?sec=[0-9]+/T/g' -e 's/tv_usec=[0-9]+/T/g' -e 's/tv_nsec=[0-9]+/T/g' \
		-e 's/f_(bfree|bavail|ffree|blocks|files)=[0-9]+/f/g' -e 's/corners\.\w{6}/corners/' \
		-e 's/^(process_vm_\w+)\([0-9]+/\1(PID/' -e 's/\/proc\/[0-9]+/\/proc\/PID/g' \
		-e 's/^(poll\(.*, 4294967295, 0\)).*/poll/' -e '/^getpriority\(PRIO_PGRP/d' \
		-e 's/\{fd=-?[0-9]{5,}[^}]*\}/{}/g' -e '/^execve\("\/bin\/true"/,$d' \
		-e 's/(P_P(ID|GID)|fork\(\)|_cpid=|GETPID,|ptrace\(\w+,) ?[= ,]*[0-9]+/\1 PID/' \
		-e 's/(wait4|kill|clone3?|rt_\w*sigqueueinfo|ptrace)(\(.*) = [0-9]+$/\1\2 = PID/' \
		-e 's/^(wait4|kill|rt_\w*sigqueueinfo)\([0-9, ]+/\1(PID, /' -e 's/parent_tid=\[[0-9]+/parent_tid=[PID/' \
		-e 's/^((shm|sem|msg)\w+)\([0-9]+/\1(ID/' -e 's/^((shm|sem|msg)\w+\(.*) = [0-9]+$/\1 = ID/' \
		-e 's/si_pid=[0-9]+/si_pid=PID/g' -e '/^set_tid_address|ERESTARTSYS/d' \
		-e 's/htons\([0-9]{5}\)/htons(PORT)/g' -e 's/(SO_COOKIE|TCP_TIMESTAMP),.*/\1/' \
		-e 's/_(a|d|c|s|r)time=[0-9]+/_time/g' -e 's/(rbx|rsi|rdi)=\w+/\1/g' \
		-e '/^(arch_prctl|set_tid_address|set_robust_list)\(.*= 0$/d' \
		-e 's/^(bpf\(BPF_\w+_GET_NEXT_ID.*\)) = .*/\1/' \
		-e '/^uretprobe\(/d' -e '/^uprobe\(/d' -e '/^getpid\(/d'
}

# How many lines differ beyond NEWER; those lines go to `differences`.
differing() {
	comparable "$1" >wanted
	comparable "$2" >got
	diff wanted got | grep '^[<>]' | grep -v -E "$NEWER" >differences
	# A line of strace whose counterpart is a newer name is not a difference.
	diff wanted got | awk -v newer="$NEWER" '
		/^[0-9]/ { flush() }
		/^</ { wanted[++nr_wanted] = $0 }
		/^>/ { got[++nr_got] = $0 }
		END { flush() }
		function flush(  i) {
			for (i = 1; i <= nr_wanted || i <= nr_got; i++)
				if (got[i] !~ newer)
					print wanted[i] "\n" got[i]
			nr_wanted = nr_got = 0
			split("", wanted)
			split("", got)
		}' >differences
	echo $(($(wc -l <differences) / 2))
}

# few_differing STRACE PROF FEW WHAT: at most so many lines differ; too many are shown.
few_differing() {
	local nr
	nr=$(differing "$1" "$2")
	within "$nr" 0 "$3" "$4"
	[ "$nr" -le "$3" ] || sed 's/^/#   /' differences
}

# same_lines PROGRAM FLAGS...
same_lines() {
	local program=$PROGRAMS/$1 flags=("${@:2}")
	needs strace setarch
	${NETWORK-} setarch -R strace "${flags[@]}" -o strace.out "$program" </dev/null >/dev/null 2>&1
	${NETWORK-} setarch -R "$PROGRAMS/ptrace_lines" "${flags[@]}" ptrace.out "$program" </dev/null >/dev/null 2>&1
	within "$(comparable strace.out | wc -l)" 30 3000 "lines of strace"
	is "$(differing strace.out ptrace.out; head -n 6 differences)" 0 \
		"lines unlike strace ${flags[*]} on what ptrace reads of $1"
}

# The same, where so many lines differ: of which kind they are stands with each case.
similar_lines() {
	local program=$PROGRAMS/$1 few=$2 flags=("${@:3}")
	needs strace setarch
	${NETWORK-} setarch -R strace "${flags[@]}" -o strace.out "$program" </dev/null >/dev/null 2>&1
	${NETWORK-} setarch -R "$PROGRAMS/ptrace_lines" "${flags[@]}" ptrace.out "$program" </dev/null >/dev/null 2>&1
	within "$(comparable strace.out | wc -l)" 30 3000 "lines of strace"
	few_differing strace.out ptrace.out "$few" \
		"lines unlike strace ${flags[*]} on what ptrace reads of $1"
}

# What the program has never touched the kernel does not read for others: so many lines may differ.
same_captured_lines() {
	local program=$PROGRAMS/$1 few=$2
	needs strace setarch
	${NETWORK-} setarch -R strace -o strace.out "$program" </dev/null >/dev/null 2>&1
	${NETWORK-} setarch -R "$PROF" trace -o prof.out -- "$program" </dev/null >/dev/null 2>&1
	few_differing strace.out prof.out "$few" "lines unlike strace on what is captured of $1"
}

case_files() {
	same_lines corners_files
	same_lines corners_files -v -s 5
	same_lines corners_files -x
	same_captured_lines corners_files 1
}

case_what_is_told_of_files() {
	same_lines corners_stat
	same_captured_lines corners_stat 3
}

case_time_and_waiting() {
	same_lines corners_time
	same_captured_lines corners_time 3
}

case_tasks() {
	same_lines corners_tasks
	same_captured_lines corners_tasks 3
}

case_memory() {
	same_lines corners_memory
	same_captured_lines corners_memory 3
}

case_mounts() {
	same_lines corners_mounts
	same_lines corners_mounts -xx -s 100
	same_captured_lines corners_mounts 2
}

# Addresses of families that nobody uses stay bytes: AX.25, IPX, X.25, NFC, MCTP and their kin.
case_sockets() {
	similar_lines corners_sockets 23
	same_captured_lines corners_sockets 26
}

# The last of the kernel's own attributes; a family of generic netlink is asked of the kernel.
case_netlink() {
	needs unshare
	NETWORK="unshare --net"
	similar_lines corners_netlink 14
	same_captured_lines corners_netlink 18
}

case_socket_options() {
	same_lines corners_sockopts
	same_captured_lines corners_sockopts 2
}

case_signals() {
	same_lines corners_signals
	same_captured_lines corners_signals 2
}

case_processes() {
	same_lines corners_process
	same_captured_lines corners_process 3
}

# Sets of registers of the floating-point unit.
case_control() {
	similar_lines corners_control 3
	same_captured_lines corners_control 5
}

case_ioctl() {
	same_lines corners_ioctl
	same_captured_lines corners_ioctl 3
}

case_ipc() {
	same_lines corners_ipc
	same_captured_lines corners_ipc 2
}

case_kernel() {
	similar_lines corners_kernel 2
	similar_lines corners_kernel 3 -v
	same_captured_lines corners_kernel 6
}

case_bpf() {
	similar_lines corners_bpf 3
	similar_lines corners_bpf 6 -v
	same_captured_lines corners_bpf 5
}

run_cases "$@"
