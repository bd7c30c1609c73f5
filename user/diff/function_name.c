// SPDX-License-Identifier: MIT
#include "diff/function_name.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define MOST_WORDS 32

/* ---- What compilers add ---- */

static bool begins(const char *text, const char *beginning)
{
	return !strncmp(text, beginning, strlen(beginning));
}

/* "::h" and sixteen hexadecimal digits at the end, as old Rust mangling has them. */
static void cut_hash(char *name)
{
	size_t size = strlen(name);
	char *at = size > 19 ? name + size - 19 : NULL;

	if (at && begins(at, "::h") && strspn(at + 3, "0123456789abcdef") == 16)
		*at = '\0';
}

static void cut_clone(char *name)
{
	static const char *const marks[] = {".llvm.",      ".cold",      ".part.",  ".isra.",
					    ".constprop.", ".lto_priv.", ".clone.", " [clone",
					    "@plt",        "@@",         NULL};

	for (const char *const *mark = marks; *mark; mark++) {
		char *at = strstr(name, *mark);

		if (at && at != name)
			*at = '\0';
	}
}

static void remove_all(char *name, const char *part)
{
	char *at;

	while ((at = strstr(name, part)))
		memmove(at, at + strlen(part), strlen(at + strlen(part)) + 1);
}

/* The closing bracket of the one at `open`, or the end of the text. */
static char *closing(char *open)
{
	char opening = *open, close = opening == '<' ? '>' : opening == '(' ? ')' : '}';
	int depth = 0;

	for (char *at = open; *at; at++) {
		if (*at == opening)
			depth++;
		else if (*at == close && !(close == '>' && at > open && at[-1] == '-') && !--depth)
			return at;
	}
	return open + strlen(open);
}

static void splice_out(char *from, const char *to)
{
	memmove(from, to, strlen(to) + 1);
}

static bool is_operator(const char *name, const char *at)
{
	const size_t size = sizeof "operator" - 1;

	while (at > name && strchr("<>-=", at[-1]))
		at--;
	return at >= name + size && !strncmp(at - size, "operator", size);
}

/*
 * "<A as B>::c" and "<impl B for A>::c" are A::c, but B::c where A is no type of anybody's own, as
 * u8 and T are; other brackets go. `at` is the '<'.
 */
static void resolve_type(char *at)
{
	char *end = closing(at), *as, *impl;
	size_t size = (size_t)(end - at) - 1;
	scoped_free char *inside = xstrndup(at + 1, *end ? size : strlen(at + 1));

	impl = begins(inside, "impl ") ? strstr(inside, " for ") : NULL;
	as = strstr(inside, " as ");
	if (as)
		*as = '\0';
	if (as && !strstr(inside, "::"))
		splice_out(inside, as + strlen(" as "));
	splice_out(at, *end ? end + 1 : end);
	if (impl || begins(inside, "impl "))
		splice_out(inside, impl ? impl + strlen(" for ") : inside + strlen("impl "));
	if (strlen(inside) <= size) {
		memmove(at + strlen(inside), at, strlen(at) + 1);
		memcpy(at, inside, strlen(inside));
	}
}

/* A '<' at the beginning of a component holds a type, any other one arguments. */
static void cut_generics(char *name)
{
	char *at = name;

	while ((at = strchr(at, '<'))) {
		bool is_type = at == name || (at[-1] == ':' && begins(at + 1, "impl ")) ||
			       at[-1] == '&' || at[-1] == ' ';

		if (is_operator(name, at)) {
			at++;
		} else if (is_type) {
			resolve_type(at);
		} else {
			char *end = closing(at);

			if (at > name + 1 && at[-1] == ':' && at[-2] == ':')
				at -= 2;
			splice_out(at, *end ? end + 1 : end);
		}
	}
}

/* The parameters of C++; Go's receivers, "(*T)", stay. */
static void cut_parameters(char *name)
{
	for (char *at = strchr(name, '('); at; at = strchr(at + 1, '(')) {
		if (at[1] == '*' || (at[1] == ')' && is_operator(name, at)))
			continue;
		*at = '\0';
		return;
	}
}

/* "{{closure}}", "{closure#0}", "{lambda(int)#1}" with their scope operator. */
static void cut_closures(char *name)
{
	char *at;

	while ((at = strchr(name, '{'))) {
		char *end = closing(at);

		if (at > name + 1 && at[-1] == ':' && at[-2] == ':')
			at -= 2;
		splice_out(at, *end ? end + 1 : end);
	}
}

/* "void f" of templates; "operator new" has a blank of its own. */
static void cut_return_type(char *name)
{
	char *at = strrchr(name, ' ');

	if (at && at[1] && !strstr(name, "operator"))
		splice_out(name, at + 1);
	else if (at && !at[1])
		*at = '\0';
}

/* "__memset_avx512_unaligned_erms" and "__GI___libc_write" are memset and write to people. */
static void cut_libc(char *name)
{
	static const char *const variants[] = {"_avx", "_evex", "_sse", "_erms", NULL};
	static const char *const prefixes[] = {"__GI_", "__libc_", "__", NULL};
	bool had_prefix = false;

	for (const char *const *prefix = prefixes; *prefix; prefix++) {
		if (begins(name, *prefix) && isalpha(name[strlen(*prefix)] | 32) &&
		    strcmp(name, "__libc_start_main")) {
			splice_out(name, name + strlen(*prefix));
			had_prefix = true;
		} else if (begins(name, *prefix) && name[strlen(*prefix)] == '_') {
			splice_out(name, name + strlen(*prefix));
			had_prefix = true;
		}
	}
	for (const char *const *variant = variants; had_prefix && *variant; variant++) {
		char *at = strstr(name, *variant);

		if (at && at != name)
			*at = '\0';
	}
}

