/* SPDX-License-Identifier: MIT */
/*
 * The types of arguments, from which both follow: what is to be read of a call's memory, and how
 * the argument is printed.
 *
 * A type is data: a function that prints, what it needs to know beyond the value, and the pieces of
 * memory to capture. Signatures (signatures_*.h) give every system call's arguments their types. A
 * new kind of argument is a new type in the file of its topic, and its name in a signature.
 */
#ifndef PROF_DECODE_TYPES_H
#define PROF_DECODE_TYPES_H

#include "decode/decode.h"

struct decoder;
struct argument;

/* Prints what lies at `address`, of which `bytes` are a copy in the process's layout. */
typedef void print_element(struct decoder *d, const void *bytes, uint64_t address);

struct arg_type {
	void (*print)(struct decoder *d, const struct argument *arg, uint64_t value);
	const struct constant_set *constants; /* of flags and choices */
	print_element *element;               /* of a struct pointed to, or an array's element */
	uint32_t size_bytes;                  /* of the number, or of the element */
	enum capture_when when;               /* CAPTURE_EXIT: what the call fills in */
	/* What decides instead of `when` where it depends on other arguments (a command). */
	enum capture_when (*when_of)(const struct call *call);
	/* Whether the argument exists, where that depends on others: open()'s mode. */
	bool (*applies)(const struct call *call, const struct argument *arg);
	/* To be read for it; `arg` is filled in, and `length_arg` from argument.of. */
	struct capture_op captures[2];
};

struct argument {
	const char *name;
	const struct arg_type *type;
	uint8_t of; /* the index of the argument that goes with it: its length, its command */
};

struct signature {
	struct argument args[6];
	uint8_t nr_args;
	void (*result)(struct decoder *d); /* NULL: a signed number */
};

/* NULL when unknown. */
const struct signature *signature_of(uint64_t nr);

struct decoder {
	struct call *call;
	const struct decode_options *options;
	const struct signature *signature;
	struct emit *e;
	enum capture_when when; /* the time whose memory fetch functions read */
	bool late;              /* behind the first argument that the call fills in */
	void *context;          /* of element functions that need one */
	size_t entered_bytes;   /* where the entered part ends, if within an argument; else 0 */
};

/* Of an argument that is printed in part when the call is entered: that part ends here. False if
 * the call has not returned, so that there is no other part. */
bool entered_ends(struct decoder *d);

/* ---- Memory (fetch.c) ---- */

/* It returned an error: out-parameters hold nothing. */
bool call_failed(const struct call *call);

/*
 * Copies memory as of d->when. If not all of it is known, or it was to be filled in by a call that
 * failed or is in progress, prints the address instead and says false.
 */
bool fetch_or_pointer(struct decoder *d, uint64_t address, void *out, size_t size_bytes);
/* The same, though the call may have failed. */
bool fetch_anyway_or_pointer(struct decoder *d, uint64_t address, void *out, size_t size_bytes);

/*
 * True if there is nothing to be read, because the call failed, or has not returned, and was to
 * fill it in. Also what it was given is then not shown if it stands behind such an argument: the
 * line is strace's, which reads that only when the call is over.
 */
bool is_not_filled_in(const struct decoder *d);

/* ---- Values that lie in memory (fetch.c) ---- */

/* A path, or another string that is never cut by -s. */
void path_print_at(struct decoder *d, uint64_t address);
/* A string that ends at its NUL, cut by -s. */
void string_print_at(struct decoder *d, uint64_t address);
/* `size_bytes` bytes, cut by -s. */
void bytes_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes);
/* The same, as text whose NUL at the end, if it has one, is not shown. */
void text_print_at(struct decoder *d, uint64_t address, uint64_t size_bytes);
/* Up to `count` elements; with -s so many at most, unless -v. */
void array_print_at(struct decoder *d, uint64_t address, uint64_t count, uint32_t element_bytes,
		    print_element *element);
/* A string in a buffer of fixed size, that may lack its NUL. */
void string_print(struct decoder *d, const char *buffer, size_t size_bytes);

/* What lies behind an iovec's pointers. */
enum iovec_data {
	IOVEC_ADDRESSES, /* is not shown */
	IOVEC_ENTERED,   /* was there before the call */
	IOVEC_RETURNED,  /* came with it */
	IOVEC_SENT,      /* as IOVEC_ENTERED: netlink messages */
	IOVEC_RECEIVED,  /* as IOVEC_RETURNED: netlink messages */
};

