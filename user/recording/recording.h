/* SPDX-License-Identifier: MIT */
/*
 * What a recording says: the rows that a recorder writes and a report reads.
 *
 * A recording holds events in blocks of rows (system calls, and runs of page faults) and, beside
 * them, tables: modules, frames, stacks, locations (symbols), task events, metadata and final
 * counters. This header is the content; how it lies on disk is format.h's. Every cell of a row is a
 * uint64_t, which keeps the writer, the codec and the reader free of any knowledge of a kind of
 * event beyond its table of columns. Signed values are stored as their two's complement.
 */
#ifndef PROF_RECORDING_H
#define PROF_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Event rows. Numbers are on disk: append, never renumber. ---- */

enum block_kind {
	BLOCK_SYSCALLS = 1,
	BLOCK_FAULTS = 2,
	/* System calls that manage memory and were not chosen: recorded for what they tell about
	 * page faults, in the same columns as other calls. */
	BLOCK_MEMORY_CALLS = 3,
	BLOCK_ALLOCATIONS = 4, /* what allocators gave out, and got back */
	NR_BLOCK_KINDS
};

enum syscall_column {
	SYSCALL_START_NS, /* CLOCK_MONOTONIC at sys_enter; at sys_exit when BLOCKED */
	SYSCALL_DURATION_NS,
	SYSCALL_RESULT, /* int64_t: -errno, -512..-516 for ERESTART*; 0 when UNFINISHED */
	SYSCALL_NR,
	SYSCALL_TASK,            /* index into the tasks */
	SYSCALL_STACK,           /* id of a stack, 0 = none */
	SYSCALL_FLAGS,           /* enum syscall_flag */
	SYSCALL_POPULATED_PAGES, /* pages that the call populated without a fault */
	SYSCALL_CPU,
	SYSCALL_ARG0,
	SYSCALL_ARG1,
	SYSCALL_ARG2,
	SYSCALL_ARG3,
	SYSCALL_ARG4,
	SYSCALL_ARG5,
	SYSCALL_READY_NS, /* of the duration: could have run, but had no processor */
	NR_SYSCALL_COLUMNS
};

enum syscall_flag {
	SYSCALL_UNFINISHED = 1, /* never returned: exit, killed inside, or recording ended first */
	SYSCALL_BLOCKED = 2,    /* refused by seccomp before it began; has no duration */
	SYSCALL_COMPAT = 4,     /* 32-bit entry: the number is of the other table */
	SYSCALL_STACK_LOST = 8, /* its stack could not be delivered */
	SYSCALL_STACK_UNASKED = 16, /* calls of its kind were to have none */
	SYSCALL_PIECES_LOST = 32,   /* not all that was read of its memory could be delivered */
	/* It was in flight when recording began, which START_NS is: it took at least DURATION_NS.
	 */
	SYSCALL_ATTACHED = 64,
};

/* Calls with any of these flags count, but nobody knows how long they took. */
#define SYSCALL_UNTIMED (SYSCALL_UNFINISHED | SYSCALL_BLOCKED | SYSCALL_ATTACHED)

/*
 * A piece of the memory of a system call, read before it (or after it: EXIT), or what a descriptor
 * has become by it. A row has any number of them.
 */
struct piece {
	uint64_t address; /* PIECE_DESCRIPTOR: the descriptor itself */
	uint32_t size_bytes;
	uint16_t flags;       /* enum piece_flag */
	uint16_t arg;         /* the argument that led there; 6 and above: none did */
	const uint8_t *bytes; /* PIECE_DESCRIPTOR: a struct told_descriptor */
};

enum piece_flag {
	PIECE_EXIT = 1,       /* read after the call; else before it */
	PIECE_CUT = 2,        /* there was more: a limit ended it */
	PIECE_UNREADABLE = 4, /* nothing, or nothing further, could be read there */
	PIECE_RETRIED = 8,    /* meant for before the call, but only readable after it */
	PIECE_STRING = 16,    /* up to a NUL, which is among the bytes unless CUT or UNREADABLE */
	PIECE_DESCRIPTOR = 32,
};

