import Playbooks

/// `config.set`: one value in a configuration file, every other byte as it was.
struct ConfigSet: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "config.set",
            summary: "Sets one value in a YAML, JSON or KEY=VALUE file and leaves every other byte alone",
            arguments: [
                ArgumentDeclaration("file", .path, isRequired: true, help: "the file"),
                ArgumentDeclaration(
                    "path",
                    .text,
                    isRequired: true,
                    help: "the way to the value: processors.batch.timeout, receivers[0].name, or the KEY"
                ),
                ArgumentDeclaration("value", .scalar, help: "the new value"),
                ArgumentDeclaration("multiply", .number(-1e12...1e12), help: "the present value times this"),
                ArgumentDeclaration("add", .number(-1e12...1e12), help: "the present value plus this, after multiply"),
                ArgumentDeclaration("min", .number(-1e15...1e15), help: "a computed value is never below"),
                ArgumentDeclaration("max", .number(-1e15...1e15), help: "a computed value is never above"),
                ArgumentDeclaration(
                    "format",
                    .choice(["yaml", "json", "env"]),
                    help: "how the file is written; without it the file's name tells"
                ),
                .check(help: "must succeed before the file is changed; {{ .Candidate }} is the file to be checked"),
            ],
            isRepeatable: { $0["multiply"] == nil && $0["add"] == nil },
            undo: "the former bytes",
            permissions: { arguments in
                [.action("config.set")] + Permission.path(arguments.text("file"), .write)
                    + Permission.program(arguments.list("check"))
            },
            locks: { $0.text("file").map { ["file/\($0)"] } ?? [] },
            complaints: Self.complaints,
            sentence: { arguments in
                let check = arguments.texts("check").map { " once \(Wording.command($0)) agrees" } ?? ""
                return "set \(arguments.words("path")) of \(arguments.words("file")) to "
                    + Self.wish(arguments) + check
            }
        )
    }

    private static func wish(_ arguments: ActionArguments) -> String {
        if let value = arguments["value"] { return Wording.shown(value.written) }
        var text = "its value"
        if let factor = arguments.number("multiply") { text += " times \(Wording.number(factor))" }
        if let summand = arguments.number("add") { text += " plus \(Wording.number(summand))" }
        if let low = arguments.number("min") { text += ", at least \(Wording.number(low))" }
        if let high = arguments.number("max") { text += ", at most \(Wording.number(high))" }
        return text
    }

    @Sendable private static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        var complaints = Complaints.program("check", in: arguments)
        let isComputed = arguments["multiply"] != nil || arguments["add"] != nil
        if arguments["value"] != nil, isComputed {
            complaints.append(ArgumentComplaint(["value"], "'value' and a computed value exclude each other"))
        }
        if isComputed, arguments["min"] == nil || arguments["max"] == nil {
            let missing = arguments["min"] == nil ? "min" : "max"
            complaints.append(
                ArgumentComplaint(
                    [],
                    "a computed value needs the bound '\(missing)'",
                    help: "every automatic change is bounded on both sides"
                )
            )
        }
        if let low = arguments.number("min"), let high = arguments.number("max"), low > high {
            complaints.append(ArgumentComplaint(["min"], "'min' is above 'max'"))
        }
        return complaints
    }
}
