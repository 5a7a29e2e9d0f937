public import Metrics
import SQLite

/// What a playbook has achieved.
public struct Scorecard: Sendable, Hashable {
    /// What became of the same alerts where nothing was done.
    public struct Baseline: Sendable, Hashable {
        /// How many times one of them fired and resolved with no run in between.
        public let cleared: Int
        /// How long that took, of the middle one; nil where it never happened.
        public let medianTime: Milliseconds?
    }

    public struct Failure: Sendable, Hashable {
        public let run: String
        public let state: String
        public let at: Timestamp
        public let text: String
    }

    public let playbook: String
    /// Runs that took a step or tried to: `unneeded`, `refused`, `expired`, `blocked` and `observed` ones are not counted.
    public let runs: Int
    public let healed: Int
    public let open: Int
    /// From the opening of a run that healed to its end, of the middle one.
    public let medianTimeToHeal: Milliseconds?
    public let longestTimeToHeal: Milliseconds?
    public let lastRun: Timestamp?
    public let lastFailure: Failure?
    public let baseline: Baseline

    /// Of the runs that ended, the part that healed.
    public var share: Double? { runs > open ? Double(healed) / Double(runs - open) : nil }
}

extension HistoryReader {
    /// The states of runs that did nothing: they neither cured nor failed, and what became of the alert became of it by itself.
    private static let uncounted = "('unneeded', 'refused', 'expired', 'blocked', 'observed')"

    /// One card for each playbook that ran since, by name.
    public func scorecards(since moment: Timestamp = .epoch) throws(HistoryError) -> [Scorecard] {
        let names = try asked { () throws(SQLiteError) in
            try database.rows(
                "SELECT DISTINCT playbook FROM runs WHERE opened >= ? ORDER BY playbook LIMIT 1000",
                [.time(moment)]
            ) { $0.text(0) }
        }
        var cards: [Scorecard] = []
        for name in names { cards.append(try scorecard(of: name, since: moment)) }
        return cards
    }

    public func scorecard(of playbook: String, since moment: Timestamp = .epoch) throws(HistoryError) -> Scorecard {
        let values: [SQLValue] = [.text(playbook), .time(moment)]
        let counted = "FROM runs WHERE playbook = ? AND opened >= ? AND state NOT IN \(Self.uncounted)"
        return try asked { () throws(SQLiteError) in
            let counts = try database.first(
                """
                SELECT count(*), coalesce(sum(state = 'healed'), 0), coalesce(sum(ended IS NULL), 0), max(opened) \(counted)
                """,
                values
            ) { (Int($0.integer(0)), Int($0.integer(1)), Int($0.integer(2)), $0.optionalTime(3)) }
            let times = try database.rows(
                "SELECT ended - opened AS span \(counted) AND state = 'healed' ORDER BY span LIMIT 5000",
                values
            ) { Milliseconds($0.integer(0)) }
            let failure = try database.first(
                """
                SELECT id, state, ended, text \(counted) AND ended IS NOT NULL AND state NOT IN ('healed', 'cancelled') \
                ORDER BY ended DESC LIMIT 1
                """,
                values
            ) { Scorecard.Failure(run: $0.text(0), state: $0.text(1), at: $0.time(2), text: $0.text(3)) }
            let (runs, healed, open, lastRun) = counts ?? (0, 0, 0, nil)
            return Scorecard(
                playbook: playbook,
                runs: runs,
                healed: healed,
                open: open,
                medianTimeToHeal: times.middle,
                longestTimeToHeal: times.last,
                lastRun: lastRun,
                lastFailure: failure,
                baseline: try baseline(of: values)
            )
        }
    }

    private func baseline(of values: [SQLValue]) throws(SQLiteError) -> Scorecard.Baseline {
        let spans = try database.rows(
            """
            SELECT at - began AS span FROM records AS over WHERE kind = 'transition' AND name = 'resolved' \
            AND began IS NOT NULL \
            AND alert IN (SELECT DISTINCT alert FROM runs WHERE playbook = ? AND alert IS NOT NULL) AND at >= ? \
            AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.fingerprint = over.fingerprint \
            AND runs.opened BETWEEN over.began AND over.at AND runs.state NOT IN \(Self.uncounted)) \
            ORDER BY span LIMIT 5000
            """,
            values
        ) { Milliseconds($0.integer(0)) }
        return Scorecard.Baseline(cleared: spans.count, medianTime: spans.middle)
    }
}

extension [Milliseconds] {
    /// The middle one of a sorted list.
    fileprivate var middle: Milliseconds? { isEmpty ? nil : self[count / 2] }
}
