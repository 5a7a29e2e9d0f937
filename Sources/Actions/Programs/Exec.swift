import Playbooks

/// `exec`: a program, never a shell, with bounds.
struct Exec: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "exec",
            summary: "Runs a program, never a shell, as a transient systemd unit with limits",
            arguments: [
                ArgumentDeclaration(
                    "argv",
                    .list(of: .word),
                    isRequired: true,
                    help: "the program by its absolute path, and its arguments"
                ),
                ArgumentDeclaration("env", .map(of: .text), help: "environment variables; nothing else is inherited"),
                ArgumentDeclaration("user", .text, help: "the user to run as; default: medic's own"),
                ArgumentDeclaration("folder", .path, help: "the working folder"),
                Self.sandbox,
                ArgumentDeclaration(
                    "expect",
                    .oneOrMore(of: .integer(0...255)),
                    standard: .list([.integer(0)]),
                    help: "the exit statuses that mean success"
                ),
                ArgumentDeclaration("memory", .size, help: "the most memory it may use; default 512MiB"),
                ArgumentDeclaration(
                    "processes",
                    .integer(1...100_000),
                    help: "the most processes it may have; default 64"
                ),
            ],
            isRepeatable: { _ in false },
            permissions: { arguments in
                let sandbox = arguments.record("sandbox")
                return [.action("exec")] + Permission.program(arguments.list("argv"))
                    + (arguments.text("user").map { [.user($0)] } ?? [])
                    + (sandbox?.texts("writable") ?? []).map { .path($0, .write) }
            },
            complaints: { Complaints.program("argv", in: $0) + Self.complaints($0) },
            sentence: { arguments in
                let user = arguments.text("user").map { " as \(Wording.shown($0))" } ?? ""
                return "run \(Wording.command(arguments.texts("argv") ?? []))\(user)"
            }
        )
    }

    private static let sandbox = ArgumentDeclaration(
        "sandbox",
        .record([
            ArgumentDeclaration("enabled", .flag, standard: .flag(true), help: "false: none of what follows"),
            ArgumentDeclaration(
                "writable",
                .oneOrMore(of: .path),
                help: "folders it may write to; the rest is read-only"
            ),
            ArgumentDeclaration("network", .flag, standard: .flag(false), help: "it may reach the network"),
        ]),
        help: "what it may touch; by default it writes nowhere and reaches nothing"
    )

    @Sendable private static func complaints(_ arguments: ActionArguments) -> [ArgumentComplaint] {
        var complaints: [ArgumentComplaint] = []
        for (name, value) in arguments.pairs("env") {
            let isName =
                name.utf8.first.map { $0 &- 48 >= 10 } == true
                && name.utf8.allSatisfy { ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") }
            if !isName || value.utf8.contains(0) {
                complaints.append(
                    ArgumentComplaint(["env", name], "'\(Wording.shown(name))' is not an environment variable")
                )
            } else if changesPrograms(name) {
                complaints.append(
                    ArgumentComplaint(["env", name], "'\(name)' would make the program another one than is permitted")
                )
            }
        }
        if let user = arguments.text("user"), !isUser(user) {
            complaints.append(ArgumentComplaint(["user"], "'\(Wording.shown(user))' is not the name of a user"))
        }
        return complaints
    }

    /// Whether programs, or the interpreters that carry them out, load something else when they find the variable.
    private static func changesPrograms(_ name: String) -> Bool {
        let beginnings = ["LD_", "PYTHON", "PERL5", "PERLLIB", "RUBY", "NODE_", "GCONV_", "GLIBC_", "GIT_"]
        let names = [
            "BASH_ENV", "ENV", "SHELLOPTS", "BASHOPTS", "PS4", "IFS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS",
            "_JAVA_OPTIONS",
            "CLASSPATH", "LUA_INIT", "LUA_PATH", "LUA_CPATH", "OPENSSL_CONF", "PAGER", "EDITOR", "VISUAL", "BROWSER",
        ]
        return beginnings.contains { name.utf8.starts(with: $0.utf8) }
            || names.contains { $0.utf8.elementsEqual(name.utf8) }
    }

    private static func isUser(_ name: String) -> Bool {
        (1...32).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy {
                ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
    }
}
