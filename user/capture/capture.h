/* SPDX-License-Identifier: MIT */
/*
 * The BPF programs in the kernel: loaded for what is to be recorded, attached, followed to the end.
 *
 * The order is load, attach, follow (the root task) or join (capture/join.h), drain as often as it
 * takes, stop, drain once more, read the totals.
 */
#ifndef PROF_CAPTURE_H
#define PROF_CAPTURE_H

#include <stdbool.h>
#include <sys/types.h>

#include "capture/ring.h"
#include "capture_plan.h"
#include "capture/uprobes.h"
#include "event.h"
#include "unwind/publish.h"

struct capture_options {
	bool faults, syscalls;       /* whether there are any to record */
	bool allocs;                 /* functions of allocators will be probed */
	bool places;                 /* tell in which mapping each fault lies */
	bool joins;                  /* processes that run already */
	uint32_t fault_kinds;        /* bits of enum wire_fault_kind; 0: all */
	bool command_alone;          /* not what it starts */
	bool new_syscalls;           /* the kernel may have some that this build does not know */
	bool sent_signals;           /* tell of them, too, also if they are ignored */
	bool totals_only;            /* no event of each system call */
	const uint64_t *syscall_set; /* 512 bits of the numbers to record; NULL: all */
	bool stacks;                 /* of faults if so chosen, and of system calls: */
	bool fault_stacks;
	const uint64_t *syscall_stack_set; /* 512 bits; NULL: of all */
	bool kernel_stacks;                /* the kernel's part of them, too */
	const struct capture_plan
		*plans;        /* NR_CAPTURE_PLANS of them, by number; NULL: read nothing */
	uint32_t string_bytes; /* the user's limit for what a plan has none for (-s) */
	bool whole_arrays;     /* of strings and buffers; else so many, too */
	bool enter_events;     /* of all recorded calls: they are watched live */
	bool descriptors;      /* tell what new ones are */
	uint64_t ring_bytes;   /* per CPU, rounded up to a power of two; 0: by the number of CPUs */
	uint64_t unwind_rows, unwind_pages; /* room for unwinding tables */
};

struct capture;
struct prof_bpf;
struct bpf_program;

/* Opens and loads the programs. 0 or -errno, reported with the missing privilege or feature. */
int capture_new(const struct capture_options *options, struct capture **out);
int capture_attach(struct capture *c);
void capture_free(struct capture *c); /* NULL is fine */

/* Probes the beginning, or the return, of functions of allocators. 0 or -errno, unreported. */
int capture_probe(struct capture *c, const struct uprobe_set *set);

/* Follows a held process (capture/child.h); it becomes task 1. */
int capture_follow(struct capture *c, pid_t pid);

/* The held process executes its command: what only watched for that is detached. */
void capture_released(struct capture *c);

struct rings *capture_rings(struct capture *c);

/* Where unwinding tables go, and under which id: that of the file mapped at an own `address`. */
struct unwind_store *capture_unwind_store(struct capture *c);
/* Makes room for more rows, and returns for how many there is some then (see row_room.h). */
size_t capture_unwind_grow(struct capture *c);
uint32_t capture_file_id(struct capture *c, const void *address);

/* Nothing happens from here on, in whatever process. */
void capture_detach(struct capture *c);
/* Ends recording: the programs tell once more of every task that is still running. */
int capture_stop(struct capture *c);

/* For other files of this room: the programs, and one of them that is run over `tid` (0: all
 * tasks). */
struct prof_bpf *capture_skeleton(struct capture *c);
int capture_walk(struct bpf_program *program, pid_t tid);

/* Sums over the CPUs of one entry of the totals; false when nothing was counted. */
enum capture_totals { CAPTURE_SYSCALL_TOTALS, CAPTURE_FAULT_TOTALS };
struct total_sum {
	uint64_t calls, unfinished, abandoned, errors, duration_ns, min_ns, max_ns;
	uint64_t buckets[TOTAL_BUCKETS];
};
bool capture_total(struct capture *c, enum capture_totals which, uint32_t key,
		   struct total_sum *out);

/* The number and arity of the system call whose trace event has this id; its name is to be that.
 * False: the kernel does not say. */
bool capture_syscall_number(struct capture *c, int event_id, const char *name, uint32_t *out_nr,
			    uint32_t *out_arity);

/* The name of a kernel address; false where there is none. */
bool capture_kernel_symbol(struct capture *c, uint64_t address, struct kernel_symbol *out);

#endif
