extension Explanation {
    static let promQLScripts = [
        Explanation(
            code: "promql-script/syntax",
            summary: "a PromQL test script cannot be read",
            text: """
                A script is a list of commands: clear, load and eval. The lines under load are series with their values, \
                those under eval are what the query must answer; an empty line ends each block.

                    load 5m
                      requests_total{job="api"} 0+10x10

                    eval instant at 50m increase(requests_total[10m])
                      {job="api"} 20

                A script with a problem of this kind is not run at all.
                """
        ),
        Explanation(
            code: "promql-script/load",
            summary: "a PromQL test script loads samples that contradict each other",
            text: """
                Several load commands add to each other. Here one gives a series a value at a time for which an earlier \
                one gave it another value. Put a clear between them, or use other times or labels.
                """
        ),
    ]

    static let expositions = [
        Explanation(
            code: "exposition/parse",
            summary: "a file of samples cannot be read",
            text: """
                A file of samples is OpenMetrics text in which every sample has its time, in seconds:

                    # TYPE requests counter
                    requests_total{job="api"} 10 1772366400
                    requests_total{job="api"} 12 1772366415
                    # EOF

                The last line must be # EOF, so that a file that was cut short is not taken for a whole one. A series has \
                one value at a time.
                """
        )
    ]
}
