// SPDX-License-Identifier: MIT
/* floor OBJECT COMMAND...: runs the command with the programs of the object attached. */
#include <err.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bpf/libbpf.h>

static struct bpf_object *load(const char *path)
{
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;

	if (!object || bpf_object__load(object))
		errx(1, "cannot load %s", path);
	bpf_object__for_each_program(program, object) if (!bpf_program__attach(program))
		errx(1, "cannot attach %s", bpf_program__name(program));
	return object;
}

int main(int argc, char **argv)
{
	pid_t child;
	int status;

	if (argc < 3)
		errx(2, "usage: floor OBJECT COMMAND...");
	load(argv[1]);
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		err(127, "%s", argv[2]);
	}
	if (waitpid(child, &status, 0) != child)
		err(1, "waitpid");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
