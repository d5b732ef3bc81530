// SPDX-License-Identifier: Apache-2.0
#include "CRE2.h"

#include <re2/re2.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

struct cre2_pattern {
    RE2 re2;

    cre2_pattern(const re2::StringPiece &text, const RE2::Options &options) : re2(text, options) {}
};

cre2_pattern *cre2_create(const char *text, size_t length, char *error, size_t capacity) {
    RE2::Options options;
    options.set_log_errors(false);
    auto pattern = std::make_unique<cre2_pattern>(re2::StringPiece(text, length), options);
    if (pattern->re2.ok()) return pattern.release();
    const std::string &why = pattern->re2.error();
    size_t count = std::min(why.size(), capacity - 1);
    std::memcpy(error, why.data(), count);
    error[count] = 0;
    return nullptr;
}

void cre2_destroy(cre2_pattern *pattern) { delete pattern; }

int cre2_group_count(const cre2_pattern *pattern) { return pattern->re2.NumberOfCapturingGroups(); }

int cre2_group_number(const cre2_pattern *pattern, const char *name) {
    const auto &names = pattern->re2.NamedCapturingGroups();
    auto found = names.find(name);
    return found == names.end() ? -1 : found->second;
}

int cre2_match(const cre2_pattern *pattern, const char *text, size_t length, size_t from, cre2_span *spans) {
    std::vector<re2::StringPiece> groups(cre2_group_count(pattern) + 1);
    re2::StringPiece whole(text, length);
    if (!pattern->re2.Match(whole, from, length, RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
        return 0;
    for (size_t number = 0; number < groups.size(); number++) {
        const re2::StringPiece &group = groups[number];
        int64_t start = group.data() == nullptr ? -1 : group.data() - text;
        spans[number] = {start, start < 0 ? -1 : start + static_cast<int64_t>(group.size())};
    }
    return 1;
}
