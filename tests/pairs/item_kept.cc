// SPDX-License-Identifier: MIT
/* The same work as item_fresh, in one buffer that a worker keeps. */
#include <cstring>
#include <vector>

namespace pool
{
class Worker
{
	std::vector<char> buffer;

      public:
	explicit Worker(std::size_t bytes) : buffer(bytes)
	{
	}

	__attribute__((noinline)) int apply()
	{
		std::memset(buffer.data(), 7, buffer.size());
		return buffer[buffer.size() / 2];
	}
};
} // namespace pool

int main()
{
	pool::Worker worker(40 << 20);
	int sum = 0;

	for (int i = 0; i < 12; i++)
		sum += worker.apply();
	return sum != 84;
}
