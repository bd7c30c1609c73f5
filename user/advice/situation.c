// SPDX-License-Identifier: MIT
#include "advice/situation.h"

#include "decode/syscalls.h"

void situation_fini(struct situation *s)
{
	vec_free(&s->sites);
	vec_free(&s->flows);
	vec_free(&s->regions);
	vec_free(&s->forks);
}

char *site_where(const struct site *site)
{
	if (!*site->function)
		return xstrdup("code without a name");
	if (!*site->caller)
		return xstrdup(site->function);
	return xasprintf("%s (called by %s)", site->function, site->caller);
}

char *site_text(const struct site *site)
{
	scoped_free char *where = site_where(site);
	const char *allocator = allocator_names[site->allocator];
	char call[32];

	if (!site->allocator)
		return xasprintf("%s in %s", syscall_label(site->nr, call), where);
	if (!*site->entry)
		return xasprintf("%s in %s, by %s", allocator, where,
				 syscall_label(site->nr, call));
	return xasprintf("%s in %s, %s by %s", site->entry, where, allocator,
			 syscall_label(site->nr, call));
}

char *flow_touch(const struct flow *flow)
{
	if (!*flow->touching || !strcmp(flow->touching, flow->toucher))
		return xstrdup(flow->toucher);
	return xasprintf("%s in %s", flow->toucher, flow->touching);
}
