import Metrics
import Playbooks

/// `files.clean`: deletes old files inside folders where that is permitted.
struct FilesClean: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "files.clean",
            summary: "Deletes files by age and size inside permitted folders; never follows links",
            arguments: [
                ArgumentDeclaration(
                    "paths",
                    .oneOrMore(of: .path),
                    isRequired: true,
                    help: "files; * and ? stand for parts of one name: /var/log/api/*.log.old"
                ),
                ArgumentDeclaration("older_than", .duration, help: "only files that have not changed for this long"),
                ArgumentDeclaration(
                    "keep_newest",
                    .integer(0...1_000_000),
                    standard: .integer(0),
                    help: "so many of the newest stay, whatever their age"
                ),
                ArgumentDeclaration(
                    "max_total",
                    .size,
                    help: "delete, oldest first, only until the rest is no larger than this"
                ),
                ArgumentDeclaration(
                    "recursive",
                    .flag,
                    standard: .flag(false),
                    help: "also what is in folders that a path names; the folders stay"
                ),
            ],
            isRepeatable: { _ in true },
            permissions: { arguments in
                [.action("files.clean")] + Self.paths(arguments).map { .path(PathPattern.folder(of: $0), .delete) }
            },
            locks: { Self.paths($0).map { "file/\(PathPattern.folder(of: $0))" } },
            complaints: { arguments in
                Self.paths(arguments).enumerated().compactMap { index, path in
                    PathPattern.complaint(path).map { ArgumentComplaint(["paths", "\(index)"], $0) }
                }
            },
            sentence: { arguments in
                var words = "delete files at \(Wording.list(Self.paths(arguments)))"
                if let age = arguments.duration("older_than") { words += " unchanged for \(age.promQLText)" }
                if let total = arguments.integer("max_total") {
                    words += " until at most \(Wording.bytes(total)) remain"
                }
                if let kept = arguments.integer("keep_newest"), kept > 0 { words += ", keeping the newest \(kept)" }
                return words
            }
        )
    }

    private static func paths(_ arguments: ActionArguments) -> [String] { arguments.texts("paths") ?? [] }
}
