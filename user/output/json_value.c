// SPDX-License-Identifier: MIT
#include "output/json_value.h"

#include "base/alloc.h"
#include "output/printable.h"

json_t *json_text(const char *text)
{
	scoped_free char *clean = valid_utf8(text);

	return json_string(clean);
}

json_t *json_text_or_null(const char *text)
{
	return text ? json_text(text) : json_null();
}

json_t *json_count(uint64_t count)
{
	return json_integer((json_int_t)(count < INT64_MAX ? count : INT64_MAX));
}
