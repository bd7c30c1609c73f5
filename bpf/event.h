/* SPDX-License-Identifier: MIT */
/*
 * The contract between the BPF programs and the recorder: what lies in the rings and the shared
 * maps.
 *
 * Each CPU writes variable-sized events into a ring of its own (ring.bpf.h writes, capture/ring.c
 * reads). Every event starts with `struct event`; sizes are multiples of eight. Both sides are
 * built together, so nothing here is stable between versions: what is, is the recording.
 */
#ifndef PROF_EVENT_H
#define PROF_EVENT_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#include "capture_plan.h"
#include "loglinear.h"

enum event_type {
	EVENT_SYSCALL = 1,
	EVENT_FAULT,
	EVENT_STACK,
	EVENT_MAPPING,
	EVENT_START,
	EVENT_FORK,
	EVENT_EXEC,
	EVENT_EXIT,
	EVENT_COMM,
	EVENT_SIGNAL,
	EVENT_LEFT,
	EVENT_STACK_REST,
	EVENT_FILE,
	EVENT_KERNEL_STACK,
	EVENT_ENTER,
	EVENT_RETURN,
	EVENT_DESCRIPTOR,
	EVENT_ALLOC,
	NR_EVENT_TYPES
};

struct event {
	__u16 size_bytes;
	__u8 type;
	__u8 flags;
	__u32 task; /* serial number given at birth: never reused, and kept when exec changes the
		       tid */
	__u64 time_ns;
};

enum { WIRE_UNFINISHED = 1, WIRE_BLOCKED = 2, WIRE_COMPAT = 4, WIRE_KERNEL = 1, WIRE_UNTIMED = 4 };
/* Of signals. */
enum { WIRE_IGNORED = 1, WIRE_SENT = 2 };

/* Of an EVENT_ENTER or EVENT_RETURN, and of an EVENT_DESCRIPTOR. */
enum { WIRE_CUT = 1, WIRE_RETRY = 2, WIRE_DELETED = 1 };

/* Of an EVENT_EXIT or EVENT_LEFT: there are times in it. */
enum { WIRE_TIMES = 1 };

/* It was so when the recorder attached: of a system call, that it was in flight already; of an
 * exec, that this is the program by now. */
enum { WIRE_ATTACHED = 64 };

/* Instead of a stack's id: it was walked, but could not be delivered. */
#define STACK_LOST    0xffffffffU
/* Nor this: the event is of a kind whose stacks are not wanted. */
#define STACK_UNASKED 0xfffffffeU

struct syscall_event {
	struct event head; /* time: sys_enter, or of attaching; flags: UNFINISHED, BLOCKED, COMPAT,
			      ATTACHED */
	__u64 duration_ns;
	__s64 result;
	__u64 args[6]; /* of rt_sigreturn, which has none: where the mask is that it restores */
	__u32 stack;
	__u32 populated_pages; /* by the call, without a fault */
	__u32 nr;
	__u32 captured; /* enum captured */
	__u64 ready_ns; /* of the duration: the task could have run, but had no processor */
};

/* What else there is of a call. */
enum captured {
	CAPTURED_ENTER = 1, /* an EVENT_ENTER, before it, perhaps in another CPU's ring */
	CAPTURED_LOST = 2,  /* some of what was read found no room */
};

/*
 * What was read of a call's memory: before it (EVENT_ENTER: sent for calls of which something was
 * read, and for all when they are watched live), or after it (EVENT_RETURN: sent before the call's
 * EVENT_SYSCALL, when something was read). Both have the time of the call's sys_enter, which with
 * the task is what joins the three.
 */
struct capture_event {
	struct event head; /* flags: COMPAT; CUT: not all that was to be read found room; RETRY:
			      what could not be read before the call is to be read after it */
	__u32 nr;
	__u32 snippets_bytes;
	__u64 args[6];
	__u8 snippets[]; /* struct wire_snippet, one after the other */
};

/* What a descriptor is from now on: sent when a call has made it or, of a socket, has changed its
 * addresses, before the call's EVENT_SYSCALL. */
