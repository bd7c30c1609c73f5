// SPDX-License-Identifier: MIT
/* Symbols as compilers make them, and names as people write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "symbols/symbols.h"

static void assert_name(const char *symbol, const char *expected)
{
	char *name = demangle(symbol);

	assert_string_equal(name, expected);
	free(name);
}

static void other_symbols_stay(void **state)
{
	(void)state;
	assert_name("main", "main");
	assert_name("_start", "_start");
	assert_name("__libc_start_main", "__libc_start_main");
	assert_name("_Z", "_Z");
	assert_name("_R", "_R");
	assert_name("_ZN", "_ZN");
	assert_name("", "");
	assert_name("foo.constprop.0", "foo.constprop.0");
}

static void cpp_names_have_templates_but_no_parameters(void **state)
{
	(void)state;
	assert_name("_ZN3zoo3Dog4barkEi", "zoo::Dog::bark");
	assert_name("_ZN3zoo12_GLOBAL__N_16hiddenEi", "zoo::(anonymous namespace)::hidden");
	assert_name("_Z3addIiET_S0_S0_", "add<int>");
	assert_name("_ZN3BoxIiEC1Ev", "Box<int>::Box");
	assert_name("_ZNK3BoxIiE3getEv", "Box<int>::get");
	assert_name("_ZltRK3FooS1_", "operator<");
	assert_name("_ZZ4mainENKUliE_clEi", "main::{lambda(int)#1}::operator()");
}

static void rust_names_have_no_hash(void **state)
{
	(void)state;
	assert_name("_ZN4core3fmt9Formatter3pad17h0123456789abcdefE", "core::fmt::Formatter::pad");
	assert_name("_ZN44_$LT$$RF$T$u20$as$u20$core..fmt..Display$GT$3fmt17h0123456789abcdefE",
		    "<&T as core::fmt::Display>::fmt");
	assert_name("_RNvCs1234_7mycrate3foo", "mycrate::foo");
	assert_name("_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>");
}

static void long_symbols_stay(void **state)
{
	enum { REPEATS = 3000 };
	char *symbol = calloc(1, 8 + 2 * REPEATS);

	(void)state;
	strcpy(symbol, "_Z1f");
	for (int i = 0; i < 500; i++)
		strcat(symbol, "P"); /* a pointer to a pointer to ... */
	strcat(symbol, "i");
	assert_name(symbol, "f");
	for (int i = 0; i < 2 * REPEATS - 600; i++)
		strcat(symbol, "P");
	assert_name(symbol, symbol);
	free(symbol);
}

/* Each argument doubles the one before: some 100 bytes would make a name of gigabytes. */
static void exploding_symbols_stay(void **state)
{
	char symbol[1024] = "_Z1fI1AIiiE";

	(void)state;
	strcat(symbol, "S_IS0_S0_E");
	for (int i = 1; i < 34; i++) {
		char argument[32];
		const char *digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

		snprintf(argument, sizeof argument, "S_IS%c_S%c_E", digits[i], digits[i]);
		strcat(symbol, argument);
	}
	strcat(symbol, "Evv");
	assert_name(symbol, symbol);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(other_symbols_stay),
		cmocka_unit_test(cpp_names_have_templates_but_no_parameters),
		cmocka_unit_test(rust_names_have_no_hash),
		cmocka_unit_test(long_symbols_stay),
		cmocka_unit_test(exploding_symbols_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
