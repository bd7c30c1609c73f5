// SPDX-License-Identifier: MIT
/*
 * ptrace_lines [-v] [-x] [-s N] OUTPUT COMMAND...: the system calls of one process, one line each,
 * decoded by prof from what ptrace reads. What strace prints of the same is the reference.
 *
 * Its calls are gathered as any source of them does it: before the call, what is known then; after
 * it, the rest. So the decoder is told of every byte when it was, and never of the other time.
 */
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vec.h"
#include "decode/decode.h"
#include "decode/syscalls.h"

#define MAX_FDS 64

struct tracer {
	pid_t pid;
	FILE *out;
	struct decode_options options;
	VEC(struct snippet) snippets;
	bool after;                     /* the call has returned */
	int netlink_protocols[MAX_FDS]; /* one more than that, of bound sockets */
};

/* Reads up to the end of what is mapped. */
static size_t memory_read(pid_t pid, uint64_t address, uint8_t *to, size_t size)
{
	size_t done = 0;

	while (done < size) {
		size_t step = 4096 - (address + done) % 4096;
		struct iovec local = {to + done, step < size - done ? step : size - done};
		struct iovec remote = {(void *)(address + done), local.iov_len};
		ssize_t got = process_vm_readv(pid, &local, 1, &remote, 1, 0);

		if (got <= 0)
			break;
		done += (size_t)got;
	}
	return done;
}

static bool fetch(struct call *call, uint64_t address, uint32_t size, uint32_t flags)
{
	struct tracer *tracer = call->fetch_context;
	uint8_t *bytes;
	const uint8_t *nul;
	size_t got;

	if (!(flags & SNIPPET_EXIT) == tracer->after)
		return false;
	bytes = xcalloc(size + 1, 1);
	got = memory_read(tracer->pid, address, bytes, size);
	nul = flags & SNIPPET_STRING ? memchr(bytes, 0, got) : NULL;
	if (nul)
		got = (size_t)(nul + 1 - bytes);
	else if (got < size)
		flags |= SNIPPET_UNREADABLE;
	*vec_push(&tracer->snippets) = (struct snippet){address, (uint32_t)got, flags, bytes};
	call->snippets = tracer->snippets.items;
	call->nr_snippets = (uint32_t)tracer->snippets.size;
	return got > 0;
}

/* As the kernel lists them: those that are bound. */
static int netlink_protocol(void *context, int fd)
{
	struct tracer *tracer = context;
	int known = fd >= 0 && fd < MAX_FDS ? tracer->netlink_protocols[fd] : 0;

	return known > 0 ? known - 1 : known ? -2 : -1;
}

static void interface_name(void *context, uint32_t index, char out[IF_NAMESIZE])
{
	(void)context;
	if (!if_indextoname(index, out))
		*out = 0;
}

static void socket_note(struct tracer *tracer, const struct call *call)
{
	int *protocols = tracer->netlink_protocols;

	if (call->nr == SYS_socket && call->args[0] == AF_NETLINK && call->result >= 0 &&
	    call->result < MAX_FDS)
		protocols[call->result] = -1 - (int)call->args[2];
	else if (call->nr == SYS_bind && !call->result && call->args[0] < MAX_FDS)
		protocols[call->args[0]] = abs(protocols[call->args[0]]);
	else if (call->nr == SYS_close && call->args[0] < MAX_FDS)
		protocols[call->args[0]] = 0;
}

static void call_enter(struct tracer *tracer, struct call *call,
		       const struct user_regs_struct *regs)
{
	*call = (struct call){
		.nr = (uint32_t)regs->orig_rax,
		.args = {regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9},
		.pid = (uint32_t)tracer->pid,
		.fetch = fetch,
		.fetch_context = tracer,
	};
	if (regs->orig_rax == SYS_rt_sigreturn) /* the decoder is told where its mask is */
		call->args[0] = regs->rsp + offsetof(ucontext_t, uc_sigmask);
	tracer->after = false;
	decode_gather(call, &tracer->options);
}

static void call_exit(struct tracer *tracer, struct call *call, struct bytes *line)
{
	tracer->after = true;
	decode_call(call, &tracer->options, line, NULL);
	bytes_u8(line, ')');
	while (line->size < 39)
		bytes_u8(line, ' ');
	bytes_append(line, " = ", 3);
	decode_result(call, &tracer->options, line);
	fprintf(tracer->out, "%.*s\n", (int)line->size, (char *)line->data);
	bytes_reset(line);
	vec_each (&tracer->snippets, snippet)
		free((void *)snippet->bytes);
	tracer->snippets.size = 0;
	socket_note(tracer, call);
}

static void trace(struct tracer *tracer)
{
	struct user_regs_struct regs;
	struct bytes line = {0};
	struct call call;
	bool in_call = false;
	int status, signal = 0;

	while (!ptrace(PTRACE_SYSCALL, tracer->pid, 0, signal) &&
	       waitpid(tracer->pid, &status, 0) > 0 && WIFSTOPPED(status)) {
		signal = 0;
		if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
			continue;
		}
		ptrace(PTRACE_GETREGS, tracer->pid, 0, &regs);
		if (!in_call) {
			call_enter(tracer, &call, &regs);
		} else {
			call.result = (int64_t)regs.rax;
			call.flags |= CALL_RETURNED;
			call_exit(tracer, &call, &line);
		}
		in_call = !in_call;
	}
	if (in_call)
		call_exit(tracer, &call, &line);
	bytes_fini(&line);
	vec_free(&tracer->snippets);
}

int main(int argc, char **argv)
{
	struct tracer tracer = {.options = {.max_string_bytes = 32,
					    .netlink_protocol = netlink_protocol,
					    .interface_name = interface_name}};
	int option;

	while ((option = getopt(argc, argv, "+vxs:")) > 0) {
		if (option == 'v')
			tracer.options.verbose = true;
		else if (option == 'x')
			tracer.options.hex_strings++;
		else if (option == 's')
			tracer.options.max_string_bytes = (uint32_t)atoi(optarg);
	}
	tracer.options.context = &tracer;
	argv += optind;
	tracer.out = fopen(argv[0], "we");
	tracer.pid = fork();
	if (!tracer.pid) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[1], argv + 1);
		_exit(127);
	}
	waitpid(tracer.pid, NULL, 0);
	ptrace(PTRACE_SETOPTIONS, tracer.pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
	trace(&tracer);
	fclose(tracer.out);
	return 0;
}
