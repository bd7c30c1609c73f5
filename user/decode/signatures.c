// SPDX-License-Identifier: MIT
/*
 * Every system call's arguments: names and types.
 *
 * The rows stand under the x86-64 numbers. Another architecture's system calls have the same names
 * and arguments, and are found by name.
 */
#include "decode/types.h"

#include <string.h>

#include "decode/syscalls.h"
#include "decode/types_control.h"
#include "decode/types_ioctl.h"
#include "decode/types_ipc.h"
#include "decode/types_kernel.h"
#include "decode/types_process.h"
#include "decode/types_signals.h"
#include "decode/types_sockets.h"

/* The x86-64 numbers by name. */
#define SYSCALL(nr, name, arity, classes) NR_##name = nr,
enum {
#include "decode/syscall_table_x86_64.h"
};
#undef SYSCALL

#define A(name, type)                                                                              \
	{                                                                                          \
#name, &type_##type                                                                \
	}
#define A_OF(name, type, of_arg)                                                                   \
	{                                                                                          \
#name, &type_##type, of_arg                                                        \
	}
#define ARGS(...)                                                                                  \
	.args = {__VA_ARGS__},                                                                     \
	.nr_args = sizeof((const struct argument[]){__VA_ARGS__}) / sizeof(struct argument)
#define SIGNATURE(name, ...) [NR_##name] = {__VA_ARGS__},

static const struct signature signatures[NR_SYSCALLS] = {
#include "decode/signatures_files.h"
#include "decode/signatures_memory.h"
#include "decode/signatures_process.h"
#include "decode/signatures_sockets.h"
#include "decode/signatures_system.h"
#include "decode/signatures_tasks.h"
#include "decode/signatures_time.h"
};

static const bool has_signature[NR_SYSCALLS] = {
#undef SIGNATURE
#define SIGNATURE(name, ...) [NR_##name] = true,
#include "decode/signatures_files.h"
#include "decode/signatures_memory.h"
#include "decode/signatures_process.h"
#include "decode/signatures_sockets.h"
#include "decode/signatures_system.h"
#include "decode/signatures_tasks.h"
#include "decode/signatures_time.h"
};

#if defined(__x86_64__)

const struct signature *signature_of(uint64_t nr)
{
	return nr < NR_SYSCALLS && has_signature[nr] ? &signatures[nr] : NULL;
}

#else

struct named_number {
	const char *name;
	uint16_t nr;
};

#define SYSCALL(nr, name, arity, classes) {#name, nr},
static const struct named_number numbers[] = {
#include "decode/syscall_table_x86_64.h"
};

const struct signature *signature_of(uint64_t nr)
{
	const char *name = syscall_name(nr);

	for (size_t i = 0; name && i < sizeof numbers / sizeof *numbers; i++) {
		if (!strcmp(numbers[i].name, name))
			return has_signature[numbers[i].nr] ? &signatures[numbers[i].nr] : NULL;
	}
	return NULL;
}

#endif
