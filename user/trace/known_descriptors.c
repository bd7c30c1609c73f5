// SPDX-License-Identifier: MIT
#include "trace/known_descriptors.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "descriptors/descriptors.h"
#include "trace/call_effects.h"

struct known_descriptors {
	struct descriptors descriptors;
	unsigned int detail;  /* as in open_file_write() */
	const uint32_t *task; /* whose call is being printed */
};

/* "FD MODE DEVICE NAME", as the recorder found them. */
static void seed_one(struct known_descriptors *k, const struct meta *meta)
{
	const char *text = (const char *)meta->value;
	uint64_t device;
	unsigned int mode;
	int fd, name_at = 0;

	if (sscanf(text, "%d %o %" SCNu64 " %n", &fd, &mode, &device, &name_at) == 3 && name_at &&
	    fd >= 0)
		descriptors_seed(&k->descriptors, 1, fd,
				 open_file_named(text + name_at, mode, device));
}

struct known_descriptors *known_descriptors_new(const struct recording *r, unsigned int detail)
{
	struct known_descriptors *k = xnew(struct known_descriptors);
	const char *directory = recording_meta(r, "cwd");

	k->detail = detail;
	vec_each (&r->meta, meta) {
		if (!strcmp(meta->key, "descriptor"))
			seed_one(k, meta);
	}
	if (directory)
		directory_set(&k->descriptors, 1, directory);
	return k;
}

void known_descriptors_free(struct known_descriptors *k)
{
	if (!k)
		return;
	descriptors_fini(&k->descriptors);
	free(k);
}

static bool write_descriptor(void *context, uint32_t pid, int fd, bool returned, struct bytes *out)
{
	const struct known_descriptors *k = context;
	const struct open_file *file = descriptor_find(&k->descriptors, *k->task, fd, returned);
	const char *directory = fd == AT_FDCWD ? directory_of(&k->descriptors, *k->task) : NULL;

	(void)pid;
	if (file)
		open_file_write(file, k->detail, out);
	else if (directory)
		path_write(directory, out);
	return file || directory;
}

static int netlink_protocol(void *context, int fd)
{
	const struct known_descriptors *k = context;

	return open_file_netlink(descriptor_find(&k->descriptors, *k->task, fd, false));
}

void known_descriptors_lend(struct known_descriptors *k, const uint32_t *task,
			    struct decode_options *out)
{
	k->task = task;
	out->fd_text = write_descriptor;
	out->netlink_protocol = netlink_protocol;
	out->context = k;
}

/* ---- What is made ---- */

static void put_socket(const struct told_descriptor *told, struct wire_socket *out)
{
	*out = (struct wire_socket){
		.family = told->family,
		.type = told->type,
		.protocol = told->protocol,
		.state = told->state,
		.local_port = told->local_port,
		.peer_port = told->peer_port,
		.port_id = told->port_id,
		.peer_inode = told->peer_inode,
	};
	memcpy(out->local, told->local, sizeof out->local);
	memcpy(out->peer, told->peer, sizeof out->peer);
	out->path_bytes = told->socket_path_bytes < sizeof out->path ? told->socket_path_bytes : 0;
	memcpy(out->path, told->socket_path, out->path_bytes);
}

/* In the form in which the kernel side told of it. */
static void make_one(struct known_descriptors *k, uint32_t task, const struct told_descriptor *told)
{
	uint32_t path_bytes = (told->path_bytes + 8) & ~7U; /* with a NUL */
	size_t size = sizeof(struct descriptor_event) + path_bytes + sizeof(struct wire_socket);
	struct descriptor_event *event;

	if (told->path_bytes >= PATH_MAX)
		return;
	event = xcalloc(1, size);
	event->head = (struct event){.type = EVENT_DESCRIPTOR,
				     .task = task,
				     .flags = told->deleted ? WIRE_DELETED : 0,
				     .size_bytes = (uint16_t)size};
	event->fd = told->fd;
	event->mode = told->mode;
	event->device = told->device;
	event->inode = told->inode;
	event->flags = told->flags;
	event->magic = told->magic;
	event->path_bytes = path_bytes;
	memcpy(event->path, told->path, told->path_bytes);
	if (told->is_socket) {
		event->socket_bytes = sizeof(struct wire_socket);
		put_socket(told, (void *)(event->path + path_bytes));
	}
	descriptors_make(&k->descriptors, event);
	free(event);
}

void known_descriptors_before(struct known_descriptors *k, uint32_t task,
			      const struct piece *pieces, uint32_t nr_pieces)
{
	struct told_descriptor told;

	for (uint32_t i = 0; i < nr_pieces; i++) {
		if (pieces[i].flags & PIECE_DESCRIPTOR && told_descriptor_take(&pieces[i], &told))
			make_one(k, task, &told);
	}
}

/* ---- What is done ---- */

/* Where links lead only the file system of that time could tell. */
static void go_to(struct known_descriptors *k, uint32_t task, struct call *call)
{
	struct bytes name = {0};

	if (call_read_string(call, call->args[0], PATH_MAX, CAPTURE_ENTER, &name) == STRING_WHOLE) {
		scoped_free char *text = xstrndup((const char *)name.data, name.size);
		scoped_free char *path = path_of_name(&k->descriptors, task, AT_FDCWD, text);

		if (path)
			directory_set(&k->descriptors, task, path);
	}
	bytes_fini(&name);
}

void known_descriptors_after(struct known_descriptors *k, uint32_t task, struct call *call)
{
	if (call->nr != SYS_chdir || call->flags & CALL_COMPAT)
		call_effects_take(&k->descriptors, task, call);
	else if (!call->result)
		go_to(k, task, call);
}

/* Which flags a process was cloned with only its parent's call tells, which ends later. */
void known_descriptors_task_event(struct known_descriptors *k, const struct task_event *event)
{
	if (event->type == TASK_FORK)
		call_effects_fork(&k->descriptors, event->task, event->other,
				  event->value[0] != event->other, NULL);
	else if (event->type == TASK_EXEC)
		descriptors_exec(&k->descriptors, event->task);
	else if (event->type == TASK_EXIT)
		descriptors_end(&k->descriptors, event->task);
}
