// SPDX-License-Identifier: MIT
#include "descriptors/descriptors.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>

#include "base/search.h"

/* ---- Tables ---- */

static size_t place_of(const struct descriptor_table *table, int fd)
{
	return search_first(i, 0, table->by_fd.size, table->by_fd.items[i].fd >= fd);
}

static struct task_descriptor *table_find(const struct descriptor_table *table, int fd)
{
	size_t place = place_of(table, fd);

	return place < table->by_fd.size && table->by_fd.items[place].fd == fd
		       ? &table->by_fd.items[place]
		       : NULL;
}

static void table_put(struct descriptor_table *table, struct task_descriptor new)
{
	struct task_descriptor *old = table_find(table, new.fd);
	size_t place;

	if (old) {
		open_file_drop(old->file);
		*old = new;
		return;
	}
	place = place_of(table, new.fd);
	vec_push(&table->by_fd);
	memmove(&table->by_fd.items[place + 1], &table->by_fd.items[place],
		(table->by_fd.size - 1 - place) * sizeof new);
	table->by_fd.items[place] = new;
}

/* Keeps those that `is_kept` says yes to. */
static void table_filter(struct descriptor_table *table,
			 bool (*is_kept)(const struct task_descriptor *, const int *),
			 const int *arg)
{
	size_t kept = 0;

	vec_each (&table->by_fd, it) {
		if (is_kept(it, arg))
			table->by_fd.items[kept++] = *it;
		else
			open_file_drop(it->file);
	}
	table->by_fd.size = kept;
}

static struct descriptor_table *table_new(void)
{
	struct descriptor_table *table = xnew(struct descriptor_table);

	table->references = 1;
	return table;
}

static struct descriptor_table *table_copy(const struct descriptor_table *table)
{
	struct descriptor_table *copy = table_new();

	vec_each (&table->by_fd, it) {
		*vec_push(&copy->by_fd) = *it;
		open_file_share(it->file);
	}
	return copy;
}

static void table_drop(struct descriptor_table *table)
{
	if (!table || --table->references)
		return;
	vec_each (&table->by_fd, it)
		open_file_drop(it->file);
	vec_free(&table->by_fd);
	free(table);
}

static struct directory *directory_new(const char *path)
{
	struct directory *directory = xnew(struct directory);

	directory->references = 1;
	directory->path = xstrdup(path);
	return directory;
}

static void directory_drop(struct directory *directory)
{
	if (!directory || --directory->references)
		return;
	free(directory->path);
	free(directory);
}

/* ---- Tasks ---- */

static struct task_view *view_at(struct descriptors *d, uint32_t task)
{
	vec_extend(&d->by_task, (size_t)task + 1);
	return &d->by_task.items[task];
}

static struct descriptor_table *table_of(struct descriptors *d, uint32_t task)
{
	struct task_view *view = view_at(d, task);

	if (!view->table)
		view->table = table_new();
	return view->table;
}

static void view_fini(struct task_view *view)
{
	table_drop(view->table);
	directory_drop(view->directory);
	vec_each (&view->made, it)
		open_file_drop(it->file);
	vec_free(&view->made);
	*view = (struct task_view){0};
}

void descriptors_fini(struct descriptors *d)
{
	vec_each (&d->by_task, view)
		view_fini(view);
	vec_free(&d->by_task);
}

void descriptors_end(struct descriptors *d, uint32_t task)
{
	view_fini(view_at(d, task));
}

void descriptors_seed(struct descriptors *d, uint32_t task, int fd, struct open_file *file)
{
	table_put(table_of(d, task), (struct task_descriptor){.fd = fd, .file = file});
}

void directory_set(struct descriptors *d, uint32_t task, const char *path)
{
	struct task_view *view = view_at(d, task);

	if (!view->directory) {
		view->directory = directory_new(path);
	} else {
		free(view->directory->path);
		view->directory->path = xstrdup(path);
	}
}

void descriptors_make(struct descriptors *d, const struct descriptor_event *event)
{
	struct task_view *view = view_at(d, event->head.task);

	*vec_push(&view->made) = (struct task_descriptor){
		.fd = event->fd,
		.is_closed_by_exec = event->flags & O_CLOEXEC,
		.file = open_file_new(event),
	};
}

/* It may be one that is known already by another number: a duplicate, or an inherited one. */
static struct open_file *same_file(const struct descriptor_table *table,
				   const struct open_file *file)
{
	vec_each (&table->by_fd, it)
		if (it->file->is_socket && file->is_socket && it->file->inode == file->inode)
			return it->file;
	return NULL;
}

static bool is_unix(const struct open_file *file)
{
	return file->is_socket && file->socket.family == AF_UNIX;
}

/* The socket at the other end learns who this one is. */
static void tell_peer(struct descriptors *d, const struct open_file *file)
{
	if (!is_unix(file) || !file->socket.peer_inode)
		return;
	vec_each (&d->by_task, view) {
		if (!view->table)
			continue;
		vec_each (&view->table->by_fd, it)
			if (is_unix(it->file) && it->file->inode == file->socket.peer_inode)
				it->file->socket.peer_inode = file->inode;
	}
}

