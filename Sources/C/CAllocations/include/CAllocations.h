#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdint.h>

/// How often this process has asked for memory since it began: malloc, calloc, realloc and aligned forms.
/// Linking this door replaces the process's allocator functions by counting ones: for benchmarks only.
uint64_t allocations_count(void);

/// The resident memory of this process in bytes.
uint64_t allocations_resident(void);

/// The bytes that are allocated and not freed, as the C library counts them.
uint64_t allocations_live(void);

#endif
