// SPDX-License-Identifier: MIT
/*
 * Prints all that a process inherits: arguments, environment, directory, descriptors, signal mask
 * and dispositions, limits, priority, scheduling, groups, capabilities. The same with and without
 * prof.
 */
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "program.h"

extern char **environ;

static void print_descriptors(void)
{
	for (int fd = 0; fd < 1024; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0)
			printf("fd %d: mode %o, inode %lu\n", fd, st.st_mode,
			       (unsigned long)st.st_ino);
	}
}

static void print_signals(void)
{
	sigset_t mask;

	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int signal = 1; signal < 65; signal++) {
		struct sigaction action = {0};

		if (sigaction(signal, NULL, &action) == 0)
			printf("signal %d: blocked %d, ignored %d, default %d\n", signal,
			       sigismember(&mask, signal), action.sa_handler == SIG_IGN,
			       action.sa_handler == SIG_DFL);
	}
}

static void print_limits(void)
{
	for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
		struct rlimit limit;

		getrlimit(resource, &limit);
		printf("limit %d: %lu %lu\n", resource, (unsigned long)limit.rlim_cur,
		       (unsigned long)limit.rlim_max);
	}
}

static void print_scheduling(void)
{
	cpu_set_t cpus;

	sched_getaffinity(0, sizeof cpus, &cpus);
	printf("nice %d, policy %d, cpus %d\n", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0),
	       CPU_COUNT(&cpus));
	printf("dumpable %d, no_new_privs %d, umask %o\n", prctl(PR_GET_DUMPABLE),
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), umask(0));
}

static void print_status_lines(void)
{
	static const char *const wanted[] = {
		"Uid:",    "Gid:",    "Groups:", "SigPnd:",  "ShdPnd:",
		"SigBlk:", "SigIgn:", "SigCgt:", "CapInh:",  "CapPrm:",
		"CapEff:", "CapBnd:", "CapAmb:", "Seccomp:", "TracerPid:"};
	FILE *status = fopen("/proc/self/status", "r");
	char line[512];

	while (status && fgets(line, sizeof line, status))
		for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
			if (!strncmp(line, wanted[i], strlen(wanted[i])))
				fputs(line, stdout);
	if (status)
		fclose(status);
}

int main(int argc, char **argv)
{
	char cwd[4096];
	int exit_signal = 0;

	print_descriptors();
	for (int i = 0; i < argc; i++)
		printf("argument %d: %s\n", i, argv[i]);
	for (char **word = environ; *word; word++)
		printf("environment %s\n", *word);
	printf("directory %s\n", getcwd(cwd, sizeof cwd));
	print_signals();
	print_limits();
	print_scheduling();
	print_status_lines();
	prctl(PR_GET_PDEATHSIG, &exit_signal);
	printf("parent death signal %d\n", exit_signal);
	printf("process group leader %d, session leader %d\n", getpgrp() == getpid(),
	       getsid(0) == getpid());
	return 0;
}
