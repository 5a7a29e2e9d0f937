import History
import JSON
import Metrics
public import Playbooks

/// Everything that is known of one run, put together from the machine's memory and from the record.
struct RunDetails: Sendable {
    let entry: RunEntry?
    /// As the machine knows it, or as it was recorded.
    let run: Run?
    /// Nil when it is over.
    let snapshot: RunSnapshot?
    let attempts: [StepEntry]
    /// In the order of time.
    let records: [StoredRecord]
    /// What was told of its alert.
    let notifications: [StoredRecord]
    /// What its steps have kept.
    let evidence: [EvidenceFile]
    /// How long an approval is waited for.
    let approvalExpires: Milliseconds

    var tree: JSONValue {
        let line =
            snapshot.map { RunTree.line($0) } ?? run.map { RunTree.line($0, at: $0.progress.endedAt ?? $0.openedAt) }
        return (line ?? entry.map { RunTree.line($0) } ?? .null).extended { tree in
            if let run { describe(run, &tree) }
            tree.add("evidence", list: evidence.map(\.tree))
            tree.add("notifications", list: notifications.map { HistoryTree.record($0) })
            tree.add("records", list: records.map { HistoryTree.record($0) })
        }
    }

    private func describe(_ run: Run, _ tree: inout TreeBuilder) {
        let (plan, progress) = (run.plan, run.progress)
        tree.add("subjectLabels", labels: run.subject)
        tree.add("trigger", trigger(run.alert))
        tree.add("variables", .labels(plan.variables))
        tree.add("joined", list: progress.joined.map { .labels($0) })
        tree.add("units", texts: plan.units)
        tree.add("locks", texts: plan.locks)
        tree.add("digest", text: plan.digest)
        tree.add("approval", progress.approval.map { approval($0) })
        if case .waiting(let since) = progress.phase { tree.add("approvalUntil", at: since.wall + approvalExpires) }
        tree.add("guards", list: progress.verdicts.map { RunTree.verdict($0) })
        tree.add("steps", list: plan.steps.indices.map { step($0, of: run) })
        tree.add("verification", verification(plan.verification, run.alert))
        tree.add(
            "rollbacks",
            list: progress.armed.map { armed in
                .tree { tree in
                    tree.add("step", number: armed.step)
                    tree.add("at", at: armed.at.wall)
                    tree.add("undoneAt", at: armed.at.wall + armed.within)
                }
            }
        )
    }

    private func trigger(_ alert: FiringAlert) -> JSONValue {
        .tree { tree in
            tree.add("labels", labels: alert.labels)
            tree.add("annotations", .labels(alert.annotations))
            tree.add("value", text: Number.answer(alert.value))
            tree.add("startsAt", at: alert.startsAt)
            let origin =
                switch alert.origin {
                case .rule: "rule"
                case .webhook: "webhook"
                case .command: "command"
                }
            tree.add("origin", text: origin)
            tree.add("expression", text: alert.expression)
        }
    }

    private func approval(_ approval: RunApproval) -> JSONValue {
        .tree { tree in
            tree.add("granted", flag: approval.isGranted)
            tree.add("by", text: approval.by)
            tree.add("way", text: approval.way)
            tree.add("at", at: approval.at.wall)
            tree.add("digest", text: approval.digest)
        }
    }

    // MARK: Steps

    private func step(_ index: Int, of run: Run) -> JSONValue {
        let tries = attempts.filter { $0.step == index }
        let skipped = run.steps.first { $0.step == index }?.skipped
        return RunTree.step(index, of: run.plan).extended { tree in
            tree.add("state", text: state(tries.last, isSkipped: skipped != nil, isOpen: snapshot?.run.isOpen ?? false))
            tree.add("skipped", text: skipped)
            tree.add("attempts", list: tries.map { attempt($0) })
        }
    }

    private func state(_ newest: StepEntry?, isSkipped: Bool, isOpen: Bool) -> String {
        guard let newest else { return isSkipped ? "skipped" : "not_begun" }
        guard let result = record(of: newest)?.outcome?.result else { return isOpen ? "running" : "unknown" }
        return result.code
    }

    /// What came of an attempt, as the machine recorded it.
    private func record(of attempt: StepEntry) -> StepRecord? {
        let whole: JSONValue = ["outcome": attempt.outcome, "run": .string(attempt.run)]
        guard case .outcome(_, let record)? = HealingRecord(json: whole) else { return nil }
        return record
    }

    private func attempt(_ attempt: StepEntry) -> JSONValue {
        let outcome = record(of: attempt)?.outcome
        return .tree { tree in
            tree.add("attempt", number: attempt.attempt)
            tree.add("began", at: attempt.intended)
            tree.add("ended", at: attempt.finished)
            tree.add("durationSeconds", span: attempt.finished.map { $0 - attempt.intended })
            guard let outcome else { return }
            tree.add("result", text: outcome.result.code)
            tree.add("message", words: outcome.message)
            tree.add("error", text: outcome.result.reason)
            // Deeds on files say what they changed as `diff -u` would: whoever shows it may colour it.
            let isDifference = outcome.output.hasPrefix("--- ")
            tree.add(isDifference ? "diff" : "output", words: outcome.output)
            tree.add("before", outcome.before)
            tree.add("after", outcome.after)
            tree.add("evidence", texts: outcome.evidence)
        }
    }

    // MARK: Verification

    private func verification(_ terms: VerificationTerms, _ alert: FiringAlert) -> JSONValue {
        .tree { tree in
            tree.add("expression", text: terms.expression ?? alert.expression.map { "the alert's own: \($0)" })
            tree.add("everySeconds", span: terms.every)
            tree.add("healthy", number: terms.healthy)
            tree.add("withinSeconds", span: terms.within)
            let samples = records.filter { $0.record.kind == .run && $0.record.name == "measured" }
            tree.add(
                "samples",
                list: samples.map { stored in
                    .tree { tree in
                        tree.add("at", at: stored.record.at)
                        tree.add("result", text: stored.record.payload["result"]?.string)
                        tree.add("reason", text: stored.record.payload["reason"]?.string)
                    }
                }
            )
        }
    }
}

extension ActionOutcome.Result {
    /// One word for programs.
    public var code: String {
        switch self {
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .timedOut: "timed_out"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        case .notDone: "not_done"
        }
    }

    /// Why it did not succeed, where somebody said so.
    var reason: String? {
        switch self {
        case .failed(let reason), .notDone(let reason): reason
        case .succeeded, .timedOut, .cancelled, .unknown: nil
        }
    }
}
