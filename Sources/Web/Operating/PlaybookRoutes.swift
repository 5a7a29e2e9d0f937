import History
import HTTPServer
import JSON
import Metrics
import Playbooks
import YAML

/// Playbooks: what they achieve, what they would do, and an operator's commands to them.
struct PlaybookRoutes: Sendable {
    private let desk: any OperatingDesk

    // Enough to see how it does; `runs` has the rest.
    private static let runsShown = 10

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/playbooks") { call throws(WebRefusal) in try await list(call) },
            Route([.get], "/medic/v1/playbooks/{name}") { call throws(WebRefusal) in try await details(call) },
            Route([.get, .post], "/medic/v1/playbooks/{name}/dry-run") { call throws(WebRefusal) in
                try await dryRun(call)
            },
            .command([.post], "/medic/v1/playbooks/{name}/start") { call throws(WebRefusal) in
                let name = try await known(call).playbook.name.value
                let labels = Labels(try call.pairs("label."))
                let variables = try call.pairs("var.")
                return .said(try await desk.obey(.start(playbook: name, labels: labels, variables: variables), call))
            },
            .command([.post], "/medic/v1/playbooks/{name}/breaker") { call throws(WebRefusal) in
                try await breaker(call)
            },
        ]
    }

    private func known(_ call: Call) async throws(WebRefusal) -> PlaybookReport {
        let name = call.part("name")
        let found = await desk.playbooks().first { $0.playbook.name.value.utf8.elementsEqual(name.utf8) }
        guard let found else { throw WebRefusal(.notFound, "there is no playbook '\(name)'") }
        return found
    }

    // MARK: Questions

    private func tree(since: Timestamp) async throws(WebRefusal) -> PlaybookTree {
        let cards = try await desk.answer { reader throws(HistoryError) in try reader.scorecards(since: since) }
        return PlaybookTree(
            healing: await desk.healing(),
            cards: Dictionary(cards.map { ($0.playbook, $0) }) { first, _ in first },
            open: await desk.openRuns()
        )
    }

    private func list(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let tree = try await tree(since: try call.moment("since") ?? .epoch)
        let playbooks = await desk.playbooks()
        return .success(
            .tree { answer in
                answer.add("playbooks", list: playbooks.map { tree.line($0) })
                answer.add("healing", HealingTree.tree(tree.healing))
            }
        )
    }

    private func details(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let report = try await known(call)
        let name = report.playbook.name.value
        let tree = try await tree(since: try call.moment("since") ?? .epoch)
        let limit = Self.runsShown
        let runs = try await desk.answer { reader throws(HistoryError) in
            try reader.runs(HistoryFilter(playbook: name), limit: limit).elements
        }
        return .success(tree.details(report, runs: runs))
    }

    private func dryRun(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let name = try await known(call).playbook.name.value
        let labels = Labels(try call.pairs("label."))
        let variables = try call.pairs("var.")
        let reply = try await desk.obey(.dryRun(playbook: name, labels: labels, variables: variables), call)
        guard case .wouldRun(let snapshot) = reply else { return .said(reply) }
        return .success(PlaybookTree.dryRun(snapshot, await desk.healing().settings.ceiling))
    }

    // MARK: Commands

    private func breaker(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let name = try await known(call).playbook.name.value
        let subject = Labels(try call.pairs("label."))
        let kind: HealingCommand.Kind
        switch call.value("action") {
        case "open": kind = .openBreaker(playbook: name, subject: subject)
        case "close": kind = .closeBreaker(playbook: name, subject: subject)
        case "reset": kind = .reset(playbook: name, subject: subject.isEmpty ? nil : subject)
        default: throw .badParameter("action", "one of open, close and reset is expected")
        }
        return .said(try await desk.obey(kind, call))
    }
}