#define MAX_PIECE_BYTES (1U << 16)

struct told_descriptor {
	int32_t fd;
	uint32_t mode;          /* of the inode, as in struct stat */
	uint64_t device, inode; /* device: of the file system, or of the special file */
	uint32_t flags;         /* as of open(), with O_CLOEXEC if that is set */
	uint32_t magic;         /* of the file system, as in struct statfs */
	bool deleted;
	/* Of what is in no directory its own name: [eventfd], of sockets that of the protocol. */
	uint32_t path_bytes;
	const char *path; /* without a NUL at its end */
	bool is_socket;   /* only then all the rest */
	uint16_t family, type, protocol;
	uint8_t state; /* of TCP, by the kernel's number */
	uint16_t local_port, peer_port;
	uint32_t port_id;            /* of netlink */
	uint8_t local[16], peer[16]; /* IPv4: the first four */
	uint64_t peer_inode;         /* of a Unix socket */
	uint32_t socket_path_bytes;
	const char *socket_path; /* of that */
};

struct bytes;
void told_descriptor_put(const struct told_descriptor *d, struct bytes *out);
/* False when the piece is malformed. Texts lie within the piece. */
bool told_descriptor_take(const struct piece *piece, struct told_descriptor *out);

/*
 * One row is a run: COUNT faults of one task by the same instruction on the same stack, each STRIDE
 * bytes after the one before. Fault i (from 0) is at ADDRESS + i * STRIDE and, by interpolation, at
 * START + i * SPAN / (COUNT - 1).
 */
enum fault_column {
	FAULT_START_NS,
	FAULT_SPAN_NS,    /* from the first fault's start to the last one's; 0 when COUNT is 1 */
	FAULT_COUNT,      /* >= 1 */
	FAULT_SERVICE_NS, /* sum over the run, entry to min/maj event */
	FAULT_SERVICE_MIN_NS,
	FAULT_SERVICE_MAX_NS,
	FAULT_ADDRESS,
	FAULT_STRIDE_BYTES, /* int64_t; 0 when COUNT is 1 */
	FAULT_IP,
	FAULT_TASK,
	FAULT_STACK,
	FAULT_ERROR_CODE,      /* the processor's: 1 present, 2 write, 4 user, 16 fetch */
	FAULT_KIND,            /* enum fault_kind */
	FAULT_FLAGS,           /* enum fault_flag */
	FAULT_POPULATED_PAGES, /* pages populated without a fault since the task's event before */
	FAULT_CPU,
	FAULT_SYSCALL, /* in kernel mode: number of the call that it lies in, + 1; 0 = none */
	NR_FAULT_COLUMNS
};

enum fault_kind { FAULT_MINOR, FAULT_MAJOR, FAULT_FAILED, NR_FAULT_KINDS };

enum fault_flag {
	FAULT_KERNEL =
		1, /* taken in kernel mode, inside a system call; FAULT_IP is a kernel address */
	FAULT_STACK_LOST = 2,    /* its stack could not be delivered */
	FAULT_UNTIMED = 4,       /* the end was seen without its start */
	FAULT_STACK_UNASKED = 8, /* faults were to have none */
};

/* A block of an allocator is made, resized or freed. */
enum alloc_column {
	ALLOC_TIME_NS, /* when it took effect: a call's return; of a free, its beginning */
	ALLOC_ADDRESS, /* of the block; 0: the call got none, or has freed what it was to resize */
	ALLOC_OLD_ADDRESS, /* of ALLOC_RESIZED: where it was */
	ALLOC_BYTES,       /* asked for; of ALLOC_FREED 0 */
	ALLOC_TASK,
	ALLOC_STACK, /* none of ALLOC_FREED */
	ALLOC_KIND,  /* enum alloc_kind */
	ALLOC_FLAGS, /* enum alloc_flag */
	ALLOC_CPU,
	NR_ALLOC_COLUMNS
};

enum alloc_kind { ALLOC_MADE, ALLOC_RESIZED, ALLOC_FREED, NR_ALLOC_KINDS };

