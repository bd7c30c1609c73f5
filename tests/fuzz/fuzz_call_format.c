// SPDX-License-Identifier: MIT
/*
 * Any bytes as the kernel's description of a system call: what is read of it must be whole.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "decode/call_format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	scoped_free char *copy = xcalloc(size + 1, 1);
	struct call_format format;

	memcpy(copy, data, size);
	if (!call_format_parse(copy, size, &format))
		return 0;
	if (!*format.name || format.signature.nr_args > 6)
		abort();
	for (unsigned int i = 0; i < format.signature.nr_args; i++) {
		if (format.signature.args[i].name != format.arg_names[i] ||
		    !format.signature.args[i].type->print)
			abort();
	}
	return 0;
}
