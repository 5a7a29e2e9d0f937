public import JSON
import Metrics

extension HealingRecord {
    /// The kind of record and its payload: what a store keeps.
    public var kind: String {
        switch self {
        case .opened: "opened"
        case .progress: "progress"
        case .started: "started"
        case .intent: "intent"
        case .outcome: "outcome"
        case .measured: "measured"
        case .course: "course"
        case .attempt: "attempt"
        case .identity: "identity"
        case .storm: "storm"
        case .killSwitch: "kill_switch"
        case .webhook: "webhook"
        case .act: "act"
        }
    }

    public var json: JSONValue {
        switch self {
        case .opened(let run): ["opened": run.json]
        case .progress(let run, let progress): ["progress": progress.json, "run": run.json]
        case .started(let mark): ["started": mark.json]
        case .intent(let run, let step): ["intent": step.json, "run": run.json]
        case .outcome(let run, let step): ["outcome": step.json, "run": run.json]
        case .measured(let run, let measurement, let at):
            ["measured": measurement.json, "run": run.json, "at": at.json]
        case .course(let course): ["course": course.json]
        case .attempt(let mark): ["attempt": mark.json]
        case .identity(let identity): ["identity": identity.json]
        case .storm(let storm): ["storm": storm.json]
        case .killSwitch(let killSwitch): ["kill_switch": killSwitch.json]
        case .webhook(let labels, let startsAt): ["webhook": labels.json, "starts_at": startsAt.json]
        case .act(let act): ["act": act.json]
        }
    }

    /// Nil when the tree is not one that `json` makes.
    public init?(json: JSONValue) {
        guard let first = json.object?.members.first else { return nil }
        let body = first.value
        let record: HealingRecord?
        switch first.name {
        case "opened": record = Run(json: body).map { .opened($0) }
        case "started": record = StartMark(json: body).map { .started($0) }
        case "course": record = Course(json: body).map { .course($0) }
        case "attempt": record = AttemptMark(json: body).map { .attempt($0) }
        case "identity": record = UnitIdentity(json: body).map { .identity($0) }
        case "storm": record = json.readOptional("storm", as: Storm.self).map { .storm($0) }
        case "kill_switch": record = json.readOptional("kill_switch", as: KillSwitch.self).map { .killSwitch($0) }
        case "act": record = OperatorAct(json: body).map { .act($0) }
        case "webhook":
            guard let labels = Labels(json: body), let startsAt = json.read("starts_at", as: Timestamp.self) else {
                return nil
            }
            record = .webhook(labels, startsAt: startsAt)
        default: record = HealingRecord(ofRun: json, kind: first.name, body)
        }
        guard let record else { return nil }
        self = record
    }

    private init?(ofRun json: JSONValue, kind: String, _ body: JSONValue) {
        guard let run = json.read("run", as: String.self) else { return nil }
        let record: HealingRecord?
        switch kind {
        case "progress": record = RunProgress(json: body).map { .progress(run: run, $0) }
        case "intent": record = StepRecord(json: body).map { .intent(run: run, $0) }
        case "outcome": record = StepRecord(json: body).map { .outcome(run: run, $0) }
        case "measured":
            guard let at = json.read("at", as: Moment.self) else { return nil }
            record = Measurement(json: body).map { .measured(run: run, $0, at: at) }
        default: record = nil
        }
        guard let record else { return nil }
        self = record
    }
}

extension StartMark: PlainJSON {
    var json: JSONValue { ["run": run.json, "playbook": playbook.json, "subject": subject.json, "at": at.json] }

    init?(json: JSONValue) {
        guard let run = json.read("run", as: String.self), let playbook = json.read("playbook", as: String.self),
            let subject = json.read("subject", as: Labels.self), let at = json.read("at", as: Moment.self)
        else { return nil }
        self.init(run: run, playbook: playbook, subject: subject, at: at)
    }
}

extension AttemptMark: PlainJSON {
    var json: JSONValue { ["subject": subject.json, "job": job.json, "at": at.json] }

    init?(json: JSONValue) {
        guard let subject = json.read("subject", as: Labels.self), let job = json.readOptional("job", as: String.self),
            let at = json.read("at", as: Moment.self)
        else { return nil }
        self.init(subject: subject, job: job, at: at)
    }
}

extension UnitIdentity: PlainJSON {
    var json: JSONValue { ["alias": alias.json, "name": name.json] }

    init?(json: JSONValue) {
        guard let alias = json.read("alias", as: String.self), let name = json.read("name", as: String.self) else {
            return nil
        }
        self.init(alias: alias, name: name)
    }
}

extension Storm: PlainJSON {
    var json: JSONValue { ["since": since.json, "reason": reason.json] }

    init?(json: JSONValue) {
        guard let since = json.read("since", as: Moment.self), let reason = json.read("reason", as: String.self) else {
            return nil
        }
        self.init(since: since, reason: reason)
    }
}

extension KillSwitch: PlainJSON {
    var json: JSONValue { ["by": by.json, "reason": reason.json, "at": at.json, "duration": duration.json] }

    init?(json: JSONValue) {
        guard let by = json.read("by", as: String.self), let reason = json.read("reason", as: String.self),
            let at = json.read("at", as: Moment.self),
            let duration = json.readOptional("duration", as: Milliseconds.self)
        else { return nil }
        self.init(by: by, reason: reason, at: at, duration: duration)
    }
}

extension OperatorAct: PlainJSON {
    var json: JSONValue { ["by": by.json, "what": what.json, "reason": reason.json, "at": at.json] }

    init?(json: JSONValue) {
        guard let by = json.read("by", as: String.self), let what = json.read("what", as: String.self),
            let reason = json.read("reason", as: String.self), let at = json.read("at", as: Moment.self)
        else { return nil }
        self.init(by: by, what: what, reason: reason, at: at)
    }
}
