/* SPDX-License-Identifier: MIT */
/* The model of address spaces, fed with all that a recording has of them. */
#ifndef PROF_PROFILE_MEMORY_MODEL_H
#define PROF_PROFILE_MEMORY_MODEL_H

#include "memory/memory.h"
#include "profile/stack_reading.h"

/* `readings` NULL: nobody asks what places amount to. */
struct memory *memory_model_of(struct recording *r, struct stack_readings *readings);

#endif