struct descriptor_event {
	struct event head; /* time: as of the call; flags: DELETED */
	__s32 fd;
	__u32 mode;   /* of the inode, as in struct stat */
	__u64 device; /* of its file system, or of the special file: as makedev() of the kernel */
	__u64 inode;
	__u32 flags; /* those of open; with O_CLOEXEC if it is that of the descriptor */
	__u32 magic; /* of the file system, as in struct statfs: what has no path differs by it */
	__u32 path_bytes;   /* padded with NUL to a multiple of eight */
	__u32 socket_bytes; /* sizeof(struct wire_socket), or 0: it is none */
	char path[]; /* of what is in no directory its own name: [eventfd], of sockets TCP; then: */
};

/* The addresses of a socket, behind the path. */
struct wire_socket {
	__u16 family, type, protocol;
	__u8 state; /* of TCP */
	__u8 path_bytes;
	__u16 local_port, peer_port; /* as numbers */
	__u32 port_id;               /* of a netlink socket */
	__u8 local[16], peer[16];    /* IPv4: the first four bytes */
	__u64 peer_inode;            /* of a Unix socket */
	char path[112]; /* that one is bound to; a name, not a path, if it begins with NUL */
};

struct fault_event {
	struct event head; /* time: the entry tracepoint; flags: KERNEL, UNTIMED */
	__u64 service_ns;
	__u64 address;
	__u64 ip;
	__u32 stack;
	__u32 populated_pages; /* since the task's last event, without a fault */
	__u32 error_code;
	__u16 kind;    /* enum wire_fault_kind */
	__u16 syscall; /* in kernel mode: number of the call that it lies in, + 1; 0: none */
};

/* What a function of an allocator does, as far as its arguments go: cookie of its probes. */
enum alloc_function {
	FUNCTION_MALLOC = 1,   /* (bytes) */
	FUNCTION_CALLOC,       /* (number, bytes) */
	FUNCTION_ALIGNED,      /* (alignment, bytes) */
	FUNCTION_POSIX,        /* (where to put the result, alignment, bytes) */
	FUNCTION_REALLOC,      /* (block, bytes) */
	FUNCTION_REALLOCARRAY, /* (block, number, bytes) */
	FUNCTION_FREE,         /* (block) */
};

/* One block of an allocator. */
struct alloc_event {
	struct event head; /* time: when it took effect; flags: enum wire_alloc_kind */
	__u64 address;     /* of the block; 0: there was no memory, or realloc() freed it */
	__u64 old_address; /* RESIZED: where it was */
	__u64 bytes;       /* asked for */
	__u32 stack;
	__u32 reserved;
};

enum wire_alloc_kind { WIRE_MADE, WIRE_RESIZED, WIRE_FREED, NR_WIRE_ALLOC_KINDS };

enum wire_fault_kind { WIRE_MINOR, WIRE_MAJOR, WIRE_FAILED, NR_WIRE_FAULT_KINDS };

/* In what kind of mapping a fault lies. */
enum place_kind {
	PLACE_UNKNOWN,
	PLACE_ANONYMOUS,
	PLACE_FILE,
	PLACE_HEAP,
	PLACE_STACK,
	PLACE_VDSO,
	PLACE_VVAR,
};

/* Asked for (cfg_places), an event of this size is sent instead. */
struct placed_fault_event {
	struct fault_event fault;
	__u64 start;             /* of the mapping */
	__u64 file_offset_bytes; /* of its start */
	__u32 file;              /* PLACE_FILE: told of by an EVENT_FILE or EVENT_MAPPING before */
	__u32 place;             /* enum place_kind */
};

#define MAX_FRAMES 1024

/* How a walk went, and why it ended. */
enum walk_flag {
	WALK_COMPLETE = 1,      /* at the outermost frame */
	WALK_FRAME_POINTER = 2, /* at least one step had nothing but a frame pointer to go by */
	WALK_TOO_DEEP = 4,
	WALK_UNREADABLE = 8,
	WALK_NO_TABLE = 16, /* in a file whose table was not ready */
	WALK_NO_RULE = 32,  /* in code without call-frame information */
	WALK_NO_CODE = 64,  /* outside of all known code */
	WALK_INCONSISTENT = 128,
	WALK_MADE_CODE = 256, /* as FRAME_POINTER, in code that is of no file */
};

