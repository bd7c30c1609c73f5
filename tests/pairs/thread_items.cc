// SPDX-License-Identifier: MIT
// 400 items: a thread for each, four at a time; with -DPOOL four threads take one after the other.
#include <atomic>
#include <cstring>
#include <thread>
#include <vector>

enum { NR_ITEMS = 400, NR_THREADS = 4 };

static std::atomic<int> next_item;

__attribute__((noinline)) static void handle(int item)
{
	char room[20000];

	std::memset(room, item, sizeof room);
	asm volatile("" : : "r"(room) : "memory");
}

static void take_items()
{
	for (int item; (item = next_item++) < NR_ITEMS;)
		handle(item);
}

static void one_after_the_other()
{
	for (int item = 0; item < NR_ITEMS; item += NR_THREADS) {
		std::vector<std::thread> threads;

		for (int i = 0; i < NR_THREADS; i++)
			threads.emplace_back(handle, item + i);
		for (auto &thread : threads)
			thread.join();
	}
}

static void pool()
{
	std::vector<std::thread> threads;

	for (int i = 0; i < NR_THREADS; i++)
		threads.emplace_back(take_items);
	for (auto &thread : threads)
		thread.join();
}

int main()
{
#ifdef POOL
	pool();
#else
	one_after_the_other();
#endif
	return 0;
}
