/* SPDX-License-Identifier: MIT */
/*
 * The types of ioctl().
 */
#ifndef PROF_DECODE_TYPES_IOCTL_H
#define PROF_DECODE_TYPES_IOCTL_H

#include "decode/types.h"

/* types_ioctl.c */
extern const struct arg_type type_ioctl_request, type_ioctl_argument;

/* types_terminals.c */
void termios_print_at(struct decoder *d, uint64_t address);
/* The older struct, with shorter flags. */
void termio_print_at(struct decoder *d, uint64_t address);

/* types_interfaces.c */
enum { INTERFACE_READS = 1, INTERFACE_WRITES = 2 };
/* Whether the request is one on an interface, and which way its struct goes; else 0. */
int interface_request_kind(uint32_t request);
void interface_print_at(struct decoder *d, uint32_t request, uint64_t address);
void interfaces_print_at(struct decoder *d, uint64_t address);

#endif
