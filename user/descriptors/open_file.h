/* SPDX-License-Identifier: MIT */
/*
 * What a descriptor stands for: an open file, pipe, socket or the like, as the kernel told of it.
 *
 * Descriptors that were duplicated or inherited are one open file: what becomes of a socket through
 * one of them is true of all.
 */
#ifndef PROF_DESCRIPTORS_OPEN_FILE_H
#define PROF_DESCRIPTORS_OPEN_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "event.h"

struct open_file {
	unsigned int references;
	uint32_t mode; /* as in struct stat */
	uint64_t device, inode;
	char *name;      /* an absolute path; or, without a slash, what something else is called */
	bool is_deleted; /* the path leads there no more */
	bool is_socket;
	struct wire_socket socket; /* its addresses */
	uint32_t pid;              /* that a pidfd stands for; 0: unknown */
};

/* With one reference, the caller's. The event may be cut short. */
struct open_file *open_file_new(const struct descriptor_event *event);
/* By its path, or by what a link in /proc/PID/fd says. */
struct open_file *open_file_named(const char *link, uint32_t mode, uint64_t device);
struct open_file *open_file_share(struct open_file *file);
void open_file_drop(struct open_file *file); /* NULL is fine */

/* The same socket was told of anew. */
void open_file_update(struct open_file *file, const struct open_file *newer);

/*
 * Appends it as strace does: </etc/passwd>, <pipe:[123]>, </tmp/x>(deleted). With `detail` 2 also
 * the addresses of sockets, <TCP:[127.0.0.1:1024->127.0.0.1:80]>, and numbers of devices,
 * </dev/null<char 1:3>>.
 */
void open_file_write(const struct open_file *file, unsigned int detail, struct bytes *out);

/* The protocol of a netlink socket; -1 of anything else, -2 while it is not bound. */
int open_file_netlink(const struct open_file *file);

/* A path with its brackets, as above. */
void path_write(const char *path, struct bytes *out);

#endif
