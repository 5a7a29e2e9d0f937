import JSON
import Metrics

extension RunProgress: PlainJSON {
    var json: JSONValue {
        [
            "phase": phase.json, "section": section.json, "reason": reason.json, "doubtful": isDoubtful.json,
            "stop": stop.json, "verdicts": verdicts.json, "joined": joined.json, "approval": approval.json,
            "armed": armed.json, "lease": lease.json, "closure": closure.json, "started_at": startedAt.json,
            "ended_at": endedAt.json, "aftercare": aftercare.json, "last_measurement": lastMeasurement.json,
        ]
    }

    init?(json: JSONValue) {
        guard let phase = json.read("phase", as: RunPhase.self),
            let section = json.read("section", as: RunSection.self),
            let reason = json.read("reason", as: String.self), let isDoubtful = json.read("doubtful", as: Bool.self),
            let stop = json.readOptional("stop", as: RunEnding.self),
            let verdicts = json.read("verdicts", as: [GuardVerdict].self),
            let joined = json.read("joined", as: [Labels].self),
            let approval = json.readOptional("approval", as: RunApproval.self),
            let armed = json.read("armed", as: [ArmedRollback].self),
            let lease = json.readOptional("lease", as: FleetLease.self),
            let closure = json.read("closure", as: [String].self),
            let startedAt = json.readOptional("started_at", as: Moment.self),
            let endedAt = json.readOptional("ended_at", as: Moment.self),
            let aftercare = json.read("aftercare", as: Aftercare.self),
            let lastMeasurement = json.readOptional("last_measurement", as: Measurement.self)
        else { return nil }
        self.init(phase: phase)
        self.section = section
        self.reason = reason
        self.isDoubtful = isDoubtful
        self.stop = stop
        self.verdicts = verdicts
        self.joined = joined
        self.approval = approval
        self.armed = armed
        self.lease = lease
        self.closure = closure
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.aftercare = aftercare
        self.lastMeasurement = lastMeasurement
    }
}

extension RunPhase: PlainJSON {
    var json: JSONValue {
        switch self {
        case .considered: "considered"
        case .running: "running"
        case .waiting(let since): ["waiting": since.json]
        case .verifying(let since): ["verifying": since.json]
        case .ended(let ending): ["ended": ending.json]
        }
    }

    init?(json: JSONValue) {
        switch json {
        case "considered": self = .considered
        case "running": self = .running
        default:
            if let since = json.read("waiting", as: Moment.self) {
                self = .waiting(since: since)
            } else if let since = json.read("verifying", as: Moment.self) {
                self = .verifying(since: since)
            } else if let ending = json.read("ended", as: RunEnding.self) {
                self = .ended(ending)
            } else {
                return nil
            }
        }
    }
}

extension RunSection: PlainJSON {
    var json: JSONValue {
        switch self {
        case .rung(let index): ["rung": index.json]
        case .onUnhealed: "on_unhealed"
        case .onResolved: "on_resolved"
        }
    }

    init?(json: JSONValue) {
        switch json {
        case "on_unhealed": self = .onUnhealed
        case "on_resolved": self = .onResolved
        default:
            guard let index = json.read("rung", as: Int.self) else { return nil }
            self = .rung(index)
        }
    }
}

extension GuardVerdict: PlainJSON {
    var json: JSONValue {
        [
            "guard": guardName.json, "allowed": isAllowed.json, "sentence": sentence.json, "facts": .object(facts),
            "retry_after": retryAfter.json,
        ]
    }

    init?(json: JSONValue) {
        guard let name = json.read("guard", as: GuardName.self), let isAllowed = json.read("allowed", as: Bool.self),
            let sentence = json.read("sentence", as: String.self), let facts = json["facts"]?.object,
            let retryAfter = json.readOptional("retry_after", as: Milliseconds.self)
        else { return nil }
        self.init(
            name,
            isAllowed: isAllowed,
            sentence,
            facts: facts.members.map { ($0.name, $0.value) },
            retryAfter: retryAfter
        )
    }
}

extension RunApproval: PlainJSON {
    var json: JSONValue {
        ["granted": isGranted.json, "by": by.json, "way": way.json, "at": at.json, "digest": digest.json]
    }

    init?(json: JSONValue) {
        guard let isGranted = json.read("granted", as: Bool.self), let by = json.read("by", as: String.self),
            let way = json.read("way", as: String.self), let at = json.read("at", as: Moment.self),
            let digest = json.read("digest", as: String.self)
        else { return nil }
        self.init(isGranted: isGranted, by: by, way: way, at: at, digest: digest)
    }
}

extension ArmedRollback: PlainJSON {
    var json: JSONValue { ["step": step.json, "at": at.json, "within": within.json] }

    init?(json: JSONValue) {
        guard let step = json.read("step", as: Int.self), let at = json.read("at", as: Moment.self),
            let within = json.read("within", as: Milliseconds.self)
        else { return nil }
        self.init(step: step, at: at, within: within)
    }
}

extension FleetLease: PlainJSON {
    var json: JSONValue {
        ["group": group.json, "slot": slot.json, "token": token.json, "expires": expires.json]
    }

    init?(json: JSONValue) {
        guard let group = json.read("group", as: String.self), let slot = json.read("slot", as: Int64.self),
            let token = json.read("token", as: Int64.self), let expires = json.read("expires", as: Moment.self)
        else { return nil }
        self.init(group: group, slot: slot, token: token, expires: expires)
    }
}

extension Measurement: PlainJSON {
    var json: JSONValue {
        switch self {
        case .healthy: "healthy"
        case .ill: "ill"
        case .inconclusive(let reason): ["inconclusive": reason.json]
        }
    }

    init?(json: JSONValue) {
        switch json {
        case "healthy": self = .healthy
        case "ill": self = .ill
        default:
            guard let reason = json.read("inconclusive", as: String.self) else { return nil }
            self = .inconclusive(reason)
        }
    }
}
