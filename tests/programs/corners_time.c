// SPDX-License-Identifier: MIT
/*
 * System calls on clocks, timers, and waiting for descriptors. Nothing here sets a clock.
 */
#include "corners.h"

#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/timex.h>
#include <sys/times.h>
#include <time.h>

static const struct timespec odd[] = {
	{0, 0}, {0, 1}, {-1, -1}, {0, 1000000000}, {LONG_MIN, LONG_MAX}, {1700000000, 5}};
#define NR_ODD (sizeof odd / sizeof *odd)

static void clocks(void)
{
	static const long ids[] = {0,  1,  2,  3,  4,  5,  6,  7,        8,          9,    10,
				   11, 12, -2, -6, -7, -8, -3, HIGH | 1, 0x7fffffff, -1234};
	struct timespec ts;

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
		call(SYS_clock_getres, ids[i], tail(16));
		call(SYS_clock_getres, ids[i], NULL);
		call(SYS_clock_gettime, ids[i], NOWHERE);
		call(SYS_clock_gettime, ids[i], tail(15));
	}
	for (size_t i = 0; i < NR_ODD; i++) {
		ts = odd[i];
		call(SYS_clock_settime, 77, TAIL(ts));
		call(SYS_clock_nanosleep, 77, 0, TAIL(ts), NULL);
		if (i == 0 || i == 2 || i == 3)
			call(SYS_nanosleep, TAIL(ts), NOWHERE);
	}
	call(SYS_clock_settime, 77, NULL);
	call(SYS_clock_nanosleep, 1, 1, NULL, NULL);
	call(SYS_clock_nanosleep, 1, 0xff, NOWHERE, NOWHERE);
	call(SYS_clock_nanosleep, 1, 1, TAIL(odd[1]), &ts);
	call(SYS_clock_nanosleep, 0, 0, TAIL(odd[1]), &ts);
	call(SYS_nanosleep, NULL, NULL);
	call(SYS_nanosleep, tail(15), &ts);
	call(SYS_nanosleep, TAIL(odd[1]), &ts);
	call(SYS_gettimeofday, NOWHERE, NULL);
	call(SYS_gettimeofday, NULL, tail(8));
	call(SYS_gettimeofday, NULL, NULL);
	call(SYS_settimeofday, NOWHERE, NULL);
	call(SYS_settimeofday, NULL, NOWHERE);
	call(SYS_settimeofday, TAIL((struct timeval){-1, 5}), TAIL((struct timezone){-60, 1}));
	call(SYS_settimeofday, TAIL((struct timeval){1, 1000001}), NULL);
	call(SYS_settimeofday, NULL, NULL);
	call(SYS_time, NOWHERE);
	call(SYS_times, NOWHERE);
	call(SYS_alarm, 0);
	call(SYS_alarm, HIGH | 1000000);
	call(SYS_alarm, 0);
	call(SYS_adjtimex, NULL);
	call(SYS_adjtimex, NOWHERE);
	call(SYS_adjtimex, tail(207));
	call(SYS_adjtimex, tail(208));
	call(SYS_clock_adjtime, 0, tail(208));
	call(SYS_clock_adjtime, 12, tail(208));
	call(SYS_clock_adjtime, -1, NOWHERE);
}

/* The end of waiting is told of: what is left, and how the time is given back. */
static void on_alarm(int signal)
{
	(void)signal;
}

static void interrupted(void)
{
	struct itimerval soon = {{0, 0}, {0, 20000}};
	struct timespec second = {3, 0}, left = {0, 0};
	struct timeval tv = {3, 0};
	struct sigaction action = {.sa_handler = on_alarm};
	struct pollfd pfd = {-1, 0, 0};

	sigaction(SIGALRM, &action, NULL);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_nanosleep, &second, &second);
	second = (struct timespec){3, 0};
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &second, &left);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &second, NULL);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_poll, &pfd, 1, 3000);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_ppoll, &pfd, 1, &second, NULL, 8L);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_select, 0, NULL, NULL, NULL, &tv);
	call(SYS_setitimer, 0, &soon, NULL);
	call(SYS_pause);
}

