import History
import HTTPServer
import JSON
import Metrics
import Playbooks

/// Runs: which there are, everything about one, and an operator's word on it.
struct RunRoutes: Sendable {
    private let desk: any OperatingDesk

    // More lines than a run has that ends.
    private static let recordsMax = 2_000

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/runs") { call throws(WebRefusal) in try await list(call) },
            Route([.get], "/medic/v1/runs/{id}") { call throws(WebRefusal) in try await details(call) },
            Route([.get], "/medic/v1/runs/{id}/evidence/{step}/{name}") { call throws(WebRefusal) in
                try await evidence(call)
            },
            .command([.post], "/medic/v1/runs/{id}/approve") { call throws(WebRefusal) in
                let kind = HealingCommand.Kind.approve(
                    run: call.part("id"),
                    digest: call.value("digest"),
                    way: call.way
                )
                return try await give(kind, "approved", call)
            },
            .command([.post], "/medic/v1/runs/{id}/refuse") { call throws(WebRefusal) in
                try await give(.refuse(run: call.part("id"), way: call.way), "refused", call)
            },
            .command([.post], "/medic/v1/runs/{id}/cancel") { call throws(WebRefusal) in
                try await give(.cancel(run: call.part("id")), "cancelled", call)
            },
        ]
    }

    /// An operator's word on the run that the path names. Where it comes too late, or for nobody, what is so instead is said.
    private func give(
        _ kind: HealingCommand.Kind,
        _ participle: String,
        _ call: Call
    ) async throws(WebRefusal) -> HTTPServer.Reply {
        let id = call.part("id")
        let reply = await desk.command(
            HealingCommand(kind, by: call.principal.name, reason: try call.reason)
        )
        guard case .rejected(let sentence) = reply else { return .said(reply) }
        let late = LateWord(id: id, participle: participle, now: .now)
        if let snapshot = await desk.openRuns().first(where: { $0.run.id == id }) {
            throw late.refusal(snapshot, sentence)
        }
        throw late.refusal(try await desk.answer { reader throws(HistoryError) in try reader.run(id) })
    }

    // MARK: Lists

    private func list(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        if let beginning = call.value("named") { return try await named(beginning) }
        let filter = try call.historyFilter()
        let limit = try call.pageLimit()
        let cursor = try call.cursor()
        let open = await desk.openRuns()
        if call.value("state") == "open" {
            // What the machine says counts: some are not in the record yet.
            let shown = open.filter { $0.run.isOpen && filter.takes($0.run) }
            return .success(
                .tree { tree in
                    tree.add("runs", list: shown.reversed().prefix(limit).map { RunTree.line($0) })
                    if shown.count > limit { tree.add("isCut", flag: true) }
                }
            )
        }
        let state: HistoryReader.RunState? =
            switch call.value("state") {
            case nil: nil
            case "ended": .ended
            case let name?: .named(name)
            }
        let page = try await desk.answer { reader throws(HistoryError) in
            try reader.runs(filter, state, limit: limit, after: cursor)
        }
        let known = Dictionary(open.map { ($0.run.id, $0) }) { first, _ in first }
        return .success(
            .tree { tree in
                tree.add("runs", list: page.elements.map { RunTree.line($0, known[$0.id]) })
                tree.add("next", text: page.next.map { "\($0)" })
            }
        )
    }

    /// The run of that number, or those whose number begins so: people write the beginning.
    private func named(_ beginning: String) async throws(WebRefusal) -> HTTPServer.Reply {
        let open = await desk.openRuns()
        let entries = try await desk.answer { reader throws(HistoryError) in
            if let run = try reader.run(beginning) { return [run] }
            return try reader.runs(beginning: beginning)
        }
        return .success(
            .tree { tree in
                let known = Dictionary(open.map { ($0.run.id, $0) }) { first, _ in first }
                tree.add("runs", list: entries.map { RunTree.line($0, known[$0.id]) })
            }
        )
    }

    // MARK: One

    // A page of a file is enough to know it by; the whole file is asked for by its name.
    private static let evidenceEach = 8 << 10
    private static let evidenceWhole = 128 << 10
    private static let evidenceFileMax = 4 << 20

    private func evidence(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let (id, name) = (call.part("id"), call.part("name"))
        guard let step = Int(call.part("step")), step >= 0 else {
            throw .badParameter("step", "the index of a step is expected")
        }
        let found = await desk.evidence(of: id, step: step, name: name, limit: Self.evidenceFileMax)
        guard let found else {
            throw WebRefusal(.notFound, "step \(step) of run \(id) has not kept \(Labels.quoted(name))")
        }
        return .success(found.tree)
    }

    private func details(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let id = call.part("id")
        let snapshot = await desk.openRuns().first { $0.run.id == id }
        let limit = Self.recordsMax
        let (entry, steps, records, told) = try await desk.answer { reader throws(HistoryError) in
            let entry = try reader.run(id)
            let records = try reader.records(HistoryFilter(run: id), limit: limit).elements
            let told = try entry.map { entry throws(HistoryError) in try Self.notifications(about: entry, reader) }
            return (entry, try reader.steps(of: id), Array(records.reversed()), told ?? [])
        }
        guard entry != nil || snapshot != nil else { throw WebRefusal(.notFound, "there is no run \(id)") }
        let details = RunDetails(
            entry: entry,
            run: snapshot?.run ?? entry?.run,
            snapshot: snapshot,
            attempts: steps,
            records: records,
            notifications: told,
            evidence: await desk.evidence(of: id, each: Self.evidenceEach, whole: Self.evidenceWhole),
            approvalExpires: await desk.healing().settings.approvalExpires
        )
        return .success(details.tree)
    }
}

extension RunRoutes {
    // What is told of a run's end is told soon after it.
    private static let afterwards = Milliseconds.minutes(10)
    private static let notificationsMax = 200

    /// What was told of the run's alert while it was open and shortly after, oldest first.
    fileprivate static func notifications(
        about entry: RunEntry,
        _ reader: HistoryReader
    ) throws(HistoryError) -> [StoredRecord] {
        guard let fingerprint = entry.fingerprint else { return [] }
        let filter = HistoryFilter(
            since: entry.opened,
            until: entry.ended.map { $0 + afterwards },
            fingerprint: fingerprint,
            kinds: [.notification]
        )
        return try reader.records(filter, limit: notificationsMax).elements.reversed()
    }
}

extension RunEntry {
    /// The run as it was recorded last; nil where a later version wrote it in another way.
    var run: Run? {
        guard case .opened(let run)? = HealingRecord(json: ["opened": payload]) else { return nil }
        return run
    }
}

extension HistoryFilter {
    /// Whether a run that is not in the record yet would pass.
    fileprivate func takes(_ run: Run) -> Bool {
        func agrees(_ wanted: String?, _ found: String?) -> Bool {
            wanted.map { wanted in found.map { $0.utf8.elementsEqual(wanted.utf8) } ?? false } ?? true
        }
        let opened = run.openedAt.wall
        return agrees(playbook, run.playbook) && agrees(alert, run.alert.labels["alertname"])
            && agrees(unit, run.plan.units.first) && agrees(self.run, run.id)
            && agrees(fingerprint, AlertTree.fingerprint(run.alert.labels))
            && since.map { $0 <= opened } ?? true && until.map { opened < $0 } ?? true
    }
}
