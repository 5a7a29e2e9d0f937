// Every path of medic's own API, in the order in which a reader wants them. A test holds it against the routes there are.
extension OpenAPI {
    static let operations: [Operation] = runs + playbooks + healing + record + sights + peers

    private static let page: [(name: String, about: String)] = [
        ("limit", "how many at most; 100 where nothing is said"), ("after", "the 'next' of a former answer"),
    ]

    private static let filter: [(name: String, about: String)] = [
        ("since", "a moment, or how long ago: 1h"), ("until", "a moment, or how long ago"),
        ("alert", "an alert's name"),
        ("fingerprint", "an alert's fingerprint"), ("playbook", "a playbook's name"), ("unit", "a unit's name"),
        ("text", "words that occur in it"),
    ]

    private static let reason: (name: String, about: String) = ("reason", "why, for the record")
    private static let label: (name: String, about: String) = ("label.NAME", "a label of the alert or the subject")
    private static let variable: (name: String, about: String) = ("var.NAME", "a variable of the playbook")

    private static let runs = [
        Operation(
            method: .get,
            path: "/medic/v1/runs",
            summary: "The runs, newest first",
            parameters: [("state", "open, ended, or a state's name"), ("named", "a run's number, or how it begins")]
                + filter + page
        ),
        Operation(method: .get, path: "/medic/v1/runs/{id}", summary: "Everything about a run"),
        Operation(
            method: .get,
            path: "/medic/v1/runs/{id}/evidence/{step}/{name}",
            summary: "A file that a step has kept, as text without secrets"
        ),
        Operation(
            method: .post,
            path: "/medic/v1/runs/{id}/approve",
            summary: "Say yes to what a run waits with",
            parameters: [("digest", "of exactly these steps; what it waits with where nothing is said"), reason],
            isCommand: true
        ),
        Operation(
            method: .post,
            path: "/medic/v1/runs/{id}/refuse",
            summary: "Say no to what a run waits with",
            parameters: [reason],
            isCommand: true
        ),
        Operation(
            method: .post,
            path: "/medic/v1/runs/{id}/cancel",
            summary: "Stop a run before its next step",
            parameters: [reason],
            isCommand: true
        ),
    ]

    private static let playbooks = [
        Operation(
            method: .get,
            path: "/medic/v1/playbooks",
            summary: "The playbooks in force, with what they achieved",
            parameters: [("since", "what scorecards count")]
        ),
        Operation(
            method: .get,
            path: "/medic/v1/playbooks/{name}",
            summary: "Everything about a playbook",
            parameters: [("since", "what its scorecard counts")]
        ),
        Operation(
            method: .get,
            path: "/medic/v1/playbooks/{name}/dry-run",
            summary: "What the playbook would do now, and what every guard says; nothing is done",
            parameters: [label, variable]
        ),
        Operation(
            method: .post,
            path: "/medic/v1/playbooks/{name}/dry-run",
            summary: "The same, asked with a form",
            parameters: [label, variable]
        ),
        Operation(
            method: .post,
            path: "/medic/v1/playbooks/{name}/start",
            summary: "Start the playbook for a subject",
            parameters: [label, variable, reason],
            isCommand: true
        ),
        Operation(
            method: .post,
            path: "/medic/v1/playbooks/{name}/breaker",
            summary: "Open or close the playbook's breaker for a subject, or forget what is remembered of it",
            parameters: [("action", "open, close or reset"), label, reason],
            isCommand: true
        ),
    ]

    private static let healing = [
        Operation(method: .get, path: "/medic/v1/healing", summary: "How healing stands as a whole"),
        Operation(
            method: .post,
            path: "/medic/v1/stop-healing",
            summary: "Stop all healing; alerts and notifications go on",
            parameters: [("for", "how long: 2h; until it is resumed where nothing is said"), reason],
            isCommand: true
        ),
        Operation(
            method: .post,
            path: "/medic/v1/resume-healing",
            summary: "Let healing go on",
            parameters: [reason],
            isCommand: true
        ),
        Operation(method: .get, path: "/medic/v1/health", summary: "How the agent itself is"),
    ]

    private static let record = [
        Operation(
            method: .get,
            path: "/medic/v1/history",
            summary: "What happened, newest first",
            parameters: filter + [
                ("run", "a run's number"),
                ("written_after", "a record's number: only those written after it, in the order of writing"),
                ("kind", "transition, verdict, act, notification, run, step, config or medic; may be repeated"),
            ] + page
        ),
        Operation(
            method: .get,
            path: "/medic/v1/calendar",
            summary: "How much happened in which hour",
            parameters: [("since", "28 days ago where nothing is said"), ("until", "now where nothing is said")]
        ),
        Operation(
            method: .get,
            path: "/medic/v1/events",
            summary: "What happens, as it happens: server-sent events",
            parameters: [
                ("kind", "alert, run, step, measured, healing, health or record; may be repeated"),
                ("last_event_id", "as the header Last-Event-ID"),
            ],
            answers: "text/event-stream"
        ),
    ]

    private static let sights = [
        Operation(
            method: .get,
            path: "/medic/v1/alerts",
            summary: "Pending and firing alerts",
            parameters: [("limit", "how many at most")]
        ),
        Operation(
            method: .get,
            path: "/medic/v1/alerts/{fingerprint}",
            summary: "Everything about an alert",
            parameters: [("since", "how far back its curve goes: 1h")]
        ),
        Operation(
            method: .post,
            path: "/medic/v1/alerts/{fingerprint}/acknowledge",
            summary: "Say that somebody looks after an alert: it is not told again until it changes",
            parameters: [("by", "who; whoever asks where nothing is said"), ("comment", "what they are up to")],
            isCommand: true
        ),
        Operation(
            method: .post,
            path: "/medic/v1/alerts/{fingerprint}/unacknowledge",
            summary: "Take that back",
            isCommand: true
        ),
        Operation(method: .get, path: "/medic/v1/acknowledgements", summary: "Who looks after which alerts"),
        Operation(
            method: .get,
            path: "/medic/v1/why",
            summary: "Why playbooks run for an alert or do not, and who is told of it",
            parameters: [("alert", "an alert's name"), label]
        ),
        Operation(method: .get, path: "/medic/v1/units", summary: "systemd's units"),
        Operation(method: .get, path: "/medic/v1/units/{name}", summary: "Everything about a unit"),
        Operation(method: .get, path: "/medic/v1/openapi.json", summary: "This description"),
    ]
}