/* Rust's "app::main" and Go's "main.main" are what C calls main. */
static void cut_main(char *name)
{
	char *colon = strchr(name, ':');

	if (!strcmp(name, "main.main") || (colon && !strcmp(colon, "::main")))
		strcpy(name, "main");
}

char *function_name_plain(const char *name)
{
	char *plain = xstrdup(name);
	size_t size = strlen(plain);

	if (size > 4 && !strcmp(plain + size - 4, "_[k]"))
		return plain;
	if (*plain == '[')
		return plain;
	cut_clone(plain);
	cut_hash(plain);
	remove_all(plain, "(anonymous namespace)::");
	remove_all(plain, "[abi:cxx11]");
	cut_closures(plain);
	remove_all(plain, "::operator()");
	cut_generics(plain);
	cut_parameters(plain);
	cut_return_type(plain);
	cut_libc(plain);
	cut_main(plain);
	if (!*plain) {
		free(plain);
		plain = xstrdup(name);
	}
	return plain;
}

/* ---- Frames that say nothing ---- */

bool function_has_name(const char *name)
{
	return *name != '[' && !strstr(name, "!fn@");
}

bool function_is_glue(const char *plain)
{
	static const char *const exact[] = {"_start",
					    "clone",
					    "clone3",
					    "start_thread",
					    "libc_start_main",
					    "start_main_impl",
					    "start_call_main",
					    "__libc_start_main",
					    "_dl_start_user",
					    "lang_start",
					    "thread_start",
					    "call_once",
					    NULL};
	static const char *const beginnings[] = {"std::rt::",
						 "std::sys",
						 "std::thread::",
						 "std::panicking::",
						 "std::panic::",
						 "core::ops::function::",
						 "core::panic::",
						 "std::__invoke",
						 "std::_Function",
						 "std::_Bind",
						 "std::invoke",
						 "std::function",
						 "std::backtrace::",
						 "std::sys_common",
						 "rust_begin_short",
						 "alloc::boxed::Box::call",
						 "alloc::boxed::call",
						 "runtime.goexit",
						 "runtime.main",
						 "runtime.rt0_go",
						 "rayon_core::",
						 "tokio::runtime::",
						 NULL};

	for (const char *const *name = exact; *name; name++) {
		if (!strcmp(plain, *name))
			return true;
	}
	for (const char *const *name = beginnings; *name; name++) {
		if (begins(plain, *name))
			return true;
	}
	return strstr(plain, "_short_backtrace") || strstr(plain, "_State_impl") ||
	       strstr(plain, "FnOnce") || strstr(plain, "_M_invoke");
}

bool function_is_standard(const char *plain)
{
	static const char *const beginnings[] = {
		"std::",       "core::",      "alloc::",      "__rust_",         "rust_", "__rdl_",
		"hashbrown::", "__gnu_cxx::", "operator new", "operator delete", "dyn ",  NULL};

	for (const char *const *name = beginnings; *name; name++) {
		if (begins(plain, *name))
			return true;
	}
	return false;
}

/* ---- Words ---- */

struct words {
	struct word {
		const char *at;
		size_t size;
		double weight;
	} items[MOST_WORDS];
	size_t nr;
};

static bool is_word_start(const char *text, const char *at)
{
	if (at == text || !isalnum((unsigned char)at[-1]))
		return true;
	if (isupper((unsigned char)*at))
		return islower((unsigned char)at[-1]) || islower((unsigned char)at[1]);
	return isdigit((unsigned char)*at) != isdigit((unsigned char)at[-1]);
}

static const char *last_component(const char *plain)
{
	const char *colon = strrchr(plain, ':'), *dot = strrchr(plain, '.');
	const char *last = colon > dot ? colon : dot;

	return last && last[1] ? last + 1 : plain;
}

static void split(const char *plain, struct words *out)
{
	const char *own = last_component(plain);

	for (const char *at = plain; *at && out->nr < MOST_WORDS; at++) {
		const char *start = at;

		if (!isalnum((unsigned char)*at))
			continue;
		while (isalnum((unsigned char)at[1]) && !is_word_start(plain, at + 1))
			at++;
		out->items[out->nr++] =
			(struct word){start, (size_t)(at - start) + 1, start >= own ? 3.0 : 1.0};
	}
}

static bool words_equal(const struct word *a, const struct word *b)
{
	return a->size == b->size && !strncasecmp(a->at, b->at, a->size);
}

static double lesser(double a, double b)
{
	return a < b ? a : b;
}

/* Dice's coefficient of the two weighted multisets of words. */
double function_names_alike(const char *a, const char *b)
{
	struct words x = {0}, y = {0};
	bool used[MOST_WORDS] = {false};
	double all = 0, common = 0;

	if (!strcmp(a, b))
		return 1;
	split(a, &x);
	split(b, &y);
	for (size_t i = 0; i < y.nr; i++)
		all += y.items[i].weight;
	for (size_t i = 0; i < x.nr; i++) {
		all += x.items[i].weight;
		for (size_t k = 0; k < y.nr; k++) {
			if (used[k] || !words_equal(&x.items[i], &y.items[k]))
				continue;
			used[k] = true;
			common += 2 * lesser(x.items[i].weight, y.items[k].weight);
			break;
		}
	}
	return all > 0 ? common / all : 0;
}
