/* SPDX-License-Identifier: MIT */
/*
 * What is to be recorded, said to the BPF programs before they are loaded.
 *
 * What is off costs nothing: its code is dead to the verifier (bpf/config.bpf.h), and programs that
 * serve nothing else are not loaded at all.
 */
#ifndef PROF_CAPTURE_CONFIGURE_H
#define PROF_CAPTURE_CONFIGURE_H

#include "capture/capture.h"

struct prof_bpf;

void skeleton_configure(struct prof_bpf *skeleton, const struct capture_options *options);

#endif
