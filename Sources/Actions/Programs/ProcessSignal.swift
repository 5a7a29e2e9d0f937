import Playbooks

/// `process.signal`: a signal to processes that are no unit of systemd, found by what they are.
struct ProcessSignal: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "process.signal",
            summary: "Sends a signal to a process, found by its pid file or by its program",
            arguments: [
                ArgumentDeclaration("pidfile", .path, help: "a file with the number of the process"),
                ArgumentDeclaration(
                    "match",
                    .record([
                        ArgumentDeclaration("program", .path, isRequired: true, help: "the program that it runs"),
                        ArgumentDeclaration("arguments", .pattern, help: "must be found in its command line"),
                        ArgumentDeclaration("unit", .unit, help: "the systemd unit that it belongs to"),
                    ]),
                    help: "which processes"
                ),
                ArgumentDeclaration(
                    "program",
                    .path,
                    help: "with pidfile: the program that the process must run, so that a number used anew is not hit"
                ),
                ArgumentDeclaration("signal", .choice(Signal.names), standard: .text("SIGTERM"), help: "which signal"),
                ArgumentDeclaration(
                    "most",
                    .integer(1...1_000),
                    standard: .integer(1),
                    help: "more matching processes than this and none is signalled"
                ),
            ],
            isRepeatable: { _ in true },
            permissions: { arguments in
                let match = arguments.record("match")
                return [.action("process.signal")]
                    + [arguments.text("program"), match?.text("program")].compactMap { $0.map { .program($0) } }
                    + Permission.unit(match?.text("unit")) + Permission.path(arguments.text("pidfile"), .read)
            },
            locks: { $0.record("match")?.text("unit").map { ["unit/\($0)"] } ?? [] },
            treatedUnits: { $0.record("match")?.text("unit").map { [$0] } ?? [] },
            complaints: { arguments in
                var complaints = Complaints.atMostOne(of: ["pidfile", "match"], in: arguments)
                let names = arguments.members.map(\.name)
                if names.contains("pidfile"), !names.contains("program") {
                    complaints.append(
                        ArgumentComplaint(["pidfile"], "'program' must say what the process of the pid file runs")
                    )
                }
                return complaints
            },
            sentence: { arguments in
                let match = arguments.record("match")
                let whom =
                    arguments.text("pidfile").map { "the process named in \(Wording.shown($0))" }
                    ?? "at most \(arguments.integer("most") ?? 1) processes that run \(match?.words("program") ?? "it")"
                return "send \(arguments.words("signal")) to \(whom)"
            }
        )
    }
}
