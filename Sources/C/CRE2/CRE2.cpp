// RE2 speaks C++ only; this is the whole of the C face that Swift needs.
#include "CRE2.h"

#include <re2/re2.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

struct cre2_pattern {
    RE2 expression;
    bool anchored;
    std::vector<std::string> names;

    cre2_pattern(const re2::StringPiece &text, const RE2::Options &options, bool anchored)
        : expression(text, options), anchored(anchored) {}
};

extern "C" cre2_pattern *cre2_compile(const char *text, size_t length, bool anchored, bool dot_matches_newline,
                                      char *reason, size_t reason_capacity) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_dot_nl(dot_matches_newline);
    auto pattern = std::make_unique<cre2_pattern>(re2::StringPiece(text, length), options, anchored);
    if (!pattern->expression.ok()) {
        if (reason_capacity > 0) {
            strncpy(reason, pattern->expression.error().c_str(), reason_capacity - 1);
            reason[reason_capacity - 1] = '\0';
        }
        return nullptr;
    }
    pattern->names.resize(pattern->expression.NumberOfCapturingGroups() + 1);
    for (const auto &entry : pattern->expression.CapturingGroupNames()) {
        pattern->names[entry.first] = entry.second;
    }
    return pattern.release();
}

extern "C" void cre2_free(cre2_pattern *pattern) { delete pattern; }

extern "C" bool cre2_matches(const cre2_pattern *pattern, const char *text, size_t length) {
    const auto anchor = pattern->anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;
    return pattern->expression.Match(re2::StringPiece(text, length), 0, length, anchor, nullptr, 0);
}

extern "C" int cre2_group_count(const cre2_pattern *pattern) { return pattern->expression.NumberOfCapturingGroups(); }

extern "C" const char *cre2_group_name(const cre2_pattern *pattern, int index) {
    if (index < 1 || static_cast<size_t>(index) >= pattern->names.size() || pattern->names[index].empty()) {
        return nullptr;
    }
    return pattern->names[index].c_str();
}

extern "C" bool cre2_find(const cre2_pattern *pattern, const char *text, size_t length, size_t start, long *spans,
                          int span_count) {
    std::vector<re2::StringPiece> found(span_count);
    const auto anchor = pattern->anchored ? RE2::ANCHOR_BOTH : RE2::UNANCHORED;
    if (!pattern->expression.Match(re2::StringPiece(text, length), start, length, anchor, found.data(), span_count)) {
        return false;
    }
    for (int index = 0; index < span_count; index++) {
        const char *begin = found[index].data();
        spans[2 * index] = begin == nullptr ? -1 : begin - text;
        spans[2 * index + 1] = begin == nullptr ? -1 : begin - text + static_cast<long>(found[index].size());
    }
    return true;
}
