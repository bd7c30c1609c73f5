// SPDX-License-Identifier: MIT
/* Descriptors of tasks: who shares what with whom, and how they are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "descriptors/descriptors.h"
#include "descriptors/seed.h"

#include <cmocka.h>

struct told {
	struct descriptor_event event;
	char path[64];
	struct wire_socket socket;
};

static struct told told(uint32_t task, int fd, uint32_t mode, const char *path)
{
	struct told t = {.event = {.head = {.size_bytes = offsetof(struct told, socket),
					    .type = EVENT_DESCRIPTOR,
					    .task = task},
				   .fd = fd,
				   .mode = mode,
				   .inode = 77,
				   .path_bytes = sizeof t.path}};

	strcpy(t.path, path);
	return t;
}

static void open_path(struct descriptors *d, uint32_t task, int fd, const char *path,
		      uint32_t flags)
{
	struct told t = told(task, fd, S_IFREG | 0644, path);

	t.event.flags = flags;
	descriptors_make(d, &t.event);
	descriptors_settle(d, task);
}

static struct told told_socket(uint32_t task, int fd, uint64_t inode, const char *protocol)
{
	struct told t = told(task, fd, S_IFSOCK | 0777, protocol);

	t.event.head.size_bytes = sizeof t;
	t.event.inode = inode;
	t.event.socket_bytes = sizeof t.socket;
	t.socket.type = SOCK_STREAM;
	return t;
}

static void assert_path(const struct descriptors *d, uint32_t task, int fd, const char *wanted)
{
	const struct open_file *file = descriptor_find(d, task, fd, false);

	if (!wanted) {
		assert_null(file);
	} else {
		assert_non_null(file);
		assert_string_equal(file->name, wanted);
	}
}

static void assert_text(const struct open_file *file, unsigned int detail, const char *wanted)
{
	struct bytes out = {0};

	open_file_write(file, detail, &out);
	bytes_u8(&out, 0);
	assert_string_equal((const char *)out.data, wanted);
	bytes_fini(&out);
}

static void assert_made(const struct told *t, unsigned int detail, const char *wanted)
{
	struct open_file *file = open_file_new(&t->event);

	assert_text(file, detail, wanted);
	open_file_drop(file);
}

static void what_a_call_makes_counts_when_it_is_over(void **state)
{
	struct descriptors d = {0};
	struct told t = told(1, 3, S_IFREG, "/new");

	(void)state;
	open_path(&d, 1, 3, "/old", 0);
	descriptors_make(&d, &t.event);
	assert_path(&d, 1, 3, "/old");
	assert_string_equal(descriptor_find(&d, 1, 3, true)->name, "/new");
	descriptors_settle(&d, 1);
	assert_path(&d, 1, 3, "/new");
	assert_path(&d, 1, 4, NULL);
	assert_path(&d, 2, 3, NULL);
	assert_path(&d, 4000000, 3, NULL);
	descriptors_fini(&d);
}

static void threads_share_and_processes_copy(void **state)
{
	struct descriptors d = {0};

	(void)state;
	directory_set(&d, 1, "/home");
	open_path(&d, 1, 3, "/three", 0);
	descriptors_fork(&d, 1, 2, true, true);
	descriptors_fork(&d, 1, 3, false, false);
	open_path(&d, 2, 4, "/four", 0);
	directory_set(&d, 2, "/usr");
	descriptors_close(&d, 1, 3, 3);
	assert_path(&d, 1, 4, "/four");
	assert_path(&d, 2, 3, NULL);
	assert_path(&d, 3, 3, "/three");
	assert_path(&d, 3, 4, NULL);
	assert_string_equal(directory_of(&d, 1), "/usr");
	assert_string_equal(directory_of(&d, 3), "/home");
	descriptors_unshare(&d, 2, true, true);
	descriptors_close(&d, 2, 0, UINT32_MAX);
	directory_set(&d, 2, "/");
	assert_path(&d, 1, 4, "/four");
	assert_path(&d, 2, 4, NULL);
	assert_string_equal(directory_of(&d, 1), "/usr");
	descriptors_end(&d, 1);
	assert_path(&d, 1, 4, NULL);
	descriptors_fini(&d);
}

static void exec_closes_what_is_marked(void **state)
{
	struct descriptors d = {0};

	(void)state;
	open_path(&d, 1, 3, "/kept", 0);
	open_path(&d, 1, 4, "/closed", O_CLOEXEC);
	open_path(&d, 1, 5, "/marked", 0);
	open_path(&d, 1, 6, "/unmarked", O_CLOEXEC);
	descriptors_mark(&d, 1, 5, 5, true);
	descriptors_mark(&d, 1, 6, 6, false);
	descriptors_fork(&d, 1, 2, true, true); /* a thread, that executes */
	descriptors_exec(&d, 2);
	assert_path(&d, 2, 3, "/kept");
	assert_path(&d, 2, 4, NULL);
	assert_path(&d, 2, 5, NULL);
	assert_path(&d, 2, 6, "/unmarked");
	assert_path(&d, 1, 4, "/closed");
	descriptors_fini(&d);
}

