// SPDX-License-Identifier: MIT
/* The same table as in grow_copy, grown by realloc(), which moves pages. */
#include <cstdlib>
#include <cstring>

class Column
{
	char *cells = nullptr;
	std::size_t used = 0, room = 0;

	__attribute__((noinline)) void enlarge()
	{
		room = room ? 2 * room : 1 << 20;
		cells = static_cast<char *>(std::realloc(cells, room));
	}

      public:
	__attribute__((noinline)) void push(const char *cell, std::size_t size)
	{
		if (used + size > room)
			enlarge();
		std::memcpy(cells + used, cell, size);
		used += size;
	}
	char last() const
	{
		return cells[used - 1];
	}
};

int main()
{
	Column column;
	char cell[4096];

	std::memset(cell, 3, sizeof cell);
	for (int i = 0; i < 12000; i++)
		column.push(cell, sizeof cell);
	return column.last() != 3;
}
