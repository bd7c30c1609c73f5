// SPDX-License-Identifier: MIT
/* Conditions: what they hold for, and what is said of those that are none. */
#include "filter/filter.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/kept_messages.h"

#include <cmocka.h>

static bool number_of(const char *word, int64_t *out)
{
	*out = 2;
	return !strcmp(word, "ENOENT");
}

enum { NAME, RET, ERRNO, DURATION, PATH, ABSENT, NONE };

static const struct filter_field fields[] = {
	[NAME] = {"name", FILTER_TEXT},
	[RET] = {"ret", FILTER_NUMBER},
	[ERRNO] = {"errno", FILTER_NUMBER, number_of},
	[DURATION] = {"duration", FILTER_DURATION},
	[PATH] = {"path", FILTER_TEXT},
	[ABSENT] = {"absent", FILTER_NUMBER},
	[NONE] = {"none", FILTER_TEXT},
	{0},
};

static struct filter_value get(void *context, size_t field)
{
	static const char *const name[] = {"openat"}, *const paths[] = {"/usr/lib/x", "/tmp/a b"},
				 *const empty[] = {""};

	(void)context;
	switch (field) {
	case NAME:
		return (struct filter_value){.is_known = true, .texts = {name, 1}};
	case RET:
		return (struct filter_value){.is_known = true, .number = -2};
	case ERRNO:
		return (struct filter_value){.is_known = true, .number = 2};
	case DURATION:
		return (struct filter_value){.is_known = true, .number = 1500000};
	case PATH:
		return (struct filter_value){.is_known = true, .texts = {paths, 2}};
	case NONE:
		return (struct filter_value){.is_known = true, .texts = {empty, 1}};
	default:
		return (struct filter_value){0};
	}
}

static bool holds(const char *text)
{
	struct filter *f;
	bool result;

	assert_int_equal(filter_parse(text, fields, &f), 0);
	result = filter_holds(f, get, NULL);
	filter_free(f);
	return result;
}

static void comparisons(void **state)
{
	(void)state;
	assert_true(holds("name==openat"));
	assert_true(holds("name = 'openat'"));
	assert_false(holds("name==open"));
	assert_true(holds("name!=open"));
	assert_false(holds("name!=openat"));
	assert_true(holds("ret<0"));
	assert_false(holds("ret<-2"));
	assert_true(holds("ret<=-2"));
	assert_true(holds("ret>=-2"));
	assert_false(holds("ret>-2"));
	assert_true(holds("ret==-0x2"));
	assert_true(holds("errno==ENOENT"));
	assert_false(holds("errno!=ENOENT"));
	assert_true(holds("duration==1.5ms"));
	assert_true(holds("duration==1500us && duration<2ms && duration>1000000"));
	assert_false(holds("duration>1s"));
	assert_true(holds("ret<18446744073709551615"));
	assert_true(holds("ret < 64K"));
}

static void texts(void **state)
{
	(void)state;
	assert_true(holds("path~\"/usr\""));
	assert_true(holds("path~^/tmp/"));
	assert_true(holds("path==\"/tmp/a b\""));
	assert_true(holds("path=~'a b$'"));
	assert_false(holds("path~/etc"));
	assert_true(holds("path!~/etc"));
	assert_false(holds("path!~^/tmp"));
	assert_false(holds("path!=/usr/lib/x"));
	assert_true(holds("path~\"[.]x|/x$\""));
	assert_true(holds("name~\"^open(at)?$\""));
	assert_false(holds("name==\"open\\\"at\""));
}

static void joined(void **state)
{
	(void)state;
	assert_true(holds("name==openat && ret<0 && path~\"/usr\""));
	assert_true(holds("name==close || ret<0"));
	assert_false(holds("name==close || ret>0"));
	/* && binds more tightly. */
	assert_true(holds("name==openat || name==close && ret>0"));
	assert_false(holds("(name==openat || name==close) && ret>0"));
	assert_true(holds("!(name==close)"));
	assert_true(holds("!!ret"));
	assert_false(holds("! ret"));
	assert_true(holds("  name==openat  "));
	assert_true(holds("((((ret))))"));
}

static void what_is_not_there_fits_nothing(void **state)
{
	(void)state;
	assert_false(holds("absent"));
	assert_false(holds("absent==0"));
	assert_false(holds("absent!=0"));
	assert_true(holds("!absent"));
	assert_false(holds("none"));
	assert_true(holds("path"));
}

static void assert_refused(const char *text, const char *words)
{
	struct filter *f;

	messages_keep();
	assert_int_equal(filter_parse(text, fields, &f), -EINVAL);
	messages_release();
	if (!strstr(messages, words))
		fail_msg("'%s' is not among '%s'", words, messages);
}

static void refusals_say_where_and_why(void **state)
{
	char deep[400];

	(void)state;
	assert_refused("", "a field is missing");
	assert_refused("name==", "a value is missing");
	assert_refused("name==openat &&", "a field is missing");
	assert_refused("nam==openat", "did you mean 'name'");
	assert_refused("zzzzzzz", "there is no field 'zzzzzzz'");
	assert_refused("(ret<0", "')' is missing");
	assert_refused("ret<0)", "expected at ')'");
	assert_refused("ret<0 ret>1", "expected at 'ret>1'");
	assert_refused("path==\"x", "closing quote");
	assert_refused("path~\"(\"", "no regular expression");
	assert_refused("ret==EPERM", "'EPERM' is no value of the field 'ret'");
	assert_refused("errno==EWHAT", "or a name");
	assert_refused("ret~3", "is a number");
	assert_refused("duration<3x", "durations are like");
	assert_refused("ret<1e400", "is no value");
	assert_refused("ret<5ms", "is no value");
	memset(deep, '(', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	assert_refused(deep, "at most 64 deep");
	memset(deep, '!', sizeof deep - 1);
	assert_refused(deep, "at most 64 deep");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons),
		cmocka_unit_test(texts),
		cmocka_unit_test(joined),
		cmocka_unit_test(what_is_not_there_fits_nothing),
		cmocka_unit_test(refusals_say_where_and_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
