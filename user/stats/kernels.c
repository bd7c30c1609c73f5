// SPDX-License-Identifier: MIT
#include "stats/kernels.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

extern const struct kernels kernels_scalar, kernels_avx2, kernels_avx512, kernels_neon;

#if defined(__x86_64__)
static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
	       __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

static bool has_avx512(void)
{
	return has_avx2() && __builtin_cpu_supports("avx512f") &&
	       __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
#endif

const struct kernels *kernels_at(unsigned int i)
{
	const struct kernels *able[4] = {&kernels_scalar};
	unsigned int nr = 1;

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (has_avx2())
		able[nr++] = &kernels_avx2;
	if (has_avx512())
		able[nr++] = &kernels_avx512;
#elif defined(__aarch64__)
	able[nr++] = &kernels_neon;
#endif
	return i < nr ? able[i] : NULL;
}

static const struct kernels *best(void)
{
	const struct kernels *found = NULL, *able;

	for (unsigned int i = 0; (able = kernels_at(i)); i++)
		found = able;
	return found;
}

const struct kernels *kernels_named(const char *name)
{
	const struct kernels *able;

	if (!name || !*name)
		return best();
	for (unsigned int i = 0; (able = kernels_at(i)); i++) {
		if (!strcmp(able->name, name))
			return able;
	}
	return NULL;
}

static const struct kernels *choose(void)
{
	const char *name = getenv("PROF_SIMD");
	const struct kernels *named = kernels_named(name);

	if (named)
		return named;
	note("PROF_SIMD=%s is not known, or not of this processor: using %s", name, best()->name);
	return best();
}

static _Atomic(const struct kernels *) in_use;

void kernels_use(const struct kernels *k)
{
	atomic_store_explicit(&in_use, k, memory_order_relaxed);
}

const struct kernels *kernels(void)
{
	const struct kernels *found = atomic_load_explicit(&in_use, memory_order_relaxed);

	if (!found) {
		found = choose();
		kernels_use(found);
	}
	return found;
}
