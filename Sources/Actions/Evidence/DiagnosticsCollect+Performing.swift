import EventLoop
import JSON
import Metrics
import Playbooks
import Processes
import Systemd

extension DiagnosticsCollect {
    private static let commandOutputMax = 256 * 1024
    private static let journalOutputMax = 2 << 20
    private static let seriesMax = 20

    /// Each part for itself: what cannot be had is told in the bundle, and the rest is kept.
    func perform(_ order: Order) async throws -> ActionOutcome {
        let folder = EvidenceFolder(order)
        var kept: [String] = []
        var troubles: [String] = []
        func keep(_ name: String, _ make: () async throws -> String) async throws {
            do {
                let text = try await make()
                guard !text.isEmpty else { return }
                kept.append(try await offload { try folder.keep(name, text: text) })
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                troubles.append("\(name): \(DeedFailure(error).message)")
            }
            try Task.checkCancellation()
        }
        try await keep("host.txt") { try await offload { try HostFacts.host() } }
        try await keep("processes.txt") { try await offload { try HostFacts.processes() } }
        try await keep("sockets.txt") { try await offload { try HostFacts.sockets() } }
        let units = order.arguments.texts("units") ?? []
        for unit in units.prefix(50) {
            try await keep("unit-\(unit).json") { try await order.manager().state(of: unit).json.description + "\n" }
            try await keep("journal-\(unit).txt") { try await Self.journal(unit, order) }
        }
        for (index, command) in Self.commands(order.arguments).prefix(50).enumerated() {
            try await keep("command-\(index + 1).txt") { try await Self.output(of: command, order) }
        }
        try await keepSeries(order, folder, &kept, &troubles)
        guard !kept.isEmpty else { throw DeedFailure("nothing could be kept: \(troubles.first ?? "")") }
        return ActionOutcome(
            .succeeded,
            message: "kept \(Wording.count(kept.count, "file")) in \(folder.path)",
            output: troubles.map { Wording.shown($0) }.joined(separator: "\n"),
            evidence: kept
        )
    }

    private func keepSeries(
        _ order: Order,
        _ folder: EvidenceFolder,
        _ kept: inout [String],
        _ troubles: inout [String]
    ) async throws {
        let expressions = (order.request.alert.expression.map { [$0] } ?? []) + (order.arguments.texts("series") ?? [])
        let since = order.arguments.duration("since") ?? .hours(1)
        for (index, expression) in expressions.prefix(Self.seriesMax).enumerated() {
            let series = await order.tools.series(expression, since)
            guard !series.isEmpty else { continue }
            do {
                kept += try await offload {
                    [
                        try folder.keep("series-\(index + 1).csv", text: SeriesTable.csv(series)),
                        try folder.keep("series-\(index + 1).svg", text: SeriesDrawing.svg(series, title: expression)),
                    ]
                }
            } catch {
                troubles.append("series-\(index + 1): \(DeedFailure(error).message)")
            }
            try Task.checkCancellation()
        }
    }

    private static func journal(_ unit: String, _ order: Order) async throws -> String {
        let lines = order.arguments.integer("journal") ?? 200
        guard lines > 0 else { return "" }
        var program = Program([
            "/usr/bin/journalctl", "--no-pager", "--output=short-iso-precise", "--quiet", "--lines=\(lines)",
            "--unit=\(unit)",
        ])
        program.outputBytesMax = journalOutputMax
        return try await run(program, order)
    }

    private static func output(of command: [String], _ order: Order) async throws -> String {
        var program = Program(command)
        program.outputBytesMax = commandOutputMax
        return "$ \(Wording.command(command))\n" + (try await run(program, order))
    }

    private static func run(_ program: Program, _ order: Order) async throws -> String {
        let outcome = try await program.run(timeout: min(order.remaining, .seconds(20)))
        if outcome.end == .cancelled { throw CancellationError() }
        return outcome.output.text + (outcome.isSuccess ? "" : "\n[\(outcome.reason)]\n")
    }
}
