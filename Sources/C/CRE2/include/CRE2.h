#ifndef CRE2_H
#define CRE2_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled expression. Immutable once made, so threads may share it.
typedef struct cre2_pattern cre2_pattern;

/// Compiles `length` bytes of UTF-8. When `anchored`, a match must cover the whole text. `dot_matches_newline` is RE2's
/// (?s). On failure returns NULL and writes a NUL-terminated reason of at most `reason_capacity` bytes.
cre2_pattern *cre2_compile(const char *text, size_t length, bool anchored, bool dot_matches_newline, char *reason,
                           size_t reason_capacity);
void cre2_free(cre2_pattern *pattern);

bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length);

/// The number of capturing groups, the whole match not counted.
int cre2_group_count(const cre2_pattern *pattern);
/// The name of group `index` (from 1), or NULL when it has none. Lives as long as the pattern.
const char *cre2_group_name(const cre2_pattern *pattern, int index);

/// Searches `text` from `start`. Fills `spans` with begin and end offsets of the match and of the first
/// `span_count - 1` groups; a group that took no part gets -1, -1.
bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, long *spans, int span_count);

#ifdef __cplusplus
}
#endif

#endif
