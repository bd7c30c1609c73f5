/* SPDX-License-Identifier: MIT */
/*
 * What is to be read of a system call's memory: data that one generic program carries out
 * (capture.bpf.h), made from the types of the arguments (decode/plan.h).
 *
 * What was read travels as snippets: an address and the bytes found there, before the call or after
 * it. Nobody but the decoder knows what they mean, and it asks for them by address; so a plan may
 * read too much or too little, and never makes a line wrong.
 */
#ifndef PROF_CAPTURE_PLAN_H
#define PROF_CAPTURE_PLAN_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

enum capture_kind {
	CAPTURE_NOTHING,
	CAPTURE_STRING,   /* up to its NUL */
	CAPTURE_BYTES,    /* length x element_bytes */
	CAPTURE_STRINGS,  /* argv, envp: pointers up to a NULL, and the strings behind them */
	CAPTURE_IOVEC,    /* length struct iovec, and what they point to */
	CAPTURE_MSGHDR,   /* one, with its name, its iovec as above, and its control data */
	CAPTURE_MMSGHDR,  /* length of them */
	CAPTURE_POINTERS, /* up to a NULL, and nothing of what is behind them */
};

/* Where the length of a capture comes from, which `element_bytes` multiplies. */
enum capture_length {
	LENGTH_ONE,      /* 1 */
	LENGTH_ARG,      /* the register of argument `length_arg` */
	LENGTH_AT_ARG,   /* the 32-bit integer that argument `length_arg` points to */
	LENGTH_AT_ARG64, /* the 64-bit one */
	LENGTH_RESULT,   /* what the call returned, if positive */
	LENGTH_IOCTL,    /* the size that stands in argument 1, an ioctl's request */
};

enum capture_when { CAPTURE_ENTER = 1, CAPTURE_EXIT = 2 };

struct capture_op {
	__u8 arg;    /* whose register is the address */
	__u8 kind;   /* enum capture_kind */
	__u8 when;   /* OR of enum capture_when */
	__u8 length; /* enum capture_length */
	__u8 length_arg;
	__u8 is_message; /* of netlink: read whole, if it looks like that */
	__u16 element_bytes;
	/* At most so many bytes; 0: as many as the user wants to see of strings (-s), and one more
	 * to know whether there are more. */
	__u32 cap_bytes;
	/* Bit by bit, with which commands (argument 1) there is something to be read; 0: with all.
	 */
	__u64 commands;
};

/* What futex() has in its argument beside the command. */
#define COMMAND_FLAGS 0x380ULL

static inline int command_is_in(__u64 commands, __u64 arg)
{
	__u64 command = (__u32)arg & ~COMMAND_FLAGS;

	return command < 64 && commands >> command & 1;
}

#define MAX_CAPTURE_OPS 8 /* a power of two */

struct capture_plan {
	__u32 nr_ops;
	__u32 flags; /* enum plan_flag */
	struct capture_op ops[MAX_CAPTURE_OPS];
};

enum plan_flag {
	PLAN_MAKES_FD = 1,       /* its result is a new descriptor */
	PLAN_MAKES_FDS = 2,      /* two are where argument `fds_arg` = flags >> 8 points */
	PLAN_CHANGES_SOCKET = 4, /* of argument 0: by connect, bind, listen */
	PLAN_AT_ONCE = 8,        /* it never waits: what it is given may be read after it */
};

#define PLAN_FDS_ARG_SHIFT 8

/* How a snippet came to be. */
enum snippet_flag {
	SNIPPET_EXIT = 1,       /* read after the call; else before */
	SNIPPET_CUT = 2,        /* there was more: a limit ended it */
	SNIPPET_UNREADABLE = 4, /* nothing, or nothing further, could be read at address + size */
	SNIPPET_RETRIED = 8,    /* meant for before the call, but only readable after it */
	SNIPPET_STRING = 16,    /* up to a NUL, which is among the bytes unless CUT or UNREADABLE */
};

/* On the wire, in an EVENT_ENTER or EVENT_RETURN; padded to a multiple of eight. */
struct wire_snippet {
	__u64 address;
	__u32 size_bytes; /* that follow */
	__u16 flags;      /* enum snippet_flag */
	__u16 arg;
	__u8 bytes[];
};

_Static_assert(sizeof(struct wire_snippet) == 16, "no padding");
_Static_assert(sizeof(struct capture_op) == 24, "no padding");

#endif
