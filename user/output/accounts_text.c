// SPDX-License-Identifier: MIT
/* Where the time of threads went: a table whose parts add up, and what speaks for it. */
#include "output/accounts_output.h"

#include <inttypes.h>
#include <math.h>

#include "cli/number.h"
#include "cli/text.h"
#include "output/call_groups_output.h"
#include "output/printable.h"
#include "profile/facts.h"

#define NAME_WIDTH 24

static void write_parts(FILE *out, const struct account *a)
{
	const uint64_t parts[] = {a->user_ns,    a->fault_ns,    a->work_ns,
				  a->waiting_ns, a->children_ns, a->ready_ns};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		fprintf(out, " %11.3f", (double)parts[i] / 1e6);
	fprintf(out, " %11.3f  %s%s\n", (double)a->cpu_ns / 1e6, account_verdict_names[a->verdict],
		a->is_kept ? ", when it has a processor" : "");
}

static void write_thread(FILE *out, const struct recording *r, const struct account *a)
{
	const struct task *task = &r->tasks.items[a->task];
	scoped_free char *comm = printable(task_comm(r, a->task));
	scoped_free char *label = xasprintf("%s/%" PRIu32, comm, task->tid);
	scoped_free char *cut = text_cut(label, NAME_WIDTH);

	fprintf(out, "  %s%*s", cut, NAME_WIDTH - (int)text_columns(cut), "");
	if (!a->life_ns) {
		fputs("         ?  its end is not known\n", out);
		return;
	}
	fprintf(out, " %11.3f", (double)a->life_ns / 1e6);
	if (a->is_known)
		write_parts(out, a);
	else
		fprintf(out, "  %.3f in system calls; the kernel's times are not known\n",
			(double)a->syscall_ns / 1e6);
}

/* The part of the account that could be wrong: two clocks for the same. */
static void write_check(const struct page *p, const struct account *all)
{
	char kernel[NUMBER_SIZE], parts[NUMBER_SIZE];
	double off = all->cpu_ns ? fabs((double)all->parts_cpu_ns - (double)all->cpu_ns) : 0;

	if (!all->life_ns)
		return;
	page_sentence(
		p, 2,
		"check: own code, faults and work took %s on processors, by the kernel it was "
		"%s: %.2f%% of the threads' time apart",
		duration_format(all->parts_cpu_ns, parts), duration_format(all->cpu_ns, kernel),
		100 * off / (double)all->life_ns);
}

static void write_command(FILE *out, const struct recording *r)
{
	struct known wall = recording_known(r, "wall_ns"), user = recording_known(r, "user_ns");
	struct known system = recording_known(r, "system_ns");
	char of_wall[NUMBER_SIZE], of_user[NUMBER_SIZE], of_system[NUMBER_SIZE];

	if (wall.is_known)
		fprintf(out, "  wall: %s\n", duration_format(wall.value, of_wall));
	if (user.is_known && system.is_known)
		fprintf(out, "  by wait4: user %s + system %s\n",
			duration_format(user.value, of_user),
			duration_format(system.value, of_system));
}

static void write_notes(FILE *out, const struct accounts *a)
{
	if (!a->has_all_calls)
		fputs("  note: not all system calls are in the recording: time in the others is in "
		      "user\n",
		      out);
	if (!a->has_faults)
		fputs("  note: page faults were not recorded: their time is in user\n", out);
}

void accounts_text(FILE *out, const struct accounts *accounts, const struct analysis_style *style)
{
	const struct page page = {.out = out, .style = style};

	lost_calls_line(out, recording_lost_syscalls(accounts->recording));
	page_heading(&page, "Where the time of threads went (ms)");
	fprintf(out, "  %-*s %11s %11s %11s %11s %11s %11s %11s %11s  %s\n", NAME_WIDTH, "thread",
		"life", "user", "faults", "work", "waiting", "children", "ready", "cpu",
		"what it does");
	vec_each (&accounts->threads, thread)
		write_thread(out, accounts->recording, thread);
	if (accounts->all.life_ns) {
		fprintf(out, "  %-*s %11.3f", NAME_WIDTH, "together",
			(double)accounts->all.life_ns / 1e6);
		write_parts(out, &accounts->all);
	}
	fputs("\n  life = user + faults + work (in system calls) + waiting (in them) + children "
	      "(waiting for\n  them) + ready (without a processor); cpu: by the kernel, to within "
	      "a tick a thread\n",
	      out);
	write_check(&page, &accounts->all);
	write_command(out, accounts->recording);
	write_notes(out, accounts);
}
