// SPDX-License-Identifier: MIT
/*
 * Any bytes as a map of code made at run time: places must get names, or none, without a crash or a
 * hang, and no name is empty.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "symbols/perf_map.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint64_t addresses[] = {0, 0x10, 0x1000, 0x7f00, 0x7f10, UINT64_MAX - 1};
	enum { NR_PLACES = sizeof addresses / sizeof *addresses };
	struct named_place places[NR_PLACES] = {0};
	int fd = memfd_create("map", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	for (size_t i = 0; i < NR_PLACES; i++)
		places[i].address = addresses[i];
	perf_map_name(fd, places, NR_PLACES);
	for (size_t i = 0; i < NR_PLACES; i++) {
		if (places[i].name && !*places[i].name)
			abort();
		free(places[i].name);
	}
	close(fd);
	return 0;
}
