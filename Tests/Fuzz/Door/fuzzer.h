#ifndef MEDIC_FUZZER_H
#define MEDIC_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// libFuzzer's loop: calls `test` with input after input, until it crashes or the bounds in the arguments are met.
/// Part of the runtime that -sanitize=fuzzer links.
int LLVMFuzzerRunDriver(int *count, char ***arguments, int (*test)(const uint8_t *bytes, size_t size));

#endif
