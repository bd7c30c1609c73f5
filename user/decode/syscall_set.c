// SPDX-License-Identifier: MIT
/*
 * Sets of system calls as users write them.
 *
 * Elements gather in two sets, taken and left out, and what is left out wins. That makes the order
 * of the elements irrelevant, and a leading `!` is nothing but every element being left out.
 */
#include "decode/syscalls.h"

#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

struct class_word {
	const char *word; /* with the % that may be left out */
	unsigned int class;
};

static const struct class_word class_words[] = {
	{"%file", CLASS_FILE},     {"%desc", CLASS_DESC},       {"%network", CLASS_NETWORK},
	{"%net", CLASS_NETWORK},   {"%process", CLASS_PROCESS}, {"%memory", CLASS_MEMORY},
	{"%signal", CLASS_SIGNAL}, {"%ipc", CLASS_IPC},
};

#define NR_CLASS_WORDS (sizeof class_words / sizeof *class_words)

/* Classes that are but a few calls. */
struct group_word {
	const char *word;
	const char *members; /* names between blanks */
};

static const struct group_word group_words[] = {
	{"%stat", "stat"},
	{"%lstat", "lstat"},
	{"%fstat", "fstat newfstatat"},
	{"%%stat", "stat lstat fstat newfstatat statx"},
	{"%statfs", "statfs"},
	{"%fstatfs", "fstatfs"},
	{"%%statfs", "statfs fstatfs ustat"},
	{"%clock", "adjtimex clock_adjtime clock_getres clock_gettime clock_settime gettimeofday "
		   "settimeofday time"},
	{"%creds", "capget capset getegid geteuid getgid getgroups getresgid getresuid getuid "
		   "prctl setfsgid setfsuid setgid setgroups setregid setresgid setresuid "
		   "setreuid setuid"},
	{"%pure", "getegid geteuid getgid getpgrp getpid getppid gettid getuid"},
};

#define NR_GROUP_WORDS (sizeof group_words / sizeof *group_words)

static void set_add(struct syscall_set *set, uint64_t nr)
{
	set->bits[nr / 64] |= 1ULL << (nr % 64);
}

/* Every number, also those without a name: calls newer than this build are not to be missed. */
static void set_fill(struct syscall_set *set)
{
	memset(set->bits, 0xff, sizeof set->bits);
}

static void set_remove(struct syscall_set *set, const struct syscall_set *removed)
{
	for (size_t i = 0; i < NR_SYSCALLS / 64; i++)
		set->bits[i] &= ~removed->bits[i];
}

static unsigned int class_named(const char *word)
{
	for (size_t i = 0; i < NR_CLASS_WORDS; i++)
		if (!strcmp(class_words[i].word + (*word != '%'), word))
			return class_words[i].class;
	return 0;
}

static void add_class(struct syscall_set *set, unsigned int class)
{
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++)
		if (syscall_classes(nr) & class)
			set_add(set, nr);
}

static const char *group_named(const char *word)
{
	for (size_t i = 0; i < NR_GROUP_WORDS; i++)
		if (!strcmp(group_words[i].word + (*word != '%'), word))
			return group_words[i].members;
	return NULL;
}

/* Not every architecture has all of them. */
static void add_group(struct syscall_set *set, const char *members)
{
	scoped_free char *names = xstrdup(members);
	char *rest = names, *name;

	while ((name = strsep(&rest, " "))) {
		int nr = syscall_number(name);

		if (nr >= 0)
			set_add(set, (uint64_t)nr);
	}
}

static int add_matching(struct syscall_set *set, const char *pattern, const char *spec)
{
	regex_t regex;
	char reason[128];
	bool any = false;
	int error = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (error) {
		regerror(error, &regex, reason, sizeof reason);
		return refuse(-EINVAL, "bad regular expression '%s' in '%s': %s", pattern, spec,
			      reason);
	}
	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++) {
		if (syscall_name(nr) && !regexec(&regex, syscall_name(nr), 0, NULL, 0)) {
			set_add(set, nr);
			any = true;
		}
	}
	regfree(&regex);
	return any ? 0 : refuse(-EINVAL, "no system call matches '%s' in '%s'", pattern, spec);
}

