// SPDX-License-Identifier: MIT
/*
 * What a terminal is shown and what a pipe is: width, colors, pager and progress.
 *
 * Each scene plays in a child of its own that has a pseudo-terminal, and prints there what the test
 * reads here.
 */
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "cli/pager.h"
#include "cli/progress.h"
#include "cli/terminal.h"

#include <cmocka.h> /* last: it makes a macro of fail() */

/* Plays a scene on a terminal of 123 columns and returns what was to be seen, and its exit status.
 */
static int play(void (*scene)(void), char *seen, size_t size)
{
	struct winsize window = {.ws_row = 40, .ws_col = 123};
	size_t used = 0;
	ssize_t got;
	int terminal, status;
	pid_t child = forkpty(&terminal, NULL, NULL, &window);

	assert_true(child >= 0);
	if (!child) {
		scene();
		fflush(stdout);
		_exit(7);
	}
	while (used + 1 < size && (got = read(terminal, seen + used, size - used - 1)) > 0)
		used += (size_t)got;
	seen[used] = '\0';
	close(terminal);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int plain_environment(void **state)
{
	(void)state;
	unsetenv("COLUMNS");
	unsetenv("NO_COLOR");
	unsetenv("CLICOLOR_FORCE");
	unsetenv("PROF_PAGER");
	unsetenv("PAGER");
	setenv("TERM", "xterm", 1);
	return 0;
}

/* ---- Width ---- */

static void print_widths(void)
{
	printf("%u ", terminal_width());
	setenv("COLUMNS", "77", 1);
	printf("%u ", terminal_width());
	setenv("COLUMNS", "many", 1);
	printf("%u ", terminal_width());
	setenv("COLUMNS", "0", 1);
	printf("%u", terminal_width());
}

static void test_width(void **state)
{
	char seen[128];

	(void)state;
	assert_int_equal(play(print_widths, seen, sizeof seen), 7);
	assert_string_equal(seen, "123 77 123 123");
}

/* Replaces standard output while `look` looks. */
static unsigned int width_in_a_pipe(void)
{
	int ends[2], saved = dup(STDOUT_FILENO);
	unsigned int width;

	assert_int_equal(pipe(ends), 0);
	fflush(stdout);
	dup2(ends[1], STDOUT_FILENO);
	width = terminal_width();
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(ends[0]);
	close(ends[1]);
	return width;
}

static void test_width_in_a_pipe(void **state)
{
	(void)state;
	assert_int_equal(width_in_a_pipe(), WIDTH_UNLIMITED);
	setenv("COLUMNS", "77", 1);
	assert_int_equal(width_in_a_pipe(), WIDTH_UNLIMITED);
}

/* ---- Colors ---- */

static void print_colors(void)
{
	printf("%d", color_wanted(COLOR_AUTO));
	setenv("NO_COLOR", "", 1);
	printf("%d", color_wanted(COLOR_AUTO));
	setenv("NO_COLOR", "1", 1);
	printf("%d%d", color_wanted(COLOR_AUTO), color_wanted(COLOR_ALWAYS));
	unsetenv("NO_COLOR");
	setenv("TERM", "dumb", 1);
	printf("%d", color_wanted(COLOR_AUTO));
	setenv("CLICOLOR_FORCE", "1", 1);
	printf("%d%d", color_wanted(COLOR_AUTO), color_wanted(COLOR_NEVER));
}

static void print_colors_elsewhere(void)
{
	int terminal = dup(STDOUT_FILENO);
	int results[3];

	dup2(open("/dev/null", O_RDWR), STDOUT_FILENO);
	results[0] = color_wanted(COLOR_AUTO);
	setenv("CLICOLOR_FORCE", "1", 1);
	results[1] = color_wanted(COLOR_AUTO);
	setenv("CLICOLOR_FORCE", "0", 1);
	results[2] = color_wanted(COLOR_AUTO);
	dprintf(terminal, "%d%d%d", results[0], results[1], results[2]);
}

static void test_colors(void **state)
{
	char seen[128];

	(void)state;
	play(print_colors, seen, sizeof seen);
	assert_string_equal(seen, "1101010");
	plain_environment(NULL);
	play(print_colors_elsewhere, seen, sizeof seen);
	assert_string_equal(seen, "010");
}

static void swallow(const char *line)
{
	(void)line;
}

static void test_color_words(void **state)
{
	enum color_mode mode = COLOR_AUTO;

	(void)state;
	assert_int_equal(color_mode_parse("never", &mode), 0);
	assert_int_equal(mode, COLOR_NEVER);
	assert_int_equal(color_mode_parse("always", &mode), 0);
	assert_int_equal(mode, COLOR_ALWAYS);
	message_sink_set(swallow);
	assert_int_equal(color_mode_parse("sometimes", &mode), -EINVAL);
	assert_int_equal(color_mode_parse("", &mode), -EINVAL);
	message_sink_set(NULL);
	assert_int_equal(mode, COLOR_ALWAYS);
}

/* ---- Pager ---- */

static void print_through_pager(bool wanted)
{
	struct pager pager;

	pager_start(&pager, wanted);
	puts("one");
	puts("two");
	pager_finish(&pager);
	puts("after");
}

static void page_by_shell(void)
{
	setenv("PAGER", "false", 1); /* loses */
	setenv("PROF_PAGER", "sed 's/^/<paged> /'", 1);
	print_through_pager(true);
}

static void page_by_word(void)
{
	setenv("PAGER", "tac", 1);
	print_through_pager(true);
}

static void page_unwanted(void)
{
	setenv("PAGER", "tac", 1);
	print_through_pager(false);
}

static void page_by_nothing(void)
{
	message_sink_set(swallow);
	setenv("PAGER", "/nonexistent/pager", 1);
	print_through_pager(true);
}

static void page_by_cat(void)
{
	setenv("PAGER", "cat", 1);
	print_through_pager(true);
}

static void test_pager(void **state)
{
	char seen[256];

	(void)state;
	assert_int_equal(play(page_by_shell, seen, sizeof seen), 7);
	assert_string_equal(seen, "<paged> one\r\n<paged> two\r\nafter\r\n");
	assert_int_equal(play(page_by_word, seen, sizeof seen), 7);
	assert_string_equal(seen, "two\r\none\r\nafter\r\n");
	assert_int_equal(play(page_unwanted, seen, sizeof seen), 7);
	assert_string_equal(seen, "one\r\ntwo\r\nafter\r\n");
	assert_int_equal(play(page_by_nothing, seen, sizeof seen), 7);
	assert_string_equal(seen, "one\r\ntwo\r\nafter\r\n");
	assert_int_equal(play(page_by_cat, seen, sizeof seen), 7);
	assert_string_equal(seen, "one\r\ntwo\r\nafter\r\n");
}

/* Leaves the pager after one line of very many, far more than a pipe holds. */
static void leave_early(void)
{
	struct pager pager;

	setenv("PAGER", "head -n 1", 1);
	pager_start(&pager, true);
	for (int i = 0; i < 100000; i++)
		printf("line %d\n", i);
	pager_finish(&pager);
	printf("flush %d\n", stdout_flush());
}

static void test_pager_left_early(void **state)
{
	char seen[256];

	(void)state;
	assert_int_equal(play(leave_early, seen, sizeof seen), 7);
	assert_string_equal(seen, "line 0\r\nflush 0\r\n");
}

static void write_to_full_disk(void)
{
	int terminal = dup(STDOUT_FILENO), now, later;

	message_sink_set(swallow);
	dup2(open("/dev/full", O_WRONLY), STDOUT_FILENO);
	printf("lost");
	now = stdout_flush();
	for (int i = 0; i < 10000; i++) /* fails before it is flushed */
		printf("lost");
	fflush(stdout);
	later = stdout_flush();
	dprintf(terminal, "%d %d", now, later);
}

static void test_full_disk(void **state)
{
	char seen[64], wanted[64];

	(void)state;
	play(write_to_full_disk, seen, sizeof seen);
	snprintf(wanted, sizeof wanted, "%d %d", -ENOSPC, -ENOSPC); /* the reason is kept */
	assert_string_equal(seen, wanted);
}

/* ---- Progress ---- */

static void sleep_ms(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
}

/* 1.5 seconds in steps of five milliseconds. */
static void work(bool wanted)
{
	struct progress p;

	progress_start(&p, "working", 300, wanted);
	for (uint64_t i = 0; i < 300; i++) {
		progress_update(&p, i);
		sleep_ms(5);
	}
	progress_finish(&p);
}

static void work_in_foreground(void)
{
	work(true);
}

static void work_unwatched(void)
{
	work(false);
}

static void work_in_background(void)
{
	signal(SIGTTOU, SIG_IGN);
	if (!fork()) {
		setpgid(0, 0);
		work(true);
		_exit(0);
	}
	wait(NULL);
}

static void work_shortly(void)
{
	struct progress p;

	progress_start(&p, "working", 2, true);
	progress_update(&p, 1);
	progress_finish(&p);
}

static unsigned int occurrences(const char *text, const char *what)
{
	unsigned int count = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		count++;
	return count;
}

static double now_seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void test_progress(void **state)
{
	char seen[16384];
	const char *end = "\r\033[K";
	double started = now_seconds(), elapsed;
	unsigned int updates;
	int percent;

	(void)state;
	play(work_in_foreground, seen, sizeof seen);
	elapsed = now_seconds() - started;
	updates = occurrences(seen, "working: ");
	/* Nothing in the first second, then ten lines a second at most. */
	assert_in_range(updates, 2, (unsigned int)(10 * (elapsed - 1)) + 1);
	assert_int_equal(sscanf(seen, "\rworking: %d%%", &percent), 1);
	assert_in_range(percent, 1, 67);
	assert_string_equal(seen + strlen(seen) - strlen(end), end);
}

static void test_no_progress(void **state)
{
	char seen[256];

	(void)state;
	play(work_unwatched, seen, sizeof seen);
	assert_string_equal(seen, "");
	play(work_in_background, seen, sizeof seen);
	assert_string_equal(seen, "");
	play(work_shortly, seen, sizeof seen);
	assert_string_equal(seen, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_width, plain_environment),
		cmocka_unit_test_setup(test_width_in_a_pipe, plain_environment),
		cmocka_unit_test_setup(test_colors, plain_environment),
		cmocka_unit_test_setup(test_color_words, plain_environment),
		cmocka_unit_test_setup(test_pager, plain_environment),
		cmocka_unit_test_setup(test_pager_left_early, plain_environment),
		cmocka_unit_test_setup(test_full_disk, plain_environment),
		cmocka_unit_test_setup(test_progress, plain_environment),
		cmocka_unit_test_setup(test_no_progress, plain_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
