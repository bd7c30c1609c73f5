// SPDX-License-Identifier: MIT
/*
 * known_arguments what [N]: system calls with memory behind their arguments that a test knows.
 *
 *   edges       paths and buffers at the edge of what can be read, and beyond
 *   data        reads, writes, vectors and messages with known bytes
 *   in-place    what calls fill in lies where their paths do, and elsewhere
 *   files       every kind of descriptor
 *   exec        an execve whose path and arguments lie in pages that nobody has touched
 *   stuck       a write that blocks until SIGALRM kills the process
 *   threads N   8 threads with N calls each: openat(-(1000 + i), "THREAD/i")
 *   other       calls by the 32-bit entry whose numbers mean others in the 64-bit table
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>

#include "program.h"

#define NR_THREADS 8

/* In the file, and nobody looks at it before the kernel does. */
static const char cold[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES))) = "/nonexistent/cold";

/* A page that ends where nothing is mapped. */
static char *last_page(void)
{
	char *pages = map_pages(2);

	munmap(pages + PAGE_BYTES, PAGE_BYTES);
	memset(pages, 'x', PAGE_BYTES);
	return pages;
}

static void edges(void)
{
	char *page = last_page(), *end = page + PAGE_BYTES;
	static char longest[5000];

	access(cold, F_OK);
	access((char *)1, F_OK);
	access(getenv("no such variable"), F_OK); /* NULL */
	memcpy(end - 8, "/at/end", 8);
	access(end - 8, F_OK);
	memcpy(end - 8, "/overend", 8);
	access(end - 8, F_OK);
	access("/not\xff\xfeutf8/\x01\x7f", F_OK);
	memset(longest, 'l', 4095);
	access(longest, F_OK);
	memset(longest, 'm', 4999);
	access(longest, F_OK);
	write(-1, end - 4, 4);
	write(-1, end - 4, 1UL << 40);
	write(-1, end - 4, 0);
	writev(-1, (struct iovec *)end, 3);
	writev(-1, (struct iovec *)(end - 16), 1000000);
}

static void data(void)
{
	int ends[2], devnull = open("/dev/null", O_WRONLY);
	char text[] = "a\0b\xff\n", in[64], more[64], control[CMSG_SPACE(sizeof(int))] = {0};
	struct iovec parts[] = {{"one", 3}, {"and two", 7}}, into[] = {{in, 4}, {more, 60}};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};

	write(devnull, text, sizeof text - 1);
	write(devnull, "0123456789012345678901234567890123456789", 40);
	writev(devnull, parts, 2);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	message.msg_control = control;
	message.msg_controllen = sizeof control;
	CMSG_FIRSTHDR(&message)->cmsg_level = SOL_SOCKET;
	CMSG_FIRSTHDR(&message)->cmsg_type = SCM_RIGHTS;
	CMSG_FIRSTHDR(&message)->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), &devnull, sizeof(int));
	sendmsg(ends[0], &message, 0);
	message.msg_iov = into;
	recvmsg(ends[1], &message, 0);
	write(ends[0], "gathered", 8);
	readv(ends[1], into, 2);
	write(ends[0], "back", 4);
	read(ends[1], in, sizeof in);
}

static void in_place(void)
{
	static struct {
		char path[2 * PAGE_BYTES];
		struct stat stat;
	} apart;
	union {
		char path[256];
		struct stat stat;
	} same;
	void *volatile result = &same; /* not known to be the same to the compiler */

	symlink("where it leads", "link");
	strcpy(same.path, "link");
	readlink(same.path, result, sizeof same);
	strcpy(same.path, "link");
	lstat(same.path, result);
	strcpy(apart.path, "link");
	lstat(apart.path, &apart.stat);
	strcpy(apart.path, "/nowhere/at/all");
	lstat(apart.path, &apart.stat);
	unlink("link");
}