static int refuse_word(const char *word, const char *spec)
{
	const char *known[NR_SYSCALLS + NR_CLASS_WORDS + NR_GROUP_WORDS + 3];
	size_t size = 0;

	for (uint64_t nr = 0; nr < NR_SYSCALLS; nr++)
		if (syscall_name(nr))
			known[size++] = syscall_name(nr);
	for (size_t i = 0; i < NR_CLASS_WORDS; i++)
		known[size++] = class_words[i].word + (*word != '%');
	for (size_t i = 0; i < NR_GROUP_WORDS; i++)
		known[size++] = group_words[i].word + (*word != '%');
	known[size++] = "all";
	known[size++] = "none";
	known[size] = NULL;

	refuse(-EINVAL, "unknown %s '%s' in '%s'",
	       *word == '%' ? "class of system calls" : "system call", word, spec);
	hint_nearest(word, known,
		     *word == '%'
			     ? "the classes are file, desc, network, process, memory, signal, "
			       "ipc, creds, clock, pure, stat, lstat, fstat, statfs and fstatfs"
			     : NULL);
	return -EINVAL;
}

/* By its name or by itself; -1 when there is none. */
static int number_named(const char *word)
{
	char *end;
	unsigned long nr = strtoul(word, &end, 10);

	if (*word >= '0' && *word <= '9' && !*end)
		return nr < NR_SYSCALLS ? (int)nr : -1;
	return syscall_number(word);
}

/* A leading question mark says that the call need not be known. */
static int add_word(struct syscall_set *set, const char *word, const char *spec)
{
	bool is_optional = *word == '?';
	int nr = number_named(word += is_optional);
	unsigned int class = class_named(word);
	const char *members = group_named(word);

	if (nr >= 0)
		set_add(set, (uint64_t)nr);
	else if (class)
		add_class(set, class);
	else if (members)
		add_group(set, members);
	else if (!strcmp(word, "all"))
		set_fill(set);
	else if (strcmp(word, "none") && !is_optional)
		return refuse_word(word, spec);
	return 0;
}

/* How many characters the element has; a regular expression may contain commas. */
static size_t element_size(const char *at)
{
	const char *slash = *at == '/' ? strchr(at + 1, '/') : NULL;

	return slash ? (size_t)(slash + 1 - at) + strcspn(slash + 1, ",") : strcspn(at, ",");
}

static int add_element(struct syscall_set *set, const char *at, size_t size, const char *spec)
{
	scoped_free char *element = xstrndup(at, size);
	char *end;

	if (!size) {
		refuse(-EINVAL, "an element is missing in the system calls '%s'", spec);
		hint("write names between commas: open,read, %%file, /^sched_/, all or none");
		return -EINVAL;
	}
	if (*element != '/')
		return add_word(set, element, spec);
	end = strchr(element + 1, '/');
	if (size < 2 || (end && end[1])) {
		refuse(-EINVAL, "a regular expression does not end in '%s'", spec);
		hint("it stands between slashes: /^sched_/");
		return -EINVAL;
	}
	if (end)
		*end = '\0';
	return add_matching(set, element + 1, spec);
}

int syscall_set_parse(const char *spec, struct syscall_set *out)
{
	struct syscall_set taken = {{0}}, left_out = {{0}};
	bool complement = *spec == '!';
	const char *at = spec;

	if (complement)
		set_fill(&taken);
	for (;; at++) {
		bool leave_out = *at == '!';
		size_t size = element_size(at += leave_out);
		int err = add_element(complement || leave_out ? &left_out : &taken, at, size, spec);

		if (err)
			return err;
		at += size;
		if (!*at)
			break;
	}
	set_remove(&taken, &left_out);
	*out = taken;
	return 0;
}
