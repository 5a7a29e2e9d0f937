import Metrics
import Playbooks

/// Actions as playbooks name them, with the promises that the tests of the language need. The real declarations are in another room.
enum SampleCatalogue {
    static let all = ActionCatalogue([
        unitAction("systemd.restart"), unitAction("systemd.reload"), unitAction("systemd.stop"), setProperty, rollback,
        clean, request,
        exec, collect, notify, waitFor, sleep, approve, run, execute, silence, signal,
    ])

    private static func unitAction(_ name: String) -> ActionDeclaration {
        ActionDeclaration(
            name: name,
            summary: "",
            arguments: [
                ArgumentDeclaration("unit", .unit, isRequired: true, help: "the unit"),
                ArgumentDeclaration(
                    "settle",
                    .duration,
                    standard: .duration(.seconds(3)),
                    help: "how long it must stay"
                ),
            ],
            isRepeatable: { _ in true },
            permissions: { [.action(name)] + ($0.text("unit").map { [.unit($0)] } ?? []) },
            locks: { $0.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.text("unit").map { [$0] } ?? [] },
            lasts: { $0.duration("settle") ?? .zero },
            sentence: { "\(name.dropFirst(8)) \($0.text("unit") ?? "?")" }
        )
    }

    private static let setProperty = ActionDeclaration(
        name: "systemd.set_property",
        summary: "",
        arguments: [
            ArgumentDeclaration("unit", .unit, isRequired: true, help: "the unit"),
            ArgumentDeclaration("properties", .map(of: .scalar), isRequired: true, help: "names and values"),
            ArgumentDeclaration("runtime", .flag, standard: .flag(true), help: "until the next boot"),
        ],
        isRepeatable: { _ in true },
        undo: "the former values",
        sentence: { "limit \($0.text("unit") ?? "?")" }
    )

    private static let rollback = ActionDeclaration(
        name: "config.rollback",
        summary: "",
        arguments: [
            ArgumentDeclaration("file", .path, help: "the file"),
            ArgumentDeclaration("files", .oneOrMore(of: .path), help: "several files"),
            ArgumentDeclaration("check", .list(of: .word), seesCandidate: true, help: "a program that must succeed"),
        ],
        isRepeatable: { _ in true },
        undo: "roll forward",
        permissions: { [.action("config.rollback")] + ($0.text("file").map { [.path($0, .write)] } ?? []) },
        complaints: { arguments in
            guard arguments["file"] != nil, arguments["files"] != nil else { return [] }
            return [ArgumentComplaint(["files"], "only one of 'file' or 'files' can be given", help: "take one out")]
        },
        sentence: { "roll back \($0.text("file") ?? "?")" }
    )

    private static let clean = ActionDeclaration(
        name: "files.clean",
        summary: "",
        arguments: [
            ArgumentDeclaration("paths", .oneOrMore(of: .path), isRequired: true, help: "what to delete"),
            ArgumentDeclaration("older_than", .duration, help: "age"),
            ArgumentDeclaration("max_total", .size, help: "size"),
            ArgumentDeclaration("keep_newest", .integer(0...1_000), help: "how many stay"),
        ],
        isRepeatable: { _ in true },
        sentence: { "delete \(($0.texts("paths") ?? []).joined(separator: ", "))" }
    )

    private static let request = ActionDeclaration(
        name: "http.request",
        summary: "",
        arguments: [
            ArgumentDeclaration("method", .choice(["GET", "POST", "PUT"]), standard: .text("GET"), help: "the method"),
            ArgumentDeclaration("url", .url, isRequired: true, help: "the address"),
            ArgumentDeclaration("headers", .map(of: .line), help: "header lines"),
            ArgumentDeclaration("body", .text, help: "the body"),
            ArgumentDeclaration(
                "expect",
                .record([
                    ArgumentDeclaration("status", .oneOrMore(of: .integer(100...599)), help: "the answer"),
                    ArgumentDeclaration("body", .pattern, help: "must be found"),
                ]),
                help: "what must come back"
            ),
        ],
        isRepeatable: { $0.text("method") != "POST" },
        sentence: { "ask \($0.text("url") ?? "?")" }
    )