/* A stack seen for the first time; later events name it by its id. */
struct stack_event {
	struct event head;
	__u32 id;
	__u32 space; /* the address space that the frames lie in */
	__u32 nr_frames;
	__u32 flags;    /* enum walk_flag */
	__u64 frames[]; /* innermost first: user addresses inside executing and calling instructions
			 */
};

/*
 * Follows a stack that ended in a file whose table was not ready: all that it takes to go on from
 * its last frame once the table is there. Such a stack has an id of its own, used by one event.
 */
#define MAX_REST_BYTES (8 * 4096)
struct stack_rest_event {
	struct event head;
	__u32 id;
	__u32 space;
	__u32 known; /* registers, as in struct walk */
	__u32 exact;
	__u64 ip;
	__u64 registers[16];
	__u32 stack_bytes;
	__u32 absent_pages; /* of the stack, bit by bit: nothing was copied from these */
	__u8 stack[];       /* from the stack pointer up */
};

/*
 * A stack of user frames, known by its id, that goes on in the kernel. The innermost frames are
 * those of the tracepoint and of the program itself: user space leaves them out.
 */
#define MAX_KERNEL_FRAMES 64
struct kernel_stack_event {
	struct event head;
	__u32 id;
	__u32 user_stack;
	__u64 fault_ip; /* of a fault: the instruction that faulted; else 0 */
	__u64 nr_frames;
	__u64 frames[]; /* innermost first: return addresses, and fault_ip among them */
};

#define MAX_PATH_BYTES 4096

/*
 * Something is mapped in an address space: executable memory, a file, or what a new program finds
 * at its exec. The flags are the kernel's own (VM_READ, ..., VM_GROWSDOWN).
 */
enum mapping_flag {
	MAPPING_READ = 1,
	MAPPING_WRITE = 2,
	MAPPING_EXEC = 4,
	MAPPING_SHARED = 8,
	MAPPING_GROWS_DOWN = 0x100,
	MAPPING_BEFORE = 0x200, /* it was there when the recorder attached */
};
#define MAPPING_FLAGS 0x10f

struct mapping_event {
	struct event head;
	__u32 space;
	__u32 path_bytes; /* 0: no file */
	__u64 start, end, file_offset_bytes;
	__u64 inode;
	__u64 device;
	__u32 file;  /* by which its unwinding table is known; 0: none, FILE_VDSO */
	__u32 pid;   /* of the process, in the first pid namespace */
	__u32 flags; /* enum mapping_flag */
	char path[]; /* padded with NUL */
};

/* A fault was the first one in a mapping of this file. */
struct file_event {
	struct event head;
	__u32 file;
	__u32 path_bytes;
	char path[]; /* padded with NUL */
};

#define COMM_BYTES 16

/* Recording of a task begins: the launched command is released, and its first execve begins; or it
 * was running when the recorder attached. */
struct start_event {
	struct event head;
	__u32 pid, tid;
	__u32 process, reserved;
	__u64 faults_before; /* about, where attached: see exit_event */
	__u64 stack_at; /* where attached: its stack pointer, as of its last entry to the kernel */
	char comm[COMM_BYTES]; /* empty: not its own yet */
};

struct fork_event {
	struct event head; /* task: the parent */
	__u32 child, child_process;
	__u32 pid, tid;
	__u32 child_space, parent_space; /* equal where the memory is shared: threads, vfork */
	char comm[COMM_BYTES];
};

struct exec_event {
	struct event head; /* flags: ATTACHED */
	__u32 pid, tid;
	__u32 space, path_bytes;
	__u64 start_brk, start_stack, vdso; /* start_brk: where the heap ends by now, if ATTACHED */
	__u64 entry;                        /* in the loader; 0 when there is none */
	char comm[COMM_BYTES];
	char path[]; /* padded with NUL */
};

struct exit_event { /* also EVENT_LEFT, without status and reaped faults */
	struct event head;
	__u32 status;       /* as wait(2) gives it */
	__u32 ends_process; /* no thread was left alive; several that end together may say so */
	__u32 pid, reserved;
	__u64 minor_faults, major_faults; /* as of the last event if recording has ended */
	__u64 reaped_faults;              /* of children that the process waited for */
	__u64 populated_pages;
	__u64 faults_before; /* before the first event, if it was running when the recorder attached
			      */
	/* If TIMES, since its first event: on processors, to within a tick of the kernel's clock;
	 * and waiting for one outside of recorded calls. */
	__u64 cpu_ns, ready_ns;
};

