/* SPDX-License-Identifier: MIT */
/*
 * The requests of ioctl() by number.
 */
#ifndef PROF_DECODE_IOCTL_NAMES_H
#define PROF_DECODE_IOCTL_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct ioctl_name {
	uint32_t request;
	const char *name;
};

/* How many names the request has, in alphabetical order from *out on: drivers share numbers. */
size_t ioctl_names(uint32_t request, const struct ioctl_name **out);

#endif
