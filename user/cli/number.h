/* SPDX-License-Identifier: MIT */
/*
 * Numbers for people: how they are printed, and how they are read from options.
 *
 * The format functions write into the caller's buffer and return it, so that they can stand among
 * printf's arguments. Durations and sizes keep three significant digits.
 */
#ifndef PROF_CLI_NUMBER_H
#define PROF_CLI_NUMBER_H

#include <stdint.h>

#define NUMBER_SIZE 32

const char *duration_format(uint64_t ns, char buffer[NUMBER_SIZE]);  /* 812 ns, 4.56 ms, 7.89 s */
const char *count_format(uint64_t count, char buffer[NUMBER_SIZE]);  /* 1,032,881 */
const char *change_format(int64_t change, char buffer[NUMBER_SIZE]); /* +1,032, -7, 0 */
const char *size_format(uint64_t bytes, char buffer[NUMBER_SIZE]);   /* 12.3 MiB */
/* 12.3%; <0.1% for little that is not nothing, - where the whole is zero. */
const char *percent_format(uint64_t part, uint64_t whole, char buffer[NUMBER_SIZE]);

/* 200ms, 1.5m, 10s, or plain seconds. 0 or -EINVAL, reported. */
int duration_parse(const char *text, uint64_t *out_ns);
/* 64M, 1.5G, or plain bytes; K is 1024. 0 or -EINVAL, reported. */
int size_parse(const char *text, uint64_t *out_bytes);
/* 12000, 12k, 1.5M; k is 1000. 0 or -EINVAL, reported. */
int count_parse(const char *text, uint64_t *out);

#endif
