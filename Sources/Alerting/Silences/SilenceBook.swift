public import Metrics
import RegularExpressions

/// All silences: to come, active, and over but remembered.
public struct SilenceBook: Sendable {
    private var byID: [String: Silence] = [:]
    /// How long silences that are over are remembered; Alertmanager's 120 hours.
    let retention: Milliseconds
    let limit: Int

    init(retention: Milliseconds = .hours(120), limit: Int = 10_000) {
        self.retention = retention
        self.limit = limit
    }

    public subscript(id: String) -> Silence? { byID[id] }

    public var count: Int { byID.count }

    /// As Alertmanager lists them: active ones that end first, then those to come by their begin, then those that ended last.
    public func list(at now: Timestamp) -> [Silence] {
        func key(_ silence: Silence) -> (Int, Int64, String) {
            switch silence.state(at: now) {
            case .active: (0, silence.endsAt.rawValue, silence.id)
            case .pending: (1, silence.startsAt.rawValue, silence.id)
            case .expired: (2, 0 - silence.endsAt.rawValue, silence.id)
            }
        }
        return byID.values.sorted { key($0) < key($1) }
    }

    func active(at now: Timestamp) -> [Silence] {
        byID.values.filter { $0.state(at: now) == .active }.sorted { $0.id < $1.id }
    }

    /// The ids of the active silences about an alert.
    public func silencing(_ labels: Labels, at now: Timestamp) -> [String] {
        active(at: now).filter { $0.covers(labels) }.map(\.id)
    }

    mutating func restore(_ silences: [Silence]) {
        for silence in silences { byID[silence.id] = silence }
    }

    /// Makes a silence or changes one: in place where that leaves its meaning for the past alone, else the old one expires and a new one
    /// takes over. Returns all that changed; the last is what was asked for.
    mutating func set(_ draft: SilenceDraft, newID: String, at now: Timestamp) throws(SilenceError) -> [Silence] {
        guard draft.startsAt < draft.endsAt else {
            throw .invalid("Failed to create silence: start time must be before end time")
        }
        guard draft.endsAt >= now else { throw .invalid("Failed to create silence: end time can't be in the past") }
        let matchers = try Self.matchers(of: draft)
        var changed: [Silence] = []
        if let id = draft.id, !id.isEmpty {
            guard let old = byID[id] else { throw .notFound }
            if Self.canUpdate(old, matchers, draft, at: now) {
                return [keep(draft, id: id, matchers, startsAt: draft.startsAt, at: now)]
            }
            if old.state(at: now) != .expired { changed.append(try expire(id, at: now)) }
        }
        guard byID.count < limit else { throw .tooMany(limit: limit) }
        changed.append(keep(draft, id: newID, matchers, startsAt: max(draft.startsAt, now), at: now))
        return changed
    }

    mutating func expire(_ id: String, at now: Timestamp) throws(SilenceError) -> Silence {
        guard var silence = byID[id] else { throw .notFound }
        switch silence.state(at: now) {
        case .expired: throw .alreadyExpired(id: id)
        case .active: silence.endsAt = now
        case .pending: (silence.startsAt, silence.endsAt) = (now, now)
        }
        silence.updatedAt = now
        byID[id] = silence
        return silence
    }

    /// Forgets silences that have been over for long; returns their ids.
    mutating func collect(at now: Timestamp) -> [String] {
        let gone = byID.values.filter { $0.endsAt + retention < now }.map(\.id).sorted()
        for id in gone { byID[id] = nil }
        return gone
    }

    private mutating func keep(
        _ draft: SilenceDraft,
        id: String,
        _ matchers: [LabelMatcher],
        startsAt: Timestamp,
        at now: Timestamp
    ) -> Silence {
        let silence = Silence(
            id: id,
            matchers: matchers,
            startsAt: startsAt,
            endsAt: draft.endsAt,
            updatedAt: now,
            createdBy: draft.createdBy,
            comment: draft.comment,
            endsWithAlerts: draft.endsWithAlerts
        )
        byID[id] = silence
        return silence
    }

    private static func canUpdate(
        _ old: Silence,
        _ matchers: [LabelMatcher],
        _ draft: SilenceDraft,
        at now: Timestamp
    ) -> Bool {
        guard old.matchers == matchers else { return false }
        switch old.state(at: now) {
        case .expired: return false
        case .pending: return draft.startsAt >= now
        case .active:
            let isSameSecond =
                draft.startsAt.rawValue.floorDivided(by: 1000) == old.startsAt.rawValue.floorDivided(by: 1000)
            return isSameSecond && draft.endsAt >= now
        }
    }

    private static func matchers(of draft: SilenceDraft) throws(SilenceError) -> [LabelMatcher] {
        guard !draft.matchers.isEmpty else { throw .invalid("silence invalid: at least one matcher required") }
        var matchers: [LabelMatcher] = []
        for (index, matcher) in draft.matchers.enumerated() {
            guard !matcher.name.isEmpty else {
                throw .invalid("silence invalid: invalid label matcher \(index): invalid label name \"\"")
            }
            do throws(PatternError) {
                matchers.append(try LabelMatcher(matcher.name, matcher.operation, matcher.value))
            } catch {
                let reason = "invalid regular expression \(Labels.quoted(matcher.value)): \(error.goReason)"
                throw .invalid("silence invalid: invalid label matcher \(index): \(reason)")
            }
        }
        guard !matchers.allSatisfy(\.matchesEmpty) else {
            throw .invalid("silence invalid: at least one matcher must not match the empty string")
        }
        return matchers
    }
}
