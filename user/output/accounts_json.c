// SPDX-License-Identifier: MIT
#include "output/accounts_output.h"
#include "output/json_stream.h"
#include "output/printable.h"
#include "profile/facts.h"

static void set(json_t *object, const char *key, uint64_t count)
{
	json_object_set_new(object, key, json_count(count));
}

static json_t *json_account(const struct account *a)
{
	json_t *object = json_object();

	set(object, "life_ns", a->life_ns);
	set(object, "syscall_ns", a->syscall_ns);
	json_object_set_new(object, "known", json_boolean(a->is_known));
	if (!a->is_known)
		return object;
	set(object, "user_ns", a->user_ns);
	set(object, "fault_ns", a->fault_ns);
	set(object, "work_ns", a->work_ns);
	set(object, "waiting_ns", a->waiting_ns);
	set(object, "children_ns", a->children_ns);
	set(object, "ready_ns", a->ready_ns);
	set(object, "cpu_ns", a->cpu_ns);
	set(object, "parts_cpu_ns", a->parts_cpu_ns);
	json_object_set_new(object, "verdict", json_string(account_verdict_names[a->verdict]));
	json_object_set_new(object, "kept", json_boolean(a->is_kept));
	return object;
}

static json_t *json_thread(const struct recording *r, const struct account *a)
{
	const struct task *task = &r->tasks.items[a->task];
	json_t *object = json_account(a);

	set(object, "pid", r->tasks.items[task->process].pid);
	set(object, "tid", task->tid);
	json_object_set_new(object, "comm", json_text(task_comm(r, a->task)));
	return object;
}

static json_t *json_known(const struct recording *r, const char *counter)
{
	struct known known = recording_known(r, counter);

	return known.is_known ? json_count(known.value) : json_null();
}

void accounts_json(FILE *out, const struct accounts *accounts)
{
	const struct recording *r = accounts->recording;
	struct json_stream s;

	json_stream_begin(&s, out);
	json_stream_member(&s, "schema", json_string("prof.account/1"));
	json_stream_member(&s, "lost", json_count(recording_lost_syscalls(r)));
	json_stream_member(&s, "wall_ns", json_known(r, "wall_ns"));
	json_stream_member(&s, "user_ns", json_known(r, "user_ns"));
	json_stream_member(&s, "system_ns", json_known(r, "system_ns"));
	json_stream_member(&s, "all_calls", json_boolean(accounts->has_all_calls));
	json_stream_member(&s, "faults", json_boolean(accounts->has_faults));
	json_stream_array_begin(&s, "threads");
	vec_each (&accounts->threads, thread)
		json_stream_element(&s, json_thread(r, thread));
	json_stream_array_end(&s);
	json_stream_member(&s, "all", json_account(&accounts->all));
	json_stream_end(&s);
}
