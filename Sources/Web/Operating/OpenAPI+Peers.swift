// What the agent serves beside its own API, most of it as Prometheus and Alertmanager do, whose documents tell the details.
extension OpenAPI {
    static let peers: [Operation] = prometheus + alertmanager + agent

    private static func read(_ path: String, _ summary: String) -> Operation {
        Operation(method: .get, path: path, summary: summary)
    }

    /// A question that may also be sent as a form, for those that are long.
    private static func asked(_ path: String, _ summary: String) -> [Operation] {
        [Operation(method: .get, path: path, summary: summary), Operation(method: .post, path: path, summary: summary)]
    }

    private static let prometheus: [Operation] =
        asked("/api/v1/query", "Evaluate an expression at a moment")
        + asked("/api/v1/query_range", "Evaluate an expression over a span")
        + asked("/api/v1/query_exemplars", "Exemplars: there are none")
        + asked("/api/v1/format_query", "An expression, laid out")
        + asked("/api/v1/parse_query", "An expression as a tree")
        + asked("/api/v1/series", "The series that match")
        + asked("/api/v1/labels", "The names of labels")
        + [
            read("/api/v1/label/{name}/values", "The values of a label"),
            read("/api/v1/metadata", "What is known of metrics"),
            read("/api/v1/targets", "Targets and how they fare"),
            read("/api/v1/targets/metadata", "What is known of the metrics of targets"),
            read("/api/v1/scrape_pools", "The names of the jobs"),
            read("/api/v1/rules", "Groups of rules, with their alerts"),
            read("/api/v1/alerts", "Alerts that fire or are about to"),
            read("/api/v1/alertmanagers", "The Alertmanagers that are told"),
            read("/api/v1/status/config", "The configuration, without secrets"),
            read("/api/v1/status/flags", "How the agent was started"),
            read("/api/v1/status/buildinfo", "Which version this is"),
            read("/api/v1/status/runtimeinfo", "How the agent fares"),
            read("/api/v1/status/tsdb", "Which metrics and labels have the most series"),
            Operation(method: .get, path: "/federate", summary: "The last samples of series", answers: "text/plain"),
        ]

    private static let alertmanager: [Operation] = [
        read("/api/v2/alerts", "Alerts that are told, from here and from outside"),
        Operation(method: .post, path: "/api/v2/alerts", summary: "Tell of alerts; answered when they are on the disk"),
        read("/api/v2/alerts/groups", "Alerts by the groups in which they are told"),
        read("/api/v2/silences", "Silences, those that have ended among them"),
        Operation(method: .post, path: "/api/v2/silences", summary: "Make a silence or change one", isCommand: true),
        read("/api/v2/silence/{id}", "A silence"),
        Operation(method: .delete, path: "/api/v2/silence/{id}", summary: "End a silence", isCommand: true),
        read("/api/v2/receivers", "The names of the receivers"),
        read("/api/v2/status", "The version, and the configuration without secrets"),
        Operation(
            method: .post,
            path: "/webhook",
            summary: "Take an Alertmanager's notification, version 4; answered when its alerts are on the disk"
        ),
    ]

    private static let agent: [Operation] = [
        read("/medic/v1/receivers", "Receivers and how they fare: what waits, what failed, who is left alone"),
        Operation(
            method: .post,
            path: "/medic/v1/receivers/{name}/test",
            summary: "Send a receiver a marked test message, and tell what it answers",
            isCommand: true
        ),
        Operation(
            method: .get,
            path: "/medic/v1/config/versions",
            summary: "The versions of the tracked files",
            parameters: [("file", "one file's path")]
        ),
        Operation(
            method: .get,
            path: "/medic/v1/config/diff",
            summary: "What two versions of a file do not share; for operators",
            parameters: [
                ("file", "its path"),
                ("from", "how a version's digest begins; the last good one where nothing is said"),
                ("to", "how a version's digest begins; what is in place where nothing is said"),
            ]
        ),
        Operation(
            method: .post,
            path: "/medic/v1/config/rollback",
            summary: "Put an earlier version of a file in place",
            isCommand: true
        ),
        read("/health", "How every part of the agent fares"),
        read("/livez", "Whether the agent lives"),
        read("/readyz", "Whether the agent is ready"),
        read("/-/healthy", "Whether the agent lives, as Prometheus says it"),
        read("/-/ready", "Whether the agent is ready, as Prometheus says it"),
        Operation(method: .post, path: "/-/reload", summary: "Read the configuration again", isCommand: true),
        Operation(method: .put, path: "/-/reload", summary: "Read the configuration again", isCommand: true),
        Operation(method: .post, path: "/-/quit", summary: "End the agent, where that is allowed", isCommand: true),
        Operation(method: .put, path: "/-/quit", summary: "End the agent, where that is allowed", isCommand: true),
        Operation(method: .get, path: "/metrics", summary: "Metrics about the agent", answers: "text/plain"),
    ]
}
