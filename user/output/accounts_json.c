// SPDX-License-Identifier: MIT
/* `prof report --account --json`: "prof.account/1". */
#include "output/accounts_output.h"
#include "output/json_stream.h"
#include "output/json_value.h"
#include "profile/facts.h"

static void set_count(json_t *object, const char *key, uint64_t count)
{
	set(object, key, json_count(count));
}

static json_t *json_account(const struct account *a)
{
	json_t *object = json_object();

	set_count(object, "life_ns", a->life_ns);
	set_count(object, "syscall_ns", a->syscall_ns);
	set(object, "known", json_boolean(a->is_known));
	if (!a->is_known)
		return object;
	set_count(object, "user_ns", a->user_ns);
	set_count(object, "fault_ns", a->fault_ns);
	set_count(object, "work_ns", a->work_ns);
	set_count(object, "waiting_ns", a->waiting_ns);
	set_count(object, "children_ns", a->children_ns);
	set_count(object, "ready_ns", a->ready_ns);
	set_count(object, "cpu_ns", a->cpu_ns);
	set_count(object, "parts_cpu_ns", a->parts_cpu_ns);
	set(object, "verdict", json_string(account_verdict_names[a->verdict]));
	set(object, "kept", json_boolean(a->is_kept));
	return object;
}

static json_t *json_thread(const struct recording *r, const struct account *a)
{
	const struct task *task = &r->tasks.items[a->task];
	json_t *object = json_account(a);

	set_count(object, "pid", r->tasks.items[task->process].pid);
	set_count(object, "tid", task->tid);
	set(object, "comm", json_text(task_comm(r, a->task)));
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
