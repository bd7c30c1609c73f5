// SPDX-License-Identifier: MIT
/* The same lines as out_buffered, flushed one by one. */
#include <cstdio>
#include <fstream>

namespace journal
{
__attribute__((noinline)) static void note(std::ofstream &out, int number)
{
	char text[64];

	std::snprintf(text, sizeof text, "line %08d of the log", number);
	out << text << std::endl;
}
} // namespace journal

int main(int argc, char **argv)
{
	std::ofstream out(argc > 1 ? argv[1] : "out.log");

	for (int i = 0; i < 20000; i++)
		journal::note(out, i);
	return !out;
}
