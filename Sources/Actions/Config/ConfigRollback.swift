import Playbooks

/// `config.rollback`: puts back the last version of a file that was known to be good.
struct ConfigRollback: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "config.rollback",
            summary: "Puts back the last known good version of configuration files",
            arguments: [
                ArgumentDeclaration("file", .path, help: "the file; one that config.track names"),
                ArgumentDeclaration("files", .list(of: .path), help: "several files that belong together"),
                ArgumentDeclaration(
                    "to",
                    .text,
                    standard: .text("known_good"),
                    help: "known_good, or the beginning of a version's digest"
                ),
                .check(help: "must succeed before the file is changed; {{ .Candidate }} is the file to be checked"),
            ],
            isRepeatable: { _ in true },
            undo: "roll forward to the version that was replaced",
            permissions: { arguments in
                [.action("config.rollback")] + Self.files(of: arguments).map { .path($0, .write) }
                    + Permission.program(arguments.list("check"))
            },
            locks: { Self.files(of: $0).map { "file/\($0)" } },
            complaints: { arguments in
                Complaints.atMostOne(of: ["file", "files"], in: arguments)
                    + Complaints.program("check", in: arguments)
            },
            sentence: { arguments in
                let version = arguments.text("to").flatMap { $0 == "known_good" ? nil : $0 }
                let target = version.map { "version \(Wording.shown($0))" } ?? "the last known good version"
                let check = arguments.texts("check").map { " once \(Wording.command($0)) agrees" } ?? ""
                return "put \(target) of \(Wording.list(Self.files(of: arguments))) back\(check)"
            }
        )
    }

    /// The files that are to be rolled back.
    static func files(of arguments: ActionArguments) -> [String] {
        arguments.text("file").map { [$0] } ?? arguments.texts("files") ?? []
    }
}