struct comm_event {
	struct event head;
	char comm[COMM_BYTES];
};

/*
 * A signal is delivered. If they are watched live, also when it is sent: IGNORED, and it comes to
 * nothing; or SENT, and if it kills it may never be delivered, for the kernel then delivers
 * SIGKILL.
 */
#define SIGINFO_BYTES 48
struct signal_event {
	struct event head;
	__s32 signal, code;
	__u64 has_handler;
	__u8 info[SIGINFO_BYTES]; /* as siginfo_t begins */
};

/*
 * The head of a CPU's ring; the ring itself follows it. `head` and `tail` count bytes since the
 * start and never wrap: the event at `head` lies at head modulo the ring's size. Room of
 * MAX_EVENT_BYTES follows the ring, so an event that begins inside it never has to be split.
 */
#define MAX_EVENT_BYTES 65408

enum loss_reason {
	LOST_RING_FULL,
	LOST_RING_BUSY,
	LOST_NO_MEMORY,
	LOST_LOCK_BUSY, /* another thread was changing the mappings */
	NR_LOSS_REASONS
};

struct ring_head {
	__u64 head; /* written by the CPU */
	__u64 busy; /* an event is being written */
	__u64 produced[NR_EVENT_TYPES];
	__u64 lost[NR_EVENT_TYPES][NR_LOSS_REASONS];
	__u64 tail __attribute__((aligned(128))); /* written by the recorder */
	__u64 padding[15];
};

/* Totals that stay exact when a ring overflows. One per CPU and system call, or class of fault. */
#define TOTAL_BITS    3
#define TOTAL_BUCKETS LOGLINEAR_BUCKETS(TOTAL_BITS)

struct total {
	__u64 calls; /* all that were entered; of them, without a result: */
	__u64 unfinished;
	__u64 abandoned; /* with one, which nobody saw: killed while the call was to be restarted */
	__u64 errors, duration_ns, min_ns, max_ns;
	__u32 buckets[TOTAL_BUCKETS];
};

/* Plans are made for calls with numbers below this. */
#define NR_CAPTURE_PLANS 512

/* What a tracepoint needs to know of a plan: nothing at all, mostly, which is one comparison. */
struct capture_brief {
	__u8 enter_ops, exit_ops; /* bit by bit, which of them are for there */
	__u8 makes_descriptors;   /* low half: enum plan_flag; high half: fds_arg */
	/* Of a call in progress: */
	__u8 retry_ops; /* those for enter that are left to the exit: see PLAN_AT_ONCE */
	__u8 captured;  /* enum captured */
	__u8 given_arg, filled_arg; /* of a plan that leaves any to it */
	__u8 reserved;
};

#define NR_SYSCALL_TOTALS 512 /* larger numbers and 32-bit calls share the last one */

/* By kind, then the same in kernel mode; then those of tasks that had told of their end: of the
 * command's process, and of others. */
#define LATE_FAULT_TOTALS (2 * NR_WIRE_FAULT_KINDS)
#define NR_FAULT_TOTALS   (LATE_FAULT_TOTALS + 2)

/* A task's state (state.bpf.h): the recorder makes the root's, the programs all others. */
#define NR_STATES 16384 /* threads that live at the same time */

struct pending_fault {
	__u64 time_ns; /* 0: none */
	__u64 address;
	__u64 ip;
	__u32 error_code;
	__u32 stack;
	__u32 syscall; /* as in the event */
	__u32 reserved;
};

