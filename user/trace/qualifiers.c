// SPDX-License-Identifier: MIT
#include "trace/qualifiers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/error.h"
#include "decode/emit.h"

/* A word and the bits that it stands for. */
struct word_bits {
	const char *word;
	uint64_t bits;
};

/* Finds the bits of one word; 0 when there are none. */
typedef uint64_t bits_of_word(const char *word, const struct word_bits *words);

static uint64_t bits_in_table(const char *word, const struct word_bits *words)
{
	for (; words->word; words++)
		if (!strcmp(words->word, word))
			return words->bits;
	return 0;
}

#define NR_SIGNALS 64

static uint64_t bits_of_signal(const char *word, const struct word_bits *words)
{
	char *end;
	long number = strtol(word, &end, 10);

	(void)words;
	if (*word && !*end)
		return number > 0 && number <= NR_SIGNALS ? 1ULL << (number - 1) : 0;
	if (!strncasecmp(word, "SIG", 3))
		word += 3;
	for (int signal = 1; signal < NR_SIGNALS / 2; signal++)
		if (sigabbrev_np(signal) && !strcasecmp(sigabbrev_np(signal), word))
			return 1ULL << (signal - 1);
	return 0;
}

static int refuse_word(const char *word, const char *what, const struct word_bits *words)
{
	const char *known[NR_SIGNALS + 1];
	size_t size = 0;

	for (const struct word_bits *it = words; it && it->word; it++)
		known[size++] = it->word;
	for (int signal = 1; !words && signal < NR_SIGNALS / 2; signal++)
		known[size++] = sigabbrev_np(signal);
	known[size] = NULL;
	refuse(-EINVAL, "unknown %s '%s'", what, word);
	hint_nearest(strncasecmp(word, "SIG", 3) ? word : word + 3, known, NULL);
	return -EINVAL;
}

/* [!]WORD,WORD...; all and none are understood, too. */
static int bits_parse(const char *value, const char *what, bits_of_word *find,
		      const struct word_bits *words, uint64_t all, uint64_t *out)
{
	bool complement = *value == '!';
	scoped_free char *list = xstrdup(value + complement);
	char *rest = list, *word;
	uint64_t bits = 0;

	while ((word = strsep(&rest, ","))) {
		uint64_t found = strcmp(word, "all") ? find(word, words) : all;

		if (!found && strcmp(word, "none"))
			return refuse_word(word, what, words);
		bits |= found;
	}
	*out = complement ? all & ~bits : bits;
	return 0;
}

int trace_set_parse(const char *value, struct trace_options *out)
{
	if (syscall_set_parse(value, &out->shown))
		return -EINVAL;
	out->syscalls = true;
	return 0;
}

int signals_parse(const char *value, struct trace_options *out)
{
	return bits_parse(value, "signal", bits_of_signal, NULL, ~0ULL, &out->signals);
}

int statuses_parse(const char *value, struct trace_options *out)
{
	static const struct word_bits words[] = {
		{"successful", 1 << STATUS_SUCCESSFUL},   {"failed", 1 << STATUS_FAILED},
		{"unfinished", 1 << STATUS_UNFINISHED},   {"detached", 1 << STATUS_DETACHED},
		{"unavailable", 1 << STATUS_UNAVAILABLE}, {0},
	};
	uint64_t bits;
	int err = bits_parse(value, "status of system calls", bits_in_table, words, ALL_STATUSES,
			     &bits);

	if (err == 0)
		out->statuses = (uint32_t)bits;
	return err;
}

int quiet_parse(const char *value, struct trace_options *out)
{
	enum { QUIET_PATHS = 16 }; /* prof has nothing to say of them */
	static const struct word_bits words[] = {
		{"attach", QUIET_ATTACH},
		{"exit", QUIET_EXIT},
		{"exits", QUIET_EXIT},
		{"path-resolution", QUIET_PATHS},
		{"personality", QUIET_PERSONALITY},
		{"thread-execve", QUIET_EXEC_OF_THREAD},
		{"superseded", QUIET_EXEC_OF_THREAD},
		{0},
	};
	uint64_t bits;
	int err = bits_parse(value, "message", bits_in_table, words, 31, &bits);

	if (err == 0)
		out->quiet = (uint32_t)bits;
	return err;
}

