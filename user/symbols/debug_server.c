// SPDX-License-Identifier: MIT
#include "symbols/debug_server.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"

#define LIBRARY          "libdebuginfod.so.1"
#define DEFAULT_SILENT_S 5

struct debuginfod_client;
typedef int progress_function(struct debuginfod_client *client, long done, long size);

/* What is used of the library, as its manual declares it. */
struct library {
	void *handle;
	struct debuginfod_client *(*begin)(void);
	void (*end)(struct debuginfod_client *client);
	int (*find)(struct debuginfod_client *client, const unsigned char *build_id, int size,
		    char **out_path);
	void (*set_progress)(struct debuginfod_client *client, progress_function *function);
	void (*set_data)(struct debuginfod_client *client, void *data);
	void *(*get_data)(struct debuginfod_client *client);
};

struct debug_server {
	struct library library;
	struct debuginfod_client *client;
	symbolizer_wait *wait;
	void *arg;
	time_t silent_s; /* how long it may be */
	bool is_given_up;
	/* Of the file asked for: how much has come, and when there was last more. */
	long bytes;
	time_t since_s;
};

static time_t now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static bool library_open(struct library *library)
{
	const struct {
		const char *name;
		void *function;
	} functions[] = {
		{"debuginfod_begin", &library->begin},
		{"debuginfod_end", &library->end},
		{"debuginfod_find_debuginfo", &library->find},
		{"debuginfod_set_progressfn", &library->set_progress},
		{"debuginfod_set_user_data", &library->set_data},
		{"debuginfod_get_user_data", &library->get_data},
	};

	/* It stays once it is loaded: the web client below it keeps memory for the whole process.
	 */
	library->handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	for (size_t i = 0; library->handle && i < sizeof functions / sizeof *functions; i++) {
		void *function = dlsym(library->handle, functions[i].name);

		if (!function)
			return false;
		memcpy(functions[i].function, &function, sizeof function);
	}
	return library->handle;
}

static void library_close(struct library *library)
{
	if (library->handle)
		dlclose(library->handle);
}

static time_t silence_allowed(void)
{
	const char *wanted = getenv("DEBUGINFOD_TIMEOUT");
	long seconds = wanted ? strtol(wanted, NULL, 10) : 0;

	return seconds > 0 ? seconds : DEFAULT_SILENT_S;
}

/* Callbacks get nothing but the client: who asked is to be learnt from the library, once more. */
static struct debug_server *server_of(struct debuginfod_client *client)
{
	struct library library = {0};
	struct debug_server *server = library_open(&library) ? library.get_data(client) : NULL;

	library_close(&library);
	return server;
}

static bool is_silent(struct debug_server *server, long bytes)
{
	if (bytes != server->bytes)
		server->since_s = now_s();
	server->bytes = bytes;
	return now_s() - server->since_s >= server->silent_s;
}

/* Called several times a second. Before a size is known, `done` is no number of bytes. */
static int on_progress(struct debuginfod_client *client, long done, long size)
{
	struct debug_server *server = server_of(client);

	if (!server)
		return 1;
	server->is_given_up |= is_silent(server, size > 0 ? done : 0) ||
			       (server->wait && server->wait(server->arg));
	return server->is_given_up;
}

static bool client_begin(struct debug_server *server)
{
	const struct library *library = &server->library;

	if (server->client || server->is_given_up)
		return server->client;
	server->client = library->begin();
	if (!server->client)
		return false;
	library->set_data(server->client, server);
	library->set_progress(server->client, on_progress);
	return true;
}

struct debug_server *debug_server_new(symbolizer_wait *wait, void *arg)
{
	const char *urls = getenv("DEBUGINFOD_URLS");
	struct debug_server *server;

	if (!urls || !*urls)
		return NULL;
	server = xnew(struct debug_server);
	server->wait = wait;
	server->arg = arg;
	server->silent_s = silence_allowed();
	if (library_open(&server->library))
		return server;
	debug_server_free(server);
	return NULL;
}

void debug_server_free(struct debug_server *server)
{
	if (!server)
		return;
	if (server->client)
		server->library.end(server->client);
	library_close(&server->library);
	free(server);
}

bool debug_server_fetch(struct debug_server *server, const struct elf_file *program,
			struct elf_file *out)
{
	scoped_free char *path = NULL;
	int fd;

	*out = ELF_FILE_CLOSED;
	if (!server || !program->build_id_size || server->is_given_up || !client_begin(server))
		return false;
	server->bytes = 0;
	server->since_s = now_s();
	fd = server->library.find(server->client, program->build_id, program->build_id_size, &path);
	if (fd < 0)
		return false;
	close(fd);
	if (!path || elf_file_open(path, out))
		return false;
	if (elf_file_is_same(program, out))
		return true;
	elf_file_close(out);
	return false;
}
