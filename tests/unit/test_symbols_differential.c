// SPDX-License-Identifier: MIT
/*
 * Every few bytes of a program's code, compared with llvm-symbolizer or binutils' addr2line.
 *
 * The whole chain must agree: number of functions, their names, files and lines. Differences fall
 * into classes that are counted: the first two are these tools' habits, which prof does not share,
 * and what is left are disagreements, of which hardly any may be.
 */
#include "symbols_workdir.h"

struct tally {
	unsigned int equal;
	/* Between functions addr2line names the nearest one before; there, nothing has a name. */
	unsigned int gaps;
	/* Names without a linkage name, which gcc gives to lambdas and what is in anonymous
	 * namespaces: the tools show `operator()` where prof shows `main::{lambda}::operator()`. */
	unsigned int unqualified;
	unsigned int disagreements;
};

struct reference {
	FILE *lines;
	char *line;
	size_t capacity;
	ssize_t size; /* of the line read ahead; -1 at the end */
};

static void reference_next(struct reference *reference)
{
	reference->size = getline(&reference->line, &reference->capacity, reference->lines);
	if (reference->size > 0)
		reference->line[--reference->size] = '\0';
}

/* Reads one answer: a line with the address, then pairs of lines, name and file:line. */
static uint32_t reference_read(struct reference *reference, struct function_line out[64])
{
	uint32_t nr_lines = 0;

	reference_next(reference);
	while (reference->size >= 0 && strncmp(reference->line, "0x", 2)) {
		struct function_line *line = &out[nr_lines++];
		char *colon;

		assert_true(nr_lines < 64);
		line->function = demangle(reference->line);
		reference_next(reference);
		assert_true(reference->size > 0);
		colon = strrchr(reference->line, ':');
		assert_non_null(colon);
		line->line = atoi(colon + 1); /* `?` is 0, "(discriminator)" may follow */
		line->file = xstrndup(reference->line, colon - reference->line);
		reference_next(reference);
		while (reference->size == 0) /* llvm-symbolizer separates answers */
			reference_next(reference);
	}
	return nr_lines;
}

static void answer_fini(struct function_line *lines, uint32_t nr_lines)
{
	for (uint32_t i = 0; i < nr_lines; i++) {
		free(lines[i].function);
		free(lines[i].file);
	}
}

/* gcc's copies of a function: `f.constprop.0`, `f [clone .part.0]`. */
static void cut_clone(char *name)
{
	char *mark = strstr(name, " [clone ");

	if (!mark && !strchr(name, ':'))
		mark = strchr(name, '.');
	if (mark && mark > name)
		*mark = '\0';
}

static const char *last_part(const char *name)
{
	const char *part = name;

	for (const char *at = name; (at = strstr(at, "::")); part = at)
		at += 2;
	return part;
}

/* Paths may differ in `x/../`, which prof keeps. */
static bool same_file(const char *a, const char *b)
{
	scoped_free char *real_a = a ? realpath(a, NULL) : NULL;
	scoped_free char *real_b = realpath(b, NULL);

	return a && (!strcmp(a, b) || (real_a && real_b && !strcmp(real_a, real_b)));
}

static unsigned int *classify(struct tally *tally, const struct function_line *ours,
			      uint32_t nr_ours, const struct function_line *theirs,
			      uint32_t nr_theirs)
{
	bool qualified = false;

	if (nr_theirs == 1 && (!nr_ours || (nr_ours == 1 && !ours[0].function)))
		return strcmp(theirs[0].function, "??") ? &tally->gaps : &tally->equal;
	if (nr_ours != nr_theirs)
		return &tally->disagreements;
	for (uint32_t i = 0; i < nr_ours; i++) {
		if (!ours[i].function || ours[i].line != theirs[i].line ||
		    (ours[i].line && !same_file(ours[i].file, theirs[i].file)))
			return &tally->disagreements;
		cut_clone(theirs[i].function);
		if (strcmp(ours[i].function, theirs[i].function)) {
			if (strcmp(last_part(ours[i].function), last_part(theirs[i].function)))
				return &tally->disagreements;
			qualified = true;
		}
	}
	return qualified ? &tally->unqualified : &tally->equal;
}

static void text_section(const char *path, uint64_t *start, uint64_t *size)
{
	struct elf_file file;
	GElf_Shdr header;

	assert_int_equal(elf_file_open(path, &file), 0);
	assert_non_null(elf_file_section(&file, ".text", &header));
	*start = header.sh_addr;
	*size = header.sh_size;
	elf_file_close(&file);
}

