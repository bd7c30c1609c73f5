// SPDX-License-Identifier: MIT
// Fifty records into a file that is synced at the end; with -DEACH after each.
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

__attribute__((noinline)) static void put_record(int file, int number)
{
	char record[4096];

	memset(record, number, sizeof record);
	if (write(file, record, sizeof record) < 0)
		_exit(1);
#ifdef EACH
	fsync(file);
#endif
}

int main(void)
{
	int file = open("records", O_CREAT | O_WRONLY | O_TRUNC, 0644);

	for (int i = 0; i < 50; i++)
		put_record(file, i);
	return fsync(file) != 0;
}
