/* SPDX-License-Identifier: MIT */
/*
 * Probes on functions of a file.
 *
 * Since Linux 6.6 one link holds all probes of a program on a file, which matters most when it is
 * taken away: the kernel waits a tenth of a second for each link. Older kernels have one for each
 * probe.
 */
#ifndef PROF_CAPTURE_UPROBES_H
#define PROF_CAPTURE_UPROBES_H

#include <bpf/libbpf.h>
#include <stdbool.h>
#include <stdint.h>

struct uprobe_set {
	const char *path;
	const uint64_t *offsets, *cookies; /* of each probe */
	uint32_t nr;
	bool at_return;
};

/* Whether this kernel has links of many probes; then the program is prepared for them, which has to
 * be before it is loaded. */
bool uprobes_prepare(struct bpf_program *program);

/* A link of all probes: its descriptor, or -errno, unreported. */
int uprobes_link(const struct bpf_program *program, const struct uprobe_set *set);

/* A link of the probe `index`, or NULL with errno. */
struct bpf_link *uprobe_attach(const struct bpf_program *program, const struct uprobe_set *set,
			       uint32_t index);

#endif
