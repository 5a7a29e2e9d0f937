// The allocator's own controls, which Swift's module of the C library leaves out.
#pragma once

#include <malloc.h>

static inline void medic_malloc_arenas_max(int count) { mallopt(M_ARENA_MAX, count); }

static inline void medic_malloc_trim(void) { malloc_trim(0); }
