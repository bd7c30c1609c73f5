// SPDX-License-Identifier: MIT
#include "decode/roles.h"

#include "decode/types.h"

enum argument_role argument_role(uint32_t nr, unsigned int arg)
{
	const struct signature *signature = signature_of(nr);
	const struct arg_type *type;

	if (!signature || arg >= signature->nr_args)
		return ROLE_OTHER;
	type = signature->args[arg].type;
	return type == &type_fd      ? ROLE_FD
	       : type == &type_dirfd ? ROLE_DIRFD
	       : type == &type_path  ? ROLE_PATH
				     : ROLE_OTHER;
}
