import JSON
import Metrics

extension Run: PlainJSON {
    var json: JSONValue {
        [
            "id": id.json, "plan": plan.json, "subject": subject.json, "alert": alert.json,
            "requested_by": requestedBy.json, "opened_at": openedAt.json, "progress": progress.json,
            "steps": steps.json,
        ]
    }

    init?(json: JSONValue) {
        guard let id = json.read("id", as: String.self), let plan = json.read("plan", as: RunPlan.self),
            let subject = json.read("subject", as: Labels.self), let alert = json.read("alert", as: FiringAlert.self),
            let requestedBy = json.readOptional("requested_by", as: String.self),
            let openedAt = json.read("opened_at", as: Moment.self),
            let progress = json.read("progress", as: RunProgress.self),
            let steps = json.read("steps", as: [StepRecord].self),
            steps.allSatisfy({ plan.steps.indices.contains($0.step) })
        else { return nil }
        self.init(
            id: id,
            plan: plan,
            subject: subject,
            alert: alert,
            requestedBy: requestedBy,
            openedAt: openedAt,
            progress: progress,
            steps: steps
        )
    }
}

extension FiringAlert: PlainJSON {
    var json: JSONValue {
        [
            "labels": labels.json, "annotations": annotations.json, "value": value.json, "starts_at": startsAt.json,
            "origin": origin.json, "flapping": isFlapping.json,
        ]
    }

    init?(json: JSONValue) {
        guard let labels = json.read("labels", as: Labels.self),
            let annotations = json.read("annotations", as: [Label].self),
            let value = json.read("value", as: Double.self),
            let startsAt = json.read("starts_at", as: Timestamp.self),
            let origin = json.read("origin", as: Origin.self),
            let isFlapping = json.read("flapping", as: Bool.self)
        else { return nil }
        self.init(
            labels: labels,
            annotations: annotations,
            value: value,
            startsAt: startsAt,
            origin: origin,
            isFlapping: isFlapping
        )
    }
}

extension FiringAlert.Origin: PlainJSON {
    var json: JSONValue {
        switch self {
        case .rule(let expression, let interval): ["expression": expression.json, "interval": interval.json]
        case .webhook: "webhook"
        case .command: "command"
        }
    }

    init?(json: JSONValue) {
        switch json {
        case "webhook": self = .webhook
        case "command": self = .command
        default:
            guard let expression = json.read("expression", as: String.self),
                let interval = json.read("interval", as: Milliseconds.self)
            else { return nil }
            self = .rule(expression: expression, interval: interval)
        }
    }
}

extension StepRecord: PlainJSON {
    var json: JSONValue {
        [
            "step": step.json, "attempt": attempt.json, "begun_at": begunAt.json, "ended_at": endedAt.json,
            "outcome": outcome.json, "skipped": skipped.json,
        ]
    }

    init?(json: JSONValue) {
        guard let step = json.read("step", as: Int.self), let attempt = json.read("attempt", as: Int.self),
            let begunAt = json.read("begun_at", as: Moment.self),
            let endedAt = json.readOptional("ended_at", as: Moment.self),
            let outcome = json.readOptional("outcome", as: ActionOutcome.self),
            let skipped = json.readOptional("skipped", as: String.self)
        else { return nil }
        self.init(step: step, attempt: attempt, begunAt: begunAt)
        self.endedAt = endedAt
        self.outcome = outcome
        self.skipped = skipped
    }
}

extension ActionOutcome: PlainJSON {
    var json: JSONValue {
        [
            "result": result.json, "before": before.json, "after": after.json, "output": output.json, "undo": undo.json,
            "evidence": evidence.json, "message": message.json,
        ]
    }

    init?(json: JSONValue) {
        guard let result = json.read("result", as: Result.self), let output = json.read("output", as: String.self),
            let evidence = json.read("evidence", as: [String].self),
            let message = json.read("message", as: String.self),
            let before = json.readOptional("before", as: JSONValue.self),
            let after = json.readOptional("after", as: JSONValue.self),
            let undo = json.readOptional("undo", as: JSONValue.self)
        else { return nil }
        self.init(
            result,
            message: message,
            output: output,
            before: before,
            after: after,
            undo: undo,
            evidence: evidence
        )
    }
}

extension ActionOutcome.Result: PlainJSON {
    var json: JSONValue {
        switch self {
        case .succeeded: "succeeded"
        case .timedOut: "timed_out"
        case .cancelled: "cancelled"
        case .unknown: "unknown"
        case .failed(let reason): ["failed": reason.json]
        case .notDone(let reason): ["not_done": reason.json]
        }
    }

    init?(json: JSONValue) {
        switch json {
        case "succeeded": self = .succeeded
        case "timed_out": self = .timedOut
        case "cancelled": self = .cancelled
        case "unknown": self = .unknown
        default:
            if let reason = json.read("failed", as: String.self) {
                self = .failed(reason)
            } else if let reason = json.read("not_done", as: String.self) {
                self = .notDone(reason)
            } else {
                return nil
            }
        }
    }
}
