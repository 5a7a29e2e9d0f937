extension Explanation {
    static let promQL = [
        Explanation(
            code: "promql/parse",
            summary: "a PromQL expression cannot be parsed",
            text: """
                The expression does not follow the grammar of PromQL, or puts together what does not fit: a function with \
                the wrong arguments, a range vector where an instant vector is due, a regular expression that is none.

                The caret is where the parser stopped understanding. What is wrong often stands just before it: a missing \
                bracket, comma or quote.

                'medic check expr EXPR' shows all problems of an expression at once.
                """
        ),
        Explanation(
            code: "promql/rate-of-gauge",
            summary: "rate or increase of what seems to be no counter",
            text: """
                rate, increase, irate and resets take each fall of a value for a restart of the process that counts, and \
                add what was lost. Over a gauge, which falls for other reasons, the result is nonsense.

                The name of a counter ends in _total, _sum, _count or _bucket. For a gauge take delta or deriv. If it is a \
                counter with another name, nothing is wrong.
                """
        ),
        Explanation(
            code: "promql/rate-of-aggregation",
            summary: "a rate over a sum loses sight of restarts",
            text: """
                When one of the summed counters restarts, the sum falls by what that one had counted, and rate takes this \
                for a restart of everything: the rest of the sum is counted again, which shows as a spike.

                Take the rate first and sum then:

                    sum(rate(requests_total[5m]))
                """
        ),
        Explanation(
            code: "promql/gauge-function-of-counter",
            summary: "delta, deriv or predict_linear of a counter",
            text: """
                These functions know nothing of restarts. When the process that counts restarts, the counter falls to zero, \
                and the result is far below zero.

                For a counter take increase or rate.
                """
        ),
        Explanation(
            code: "promql/histogram-without-le",
            summary: "histogram_quantile over buckets whose label le is gone",
            text: """
                A classic histogram is a set of series that differ in the label le, the upper bound of each bucket. A sum \
                that drops le adds the buckets up, and no quantile can be found in what is left. Keep it:

                    histogram_quantile(0.95, sum by (le, job) (rate(request_seconds_bucket[5m])))
                """
        ),
        Explanation(
            code: "promql/quantile-range",
            summary: "a quantile below 0 or above 1",
            text: """
                A quantile is a share from 0 to 1: the 95th percentile is 0.95. Beyond these the answer is -Inf or +Inf.
                """
        ),
        Explanation(
            code: "promql/needless-regex",
            summary: "a regular expression that matches only one text",
            text: """
                The matchers =~ and !~ are for regular expressions. One without any special character matches only itself, \
                which = and != say more plainly. Often a .* was forgotten: expressions must match the whole value.
                """
        ),
    ]
}
