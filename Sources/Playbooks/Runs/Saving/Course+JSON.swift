import JSON
import Metrics

extension Course: PlainJSON {
    var json: JSONValue {
        [
            "playbook": playbook.json, "subject": subject.json, "last_run": lastRun.json, "last_end": lastEnd.json,
            "last_ending": lastEnding.json, "last_alert": lastAlert.json, "last_starts_at": lastStartsAt.json,
            "failures": failures.json, "breaker": breaker.json, "openings": openings.json,
            "watched_since": watchedSince.json, "terms": terms.json, "tells_recurrence": tellsRecurrence.json,
            "receiver": receiver.json, "heals": heals.json, "chronic_told_at": chronicToldAt.json,
        ]
    }

    init?(json: JSONValue) {
        guard let playbook = json.read("playbook", as: String.self),
            let subject = json.read("subject", as: Labels.self),
            let lastRun = json.readOptional("last_run", as: String.self),
            let lastEnd = json.readOptional("last_end", as: Moment.self),
            let lastEnding = json.readOptional("last_ending", as: RunEnding.self),
            let lastAlert = json.readOptional("last_alert", as: Labels.self),
            let lastStartsAt = json.readOptional("last_starts_at", as: Timestamp.self),
            let failures = json.read("failures", as: Int.self),
            let breaker = json.read("breaker", as: BreakerState.self),
            let openings = json.read("openings", as: Int.self),
            let watchedSince = json.readOptional("watched_since", as: Moment.self),
            let terms = json.read("terms", as: Guards.Breaker.self),
            let tellsRecurrence = json.read("tells_recurrence", as: Bool.self),
            let receiver = json.readOptional("receiver", as: String.self),
            let heals = json.read("heals", as: [Moment].self),
            let chronicToldAt = json.readOptional("chronic_told_at", as: Moment.self)
        else { return nil }
        self.init(playbook: playbook, subject: subject)
        self.lastRun = lastRun
        self.lastEnd = lastEnd
        self.lastEnding = lastEnding
        self.lastAlert = lastAlert
        self.lastStartsAt = lastStartsAt
        self.failures = failures
        self.breaker = breaker
        self.openings = openings
        self.watchedSince = watchedSince
        self.terms = terms
        self.tellsRecurrence = tellsRecurrence
        self.receiver = receiver
        self.heals = heals
        self.chronicToldAt = chronicToldAt
    }
}

extension BreakerState: PlainJSON {
    var json: JSONValue {
        switch self {
        case .closed: "closed"
        case .open(let since, let span): ["open": since.json, "for": span.json]
        case .halfOpen(let run): ["half_open": run.json]
        case .openByHand(let by, let reason, let at):
            ["by_hand": at.json, "by": by.json, "reason": reason.json]
        }
    }

    init?(json: JSONValue) {
        if json == "closed" {
            self = .closed
        } else if let since = json.read("open", as: Moment.self), let span = json.read("for", as: Milliseconds.self) {
            self = .open(since: since, for: span)
        } else if let run = json.read("half_open", as: String.self) {
            self = .halfOpen(run: run)
        } else if let at = json.read("by_hand", as: Moment.self), let by = json.read("by", as: String.self),
            let reason = json.read("reason", as: String.self)
        {
            self = .openByHand(by: by, reason: reason, at: at)
        } else {
            return nil
        }
    }
}