static void compare_all(const char *path, struct reference *reference, unsigned int step,
			struct tally *out)
{
	struct module module = {.path = (char *)path};
	struct symbolizer *s = symbolizer_new();
	uint64_t start, size;

	text_section(path, &start, &size);
	reference_next(reference);
	for (uint64_t at = start; at < start + size; at += step) {
		struct function_line theirs[64];
		const struct function_line *ours;
		uint32_t nr_theirs, nr_ours;

		assert_int_equal(strtoull(reference->line, NULL, 16), at);
		nr_theirs = reference_read(reference, theirs);
		nr_ours = symbolizer_lookup(s, &module, FIRST_FILE_MODULE, code_offset(path, at),
					    &ours);
		++*classify(out, ours, nr_ours, theirs, nr_theirs);
		answer_fini(theirs, nr_theirs);
	}
	symbolizer_free(s);
}

#define LLVM     "llvm-symbolizer --inlines --functions=linkage --no-demangle --output-style=GNU -a"
#define BINUTILS "addr2line -aif"

static void assert_agreement(const char *name, const char *tool, unsigned int step)
{
	scoped_free char *path = full_path(name);
	scoped_free char *command = xasprintf("%s -e '%s' <addresses 2>/dev/null", tool, path);
	struct reference reference = {0};
	struct tally tally = {0};
	uint64_t start, size;
	FILE *addresses = fopen("addresses", "w");

	assert_non_null(addresses);
	text_section(path, &start, &size);
	for (uint64_t at = start; at < start + size; at += step)
		fprintf(addresses, "0x%llx\n", (unsigned long long)at);
	assert_int_equal(fclose(addresses), 0);
	reference.lines = popen(command, "r");
	assert_non_null(reference.lines);
	compare_all(path, &reference, step, &tally);
	pclose(reference.lines);
	free(reference.line);
	print_message("%s: %u equal, %u gaps, %u unqualified, %u disagreements\n", name,
		      tally.equal, tally.gaps, tally.unqualified, tally.disagreements);
	assert_true(tally.equal > 100);
	assert_in_range(tally.gaps, 0, tally.equal / 10);
	assert_in_range(tally.unqualified, 0, tally.equal / 20);
	/* Of identical functions that were merged, each side may name another. */
	assert_in_range(tally.disagreements, 0, tally.equal / 200);
}

static const char c_source[] =
	"#include <stdio.h>\n"
	"#include <stdlib.h>\n"
	"#include <string.h>\n"
	"struct node { struct node *next; int value; };\n"
	"static inline int square(int x) { return x * x; }\n"
	"static int weight(const struct node *n) { int sum = 0;\n"
	"	for (; n; n = n->next) sum += square(n->value) + square(sum);\n"
	"	return sum; }\n"
	"static __attribute__((noinline)) struct node *push(struct node *n, int v) {\n"
	"	struct node *new = malloc(sizeof *new);\n"
	"	if (!new) abort();\n"
	"	*new = (struct node){n, v}; return new; }\n"
	"static int compare(const void *a, const void *b) {\n"
	"	return square(*(const int *)a) - square(*(const int *)b); }\n"
	"int main(int argc, char **argv) { struct node *list = 0; int all[64];\n"
	"	for (int i = 0; i < 64; i++) all[i] = strlen(argv[i % argc]) * i;\n"
	"	qsort(all, 64, sizeof *all, compare);\n"
	"	for (int i = 0; i < 64; i++) list = push(list, all[i]);\n"
	"	printf(\"%d\\n\", weight(list)); return 0; }\n";

static const char cpp_source[] =
	"#include <algorithm>\n"
	"#include <cstdio>\n"
	"#include <map>\n"
	"#include <string>\n"
	"#include <vector>\n"
	"namespace zoo {\n"
	"namespace {\n"
	"__attribute__((noinline)) int hidden(int x) { volatile int y = x; return y * 3; }\n"
	"inline int tiny(int x) { return hidden(x) + 1; }\n"
	"}\n"
	"template <class T> struct Box { T v; T get() const { return v * 2; }\n"
	"	template <class U> U as() const { return U(get()) + U(tiny(v)); } };\n"
	"struct Base { virtual ~Base() {} virtual int f(int) = 0; };\n"
	"struct Derived : Base { int f(int x) override {\n"
	"	auto add = [x](int k) { return hidden(k) + x; };\n"
	"	int s = 0; for (int i = 0; i < x; i++) s += add(i); return s; } };\n"
	"}\n"
	"static bool less(const std::string &a, const std::string &b) { return a < b; }\n"
	"int main(int argc, char **argv) {\n"
	"	std::vector<std::string> words(argv, argv + argc);\n"
	"	std::sort(words.begin(), words.end(), less);\n"
	"	std::map<std::string, int> sizes;\n"
	"	for (auto &word : words) sizes[word] += word.size();\n"
	"	zoo::Box<int> box{argc}; zoo::Base *base = new zoo::Derived;\n"
	"	auto sum = [&](int q) { return box.as<long>() + q; };\n"
	"	int r = 0; for (auto &p : sizes) r += sum(p.second) + base->f(p.second);\n"
	"	delete base; std::printf(\"%d\\n\", r); return 0; }\n";

