// SPDX-License-Identifier: MIT
/* touch_pages N: writes N fresh pages (N minor faults), then the same again (none). */
#include "program.h"

static FRAME void touch_first(char *pages, long nr_pages)
{
	write_pages(pages, nr_pages, 1);
	asm volatile("");
}

static FRAME void touch_again(char *pages, long nr_pages)
{
	write_pages(pages, nr_pages, 2);
	asm volatile("");
}

int main(int argc, char **argv)
{
	long nr_pages = number_argument(argc, argv, 1, 1000);
	char *pages = map_pages(nr_pages);

	touch_first(pages, nr_pages);
	touch_again(pages, nr_pages);
	return 0;
}