static void paths_move_and_go(void **state)
{
	struct descriptors d = {0};

	(void)state;
	open_path(&d, 1, 3, "/a", 0);
	open_path(&d, 2, 3, "/a", 0);
	open_path(&d, 1, 4, "/ab", 0);
	descriptors_rename(&d, "/a", "/c");
	assert_path(&d, 1, 3, "/c");
	assert_path(&d, 2, 3, "/c");
	assert_path(&d, 1, 4, "/ab");
	descriptors_rename(&d, "/c", NULL);
	assert_text(descriptor_find(&d, 2, 3, false), 1, "</c>(deleted)");
	descriptors_fini(&d);
}

static void names_become_absolute(void **state)
{
	static const char *const cases[][2] = {
		{"x", "/home/me/x"},  {"./x//y/", "/home/me/x/y"}, {"../x", "/home/x"},
		{"../../../x", "/x"}, {"/etc/../x", "/x"},         {"..", "/home"},
		{"../..", "/"},       {".", "/home/me"},           {"...", "/home/me/..."},
	};
	struct descriptors d = {0};

	(void)state;
	directory_set(&d, 1, "/home/me");
	open_path(&d, 1, 3, "/etc", 0);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		scoped_free char *path = path_of_name(&d, 1, AT_FDCWD, cases[i][0]);

		assert_string_equal(path, cases[i][1]);
	}
	scoped_free char *below = path_of_name(&d, 1, 3, "passwd");
	assert_string_equal(below, "/etc/passwd");
	assert_null(path_of_name(&d, 1, 4, "passwd"));
	assert_null(path_of_name(&d, 2, AT_FDCWD, "passwd"));
	descriptors_fini(&d);
}

static void files_as_text(void **state)
{
	struct told t = told(1, 3, S_IFREG, "/tmp/a \"<b>\n\\\x01");

	(void)state;
	assert_made(&t, 1, "</tmp/a \\\"\\74b\\76\\n\\\\\\1>");
	t = told(1, 3, S_IFREG, "memfd:x");
	assert_made(&t, 2, "</memfd:x>(deleted)");
	t = told(1, 3, S_IFIFO, "");
	assert_made(&t, 2, "<pipe:[77]>");
	t = told(1, 3, S_IFIFO, "/tmp/fifo");
	assert_made(&t, 2, "</tmp/fifo>");
	t = told(1, 3, 0600, "[eventfd]");
	assert_made(&t, 2, "<anon_inode:[eventfd]>");
	t = told(1, 3, S_IFCHR | 0620, "/dev/pts/0");
	t.event.device = 136 << 20;
	assert_made(&t, 1, "</dev/pts/0>");
	assert_made(&t, 2, "</dev/pts/0<char 136:0>>");
}