int fd_detail_parse(const char *value, struct trace_options *out)
{
	static const struct word_bits words[] = {
		{"path", 1}, {"socket", 2}, {"dev", 2}, {"pidfd", 2}, {0},
	};
	uint64_t bits;
	int err = bits_parse(value, "detail of descriptors", bits_in_table, words, 3, &bits);

	if (err == 0)
		out->style.fd_detail = bits & 2 ? 2 : (unsigned int)bits;
	return err;
}

/* Structs are shown whole or not at all; for which calls cannot be chosen. */
static int abbreviations_parse(const char *value, struct trace_options *out)
{
	if (strcmp(value, "none") && strcmp(value, "all")) {
		refuse(-EINVAL, "-e abbrev= takes all or none, not '%s'", value);
		return -EINVAL;
	}
	out->style.verbose = !strcmp(value, "none");
	return 0;
}

static int verbose_parse(const char *value, struct trace_options *out)
{
	(void)out;
	if (!strcmp(value, "all"))
		return 0;
	refuse(-EINVAL, "prof trace shows the structs of all calls, not of '%s' alone", value);
	hint("-e raw=SET shows the arguments of some as bare numbers");
	return -EINVAL;
}

static int raw_parse(const char *value, struct trace_options *out)
{
	return syscall_set_parse(value, &out->style.raw);
}

static int refuse_dump(const char *value, struct trace_options *out)
{
	(void)value;
	(void)out;
	refuse(-EINVAL, "prof trace does not dump the data of reads and writes");
	hint("-s 4096 shows it in the arguments");
	return -EINVAL;
}

static int refuse_tampering(const char *value, struct trace_options *out)
{
	(void)value;
	(void)out;
	refuse(-EINVAL, "prof trace does not tamper with system calls");
	hint("strace -e inject= does");
	return -EINVAL;
}

static int refuse_kvm(const char *value, struct trace_options *out)
{
	(void)value;
	(void)out;
	return refuse(-EINVAL, "prof trace does not decode the exits of virtual processors");
}

static const struct {
	const char *name;
	int (*parse)(const char *value, struct trace_options *out);
} qualifiers[] = {
	{"trace", trace_set_parse},
	{"t", trace_set_parse},
	{"signal", signals_parse},
	{"signals", signals_parse},
	{"s", signals_parse},
	{"status", statuses_parse},
	{"quiet", quiet_parse},
	{"silent", quiet_parse},
	{"silence", quiet_parse},
	{"q", quiet_parse},
	{"decode-fds", fd_detail_parse},
	{"decode-fd", fd_detail_parse},
	{"abbrev", abbreviations_parse},
	{"a", abbreviations_parse},
	{"verbose", verbose_parse},
	{"v", verbose_parse},
	{"raw", raw_parse},
	{"x", raw_parse},
	{"read", refuse_dump},
	{"reads", refuse_dump},
	{"r", refuse_dump},
	{"write", refuse_dump},
	{"writes", refuse_dump},
	{"w", refuse_dump},
	{"fault", refuse_tampering},
	{"inject", refuse_tampering},
	{"kvm", refuse_kvm},
};

#define NR_QUALIFIERS (sizeof qualifiers / sizeof *qualifiers)

static int refuse_qualifier(const char *expression, size_t size)
{
	scoped_free char *typed = xstrndup(expression, size);
	const char *names[NR_QUALIFIERS + 1] = {0};
	const char *nearest;

	for (size_t i = 0; i < NR_QUALIFIERS; i++)
		names[i] = qualifiers[i].name;
	refuse(-EINVAL, "unknown qualifier '%s' in -e '%s'", typed, expression);
	nearest = nearest_word(typed, names);
	if (nearest)
		hint("did you mean '%s='?", nearest);
	else
		hint("-e takes trace=, signal=, status=, quiet=, decode-fds=, abbrev= and raw=");
	return -EINVAL;
}

int qualifier_parse(const char *expression, struct trace_options *out)
{
	size_t size = strcspn(expression, "=,!/%");

	if (expression[size] != '=')
		return trace_set_parse(expression, out);
	for (size_t i = 0; i < NR_QUALIFIERS; i++)
		if (strlen(qualifiers[i].name) == size &&
		    !strncmp(qualifiers[i].name, expression, size))
			return qualifiers[i].parse(expression + size + 1, out);
	return refuse_qualifier(expression, size);
}
