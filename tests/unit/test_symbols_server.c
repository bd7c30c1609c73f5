// SPDX-License-Identifier: MIT
/* Debug information from a server, which here is a directory: only if asked for, and only if right.
 */
#include "symbols_workdir.h"

#include <dlfcn.h>

#define BUILD_ID "0123456789abcdef0123456789abcdef01234567"

static const char source[] = "volatile int cell;\n"
			     "static __attribute__((noinline)) int hidden(int x) {\n"
			     "	return cell + x; }\n"
			     "int main(int argc, char **argv) { (void)argv;\n"
			     "	return hidden(argc) + hidden(cell); }\n";

static void need_library(void)
{
	void *library = dlopen("libdebuginfod.so.1", RTLD_NOW);

	if (library) {
		dlclose(library);
		return;
	}
	print_message("skipped: no libdebuginfod here\n");
	skip();
}

/* Leaves `whole`, `stripped`, and the server's file for the latter, made from `from`. */
static void build_served(const char *from, const char *options)
{
	need("gcc");
	need("objcopy");
	write_text("program.c", source);
	build("gcc -O2 -g -Wl,--build-id=0x" BUILD_ID " -o whole program.c");
	build("gcc -O2 -g %s -o other program.c", options);
	build("objcopy --strip-all whole stripped && mkdir -p server/buildid/" BUILD_ID);
	build("objcopy --only-keep-debug %s server/buildid/" BUILD_ID "/debuginfo", from);
	build("rm -rf cache"); /* it remembers also what was not there */
}

static void use_server(void)
{
	scoped_free char *directory = full_path("server");
	scoped_free char *url = xasprintf("file://%s", directory);
	scoped_free char *cache = xasprintf("%s/../cache", directory);

	setenv("DEBUGINFOD_CACHE_PATH", cache, 1);
	setenv("DEBUGINFOD_URLS", url, 1);
}

static int forget_server(void **state)
{
	unsetenv("DEBUGINFOD_CACHE_PATH");
	unsetenv("DEBUGINFOD_URLS");
	return workdir_leave(state);
}

/* The name of the function `hidden` in the stripped program, which nothing here tells. */
static char *hidden_name(bool use_servers)
{
	scoped_free char *path = full_path("stripped");
	struct module module = {.path = path};
	struct symbolizer *s = symbolizer_new();
	const struct function_line *lines;
	uint64_t size, offset = code_offset("whole", symbol_address("whole", "hidden", &size));
	char *name;

	module.build_id_size = build_id_of_file(path, module.build_id);
	symbolizer_open_ahead(s, path); /* what was opened before the servers were known of */
	if (use_servers)
		symbolizer_use_servers(s, NULL, NULL);
	assert_int_equal(symbolizer_lookup(s, &module, FIRST_FILE_MODULE, offset, &lines), 1);
	name = xasprintf("%s %s", lines[0].function, lines[0].line == 3 ? "at its line" : "");
	symbolizer_free(s);
	return name;
}

static void assert_unnamed(bool use_servers)
{
	scoped_free char *name = hidden_name(use_servers);

	assert_non_null(strstr(name, "stripped!fn@0x"));
}

static void names_come_from_the_server(void **state)
{
	scoped_free char *name = NULL;

	(void)state;
	need_library();
	build_served("whole", "");
	use_server();
	name = hidden_name(true);
	assert_string_equal(name, "hidden at its line");
}

static void servers_are_not_asked_by_themselves(void **state)
{
	(void)state;
	need_library();
	build_served("whole", "");
	use_server();
	assert_unnamed(false); /* nobody said that they may be used */
	assert_int_not_equal(access("cache", F_OK), 0);
	setenv("DEBUGINFOD_URLS", "", 1);
	assert_unnamed(true); /* none is named */
	assert_int_not_equal(access("cache", F_OK), 0);
}

static void files_of_another_build_are_not_taken(void **state)
{
	(void)state;
	need_library();
	build_served("other", "-Wl,--build-id=0x1234");
	use_server();
	assert_unnamed(true);
}

static void servers_that_lack_the_file(void **state)
{
	(void)state;
	need_library();
	build_served("whole", "");
	build("rm -r server/buildid");
	use_server();
	assert_unnamed(true);
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, workdir_enter, forget_server)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(names_come_from_the_server),
		WITH_SERVER(servers_are_not_asked_by_themselves),
		WITH_SERVER(files_of_another_build_are_not_taken),
		WITH_SERVER(servers_that_lack_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