struct task_state {
	__u64 owner;   /* the task's address; 0: nobody's, or the root's before its first event */
	__u32 task;    /* serial number */
	__u32 process; /* that of the process's leader at birth */
	__u32 space;
	__u8 held;       /* its execve has not begun, or recording has ended: record nothing */
	__u8 fresh;      /* its first sys_exit is that of the fork which made it */
	__u8 in_syscall; /* sys_enter was seen, of a call to be recorded */
	__u8 compat;
	__u8 walk_for;    /* enum walk_for (walker.bpf.h) */
	__u8 exit_flags;  /* of the call that is over, as in its event */
	__u8 in_exec;     /* half-way between two address spaces; syscall_stack is of the first */
	__u8 new_program; /* its exec is done; what it maps is still to be looked at */
	__u8 capture_for; /* enum capture_for (capture.bpf.h) */
	__u8 interpreted; /* what is being executed is a script */
	__u8 joining;     /* enum joining */
	__u8 reserved[1];
	__u32 nr;
	__u32 syscall_stack; /* taken at enter by calls that do not come back the same */
	struct capture_brief brief __attribute__((aligned(8))); /* of the call's plan */
	__u64 enter_ns;
	__u64 duration_ns; /* of the call that is over, and its result */
	__s64 result;
	__u64 args[6];
	__u64 faults_seen;   /* min_flt + maj_flt as of the last event */
	__u64 faults_before; /* as of the first one, if it was running before */
	__u64 cpu_before_ns; /* the same of its time on processors */
	__u64 ready_seen_ns; /* the kernel's count at the last enter or exit */
	__u64 ready_outside_ns;
	__u64 ready_ns; /* of the call that is over */
	__u64 moves_at_enter, sleeps_at_enter;
	struct pending_fault user, kernel;
};

/* What is not known yet of a task that was running when the recorder attached. */
enum joining {
	JOINING_COUNTS = 1, /* nothing was seen of it: where its counters stood */
	JOINING_CALL = 2,   /* whether it is in a system call */
};

/*
 * How a running process is joined (attach.bpf.c): the recorder says what is to be done next, has
 * the programs walk over tasks or mappings, and reads what came of it.
 */
enum join_step {
	JOIN_PROCESS, /* to which the task walked over belongs */
	JOIN_CODE,    /* its executable mappings */
	JOIN_LEADER,
	JOIN_THREADS,
	JOIN_MAPPINGS, /* all of them; of executable ones what has changed since */
};

struct join {
	__u32 step;
	__u32 process, space;    /* serial numbers */
	__u32 tgid;              /* in the first pid namespace */
	__u64 mm, vdso;          /* mm 0: there is none */
	__u64 loader;            /* where it lies, by the recorder; 0: there is none */
	__u64 at;                /* end of the mapping before */
	__u32 is_followed;       /* already */
	__u32 nr_joined, nr_new; /* threads, and those of this walk */
	__u32 nr_mappings;
	__u32 has_other_mm; /* it has executed another program meanwhile */
	__u32 reserved;
};

/* Ids of files that have, or are to have, an unwinding table. */
enum { FILE_NONE, FILE_VDSO, FIRST_FILE };
#define MAX_FILES 32768

/* Question and answer of on_file_of_mapping (code.bpf.c): which file lies at an own address? */
struct mapped_file {
	__u64 address;
	__u32 file; /* FILE_NONE: no file, or no room for another */
	__u32 reserved;
};

/* Question and answer of on_syscall_name (syscall_name.bpf.c). */
struct syscall_naming {
	__u32 fd; /* of the recorder's: a trace event of the call, opened */
	__s32 nr;
	__u32 arity;
	char name[52]; /* sys_NAME */
};

/* Question and answer of on_kernel_symbol (symbol.bpf.c). */
struct kernel_symbol {
	__u64 address;
	char name[120]; /* "name" or "name [module]"; the bare address when there is none */
};

_Static_assert(sizeof(struct event) == 16, "no padding");
_Static_assert(sizeof(struct syscall_event) == 104, "no padding");
_Static_assert(sizeof(struct capture_event) == 72, "no padding");
_Static_assert(sizeof(struct descriptor_event) == 56, "no padding");
_Static_assert(sizeof(struct wire_socket) == 168, "no padding");
_Static_assert(sizeof(struct fault_event) == 56, "no padding");
_Static_assert(sizeof(struct placed_fault_event) == 80, "no padding");
_Static_assert(sizeof(struct alloc_event) == 48, "no padding");
_Static_assert(sizeof(struct stack_rest_event) + MAX_REST_BYTES <= MAX_EVENT_BYTES,
	       "largest event");
_Static_assert(sizeof(struct ring_head) % 128 == 0, "head, tail and ring share no cache line");

#endif
