// SPDX-License-Identifier: MIT
#include "capture/allocators.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/vec.h"
#include "symbols/allocator_functions.h"
#include "unwind/dependencies.h"

struct met_file {
	dev_t device;
	ino_t inode;
};

struct allocators {
	struct capture *capture;
	VEC(struct met_file) met;
	struct allocator_counts counts;
	int error; /* of the first probe that was refused */
};

struct allocators *allocators_new(struct capture *capture)
{
	struct allocators *a = xnew(struct allocators);

	a->capture = capture;
	return a;
}

void allocators_free(struct allocators *a)
{
	if (!a)
		return;
	vec_free(&a->met);
	free(a);
}

static bool is_new(struct allocators *a, int fd)
{
	struct stat status;

	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		return false;
	vec_each (&a->met, known)
		if (known->device == status.st_dev && known->inode == status.st_ino)
			return false;
	*vec_push(&a->met) = (struct met_file){status.st_dev, status.st_ino};
	return true;
}

/* Blocks are freed at the beginning of a call; those that make them tell at its end, which is
 * probed first: a call that is seen to begin is seen to end. */
static int probe(struct allocators *a, const char *path,
		 const struct allocator_functions *functions, bool at_return)
{
	VEC(uint64_t) offsets = {0}, cookies = {0};
	struct uprobe_set set = {.path = path, .at_return = at_return};
	int err = 0;

	vec_each (functions, function) {
		if (at_return && function->function == FUNCTION_FREE)
			continue;
		*vec_push(&offsets) = function->offset;
		*vec_push(&cookies) = function->function;
	}
	set.offsets = offsets.items;
	set.cookies = cookies.items;
	set.nr = (uint32_t)offsets.size;
	if (set.nr)
		err = capture_probe(a->capture, &set);
	if (err == 0)
		a->counts.probes += set.nr;
	vec_free(&offsets);
	vec_free(&cookies);
	return err;
}

static void probe_functions(struct allocators *a, int fd,
			    const struct allocator_functions *functions)
{
	char path[32];
	int err;

	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	err = probe(a, path, functions, true);
	if (err == 0)
		err = probe(a, path, functions, false);
	a->counts.failed_files += err != 0;
	if (!a->error)
		a->error = err;
}

/* False: there is no allocator in it, or it is known. */
static bool probe_file(struct allocators *a, int fd)
{
	struct elf_file file = ELF_FILE_CLOSED;
	struct allocator_functions functions;
	bool found;

	if (!is_new(a, fd) || elf_file_open_descriptor(fcntl(fd, F_DUPFD_CLOEXEC, 0), &file))
		return false;
	allocator_functions_find(&file, &functions);
	elf_file_close(&file);
	found = functions.size;
	if (found)
		probe_functions(a, fd, &functions);
	a->counts.files += found;
	allocator_functions_fini(&functions);
	return found;
}

int allocators_foresee(struct allocators *a, const char *program)
{
	struct paths paths;

	dependencies_find(program, &paths);
	vec_each (&paths, path) {
		scoped_fd int fd = open(*path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

		if (fd >= 0)
			probe_file(a, fd);
	}
	paths_fini(&paths);
	if (!a->error || a->counts.probes)
		return 0;
	fail(a->error, "cannot probe the functions of an allocator");
	hint("-e malloc needs a kernel with uprobes (CONFIG_UPROBE_EVENTS), and CAP_PERFMON");
	return a->error;
}

void allocators_meet(struct allocators *a, int fd)
{
	if (fd >= 0 && probe_file(a, fd))
		a->counts.late_files++;
}

const struct allocator_counts *allocators_counts(const struct allocators *a)
{
	return &a->counts;
}