/* `count` struct iovec, which behind their pointers hold `data_bytes` of data. */
void iovec_print_at(struct decoder *d, uint64_t address, uint64_t count, enum iovec_data data,
		    uint64_t data_bytes);
/* What a struct has beyond the members that are known, up to `size_bytes`: nothing if it is zero.
 * To be printed before the struct is closed. */
void rest_print_at(struct decoder *d, uint64_t address, size_t known_bytes, size_t size_bytes);

/* Two words of bits. */
void capabilities_emit(struct emit *e, uint32_t low, uint32_t high);
void io_priority_emit(struct emit *e, uint32_t priority);

/* Elements of arrays, and structs pointed to. */
print_element timespec_element, timeval_element, itimerspec_element, itimerval_element,
	sigevent_element;

/* ---- Printing functions of types: d, the argument, its register ---- */

#define PRINT_FUNCTION(name)                                                                       \
	void name(struct decoder *d, const struct argument *arg, uint64_t value)

PRINT_FUNCTION(int_print);  /* signed, of type.size_bytes */
PRINT_FUNCTION(uint_print); /* unsigned */
PRINT_FUNCTION(hex_print);
PRINT_FUNCTION(pointer_print);
PRINT_FUNCTION(mode_print);
PRINT_FUNCTION(flags_print);  /* type.constants */
PRINT_FUNCTION(choice_print); /* type.constants */
PRINT_FUNCTION(struct_print); /* a pointer to type.element */
PRINT_FUNCTION(array_print);  /* a pointer to as many as argument `of` says */

void fd_print_value(struct decoder *d, int fd);
void dirfd_print_value(struct decoder *d, int fd);
/* A user's or group's number, with -1 as it is meant. */
void id_print_value(struct decoder *d, uint32_t id);
void device_print_value(struct decoder *d, uint64_t device);
void open_flags_print_value(struct decoder *d, uint64_t flags);
void file_mode_print_value(struct decoder *d, uint32_t mode); /* S_IFREG|0644 */
/* When that is, for somebody to read: 2026-11-20T14:40:00+0000. */
void time_comment(struct decoder *d, int64_t seconds, uint64_t nanoseconds);

/* ---- Makers of types ---- */

#define INTEGER_TYPE(print_function, bytes)                                                        \
	{                                                                                          \
		.print = print_function, .size_bytes = bytes                                       \
	}
#define FLAGS_TYPE(bytes, set)                                                                     \
	{                                                                                          \
		.print = flags_print, .size_bytes = bytes, .constants = &set                       \
	}
#define CHOICE_TYPE(bytes, set)                                                                    \
	{                                                                                          \
		.print = choice_print, .size_bytes = bytes, .constants = &set                      \
	}
/* A pointer to a struct of so many bytes, that the call reads (ENTER) or fills in (EXIT). */
#define STRUCT_TYPE(time, bytes, element_function)                                                 \
	{                                                                                          \
		.print = struct_print, .size_bytes = bytes, .element = element_function,           \
		.when = time, .captures = {                                                        \
			{.kind = CAPTURE_BYTES, .when = time, .element_bytes = bytes}              \
		}                                                                                  \
	}
/* A pointer to as many elements as the argument `of` says. */
#define ARRAY_TYPE(time, bytes, element_function)                                                  \
	{                                                                                          \
		.print = array_print, .size_bytes = bytes, .element = element_function,            \
		.when = time, .captures = {                                                        \
			{.kind = CAPTURE_BYTES,                                                    \
			 .when = time,                                                             \
			 .length = LENGTH_ARG,                                                     \
			 .element_bytes = bytes,                                                   \
			 .cap_bytes = 4096}                                                        \
		}                                                                                  \
	}

/* ---- Types ---- */

/* types_basic.c */
extern const struct arg_type type_int, type_uint, type_long, type_ulong, type_hex, type_hex_long,
	type_pointer, type_fd, type_dirfd, type_path, type_string, type_mode, type_id,
	type_in_bytes, type_out_bytes, type_fd_pair, type_out_int, type_out_uint, type_in_offset,
	type_fd_bound, type_nothing;