enum alloc_flag {
	ALLOC_STACK_LOST = 1, /* its stack could not be delivered */
};

#define MAX_COLUMNS 32

/* Bounds that a reader imposes on cells. */
#define MAX_CPUS       65536
#define MAX_RUN_FAULTS UINT32_MAX

/*
 * The key of a system call in summaries: its number, marked where that is of the table for 32-bit
 * entries, in which the same numbers are other calls.
 */
#define KEY_COMPAT 0x80000000U

static inline uint32_t syscall_key(uint64_t nr, uint64_t flags)
{
	return ((uint32_t)nr & ~KEY_COMPAT) | (flags & SYSCALL_COMPAT ? KEY_COMPAT : 0);
}

/*
 * ---- Names that recorder and report agree on ----
 *
 * Metadata keys: argv (one per word), attached (one per process that was running before: its pid, a
 * blank and its name; absent when the command was launched), cwd, host, kernel, arch, cpus,
 * prof_version, start_unix_ns, start_monotonic_ns, page_bytes, events (of "faults", "syscalls" and
 * "malloc", with commas), trace (the -e trace= choice, absent when all), stacks ("tables",
 * "frame-pointer", "none"), stacks_of (which events were to have one: "none", "memory", "faults",
 * "all"; all when it is absent), kernel_stacks ("yes": with the kernel's part; absent: without),
 * arguments (the limit for strings, -s; absent: nothing was read behind them), descriptor (one for
 * each that the command found open: number, mode in octal, device, name, with spaces between them),
 * clock; of the memory
 * of the host: huge_pages, huge_pages_shared, huge_pages_defrag (the chosen word of the files in
 * /sys/kernel/mm/transparent_hugepage), swap_bytes, numa_balancing; each absent where it is not
 * known. Of a merged recording: merged (the command line of each that went into it), root_task
 * (the tasks that are commands).
 * Counters: wall_ns, user_ns, system_ns (of the command, by wait4), exit_status (as
 * wait(2) gives it), rusage.minflt, rusage.majflt; counted beside the stream, with KIND one of
 * minor, major, failed: kernel.faults.KIND, of those in kernel mode kernel.faults_in_kernel.KIND,
 * their service time kernel.fault_ns.KIND; lost.EVENTS.REASON with EVENTS one of syscalls, faults,
 * stacks, tasks, mappings, arguments, allocations and REASON one of ring_full, ring_busy,
 * no_memory, lock_busy, unread, disk; unwind.tables_refused (parts of tables without room),
 * files.unreachable (mapped, but gone before the recorder could open them); of allocators:
 * allocators.files, allocators.probes, allocators.late_files (in use before they could be probed),
 * allocators.failed_files.
 */

/* ---- Tables ---- */

enum { MODULE_UNKNOWN = 0, MODULE_KERNEL = 1, MODULE_VDSO = 2, FIRST_FILE_MODULE = 3 };

struct module {
	/* As the target saw it; [unknown], [kernel], [vdso] for the first three; [jit] for what a
	 * process keeps code in that is of no file, with the process's pid for an inode. */
	char *path;
	uint8_t build_id[20];
	uint8_t build_id_size; /* 0 when the file has none */
	uint64_t device, inode;
};

/* A node of the trie of frames. Node 0 is the root above all stacks and is no frame itself. */
struct frame {
	uint32_t parent; /* the caller's node, smaller than the own; 0 for the outermost frame */
	uint32_t module;
	/* File offset of a byte of the executing or calling instruction: the pc itself in the
	 * innermost frame of a fault, one less than the return address elsewhere. In modules
	 * that are no files it is the address. */
	uint64_t offset;
};

enum stack_flag {
	STACK_COMPLETE = 1,       /* proven to reach the outermost frame */
	STACK_FRAME_POINTER = 2,  /* walked by frame pointers: frames may be missing unnoticed */
	STACK_TOO_DEEP = 4,       /* cut at the depth limit */
	STACK_UNREADABLE = 8,     /* a page of the stack was not resident */
	STACK_NO_TABLE = 16,      /* ends in a file whose unwinding table was not ready yet */
	STACK_NO_RULE = 32,       /* ends in code without call-frame information */
	STACK_NO_CODE = 64,       /* ends outside of all mapped code */
	STACK_INCONSISTENT = 128, /* ends where the caller would lie below its callee */
	STACK_MADE_CODE = 256,    /* as FRAME_POINTER, in code that was made at run time */
};

