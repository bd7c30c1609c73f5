// SPDX-License-Identifier: MIT
/*
 * exceptions [ROUNDS]: system calls on the way up and down a stack that exceptions unwind.
 *
 * Also something for a compiler to do.
 */
#include <cstdlib>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <unistd.h>

struct noisy {
	~noisy()
	{
		getppid();
	}
};

[[gnu::noinline]] static int descend(int depth)
{
	noisy local;

	if (depth == 0)
		throw std::runtime_error("the end");
	return descend(depth - 1) + getppid();
}

[[gnu::noinline]] static std::string land(int depth)
{
	try {
		descend(depth);
	} catch (const std::exception &error) {
		getppid();
		return error.what();
	}
	return "";
}

int main(int argc, char **argv)
{
	std::map<int, std::string> landed;
	int rounds = argc > 1 ? atoi(argv[1]) : 20;

	for (int i = 0; i < rounds; i++)
		landed[i] = land(i);
	std::cout << landed.size() << std::endl;
}