/* types_sets.c */
extern const struct arg_type type_access_mode, type_at_flags, type_close_range_flags,
	type_execveat_flags, type_faccessat_flags, type_fallocate_flags, type_fd_flags,
	type_flock_operation, type_fsmount_flags, type_fsopen_flags, type_fspick_flags,
	type_handle_at_flags, type_inotify_flags, type_inotify_events, type_mlock_flags,
	type_mlockall_flags, type_mount_attributes, type_mount_setattr_flags, type_move_mount_flags,
	type_mremap_flags, type_msync_flags, type_open_tree_flags, type_pkey_rights,
	type_rename_flags, type_rwf_flags, type_splice_flags, type_statx_mask,
	type_sync_file_range_flags, type_umount_flags, type_xattr_flags, type_fadvise,
	type_fsconfig_command, type_madvise, type_whence;

/* types_files.c */
extern const struct arg_type type_open_flags, type_open_mode, type_open_how, type_file_mode,
	type_device, type_made_device, type_memfd_flags, type_directory, type_moved_offset;

/* types_iovec.c */
extern const struct arg_type type_in_iovec, type_out_iovec, type_address_iovec;

/* types_stat.c */
extern const struct arg_type type_stat, type_statx_flags, type_statx, type_statfs, type_dirents;

/* types_attributes.c: extended attributes, handles */
extern const struct arg_type type_xattr_value, type_xattr_result, type_xattr_list, type_handle,
	type_made_handle, type_mount_id;

/* types_watch.c */
extern const struct arg_type type_fanotify_flags, type_fanotify_mark_flags, type_fanotify_events,
	type_fanotify_dirfd;

/* types_mounts.c */
extern const struct arg_type type_mount_flags, type_mount_type, type_mount_data, type_config_key,
	type_config_value, type_config_aux, type_mount_attr, type_swap_flags;

/* types_newer.c */
extern const struct arg_type type_cache_range, type_cache_counts, type_list_request,
	type_stat_request, type_mount_ids, type_listmount_flags, type_shadow_stack_flags,
	type_attribute_arguments, type_out_attribute_arguments;

/* types_fcntl.c */
extern const struct arg_type type_fcntl_command, type_fcntl_argument;
void result_fcntl(struct decoder *d);

/* types_time.c */
extern const struct arg_type type_utimbuf, type_utimes, type_utimens, type_timespec, type_timeout,
	type_out_timespec, type_in_out_timespec, type_in_out_timeval, type_remainder, type_clock,
	type_timeval, type_out_timeval, type_timezone, type_out_timezone, type_time, type_tms;
void result_time(struct decoder *d);

/* types_timers.c */
extern const struct arg_type type_itimer, type_itimerval, type_out_itimerval, type_itimerspec,
	type_out_itimerspec, type_timer_flags, type_timerfd_flags, type_sigevent, type_timer_id,
	type_timex;
void result_timex(struct decoder *d);

/* types_poll.c */
extern const struct arg_type type_pollfds, type_epoll_flags, type_epoll_operation, type_epoll_event,
	type_epoll_events, type_eventfd_flags;
void result_poll(struct decoder *d);

/* types_select.c */
extern const struct arg_type type_fd_set, type_pselect_mask;
void result_select(struct decoder *d);

/* types_memory.c */
extern const struct arg_type type_protection, type_map_flags, type_map_offset, type_remap_address,
	type_residency;

/* types_nodes.c */
extern const struct arg_type type_memory_policy, type_memory_policy_long, type_out_memory_policy,
	type_nodes, type_out_nodes, type_mbind_flags, type_get_mempolicy_flags, type_pages,
	type_page_nodes, type_page_status, type_move_pages_flags;

/* types_tasks.c */
extern const struct arg_type type_argv, type_envp;

/* types_limits.c */
extern const struct arg_type type_resource, type_rlimit, type_out_rlimit, type_usage_who,
	type_rusage, type_utsname, type_sysinfo, type_host_name, type_random, type_random_flags;

/* types_identity.c */
extern const struct arg_type type_out_id, type_groups, type_out_groups, type_cap_header,
	type_cap_data, type_out_cap_data;

/* types_schedule.c */
extern const struct arg_type type_policy, type_sched_param, type_out_sched_param, type_sched_attr,
	type_out_sched_attr, type_processors, type_out_processors, type_priority_which,
	type_io_priority_who, type_io_priority;
void result_policy(struct decoder *d);
void result_io_priority(struct decoder *d);

/* ---- Results (results.c) ---- */

void result_fd(struct decoder *d);
void result_pointer(struct decoder *d);
void result_octal(struct decoder *d);
/* A number and what it says: 0x2 (flags O_RDWR). In JSON a member of that name. */
void result_flags(struct decoder *d, const char *name, const struct constant_set *set);
void result_none(struct decoder *d); /* ? : it never returns */

#endif
