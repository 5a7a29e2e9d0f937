import Alerting
public import History
public import JSON
import Metrics
public import Playbooks

/// Runs as medic's API tells of them.
public enum RunTree {
    /// A run as lists show it. `open` is what the machine knows of it, while it is open.
    public static func line(_ entry: RunEntry, _ open: RunSnapshot? = nil) -> JSONValue {
        if let open, open.run.isOpen { return line(open) }
        return .tree { tree in
            tree.add("id", text: entry.id)
            tree.add("playbook", text: entry.playbook)
            tree.add("subject", text: entry.subject)
            tree.add("alert", text: entry.alert)
            tree.add("fingerprint", text: entry.fingerprint)
            tree.add("unit", text: entry.unit)
            tree.add("state", text: entry.state)
            tree.add("isOpen", flag: entry.ended == nil)
            tree.add("opened", at: entry.opened)
            tree.add("ended", at: entry.ended)
            tree.add("durationSeconds", span: entry.ended.map { $0 - entry.opened })
            tree.add("text", words: entry.text)
        }
    }

    /// A run as the machine knows it.
    public static func line(_ snapshot: RunSnapshot) -> JSONValue {
        line(snapshot.run, at: snapshot.at).extended { tree in
            tree.add("waitingFor", words: snapshot.waitingFor)
        }
    }

    /// A run as it stands at a moment.
    public static func line(_ run: Run, at now: Moment) -> JSONValue {
        .tree { tree in
            tree.add("id", text: run.id)
            tree.add("playbook", text: run.playbook)
            tree.add("subject", text: run.subject.description)
            tree.add("alert", text: run.alert.labels["alertname"])
            tree.add("fingerprint", text: Fingerprint(run.alert.labels).description)
            tree.add("unit", text: run.plan.units.first)
            tree.add("state", text: run.progress.phase.name)
            tree.add("isOpen", flag: run.isOpen)
            tree.add("opened", at: run.openedAt.wall)
            tree.add("ended", at: run.progress.endedAt?.wall)
            tree.add("durationSeconds", span: run.openedAt.age(at: run.progress.endedAt ?? now))
            tree.add("text", words: run.progress.reason)
            tree.add("requestedBy", text: run.requestedBy)
            tree.add("mode", text: run.plan.mode.rawValue)
            if run.isOpen { tree.add("progress", progress(of: run)) }
        }
    }

    /// The step that was begun last.
    private static func progress(of run: Run) -> JSONValue? {
        guard let newest = run.steps.last(where: { $0.attempt > 0 }) else { return nil }
        let step = run.plan.steps[newest.step]
        return .tree { tree in
            tree.add("step", number: newest.step)
            tree.add("of", number: run.plan.steps.count)
            tree.add("name", text: step.name)
            tree.add("action", text: step.action)
        }
    }

    // MARK: Verdicts

    public static func verdict(_ verdict: GuardVerdict) -> JSONValue {
        .tree { tree in
            tree.add("guard", text: verdict.guardName.rawValue)
            tree.add("allowed", flag: verdict.isAllowed)
            tree.add("sentence", text: verdict.sentence)
            tree.add("facts", .object(verdict.facts))
            tree.add("retryAfterSeconds", span: verdict.retryAfter)
        }
    }

    // MARK: Steps as planned

    /// A step before anything has become of it.
    static func step(_ index: Int, of plan: RunPlan) -> JSONValue {
        let step = plan.steps[index]
        return .tree { tree in
            tree.add("index", number: index)
            tree.add("part", text: part(of: index, plan))
            tree.add("name", text: step.name)
            tree.add("action", text: step.action)
            tree.add("sentence", text: step.sentence)
            tree.add("arguments", arguments(step.arguments))
            tree.add("timeoutSeconds", span: step.timeout)
            tree.add("isRepeatable", flag: step.isRepeatable)
            tree.add("isTreatment", flag: step.isTreatment)
            if step.isSkipped { tree.add("isSkipped", flag: true) }
            if !step.conditions.isEmpty { tree.add("conditions", texts: step.conditions) }
            tree.add("confirmWithinSeconds", span: step.confirmWithin)
        }
    }

    private static func part(of index: Int, _ plan: RunPlan) -> String {
        if plan.onUnhealed.contains(index) { return "on_unhealed" }
        if plan.onResolved.contains(index) { return "on_resolved" }
        guard plan.rungs.count > 1, let rung = plan.rungs.firstIndex(where: { $0.contains(index) }) else {
            return "steps"
        }
        return "try \(rung + 1)"
    }

    /// Arguments for people. What is called like a secret is not shown.
    static func arguments(_ arguments: ActionArguments) -> JSONValue {
        .object(
            JSONObject(
                arguments.members.map { member in
                    let value: JSONValue = soundsSecret(member.name) ? .string("<secret>") : plain(member.value)
                    return JSONObject.Member(name: member.name, value: value)
                }
            )
        )
    }

    private static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return ["password", "secret", "token", "authorization", "cookie", "api-key", "api_key", "dsn"]
            .contains { name.contains($0) }
    }

    private static func plain(_ value: ArgumentValue) -> JSONValue {
        switch value {
        case .text(let text): .string(text)
        case .integer(let number), .size(let number): .integer(number)
        case .number(let number): .number(number)
        case .flag(let flag): .boolean(flag)
        case .duration(let span): .string(span.promQLText)
        case .list(let values): .array(values.map(plain))
        case .record(let record): arguments(record)
        }
    }
}