    private static let exec = ActionDeclaration(
        name: "exec",
        summary: "",
        arguments: [
            ArgumentDeclaration("argv", .list(of: .word), isRequired: true, help: "the program and its arguments"),
            ArgumentDeclaration("env", .map(of: .line), help: "the environment"),
        ],
        isRepeatable: { _ in false },
        permissions: { [.action("exec")] + ($0.texts("argv")?.first.map { [.program($0)] } ?? []) },
        sentence: { "run \(($0.texts("argv") ?? []).joined(separator: " "))" }
    )

    private static let collect = ActionDeclaration(
        name: "diagnostics.collect",
        summary: "",
        arguments: [
            ArgumentDeclaration("units", .oneOrMore(of: .unit), help: "units"),
            ArgumentDeclaration("journal", .integer(0...10_000), standard: .integer(200), help: "lines"),
        ],
        isRepeatable: { _ in true },
        isTreatment: false,
        sentence: { _ in "collect evidence" }
    )

    private static let notify = ActionDeclaration(
        name: "notify",
        summary: "",
        arguments: [
            ArgumentDeclaration("receiver", .line, help: "who"),
            ArgumentDeclaration("message", .text, isRequired: true, help: "what"),
        ],
        isRepeatable: { _ in false },
        isTreatment: false,
        sentence: { "tell \($0.text("receiver") ?? "?")" }
    )

    private static let waitFor = ActionDeclaration(
        name: "wait.for",
        summary: "",
        arguments: [
            ArgumentDeclaration("expr", .expression, isRequired: true, help: "in PromQL"),
            ArgumentDeclaration("hold", .duration, help: "how long"),
            ArgumentDeclaration("within", .duration, standard: .duration(.minutes(1)), help: "at most"),
        ],
        isRepeatable: { _ in true },
        isTreatment: false,
        lasts: { $0.duration("within") ?? .zero },
        sentence: { "wait for \($0.text("expr") ?? "?")" }
    )

    private static let sleep = ActionDeclaration(
        name: "wait.sleep",
        summary: "",
        arguments: [ArgumentDeclaration("duration", .duration, isRequired: true, help: "how long")],
        isRepeatable: { _ in true },
        isTreatment: false,
        lasts: { $0.duration("duration") ?? .zero },
        sentence: { _ in "wait" }
    )

    private static let approve = ActionDeclaration(
        name: "approve",
        summary: "",
        arguments: [
            ArgumentDeclaration("ask", .text, isRequired: true, help: "the question"),
            ArgumentDeclaration("within", .duration, standard: .duration(.minutes(30)), help: "at most"),
        ],
        isRepeatable: { _ in true },
        isTreatment: false,
        lasts: { $0.duration("within") ?? .zero },
        sentence: { "ask: \($0.text("ask") ?? "?")" }
    )

    private static let run = ActionDeclaration(
        name: "playbook.run",
        summary: "",
        arguments: [
            ArgumentDeclaration("name", .line, isRequired: true, isLiteral: true, help: "which"),
            ArgumentDeclaration("vars", .map(of: .text), help: "its variables"),
        ],
        isRepeatable: { _ in true },
        isTreatment: false,
        sentence: { "run \($0.text("name") ?? "?")" }
    )

    private static let execute = ActionDeclaration(
        name: "postgres.execute",
        summary: "",
        arguments: [
            ArgumentDeclaration("sql", .text, isRequired: true, isLiteral: true, help: "what"),
            ArgumentDeclaration("limit", .integer(1...1_000), standard: .integer(1), help: "rows"),
        ],
        isRepeatable: { _ in false },
        sentence: { _ in "execute" }
    )

    private static let silence = ActionDeclaration(
        name: "alert.silence",
        summary: "",
        arguments: [
            ArgumentDeclaration("matchers", .matchers, isRequired: true, help: "which alerts"),
            ArgumentDeclaration("for", .duration, isRequired: true, help: "how long"),
        ],
        isRepeatable: { _ in true },
        isTreatment: false,
        sentence: { "silence \(($0.texts("matchers") ?? []).joined(separator: ","))" }
    )

    private static let signal = ActionDeclaration(
        name: "process.signal",
        summary: "",
        arguments: [
            ArgumentDeclaration(
                "match",
                .record([ArgumentDeclaration("arguments", .pattern, help: "must be found")]),
                help: "which"
            ),
            ArgumentDeclaration("share", .number(0...1), help: "how many of them"),
        ],
        isRepeatable: { _ in true },
        sentence: { _ in "signal" }
    )
}