static void sockets_as_text(void **state)
{
	struct told t = told_socket(1, 3, 500, "TCP");

	(void)state;
	t.socket.family = AF_INET;
	assert_made(&t, 1, "<socket:[500]>");
	assert_made(&t, 2, "<TCP:[500]>");
	t.socket.local_port = 80;
	inet_pton(AF_INET, "127.0.0.1", t.socket.local);
	assert_made(&t, 2, "<TCP:[127.0.0.1:80]>");
	t.socket.peer_port = 1024;
	inet_pton(AF_INET, "10.0.0.9", t.socket.peer);
	assert_made(&t, 2, "<TCP:[127.0.0.1:80->10.0.0.9:1024]>");
	t = told_socket(1, 3, 500, "UDPv6");
	t.socket.family = AF_INET6;
	t.socket.local_port = 53;
	inet_pton(AF_INET6, "::1", t.socket.local);
	assert_made(&t, 2, "<UDPv6:[[::1]:53]>");
	t = told_socket(1, 3, 500, "NETLINK");
	t.socket.family = AF_NETLINK;
	assert_made(&t, 2, "<NETLINK:[500]>");
	t.socket.port_id = 9;
	assert_made(&t, 2, "<NETLINK:[ROUTE:9]>");
	t.socket.protocol = 17;
	assert_made(&t, 2, "<NETLINK:[17:9]>");
	t = told_socket(1, 3, 500, "PACKET");
	assert_made(&t, 2, "<socket:[500]>");
	t.event.head.size_bytes -= 8; /* cut */
	assert_made(&t, 2, "<socket:[500]>");
}

static void unix_sockets_know_each_other(void **state)
{
	struct descriptors d = {0};
	struct told a = told_socket(1, 3, 500, "UNIX-STREAM");
	struct told b = told_socket(2, 9, 501, "UNIX-STREAM");

	(void)state;
	a.socket.family = b.socket.family = AF_UNIX;
	descriptors_make(&d, &a.event);
	descriptors_settle(&d, 1);
	assert_text(descriptor_find(&d, 1, 3, false), 2, "<UNIX-STREAM:[500]>");
	b.socket.peer_inode = 500;
	memcpy(b.socket.path, "\0name", 5);
	b.socket.path_bytes = 5;
	descriptors_make(&d, &b.event);
	descriptors_settle(&d, 2);
	assert_text(descriptor_find(&d, 2, 9, false), 2, "<UNIX-STREAM:[501->500,@\"name\"]>");
	assert_text(descriptor_find(&d, 1, 3, false), 2, "<UNIX-STREAM:[500->501]>");
	descriptors_fini(&d);
}

/* A socket that was connected through a duplicate is connected. */
static void duplicates_are_one_socket(void **state)
{
	struct descriptors d = {0};
	struct told t = told_socket(1, 3, 500, "TCP");

	(void)state;
	t.socket.family = AF_INET;
	descriptors_make(&d, &t.event);
	t.event.fd = 5;
	descriptors_make(&d, &t.event);
	descriptors_settle(&d, 1);
	descriptors_fork(&d, 1, 2, false, false);
	t.socket.local_port = 7;
	descriptors_make(&d, &t.event);
	descriptors_settle(&d, 1);
	assert_text(descriptor_find(&d, 1, 3, false), 2, "<TCP:[0.0.0.0:7]>");
	assert_text(descriptor_find(&d, 2, 5, false), 2, "<TCP:[0.0.0.0:7]>");
	descriptors_fini(&d);
}

static void a_process_is_asked_at_the_start(void **state)
{
	struct descriptors d = {0};
	int pipe_fds[2], kept = open("/dev/null", O_RDONLY);
	char cwd[4096];

	(void)state;
	assert_return_code(pipe2(pipe_fds, O_CLOEXEC), 0);
	descriptors_seed_process(&d, 1, getpid(), true);
	assert_text(descriptor_find(&d, 1, kept, false), 2, "</dev/null<char 1:3>>");
	assert_path(&d, 1, pipe_fds[0], NULL);
	assert_string_equal(directory_of(&d, 1), getcwd(cwd, sizeof cwd));
	descriptors_seed_process(&d, 2, getpid(), false);
	assert_non_null(descriptor_find(&d, 2, pipe_fds[0], false));
	assert_true(descriptor_find(&d, 2, pipe_fds[0], false)->inode > 0);
	descriptors_seed_process(&d, 3, 0, false); /* there is none */
	descriptors_fini(&d);
	close(kept);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_call_makes_counts_when_it_is_over),
		cmocka_unit_test(threads_share_and_processes_copy),
		cmocka_unit_test(exec_closes_what_is_marked),
		cmocka_unit_test(paths_move_and_go),
		cmocka_unit_test(names_become_absolute),
		cmocka_unit_test(files_as_text),
		cmocka_unit_test(sockets_as_text),
		cmocka_unit_test(unix_sockets_know_each_other),
		cmocka_unit_test(duplicates_are_one_socket),
		cmocka_unit_test(a_process_is_asked_at_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
