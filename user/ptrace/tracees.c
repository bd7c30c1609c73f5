// SPDX-License-Identifier: MIT
#include "ptrace/tracees.h"

#include <stdlib.h>

#include "base/alloc.h"

struct tracee_link {
	struct tracee tracee;
	struct tracee_link *next;
};

static struct tracee_link **slot_of(struct tracees *tracees, pid_t tid)
{
	struct tracee_link **slot = &tracees->slots[(unsigned int)tid % NR_TRACEE_SLOTS];

	while (*slot && (*slot)->tracee.tid != tid)
		slot = &(*slot)->next;
	return slot;
}

static struct tracee_link *take_out(struct tracees *tracees, pid_t tid)
{
	struct tracee_link **slot = slot_of(tracees, tid), *link = *slot;

	*slot = link->next;
	link->next = NULL;
	return link;
}

struct tracee *tracees_find(struct tracees *tracees, pid_t tid)
{
	struct tracee_link *link = *slot_of(tracees, tid);

	return link ? &link->tracee : NULL;
}

struct tracee *tracees_add(struct tracees *tracees, pid_t tid, pid_t pid)
{
	struct tracee_link *link = xnew(struct tracee_link);

	link->tracee.tid = tid;
	link->tracee.pid = pid;
	*slot_of(tracees, tid) = link;
	tracees->nr++;
	return &link->tracee;
}

void tracees_remove(struct tracees *tracees, struct tracee *t)
{
	free(take_out(tracees, t->tid));
	tracees->nr--;
}

void tracees_remove_all(struct tracees *tracees)
{
	for (unsigned int i = 0; i < NR_TRACEE_SLOTS; i++)
		while (tracees->slots[i])
			tracees_remove(tracees, &tracees->slots[i]->tracee);
}

void tracees_replace(struct tracees *tracees, struct tracee *place, struct tracee *t)
{
	struct tracee_link *link = take_out(tracees, t->tid);

	t->pid = place->pid;
	t->tid = place->tid;
	tracees_remove(tracees, place);
	*slot_of(tracees, t->tid) = link;
}

void tracees_each(struct tracees *tracees, void (*visit)(void *arg, struct tracee *t), void *arg)
{
	for (unsigned int i = 0; i < NR_TRACEE_SLOTS; i++)
		for (struct tracee_link *link = tracees->slots[i]; link; link = link->next)
			visit(arg, &link->tracee);
}

void tracees_note_unborn(struct tracees *tracees, pid_t tid)
{
	*vec_push(&tracees->unborn) = tid;
}

bool tracees_take_unborn(struct tracees *tracees, pid_t tid)
{
	vec_each (&tracees->unborn, unborn) {
		if (*unborn != tid)
			continue;
		*unborn = tracees->unborn.items[--tracees->unborn.size];
		return true;
	}
	return false;
}

void tracees_fini(struct tracees *tracees)
{
	tracees_remove_all(tracees);
	vec_free(&tracees->unborn);
}
