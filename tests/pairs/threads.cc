// SPDX-License-Identifier: MIT
/* As much work as there is, shared by THREADS threads. */
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#ifndef THREADS
#define THREADS 2
#endif

static void work(int parts)
{
	std::vector<char> block((48 << 20) / parts);

	std::memset(block.data(), 5, block.size());
}

int main()
{
	std::vector<std::thread> threads;

	for (int i = 0; i < THREADS; i++)
		threads.emplace_back(work, THREADS);
	for (auto &thread : threads)
		thread.join();
	return 0;
}