void descriptors_settle(struct descriptors *d, uint32_t task)
{
	struct task_view *view = view_at(d, task);

	vec_each (&view->made, it) {
		struct descriptor_table *table = table_of(d, task);
		struct open_file *known = same_file(table, it->file);

		if (known) {
			open_file_update(known, it->file);
			open_file_drop(it->file);
			it->file = open_file_share(known);
		}
		table_put(table, *it);
		tell_peer(d, it->file);
	}
	view->made.size = 0;
}

static struct directory *directory_share(struct directory *directory, bool share)
{
	if (!directory)
		return NULL;
	if (!share)
		return directory_new(directory->path);
	directory->references++;
	return directory;
}

void descriptors_fork(struct descriptors *d, uint32_t parent, uint32_t child, bool share_table,
		      bool share_directory)
{
	struct descriptor_table *table = table_of(d, parent);
	struct directory *directory;
	struct task_view *view;

	if (parent == child) /* so says a damaged recording */
		return;
	directory = directory_share(view_at(d, parent)->directory, share_directory);
	view = view_at(d, child);
	view_fini(view);
	view->table = share_table ? table : table_copy(table);
	table->references += share_table;
	view->directory = directory;
}

void descriptors_unshare(struct descriptors *d, uint32_t task, bool table, bool directory)
{
	struct task_view *view = view_at(d, task);

	if (table && view->table && view->table->references > 1) {
		struct descriptor_table *shared = view->table;

		view->table = table_copy(shared);
		table_drop(shared);
	}
	if (directory && view->directory && view->directory->references > 1) {
		struct directory *shared = view->directory;

		view->directory = directory_new(shared->path);
		directory_drop(shared);
	}
}

static bool survives_exec(const struct task_descriptor *descriptor, const int *unused)
{
	(void)unused;
	return !descriptor->is_closed_by_exec;
}

void descriptors_exec(struct descriptors *d, uint32_t task)
{
	descriptors_unshare(d, task, true, false);
	table_filter(table_of(d, task), survives_exec, NULL);
}

static bool is_outside(const struct task_descriptor *descriptor, const int *range)
{
	return descriptor->fd < range[0] || descriptor->fd > range[1];
}

void descriptors_close(struct descriptors *d, uint32_t task, uint32_t first, uint32_t last)
{
	const int range[] = {(int)first, last > INT_MAX ? INT_MAX : (int)last};
	struct descriptor_table *table = table_of(d, task);

	if (first > INT_MAX)
		return;
	table_filter(table, is_outside, range);
}

void descriptors_mark(struct descriptors *d, uint32_t task, uint32_t first, uint32_t last,
		      bool is_closed_by_exec)
{
	vec_each (&table_of(d, task)->by_fd, it)
		if ((uint32_t)it->fd >= first && (uint32_t)it->fd <= last)
			it->is_closed_by_exec = is_closed_by_exec;
}

static void file_rename(struct open_file *file, const char *from, const char *to)
{
	if (file->is_deleted || strcmp(file->name, from))
		return;
	if (to) {
		free(file->name);
		file->name = xstrdup(to);
	} else {
		file->is_deleted = true;
	}
}

void descriptors_rename(struct descriptors *d, const char *from, const char *to)
{
	vec_each (&d->by_task, view) {
		if (!view->table)
			continue;
		vec_each (&view->table->by_fd, it)
			file_rename(it->file, from, to);
	}
}

/* ---- Questions ---- */

struct open_file *descriptor_find(const struct descriptors *d, uint32_t task, int fd, bool made)
{
	const struct task_view *view = task < d->by_task.size ? &d->by_task.items[task] : NULL;
	const struct task_descriptor *found;

	if (!view)
		return NULL;
	for (size_t i = view->made.size; made && i-- > 0;)
		if (view->made.items[i].fd == fd)
			return view->made.items[i].file;
	found = view->table ? table_find(view->table, fd) : NULL;
	return found ? found->file : NULL;
}

const char *directory_of(const struct descriptors *d, uint32_t task)
{
	const struct directory *directory =
		task < d->by_task.size ? d->by_task.items[task].directory : NULL;

	return directory ? directory->path : NULL;
}

/* Takes the last component away. */
static void go_up(struct bytes *path)
{
	while (path->size && path->data[path->size - 1] != '/')
		path->size--;
	if (path->size)
		path->size--;
}

/* Appends the components of `name` to an absolute path without a slash at its end. */
static void append_name(struct bytes *path, const char *name)
{
	while (*name) {
		size_t size = strcspn(name, "/");

		if (size == 2 && !strncmp(name, "..", 2)) {
			go_up(path);
		} else if (size && !(size == 1 && *name == '.')) {
			bytes_u8(path, '/');
			bytes_append(path, name, size);
		}
		name += size;
		name += strspn(name, "/");
	}
}

char *path_of_name(const struct descriptors *d, uint32_t task, int dirfd, const char *name)
{
	const struct open_file *file =
		dirfd == AT_FDCWD ? NULL : descriptor_find(d, task, dirfd, false);
	const char *base = dirfd == AT_FDCWD ? directory_of(d, task) : file ? file->name : NULL;
	struct bytes path = {0};
	char *text;

	if (*name != '/' && (!base || *base != '/'))
		return NULL;
	if (*name != '/')
		append_name(&path, base);
	append_name(&path, name);
	if (!path.size)
		bytes_u8(&path, '/');
	text = xstrndup((const char *)path.data, path.size);
	bytes_fini(&path);
	return text;
}
