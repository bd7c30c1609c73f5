// SPDX-License-Identifier: MIT
// A text is passed by reference; with -DCOPIED by value, so that each call gets a block for it.
#include <cstdio>
#include <string>

#ifdef COPIED
typedef std::string passed;
#else
typedef const std::string &passed;
#endif

__attribute__((noinline)) static size_t score(passed text)
{
	return text.size() + text[0];
}

int main()
{
	std::string text(3000, 'x');
	size_t sum = 0;

	for (int i = 0; i < 20000; i++)
		sum += score(text);
	std::printf("%zu\n", sum);
	return 0;
}