struct stack {
	uint32_t frame; /* the innermost frame's node, 0 = not recorded */
	uint32_t flags; /* enum stack_flag */
};

/* One function at a place of the code: the innermost inlined one first, the real one last. */
struct function_line {
	char *function;        /* demangled; NULL when unknown */
	char *file;            /* NULL when unknown */
	uint32_t line, column; /* 0 when unknown */
};

/* What (module, offset) is called. */
struct location {
	uint32_t module;
	uint64_t offset;
	uint32_t nr_lines;
	struct function_line *lines;
};

/* Task ids are serial numbers from 1 in order of birth and never reused; the command's own is 1. */
enum task_event_type {
	/* other = the child, value = {child's process, pid, tid, 1 if it is another process in the
	   same memory (vfork)}, text = comm */
	TASK_FORK = 1,
	/* value = {pid, tid, and addresses: start of the heap, initial stack pointer, vdso, entry
	   of the loader (0 = none)}, text = path of the program */
	TASK_EXEC,
	/* text = the new name */
	TASK_COMM,
	/* delivered, or sent and ignored: value = {signal, si_code, 1 if a handler runs, the rest
	 * of its siginfo in four, flags (task_signal.h)} */
	TASK_SIGNAL,
	/* value = {wait status, minor faults, major faults, faults of children that its process has
	 * waited for, 1 if it was the last thread of its process, pages populated since its last
	 * event, faults before its first event if it was running before} */
	TASK_EXIT,
	/* value = {process, pid, tid, faults before, stack pointer or 0}; text = comm. The root,
	   when it begins its execve; or a thread that was running already when the recorder
	   attached. */
	TASK_START,
	/* still running when recording ended: as TASK_EXIT, with a status of 0, and with counters
	 * as of its last event */
	TASK_LEFT,
	/* The program that a process was running when the recorder attached: as TASK_EXEC, but with
	 * the end of the heap, and any address in the loader. */
	TASK_ATTACHED,
	/* Before its TASK_EXIT or TASK_LEFT: what the kernel knows of its time since its birth, or
	 * since recording of it began. value = {ns on processors, to within a tick of the kernel's
	 * clock; ns of waiting for one outside of
	 * recorded calls} */
	TASK_TIMES,
};

#define TASK_EVENT_VALUES 8

struct task_event {
	uint64_t time_ns;
	uint32_t task, other;
	uint32_t type;
	uint64_t value[TASK_EVENT_VALUES];
	char *text; /* "" when there is none */
};

/*
 * Something that a task found mapped in its memory: all that is there when it executes a program,
 * files and System V shared memory whenever they are mapped, and all that is there when the
 * recorder attaches. Other anonymous memory is told by the system calls that make it.
 */
struct task_mapping {
	uint64_t time_ns;
	uint32_t task;
	uint32_t module; /* MODULE_UNKNOWN: no file */
	uint64_t start, end, offset;
	uint32_t flags; /* enum task_mapping_flag */
};

enum task_mapping_flag {
	MAPPED_READ = 1,
	MAPPED_WRITE = 2,
	MAPPED_EXEC = 4,
	MAPPED_SHARED = 8,
	MAPPED_GROWS_DOWN = 0x100,
	MAPPED_BEFORE = 0x200, /* it was there when the recorder attached */
};

/* A system call's totals as the kernel side counted them: exact even where the stream dropped. */
#define KERNEL_TOTAL_BITS 3 /* of its log-linear histogram */
struct bucket {
	uint32_t index; /* loglinear_index() of the values, or an errno */
	uint64_t count;
};

struct syscall_total {
	uint32_t nr;
	uint64_t calls, errors, duration_ns, max_ns;
	uint32_t nr_buckets; /* ascending by index */
	struct bucket *buckets;
};

#endif