static const char rust_source[] =
	"use std::collections::HashMap;\n"
	"trait Speak { fn say(&self, n: usize) -> usize; }\n"
	"struct Dog; struct Cat(u32);\n"
	"impl Speak for Dog { #[inline(never)] fn say(&self, n: usize) -> usize {\n"
	"	(0..n).map(|x| x * 3).filter(|x| x % 2 == 0).sum() } }\n"
	"impl Speak for Cat { fn say(&self, n: usize) -> usize { n + self.0 as usize } }\n"
	"fn both<T: Speak>(t: &T, n: usize) -> usize { t.say(n) + t.say(n + 1) }\n"
	"fn main() { let mut m: HashMap<String, usize> = HashMap::new();\n"
	"	for a in std::env::args() { *m.entry(a).or_insert(0) += 1; }\n"
	"	let mut v: Vec<_> = m.into_iter().collect();\n"
	"	v.sort_by(|a, b| b.1.cmp(&a.1));\n"
	"	let f = |x: usize| both(&Dog, x) + both(&Cat(7), x);\n"
	"	println!(\"{}\", v.iter().map(|p| f(p.1)).sum::<usize>()); }\n";

static void gcc_c_programs(void **state)
{
	(void)state;
	need("gcc");
	need("addr2line");
	write_text("program.c", c_source);
	build("gcc -O2 -g -gdwarf-5 -o c5 program.c && gcc -O1 -g -gdwarf-4 -no-pie -o c4 "
	      "program.c");
	assert_agreement("c5", BINUTILS, 1);
	assert_agreement("c4", BINUTILS, 1);
}

/* addr2line calls lambdas by the symbol of whatever they were inlined into. */
static void gcc_cpp_programs(void **state)
{
	(void)state;
	need("g++");
	need("llvm-symbolizer");
	write_text("program.cpp", cpp_source);
	build("g++ -O2 -g -gdwarf-5 -o cpp5 program.cpp && g++ -O3 -g -gdwarf-4 -o cpp4 "
	      "program.cpp");
	build("g++ -O2 -g -flto -gz -o lto program.cpp");
	assert_agreement("cpp5", LLVM, 3);
	assert_agreement("cpp4", LLVM, 3);
	assert_agreement("lto", LLVM, 3);
}

/* binutils neither sees inlined functions with indexed ranges nor follows skeletons by itself. */
static void clang_and_split_programs(void **state)
{
	(void)state;
	need("clang++");
	need("llvm-symbolizer");
	write_text("program.cpp", cpp_source);
	build("clang++ -O2 -g -gdwarf-5 -o clang5 program.cpp");
	build("clang++ -O2 -g -gdwarf-4 -ffunction-sections -o clang4 program.cpp");
	build("g++ -O2 -g -gsplit-dwarf -no-pie -o split program.cpp");
	build("clang++ -O2 -g -gsplit-dwarf -o clangsplit program.cpp");
	assert_agreement("clang5", LLVM, 3);
	assert_agreement("clang4", LLVM, 3);
	assert_agreement("split", LLVM, 3);
	assert_agreement("clangsplit", LLVM, 3);
}

static void rust_programs(void **state)
{
	(void)state;
	need("rustc");
	need("addr2line");
	write_text("program.rs", rust_source);
	build("HOME=${HOME:-/root} rustc -O -g -o rust program.rs");
	assert_agreement("rust", BINUTILS, 61);
}

#define IN_WORKDIR(test) cmocka_unit_test_setup_teardown(test, workdir_enter, workdir_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORKDIR(gcc_c_programs),
		IN_WORKDIR(gcc_cpp_programs),
		IN_WORKDIR(clang_and_split_programs),
		IN_WORKDIR(rust_programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
