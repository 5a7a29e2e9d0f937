import Actions
import Configuration
import Diagnostics
import EventLoop
import History
import HTTPServer
import Metrics
import Playbooks
import Web
import YAML

// What medic's own API asks of the agent.
extension Desk: OperatingDesk {
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (HistoryReader) throws(HistoryError) -> Value
    ) async -> Result<Value, HistoryError> {
        let history = agent.ground.history
        return await offload { Result { () throws(HistoryError) in try history.read(body) } }
    }

    func openRuns() async -> [RunSnapshot] {
        await agent.ground.core.perform { [agent] in agent.healing.openRuns }
    }

    func healing() async -> HealingReport {
        await agent.ground.core.perform { [agent] in agent.healing.report }
    }

    func command(_ command: HealingCommand) async -> CommandReply { await agent.healing.command(command) }

    func playbooks() async -> [PlaybookReport] {
        let files = agent.state.current.loaded.playbookFiles
        let permits = agent.permits
        return await offload {
            let lacking = files.map { Self.missingPermits(of: $0, permits) }
            return zip(files, lacking).flatMap { file, lacking in
                file.playbooks.map { playbook in
                    let missing = lacking.filter { playbook.range.contains($0.range.lowerBound) }.map(\.message)
                    return PlaybookReport(playbook: playbook, missingPermits: missing)
                }
            }
        }
    }

    /// What the playbooks of a file would need and may not: they are checked once more, with the permits of the moment.
    private static func missingPermits(of file: PlaybookFile, _ permits: PermitBoard) -> [Diagnostic] {
        let problems = Problems(in: file.source)
        let surroundings = PlaybookSurroundings(catalogue: .medic, refusals: { permits.current.refusals(of: $0) })
        _ = PlaybookFile(file.source, problems: problems, surroundings: surroundings)
        return problems.diagnostics.filter { $0.code == "playbook/not-permitted" }
    }

    func events(after id: String?, kinds: Set<String>) async -> EventChannel? {
        agent.ground.events.listen(after: id, kinds: Set(kinds.compactMap { EventHub.Kind(rawValue: $0) }))
    }
}