static void files(void)
{
	struct sockaddr_in loopback = {.sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0prof test"};
	socklen_t size = sizeof loopback;
	int ends[2], server, client, unlinked;

	close_range(3, ~0U, 0);
	open("/", O_RDONLY | O_CLOEXEC);
	open("/dev/null", O_RDWR);
	unlinked = open(".", O_TMPFILE | O_RDWR, 0600);
	dup(unlinked);
	fcntl(unlinked, F_DUPFD_CLOEXEC, 40);
	pipe(ends);
	eventfd(0, 0);
	server = socket(AF_INET, SOCK_STREAM, 0);
	bind(server, (struct sockaddr *)&loopback, size);
	listen(server, 1);
	getsockname(server, (struct sockaddr *)&loopback, &size);
	client = socket(AF_INET, SOCK_STREAM, 0);
	connect(client, (struct sockaddr *)&loopback, size);
	accept(server, NULL, NULL);
	bind(socket(AF_UNIX, SOCK_DGRAM, 0), (struct sockaddr *)&name, 2 + 10);
}

/* A file's pages that nobody has touched are mapped where they hold what execve is given. */
static void exec(void)
{
	char *base = (char *)0x5000000000, text[2 * PAGE_BYTES] = "/bin/true";
	char **argv = (char **)(text + PAGE_BYTES), *envp[] = {"A=1", NULL};
	int fd = open(".", O_TMPFILE | O_RDWR, 0600);

	strcpy(text + 100, "argument zero");
	strcpy(text + 200, "one");
	argv[0] = base + 100;
	argv[1] = base + 200;
	argv[2] = NULL;
	if (write(fd, text, sizeof text) != sizeof text ||
	    mmap(base, sizeof text, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != base)
		err(1, "mmap");
	execve(base, (char **)(base + PAGE_BYTES), envp);
	err(1, "execve");
}

static void stuck(void)
{
	static char text[1 << 16];
	char last[] = "no room"; /* in a page that is there: the call does not get as far */
	int ends[2];

	if (pipe(ends))
		err(1, "pipe");
	alarm(1);
	write(ends[1], text, sizeof text);
	write(ends[1], last, 7);
}

struct thread {
	pthread_t id;
	long number, nr_calls;
};

static void *run_thread(void *arg)
{
	const struct thread *thread = arg;
	char path[32];

	for (long i = 0; i < thread->nr_calls; i++) {
		snprintf(path, sizeof path, "%ld/%ld", thread->number, i);
		syscall(SYS_openat, -(1000 + i), path, O_RDONLY, 0);
	}
	return NULL;
}

static void threads(long nr_calls)
{
	struct thread threads[NR_THREADS];

	for (long i = 0; i < NR_THREADS; i++) {
		threads[i] = (struct thread){.number = i, .nr_calls = nr_calls};
		if (pthread_create(&threads[i].id, NULL, run_thread, &threads[i]))
			errx(1, "pthread_create");
	}
	for (long i = 0; i < NR_THREADS; i++)
		pthread_join(threads[i].id, NULL);
}

/* 4 and 21 are write and mount there, stat and access here. */
static void other(void)
{
#ifdef __x86_64__
	static const char path[] = "/not/a/path";
	long result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(21L), "b"(path), "c"(path), "d"(0L), "S"(0L), "D"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
#endif
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (!strcmp(what, "edges"))
		edges();
	else if (!strcmp(what, "data"))
		data();
	else if (!strcmp(what, "in-place"))
		in_place();
	else if (!strcmp(what, "files"))
		files();
	else if (!strcmp(what, "exec"))
		exec();
	else if (!strcmp(what, "stuck"))
		stuck();
	else if (!strcmp(what, "threads"))
		threads(number_argument(argc, argv, 2, 1000));
	else if (!strcmp(what, "other"))
		other();
	else
		errx(1, "edges, data, files, exec, stuck, threads or other?");
	return 0;
}
