// SPDX-License-Identifier: MIT
/* dlopen_loop N: loads and unloads a library N times, calling into it each time. */
#include <dlfcn.h>

#include "program.h"

int main(int argc, char **argv)
{
	long times = number_argument(argc, argv, 1, 50);

	for (long i = 0; i < times; i++) {
		void *library = dlopen("libm.so.6", RTLD_NOW);
		double (*function)(double);

		if (!library)
			errx(1, "%s", dlerror());
		*(void **)&function = dlsym(library, "cbrt");
		if (function(27) < 2)
			return 1;
		dlclose(library);
	}
	return 0;
}
