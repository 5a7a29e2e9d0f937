import JSON
import Metrics

extension GuardTerms: PlainJSON {
    var json: JSONValue {
        [
            "cooldown": cooldown.json, "subject_limit": subjectLimit.json, "playbook_limit": playbookLimit.json,
            "breaker": breaker.json, "min_uptime": minUptime.json, "require": require.json, "only": only.json,
            "except": except.json, "lock_wait": lockWait.json, "fleet": fleet.json, "subjects": subjects.json,
            "max_subjects": maxSubjects.json, "weekly_heals": weeklyHeals.json,
            "touches_protected": touchesProtected.json,
        ]
    }

    init?(json: JSONValue) {
        guard let cooldown = json.read("cooldown", as: Milliseconds.self),
            let subjectLimit = json.read("subject_limit", as: Guards.Limit.self),
            let playbookLimit = json.read("playbook_limit", as: Guards.Limit.self),
            let breaker = json.read("breaker", as: Guards.Breaker.self),
            let minUptime = json.read("min_uptime", as: Milliseconds.self),
            let require = json.read("require", as: [String].self), let only = json.read("only", as: [String].self),
            let except = json.read("except", as: [String].self),
            let lockWait = json.read("lock_wait", as: Milliseconds.self),
            let fleet = json.readOptional("fleet", as: Guards.Fleet.self),
            let subjects = json.read("subjects", as: Int.self),
            let maxSubjects = json.read("max_subjects", as: Int.self),
            let weeklyHeals = json.read("weekly_heals", as: Int.self),
            let touchesProtected = json.read("touches_protected", as: Bool.self)
        else { return nil }
        self.cooldown = cooldown
        self.subjectLimit = subjectLimit
        self.playbookLimit = playbookLimit
        self.breaker = breaker
        self.minUptime = minUptime
        self.require = require
        self.only = only
        self.except = except
        self.lockWait = lockWait
        self.fleet = fleet
        self.subjects = subjects
        self.maxSubjects = maxSubjects
        self.weeklyHeals = weeklyHeals
        self.touchesProtected = touchesProtected
    }
}

extension VerificationTerms: PlainJSON {
    var json: JSONValue {
        [
            "every": every.json, "healthy": healthy.json, "within": within.json, "inconclusive": inconclusive.json,
            "expression": expression.json,
        ]
    }

    init?(json: JSONValue) {
        guard let every = json.read("every", as: Milliseconds.self), let healthy = json.read("healthy", as: Int.self),
            let within = json.read("within", as: Milliseconds.self),
            let inconclusive = json.read("inconclusive", as: Int.self),
            let expression = json.readOptional("expression", as: String.self)
        else { return nil }
        self.every = every
        self.healthy = healthy
        self.within = within
        self.inconclusive = inconclusive
        self.expression = expression
    }
}

extension PageTerms: PlainJSON {
    var json: JSONValue {
        [
            "hold": hold.json, "on": occasions.sorted { $0.rawValue < $1.rawValue }.json, "receiver": receiver.json,
        ]
    }

    init?(json: JSONValue) {
        guard let hold = json.read("hold", as: Milliseconds.self),
            let occasions = json.read("on", as: [Playbook.Page.Occasion].self),
            let receiver = json.readOptional("receiver", as: String.self)
        else { return nil }
        self.hold = hold
        self.occasions = Set(occasions)
        self.receiver = receiver
    }
}

extension Guards.Limit: PlainJSON {
    var json: JSONValue { ["runs": runs.json, "within": within.json] }

    init?(json: JSONValue) {
        guard let runs = json.read("runs", as: Int.self), let within = json.read("within", as: Milliseconds.self) else {
            return nil
        }
        self.init(runs: runs, within: within)
    }
}

extension Guards.Breaker: PlainJSON {
    var json: JSONValue {
        ["unhealed": unhealed.json, "open": open.json, "max": max.json, "min_healthy": minHealthy.json]
    }

    init?(json: JSONValue) {
        guard let unhealed = json.read("unhealed", as: Int.self), let open = json.read("open", as: Milliseconds.self),
            let max = json.read("max", as: Milliseconds.self),
            let minHealthy = json.read("min_healthy", as: Milliseconds.self)
        else { return nil }
        self.init(unhealed: unhealed, open: open, max: max, minHealthy: minHealthy)
    }
}

extension Guards.Fleet: PlainJSON {
    var json: JSONValue {
        [
            "group": group.json, "max_concurrent": maxConcurrent.json, "max_unhealthy": maxUnhealthy.json,
            "store": store.json,
        ]
    }

    init?(json: JSONValue) {
        guard let group = json.read("group", as: String.self),
            let maxConcurrent = json.read("max_concurrent", as: Budget.self),
            let maxUnhealthy = json.read("max_unhealthy", as: Budget.self),
            let store = json.read("store", as: Store.self)
        else { return nil }
        self.init(group: group, maxConcurrent: maxConcurrent, maxUnhealthy: maxUnhealthy, store: store)
    }
}

extension Guards.Fleet.Budget: PlainJSON {
    var json: JSONValue {
        switch self {
        case .count(let count): ["count": count.json]
        case .percent(let share): ["percent": share.json]
        }
    }

    init?(json: JSONValue) {
        if let count = json.read("count", as: Int.self) {
            self = .count(count)
        } else if let share = json.read("percent", as: Int.self) {
            self = .percent(share)
        } else {
            return nil
        }
    }
}