static void timers(void)
{
	struct itimerval it = {{1, 2}, {3000, 4}};
	struct itimerspec its = {{1, 2}, {1700000000, 4}};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
				 .sigev_signo = SIGUSR1,
				 .sigev_value.sival_ptr = (void *)0xdeadbeef00000001};
	int timer = 0, fd;

	call(SYS_getitimer, 0, tail(32));
	call(SYS_getitimer, 1, tail(31));
	call(SYS_getitimer, 3, NOWHERE);
	call(SYS_getitimer, HIGH | 0xffffffff, NULL);
	call(SYS_setitimer, 1, TAIL(it), tail(32));
	call(SYS_setitimer, 1, &it, &it);
	call(SYS_setitimer, 1, NULL, &it);
	call(SYS_setitimer, 9, NOWHERE, NOWHERE);
	call(SYS_setitimer, 2, tail(31), NULL);
	it.it_value.tv_usec = -1;
	call(SYS_setitimer, 2, TAIL(it), NULL);
	call(SYS_timer_create, 1, NULL, &timer);
	call(SYS_timer_create, 1, TAIL(event), &timer);
	event.sigev_notify = SIGEV_NONE;
	event.sigev_signo = 77;
	call(SYS_timer_create, 1, TAIL(event), tail(4));
	event.sigev_notify = SIGEV_THREAD;
	call(SYS_timer_create, 0, TAIL(event), tail(3));
	event.sigev_notify = 4;
	event._sigev_un._tid = 1;
	call(SYS_timer_create, 0, TAIL(event), &timer);
	event.sigev_notify = 55;
	call(SYS_timer_create, -1, TAIL(event), NULL);
	call(SYS_timer_create, 50, tail(63), NOWHERE);
	call(SYS_timer_settime, timer, 0, TAIL(its), NULL);
	call(SYS_timer_settime, timer, 1, &its, tail(32));
	call(SYS_timer_settime, HIGH | 1000, 0xff, NOWHERE, NOWHERE);
	call(SYS_timer_settime, -1, 2, NULL, NULL);
	call(SYS_timer_gettime, 0, tail(32));
	call(SYS_timer_gettime, timer, tail(31));
	call(SYS_timer_gettime, -1, NULL);
	call(SYS_timer_getoverrun, 0);
	call(SYS_timer_getoverrun, HIGH | 0xffffffff);
	call(SYS_timer_delete, timer);
	call(SYS_timer_delete, -1);
	fd = (int)call(SYS_timerfd_create, 1, TFD_CLOEXEC | TFD_NONBLOCK);
	call(SYS_timerfd_create, 0xff, 0xff);
	call(SYS_timerfd_create, -1, HIGH);
	call(SYS_timerfd_settime, fd, TFD_TIMER_ABSTIME, TAIL(its), NULL);
	call(SYS_timerfd_settime, fd, 3, &its, tail(32));
	call(SYS_timerfd_settime, -1, 0xfff0, tail(31), NOWHERE);
	call(SYS_timerfd_settime, -1, 0, NULL, NULL);
	call(SYS_timerfd_gettime, fd, tail(32));
	call(SYS_timerfd_gettime, fd, tail(31));
	call(SYS_timerfd_gettime, -1, NULL);
	call(SYS_eventfd, HIGH | 5);
	call(SYS_eventfd2, -1, 0x80801);
	call(SYS_eventfd2, 0, 0xff);
	call(SYS_eventfd2, 0, 0);
}

static void polling(void)
{
	struct pollfd fds[3] = {{0, POLLIN | POLLOUT, 0}, {1, -1, 0}, {100, POLLIN, 0}};
	struct pollfd many[40];
	struct timespec ts = {0, 1}, wrong = {0, -1};
	uint64_t mask = 0x8000000100000201;
	int pipes[2];

	if (pipe(pipes))
		err(1, "pipe");
	memset(many, 0, sizeof many);
	for (int i = 0; i < 40; i++)
		many[i] = (struct pollfd){i % 2 ? -1 : pipes[1], POLLOUT, 0};
	call(SYS_poll, TAIL(fds), 3, 0);
	call(SYS_poll, TAIL(fds), HIGH | 2, -1);
	call(SYS_poll, TAIL(fds), 4, 0);
	call(SYS_poll, NULL, 0, 1);
	call(SYS_poll, NULL, 1, 0);
	call(SYS_poll, fds, -1, 0);
	call(SYS_poll, NOWHERE, 3, 0);
	call(SYS_poll, tail(12), 2, 0);
	call(SYS_poll, many, 40, 0);
	call(SYS_poll, many + 1, 1, 0);
	call(SYS_ppoll, TAIL(fds), 3, NULL, NULL, 0L);
	call(SYS_ppoll, fds, 3, &ts, &mask, 8L);
	call(SYS_ppoll, many + 1, 1, &ts, NULL, 8L);
	call(SYS_ppoll, many + 1, 1, &ts, &mask, 8L);
	call(SYS_ppoll, many, 2, &ts, &mask, 8L);
	call(SYS_ppoll, NULL, 0, &wrong, &mask, 9L);
	call(SYS_ppoll, NOWHERE, 1, NOWHERE, NOWHERE, 8L);
	call(SYS_ppoll, NULL, 1, tail(15), tail(7), 8L);
}

