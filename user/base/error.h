/* SPDX-License-Identifier: MIT */
/*
 * How prof tells a person that something went wrong.
 *
 * Failing functions return -errno. The deepest one that can word the failure reports it, once, by
 * `return fail(-errno, "cannot open '%s'", path);`; its callers only pass the number on. A remedy
 * follows as a hint. Nothing here exits, and everything goes through one sink that tests replace.
 */
#ifndef PROF_BASE_ERROR_H
#define PROF_BASE_ERROR_H

/* Prints "prof: MESSAGE: strerror(-err)" and returns err, which is negative. */
int fail(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints "prof: MESSAGE" where errno has no word for the reason, and returns err. */
int refuse(int err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints "hint: MESSAGE", the remedy of the failure just reported. */
void hint(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints "note: MESSAGE": something the user should know, though nothing failed. */
void note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* An invariant of prof's own is broken: says where and aborts. Never for anything that comes from
 * outside. */
#define BUG(...) bug(__FILE__, __LINE__, __VA_ARGS__)
void bug(const char *file, int line, const char *fmt, ...)
	__attribute__((format(printf, 3, 4), noreturn));

/* Receives each message as one line without its newline. NULL restores stderr. */
typedef void message_sink(const char *line);
void message_sink_set(message_sink *sink);

#endif
