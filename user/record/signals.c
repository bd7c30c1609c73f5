// SPDX-License-Identifier: MIT
#include "record/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/error.h"

int signals_catch(struct signals *out)
{
	/* SIGXFSZ: a file-size limit is then an error of write(2), as a full disk is. */
	static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGXFSZ};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigaddset(&set, caught[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/* Whoever started prof may ignore it, and children of such a process leave no exit status.
	 */
	sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
	*out = (struct signals){.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)};
	return out->fd < 0 ? fail(-errno, "cannot catch signals") : 0;
}

void signals_fini(struct signals *signals)
{
	if (signals->fd >= 0)
		close(signals->fd);
	signals->fd = -1;
}

/* The terminal sends as the kernel; whoever uses kill(2) has meant prof alone. */
static void pass_on(const struct signals *signals, const struct signalfd_siginfo *info)
{
	if (signals->target && info->ssi_code != SI_KERNEL)
		kill(signals->target, (int)info->ssi_signo);
}

static void take(struct signals *signals, const struct signalfd_siginfo *info)
{
	switch (info->ssi_signo) {
	case SIGCHLD:
		signals->child_changed = true;
		return;
	case SIGINT:
	case SIGTERM:
	case SIGHUP:
		signals->interrupts++;
		break;
	case SIGXFSZ:
		return;
	}
	if (signals->interrupts <= 1)
		pass_on(signals, info);
}

void signals_wait(struct signals *signals, int timeout_ms)
{
	struct pollfd poll_fd = {.fd = signals->fd, .events = POLLIN};
	struct signalfd_siginfo info;

	if (poll(&poll_fd, 1, timeout_ms) <= 0)
		return;
	while (read(signals->fd, &info, sizeof info) == sizeof info)
		take(signals, &info);
}

void signal_die_of(int signal)
{
	sigset_t set;

	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
	sigemptyset(&set);
	sigaddset(&set, signal);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), signal);
	_exit(128 + signal);
}
