// SPDX-License-Identifier: MIT
#include "capture/configure.h"

#include <bpf/libbpf.h>
#include <string.h>
#include <sys/syscall.h>

#include "prof.skel.h"

static void set_switches(struct prof_bpf *s, const struct capture_options *options)
{
	s->rodata->cfg_faults = options->faults;
	s->rodata->cfg_allocs = options->allocs;
#ifdef __x86_64__
	s->rodata->cfg_nr_uretprobe = 335;
#endif
	s->rodata->cfg_places = options->places;
	s->rodata->cfg_attached = options->joins;
	if (options->joins) /* there is no root */
		s->data->nr_tasks = s->data->nr_spaces = 0;
	s->rodata->cfg_fault_kinds = options->fault_kinds ? options->fault_kinds : ~0U;
	s->rodata->cfg_follow = !options->command_alone;
	s->rodata->cfg_syscall_events = !options->totals_only;
	s->rodata->cfg_all_syscalls = !options->syscall_set;
	if (options->syscall_set)
		memcpy((void *)s->rodata->cfg_syscall_set, options->syscall_set,
		       sizeof s->rodata->cfg_syscall_set);
	s->rodata->cfg_stacks = options->stacks;
	s->rodata->cfg_fault_stacks = options->stacks && options->fault_stacks;
	s->rodata->cfg_all_syscall_stacks = !options->stacks || !options->syscall_stack_set;
	if (options->syscall_stack_set)
		memcpy((void *)s->rodata->cfg_syscall_stack_set, options->syscall_stack_set,
		       sizeof s->rodata->cfg_syscall_stack_set);
	s->rodata->cfg_kernel_stacks = options->stacks && options->kernel_stacks;
	s->rodata->cfg_captures = options->plans || options->enter_events;
	s->rodata->cfg_enter_events = options->enter_events;
	s->rodata->cfg_descriptors = options->plans && options->descriptors;
	s->rodata->cfg_whole_arrays = options->whole_arrays;
	s->rodata->cfg_string_bytes = options->string_bytes;
	s->rodata->cfg_nr_execve = SYS_execve;
	s->rodata->cfg_nr_execveat = SYS_execveat;
	s->rodata->cfg_nr_exit = SYS_exit;
	s->rodata->cfg_nr_exit_group = SYS_exit_group;
	s->rodata->cfg_nr_rt_sigreturn = SYS_rt_sigreturn;
	s->rodata->cfg_nr_mmap = SYS_mmap;
	s->rodata->cfg_nr_mprotect = SYS_mprotect;
	s->rodata->cfg_nr_pkey_mprotect = SYS_pkey_mprotect;
	s->rodata->cfg_nr_munmap = SYS_munmap;
	s->rodata->cfg_nr_mremap = SYS_mremap;
	s->rodata->cfg_nr_shmat = SYS_shmat;
	s->rodata->cfg_nr_fcntl = SYS_fcntl;
	s->rodata->cfg_nr_recvmsg = SYS_recvmsg;
	s->rodata->cfg_nr_clone = SYS_clone;
	s->rodata->cfg_nr_clone3 = SYS_clone3;
#ifdef SYS_fork /* newer architectures have neither */
	s->rodata->cfg_nr_fork = SYS_fork;
	s->rodata->cfg_nr_vfork = SYS_vfork;
#else
	s->rodata->cfg_nr_fork = s->rodata->cfg_nr_vfork = SYS_clone;
#endif
}

/* A call that waits for nobody, and of which something is read after it in any case, is read once
 * then: that saves an event. */
static void leave_to_exit(const struct capture_plan *plan, struct capture_brief *brief)
{
	for (uint32_t i = 0; i < plan->nr_ops; i++) {
		if (plan->ops[i].when & CAPTURE_ENTER)
			brief->given_arg = plan->ops[i].arg;
		else
			brief->filled_arg = plan->ops[i].arg;
	}
	brief->retry_ops = brief->enter_ops;
	brief->enter_ops = 0;
}

/* With `enter_events` somebody wants to see at once what a call is given. */
static struct capture_brief brief_of(const struct capture_plan *plan, bool enter_events)
{
	struct capture_brief brief = {0};
	const uint32_t makes = PLAN_MAKES_FD | PLAN_MAKES_FDS | PLAN_CHANGES_SOCKET;

	for (uint32_t i = 0; i < plan->nr_ops && i < MAX_CAPTURE_OPS; i++) {
		const struct capture_op *op = &plan->ops[i];

		if (op->kind == CAPTURE_NOTHING)
			continue;
		brief.enter_ops |= !!(op->when & CAPTURE_ENTER) << i;
		brief.exit_ops |= !!(op->when & CAPTURE_EXIT) << i;
	}
	if (plan->flags & PLAN_AT_ONCE && !enter_events)
		leave_to_exit(plan, &brief);
	if (plan->flags & makes)
		brief.makes_descriptors =
			(plan->flags & makes) | (plan->flags >> PLAN_FDS_ARG_SHIFT & 0xf) << 4;
	return brief;
}

/* Whichever, if one of the operations wants so, or there is none. */
static uint64_t commands_of(const struct capture_plan *plan)
{
	uint64_t commands = 0;

	for (uint32_t i = 0; i < plan->nr_ops && i < MAX_CAPTURE_OPS; i++)
		commands |= plan->ops[i].commands ? plan->ops[i].commands : ~0ULL;
	return plan->nr_ops ? commands : ~0ULL;
}

static void give_plans(struct prof_bpf *s, const struct capture_plan *plans, bool enter_events)
{
	if (!plans)
		return;
	memcpy(s->bss->capture_plans, plans, sizeof s->bss->capture_plans);
	for (uint32_t nr = 0; nr < NR_CAPTURE_PLANS; nr++) {
		s->bss->capture_briefs[nr] = brief_of(&plans[nr], enter_events);
		s->bss->capture_commands[nr] = commands_of(&plans[nr]);
	}
}

/* Programs of features that are off are not loaded at all. */
static void choose_programs(struct prof_bpf *s, const struct capture_options *options)
{
	const struct {
		struct bpf_program *program;
		bool wanted;
	} choices[] = {
		{s->progs.on_sys_enter, options->syscalls},
		{s->progs.on_sys_exit, options->syscalls},
		{s->progs.on_release, !options->syscalls && !options->joins},
		{s->progs.on_syscall_name, options->new_syscalls},
		{s->progs.on_join, options->joins},
		{s->progs.on_join_mapping, options->joins && (options->stacks || options->faults)},
		{s->progs.on_mapping, !options->syscalls && (options->stacks || options->faults)},
		{s->progs.on_signal_sent, options->sent_signals},
		{s->progs.on_exit_mmap, options->stacks},
		{s->progs.on_walk, options->stacks},
		{s->progs.on_capture, options->plans || options->enter_events},
		{s->progs.on_page_fault_user, options->faults},
		{s->progs.on_page_fault_kernel, options->faults},
		{s->progs.on_minor_fault, options->faults},
		{s->progs.on_major_fault, options->faults},
		{s->progs.on_alloc_call, options->allocs},
		{s->progs.on_alloc_return, options->allocs},
	};

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++)
		bpf_program__set_autoload(choices[i].program, choices[i].wanted);
	bpf_map__set_autocreate(s->maps.alloc_calls, options->allocs);
}

void skeleton_configure(struct prof_bpf *skeleton, const struct capture_options *options)
{
	set_switches(skeleton, options);
	give_plans(skeleton, options->plans, options->enter_events);
	choose_programs(skeleton, options);
}
