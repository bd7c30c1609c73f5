// SPDX-License-Identifier: MIT
/* Names of functions without what compilers add, and how alike they are. */
#include "diff/function_name.h"

#include "base/error.h"
#include "diff/name_map.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <cmocka.h>

static void assert_plain(const char *name, const char *wanted)
{
	char *plain = function_name_plain(name);

	assert_string_equal(plain, wanted);
	free(plain);
}

static void compilers_additions_go(void **state)
{
	(void)state;
	assert_plain("parse_item", "parse_item");
	assert_plain("app::parse_item::h0123456789abcdef", "app::parse_item");
	assert_plain("app::parse_item::h012345678", "app::parse_item::h012345678");
	assert_plain("foo.isra.0", "foo");
	assert_plain("foo.cold", "foo");
	assert_plain("std::vector<int, std::allocator<int> >::push_back(int const&)",
		     "std::vector::push_back");
	assert_plain("void encode<int>(std::vector<int>&)", "encode");
	assert_plain("main::{lambda(int)#1}::operator()(int) const", "main");
	assert_plain("app::run::{{closure}}::h0123456789abcdef", "app::run");
	assert_plain("<app::Encoder<T> as core::fmt::Write>::put::h0123456789abcdef",
		     "app::Encoder::put");
	assert_plain("<u8 as alloc::vec::SpecFromElem>::from_elem",
		     "alloc::vec::SpecFromElem::from_elem");
	assert_plain("(anonymous namespace)::Foo::bar(int)", "Foo::bar");
	assert_plain("name[abi:cxx11]()", "name");
	assert_plain("operator new(unsigned long)", "operator new");
	assert_plain("std::ostream::operator<<(int)", "std::ostream::operator<<");
	assert_plain("main.(*T).Method", "main.(*T).Method");
	assert_plain("__memset_avx512_unaligned_erms", "memset");
	assert_plain("__GI___libc_write", "write");
	assert_plain("clear_page_erms_[k]", "clear_page_erms_[k]");
	assert_plain("app::main", "main");
	assert_plain("main.main", "main");
	assert_plain("", "");
}

static void odd_names_are_survived(void **state)
{
	static const char *const names[] = {
		"<",       "<<",     "(",      "((",    "{",        "}",         "<>",
		"::",      "a<b",    "a<b<c>", "> >",   "operator", "operator<", " ",
		"<impl >", "< as >", "::h",    "void ", "__",       "_avx",      NULL};

	(void)state;
	for (const char *const *name = names; *name; name++) {
		char *plain = function_name_plain(*name);

		assert_non_null(plain);
		assert_true(strlen(plain) <= strlen(*name));
		free(plain);
	}
}

static void words_meet_between_languages(void **state)
{
	(void)state;
	assert_true(function_names_alike("parseItem", "parse_item") > 0.99);
	assert_true(function_names_alike("Parser::parseItem", "app::parser::parse_item") > 0.8);
	assert_true(function_names_alike("XMLReader::nextTag", "xml_reader::next_tag") > 0.99);
	assert_true(function_names_alike("encode", "decode") < 0.01);
	assert_true(function_names_alike("load", "squeeze") < 0.01);
	assert_true(function_names_alike("a::b", "b::a") < 1);
}

static void glue_is_known(void **state)
{
	(void)state;
	assert_true(function_is_glue("_start"));
	assert_true(function_is_glue("std::rt::lang_start"));
	assert_true(function_is_glue("core::ops::function::FnOnce::call_once"));
	assert_true(function_is_glue("std::thread::_State_impl::_M_run"));
	assert_false(function_is_glue("start_work"));
	assert_true(function_is_standard("alloc::vec::Vec::push"));
	assert_false(function_is_standard("allocate"));
}

static char last_message[256];

static void keep_message(const char *line)
{
	if (!strncmp(line, "prof:", 5))
		snprintf(last_message, sizeof last_message, "%s", line);
}

static void map_joins_what_it_names(void **state)
{
	struct name_map map = {0};
	char *base, *new;

	(void)state;
	assert_int_equal(name_map_add_line(&map, "# nothing", "m", 1), 0);
	assert_int_equal(name_map_add_line(&map, "  \n", "m", 2), 0);
	assert_int_equal(name_map_add_line(&map, "Enc::([a-z]+) -> codec::([a-z]+)\n", "m", 3), 0);
	base = name_rule_key(&map.rules.items[0], BASE, "Enc::run");
	new = name_rule_key(&map.rules.items[0], NEW, "codec::run");
	assert_string_equal(base, new);
	free(new);
	new = name_rule_key(&map.rules.items[0], NEW, "codec::walk");
	assert_string_not_equal(base, new);
	free(base);
	free(new);
	assert_null(name_rule_key(&map.rules.items[0], NEW, "Enc::run"));
	assert_null(name_rule_key(&map.rules.items[0], BASE, "xEnc::run"));
	message_sink_set(keep_message);
	assert_int_equal(name_map_add_line(&map, "no arrow", "m", 4), -EINVAL);
	assert_string_equal(last_message, "prof: m:4: there is no '->' in 'no arrow'");
	assert_int_equal(name_map_add_line(&map, "( -> b", "m", 5), -EINVAL);
	assert_int_equal(name_map_add_line(&map, " -> b", "m", 6), -EINVAL);
	message_sink_set(NULL);
	name_map_fini(&map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compilers_additions_go),
		cmocka_unit_test(odd_names_are_survived),
		cmocka_unit_test(words_meet_between_languages),
		cmocka_unit_test(glue_is_known),
		cmocka_unit_test(map_joins_what_it_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
