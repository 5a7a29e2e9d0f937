extension Explanation {
    /// What is allowed in a rule file but likely a mistake.
    static let rules = [
        Explanation(
            code: "rules/duplicate",
            summary: "two rules of a file have the same name and labels",
            text: """
                Two recording rules of this kind write the same series, and which value is stored is a matter of chance. Two \
                alerts of this kind are one alert for those who receive it.

                Give one of them a name or a label of its own, or join their expressions with 'or'.
                """
        ),
        Explanation(
            code: "rules/duplicate-across-files",
            summary: "rules of two files have the same name and labels",
            text: """
                When both files are loaded, both rules write the same series or make the same alert, as with \
                rules/duplicate. promtool looks at each file alone, so this counts with --lint-fatal only under --lint all.
                """
        ),
        Explanation(
            code: "rules/unknown-metric",
            summary: "a metric that no target has ever shown",
            text: """
                The selector names a metric that is neither in the file given with --openmetrics nor recorded by one of the \
                rules given, so the expression has never had a result. The name may be misspelt, or have changed with a new \
                version of the target, or the target is not read.

                Metrics that appear only when something has gone wrong are missing in a file from good days: then nothing is \
                wrong.
                """
        ),
        Explanation(
            code: "rules/for-below-interval",
            summary: "a 'for' shorter than the interval of evaluation",
            text: """
                An alert becomes pending in one evaluation and fires in a later one, so 'for' is in effect rounded up to the \
                next multiple of the interval. With an interval of 1m, 'for: 10s' means 'for: 1m'.

                Give the group a shorter interval, or write what is meant. Without 'for' the alert fires at once. Where \
                neither the group nor --interval tells the interval, 1m is assumed and this is information only.
                """
        ),
        Explanation(
            code: "rules/tolerance-without-for",
            summary: "'for_tolerates' without 'for'",
            text: """
                'for_tolerates' says how many evaluations in a row may find nothing without restarting the clock of 'for'. \
                Without 'for' there is no clock.
                """
        ),
        Explanation(
            code: "rules/short-window",
            summary: "a window with room for too few samples",
            text: """
                rate, increase and their kin need two samples in their window. When targets are read every 15s, a window of \
                20s often holds one only, and there is no result. A window of four intervals stands a failed scrape and one \
                that came late.

                The scrape interval is taken from --scrape-interval. Without it 15s is assumed and this is information only.
                """
        ),
        Explanation(
            code: "rules/never-true",
            summary: "a comparison that can never be true",
            text: """
                No sample can pass the comparison, whatever the data: a count is never less than 1 (where there is nothing to \
                count there is no result at all), 'up' is 0 or 1, and nothing equals NaN.

                    count(up{job="api"}) < 1      never true
                    absent(up{job="api"})         what was meant
                """
        ),
        Explanation(
            code: "rules/always-true",
            summary: "a comparison that is always true",
            text: """
                Every sample passes the comparison, whatever the data, so an alert fires as long as the series is there. The \
                threshold or the direction of the comparison is likely a mistake.
                """
        ),
        Explanation(
            code: "rules/compared-with-itself",
            summary: "a vector is compared with itself",
            text: """
                Both sides are the same expression, so the outcome depends only on whether the value is NaN, which does not \
                equal itself. 'x == x' and 'x != x' are known ways to ask for that. Otherwise one side should be something \
                else, such as the same with an offset.
                """
        ),
        Explanation(
            code: "rules/contradiction",
            summary: "conditions that exclude each other",
            text: """
                The conditions joined with 'and' are about the same expression, and no value meets both:

                    temperature > 30 and temperature < 10     never
                    temperature > 30 or temperature < 10      too hot or too cold
                """
        ),
        Explanation(
            code: "rules/no-condition",
            summary: "an alert without a condition",
            text: """
                An alert fires for each sample of its expression, whatever the value, also 0. Without a comparison it fires \
                as long as there are samples:

                    rate(errors_total[5m])          fires always
                    rate(errors_total[5m]) > 0      fires when there are errors

                A comparison with 'bool' yields 0 or 1 and so always something: leave 'bool' out. 'vector(1)' is taken for an \
                alert that is meant to fire always. A selector alone is information only, for some metrics are there only \
                when something is wrong.
                """
        ),
        Explanation(
            code: "rules/changing-label",
            summary: "a label of an alert that changes with each evaluation",
            text: """
                Labels are what tells alerts apart. When a label holds the value, each new value makes a new alert: the old \
                one is resolved, the clock of 'for' begins anew, and silences no longer match. Put the value into an \
                annotation.

                A label that is chosen by comparing the value, such as severity, makes a new alert only when the value \
                crosses over. This is information; a rule for each severity is easier to follow.
                """
        ),
        Explanation(
            code: "rules/label-gone",
            summary: "a template reads a label that the expression takes away",
            text: """
                In templates $labels holds the labels of the expression's result, and there is no such label: an aggregation \
                or a match has taken it away, so the text has a hole.

                    expr: sum by (job) (up) == 0
                    annotations: {summary: '{{ $labels.instance }} is down'}

                Keep the label, as in by (job, instance), or leave it out of the text. The labels that the rule itself adds \
                under 'labels' are not in $labels either.
                """
        ),
        Explanation(
            code: "rules/vacuous-tests",
            summary: "an alert never fires in any of its unit tests",
            text: """
                Every test given with --tests that asks for this alert expects, or finds, that it does not fire. Such tests \
                pass with any expression that yields nothing, also with a misspelt one. Add a test in which the alert fires.
                """
        ),
        Explanation(
            code: "rules/template-in-recording",
            summary: "a template in a label of a recording rule",
            text: """
                Only labels and annotations of alerts are templates. A recording rule stores its labels as they are written, \
                braces and all. Take label_replace or label_join in the expression.
                """
        ),
        Explanation(
            code: "rules/recorded-name",
            summary: "the name of a recorded metric has no colon",
            text: """
                By convention names of recorded metrics are level:metric:operations, such as instance:requests:rate5m. \
                Targets never use colons, so a reader sees at once where a metric comes from. Nothing depends on it.
                """
        ),
    ]

    /// What keeps a rule file from being used, beside its YAML.
    static let ruleFiles = [
        Explanation(
            code: "rules/repeated-group",
            summary: "two groups of a file have the same name",
            text: """
                A group is known by its file and its name. Give each group of a file a name of its own.
                """
        ),
        Explanation(
            code: "rules/unknown-datasource",
            summary: "a group is asked of a datasource that nobody knows",
            text: """
                'datasource' of a group is an address, http://mimir:9009/prometheus, or the name of an entry of 'datasources' in \
                the configuration, which is the place for credentials, TLS and timeouts:

                    datasources:
                      - {name: central, url: 'http://mimir:9009/prometheus', basic_auth: {username: medic, password_file: /etc/medic/central}}
                """
        ),
        Explanation(
            code: "rules/nothing-changes",
            summary: "a group of a datasource cannot wait for changes",
            text: """
                'evaluate: on_change' means that a group is evaluated as soon as this host's own samples change. Samples of a \
                datasource are elsewhere and tell nobody: give the group an 'interval', or leave out 'datasource'.
                """
        ),
        Explanation(
            code: "rules/bad-name",
            summary: "a recorded metric cannot have this name",
            text: """
                The name of a recorded metric holds braces, most likely of a selector. The name stands under 'record' alone, \
                labels under 'labels', and what is selected under 'expr'.
                """
        ),
        Explanation(
            code: "rules/bad-label",
            summary: "a label or annotation cannot have this name",
            text: """
                The name is empty, or it is __name__, which the rule's own name fills.
                """
        ),
        Explanation(
            code: "template/parse",
            summary: "a template cannot be read",
            text: """
                Labels and annotations of alerts are templates as Prometheus has them: what stands between {{ and }} is \
                carried out.

                    {{ $labels.instance }} has answered {{ $value | humanizePercentage }} of its requests with errors

                The caret is where the template stopped making sense: a function that does not exist, a brace or quote that \
                is not closed, an 'if' without its 'end'.
                """
        ),
    ]
}
