// SPDX-License-Identifier: Apache-2.0
// RE2, which is written in C++, for Swift.
#ifndef SLIPWAY_CRE2_H
#define SLIPWAY_CRE2_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A compiled pattern.
typedef struct cre2_pattern cre2_pattern;

// Where the whole match or a group is, in bytes from the text's beginning; -1 for a group that has no part in the match.
typedef struct {
    int64_t start, end;
} cre2_span;

// Null for what is no pattern; then why, cut to `capacity` bytes with the null behind it, is in `error`.
cre2_pattern *cre2_create(const char *pattern, size_t length, char *error, size_t capacity);
void cre2_destroy(cre2_pattern *pattern);

// Of groups, the whole match not counted.
int cre2_group_count(const cre2_pattern *pattern);
// The number of a named group; -1 for none.
int cre2_group_number(const cre2_pattern *pattern, const char *name);

// The first match that begins at `from` or later, with what stands before it in sight. `spans` has room for one more than
// there are groups.
int cre2_match(const cre2_pattern *pattern, const char *text, size_t length, size_t from, cre2_span *spans);

#ifdef __cplusplus
}
#endif
#endif