static void selecting(void)
{
	fd_set in, out, ex;
	struct timeval tv = {0, 1};
	struct timespec ts = {0, 1};
	uint64_t mask = 1;
	struct {
		const void *mask;
		size_t size;
	} data = {&mask, 8};
	int pipes[2];

	if (pipe(pipes))
		err(1, "pipe");
	memset(&in, 0, sizeof in);
	memset(&out, 0, sizeof out);
	memset(&ex, 0, sizeof ex);
	FD_SET(pipes[0], &in);
	FD_SET(pipes[1], &out);
	FD_SET(pipes[1], &ex);
	call(SYS_select, 100, &in, &out, &ex, NULL);
	FD_SET(pipes[0], &in);
	FD_SET(0, &ex);
	call(SYS_select, pipes[1] + 1, &in, NULL, &ex, &tv);
	FD_SET(pipes[0], &in);
	tv.tv_usec = 1;
	call(SYS_select, pipes[0] + 1, &in, NULL, NULL, &tv);
	FD_SET(200, &in);
	call(SYS_select, 300, &in, &out, &ex, &tv);
	call(SYS_select, -1, &in, NULL, NULL, NULL);
	call(SYS_select, HIGH | 0, NULL, NULL, NULL, &tv);
	call(SYS_select, 0, &in, &out, &ex, &tv);
	call(SYS_select, 64, NOWHERE, NULL, NULL, NOWHERE);
	call(SYS_select, 64, tail(8), tail(7), NULL, tail(15));
	call(SYS_select, 1000000, NULL, NULL, NULL, TAIL((struct timeval){-1, -1}));
	call(SYS_select, 65, tail(8), NULL, NULL, &tv);
	memset(&in, 0, sizeof in);
	FD_SET(1, &in);
	FD_SET(pipes[1], &in);
	call(SYS_pselect6, 64, NULL, &in, NULL, &ts, NULL);
	call(SYS_pselect6, 64, NULL, NULL, NULL, &ts, &data);
	data.size = 5;
	call(SYS_pselect6, 64, NULL, NULL, NULL, &ts, TAIL(data));
	data.mask = NULL;
	call(SYS_pselect6, 0, NULL, NULL, NULL, &ts, TAIL(data));
	call(SYS_pselect6, -1, NULL, NULL, NULL, NOWHERE, tail(15));
}

static void epolls(void)
{
	struct epoll_event event = {EPOLLIN | EPOLLET, {.u64 = 0x123456789abcdef0}};
	struct timespec ts = {0, 1};
	uint64_t mask = 0;
	int fd = (int)call(SYS_epoll_create1, EPOLL_CLOEXEC), pipes[2];

	if (pipe(pipes))
		err(1, "pipe");
	call(SYS_epoll_create, -1);
	call(SYS_epoll_create, HIGH | 7);
	call(SYS_epoll_create1, 0);
	call(SYS_epoll_create1, 0x80001);
	call(SYS_epoll_create1, 5);
	call(SYS_epoll_ctl, fd, EPOLL_CTL_ADD, pipes[0], TAIL(event));
	event.events = EPOLLOUT;
	call(SYS_epoll_ctl, fd, EPOLL_CTL_ADD, pipes[1], TAIL(event));
	event.events = -1;
	call(SYS_epoll_ctl, fd, EPOLL_CTL_MOD, 100, TAIL(event));
	event.events = 0;
	call(SYS_epoll_ctl, fd, EPOLL_CTL_MOD, 100, TAIL(event));
	call(SYS_epoll_ctl, fd, EPOLL_CTL_DEL, pipes[0], &event);
	call(SYS_epoll_ctl, fd, EPOLL_CTL_DEL, pipes[0], NULL);
	call(SYS_epoll_ctl, -1, 9, -1, &event);
	call(SYS_epoll_ctl, -1, HIGH, -1, tail(11));
	call(SYS_epoll_ctl, -1, 1, -1, NULL);
	call(SYS_epoll_wait, fd, arena(), 5, 0);
	call(SYS_epoll_wait, fd, tail(12), 1, 0);
	call(SYS_epoll_wait, fd, tail(11), 1, 0);
	call(SYS_epoll_wait, fd, arena(), 0, -1);
	call(SYS_epoll_wait, -1, NOWHERE, -1, HIGH | 5);
	call(SYS_epoll_pwait, fd, arena(), 5, 0, NULL, 8L);
	call(SYS_epoll_pwait, fd, arena(), 5, 0, TAIL(mask), 8L);
	call(SYS_epoll_pwait, fd, arena(), 5, 0, TAIL(mask), 5L);
	call(SYS_epoll_pwait2, fd, arena(), 5, &ts, TAIL(mask), 8L);
	call(SYS_epoll_pwait2, fd, arena(), 5, NULL, NULL, 8L);
	call(SYS_epoll_pwait2, -1, arena(), 5, NOWHERE, NOWHERE, -1L);
	close(pipes[1]);
	call(SYS_epoll_wait, fd, arena(), 5, 0);
	call(SYS_epoll_ctl_old, 1, 2, 3, 4);
	call(SYS_epoll_wait_old, 1, 2, 3, 4);
}

int main(void)
{
	setenv("TZ", "UTC", 1);
	clocks();
	timers();
	polling();
	selecting();
	epolls();
	interrupted();
	return 0;
}
