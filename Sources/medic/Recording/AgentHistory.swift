import History
import JSON
import Metrics

/// The record as a running agent tells of it, for those who may ask it and may not read its file.
struct AgentHistory: HistorySource {
    let client: AgentClient
    var place: String { "" }

    func records(_ filter: HistoryFilter, limit: Int, after: HistoryCursor?) throws -> HistoryPage<StoredRecord> {
        let data = try client.get("/medic/v1/history", parameters(filter, limit: limit, after: after))
        return HistoryPage(elements: records(data), next: data["next"]?.string.flatMap { HistoryCursor($0) })
    }

    func records(writtenAfter id: Int64, _ filter: HistoryFilter) throws -> [StoredRecord] {
        let asked = parameters(filter, limit: 1_000, after: nil) + [("written_after", "\(id)")]
        return records(try client.get("/medic/v1/history", asked))
    }

    func newestRecord() throws -> Int64 {
        try client.get("/medic/v1/history", [("limit", "1")])["newest"]?.integer ?? 0
    }

    func runs(
        _ filter: HistoryFilter,
        _ state: HistoryReader.RunState?,
        limit: Int,
        after: HistoryCursor?
    ) throws -> HistoryPage<RunEntry> {
        var asked = parameters(filter, limit: limit, after: after)
        switch state {
        case nil: break
        case .open: asked.append(("state", "open"))
        case .ended: asked.append(("state", "ended"))
        case .named(let name): asked.append(("state", name))
        }
        let data = try client.get("/medic/v1/runs", asked)
        let runs = (data["runs"]?.array ?? []).map { RunEntry(told: $0) }
        return HistoryPage(elements: runs, next: data["next"]?.string.flatMap { HistoryCursor($0) })
    }

    func runs(named id: String) throws -> [RunEntry] {
        if let run = try client.offered("/medic/v1/runs/\(FormPath.encoded(id))") { return [RunEntry(told: run)] }
        return (try client.get("/medic/v1/runs", [("named", id)])["runs"]?.array ?? []).map { RunEntry(told: $0) }
    }

    func evidence(of run: String) throws -> [KeptEvidence] {
        guard let data = try client.offered("/medic/v1/runs/\(FormPath.encoded(run))") else { return [] }
        return (data["evidence"]?.array ?? []).map { file in
            KeptEvidence(
                step: Int(clamping: file["step"]?.integer ?? 0),
                name: file.text("name"),
                bytes: Int(clamping: file["bytes"]?.integer ?? 0),
                text: file["text"]?.string,
                isCut: file["isCut"]?.boolean ?? false
            )
        }
    }

    func steps(of run: String) throws -> [StepEntry] {
        guard let data = try client.offered("/medic/v1/runs/\(FormPath.encoded(run))") else { return [] }
        return (data["steps"]?.array ?? []).flatMap { step in
            (step["attempts"]?.array ?? []).map { StepEntry(told: $0, step: step, run: run) }
        }
    }

    private func parameters(_ filter: HistoryFilter, limit: Int, after: HistoryCursor?) -> [(String, String)] {
        var asked: [(String, String)] = [("limit", "\(min(limit, 1_000))")]
        let facts: [(String, String?)] = [
            ("since", filter.since?.rfc3339Text), ("until", filter.until?.rfc3339Text), ("alert", filter.alert),
            ("fingerprint", filter.fingerprint), ("playbook", filter.playbook), ("unit", filter.unit),
            ("run", filter.run), ("text", filter.text), ("after", after.map { "\($0)" }),
        ]
        for (name, value) in facts { if let value { asked.append((name, value)) } }
        return asked + filter.kinds.map { ("kind", $0.rawValue) }
    }

    private func records(_ data: JSONValue) -> [StoredRecord] {
        (data["records"]?.array ?? []).map { tree in
            StoredRecord(
                id: tree["id"]?.integer ?? 0,
                record: HistoryRecord(
                    at: tree.moment("at") ?? .epoch,
                    kind: HistoryRecord.Kind(rawValue: tree.text("kind")) ?? .medic,
                    name: tree.text("name"),
                    alert: tree["alert"]?.string,
                    fingerprint: tree["fingerprint"]?.string,
                    playbook: tree["playbook"]?.string,
                    unit: tree["unit"]?.string,
                    run: tree["run"]?.string,
                    began: tree.moment("began"),
                    text: tree.text("text"),
                    payload: tree["details"] ?? .null
                )
            )
        }
    }
}

extension RunEntry {
    fileprivate init(told tree: JSONValue) {
        self.init(
            id: tree.text("id"),
            playbook: tree.text("playbook"),
            subject: tree.text("subject"),
            alert: tree["alert"]?.string,
            fingerprint: tree["fingerprint"]?.string,
            unit: tree["unit"]?.string,
            state: tree.text("state"),
            opened: tree.moment("opened") ?? .epoch,
            ended: tree.moment("ended"),
            text: tree.text("text")
        )
    }
}

extension StepEntry {
    fileprivate init(told attempt: JSONValue, step: JSONValue, run: String) {
        self.init(
            run: run,
            step: Int(clamping: step["index"]?.integer ?? 0),
            attempt: Int(clamping: attempt["attempt"]?.integer ?? 0),
            action: step.text("action"),
            intended: attempt.moment("began") ?? .epoch,
            intent: .null,
            finished: attempt.moment("ended"),
            result: attempt["result"]?.string,
            outcome: attempt
        )
    }
}
