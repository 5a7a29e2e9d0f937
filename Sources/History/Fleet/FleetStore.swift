import EventLoop
public import Metrics
import Postgres
import Synchronization

/// The budgets of fleets in a PostgreSQL database that all hosts share.
///
/// Whoever wants a place locks the row of its group, so that hosts are served one after the other; all times are those of the
/// server, so that no host's clock counts. What is in doubt is no place: an error after the claim was sent leaves a lease that ends by
/// itself. Its calls block, for no longer than `patience`.
public final class FleetStore: Sendable {
    /// libpq's keywords, read at each connection: passwords change.
    public typealias Keywords = @Sendable () throws -> [(name: String, value: String)]

    /// A host that has not been heard of for so long counts as ill: somebody who fell silent is no reason to treat the next one.
    static let silence = Milliseconds.minutes(3)
    /// After so long it is no member any longer.
    static let forgotten = Milliseconds.days(1)
    private static let namesShown = 5

    let host: String
    private let keywords: Keywords
    private let patience: Duration
    private let connection = Mutex<Held>(Held())

    private struct Held: ~Copyable {
        var connection: PostgresConnection?
    }

    /// - Parameter patience: how long a question may take in all, connecting included.
    public init(host: String, patience: Duration = .seconds(4), keywords: @escaping Keywords) {
        self.host = host
        self.patience = patience
        self.keywords = keywords
    }

    /// Asks for a place in the group's budget.
    public func claim(_ claim: FleetClaim) -> FleetAnswer {
        ask { session throws(FleetFailure) in
            try session.run("BEGIN")
            let answer = try Self.decide(claim, host: self.host, session)
            try session.run("COMMIT")
            return answer
        }
    }

    /// Prolongs a place; refused where somebody else may have it by now.
    public func renew(_ place: FleetPlace, for duration: Milliseconds) -> FleetAnswer {
        ask { session throws(FleetFailure) in
            let rows = try session.rows(
                """
                UPDATE medic_fleet_lease
                SET expires = clock_timestamp() + $1::bigint * interval '1 millisecond'
                WHERE fleet_group = $2 AND slot = $3::bigint AND token = $4::bigint AND host = $5
                RETURNING slot
                """,
                ["\(duration.rawValue)", place.group, "\(place.slot)", "\(place.token)", self.host]
            )
            return rows.isEmpty ? .refused("its time was over, and the place was given away") : .granted(place)
        }
    }

    /// Gives a place back; whether that was heard.
    @discardableResult
    public func giveBack(_ place: FleetPlace) -> Bool {
        let answer = ask { session throws(FleetFailure) in
            try session.rows(
                "DELETE FROM medic_fleet_lease WHERE fleet_group = $1 AND slot = $2::bigint AND token = $3::bigint",
                [place.group, "\(place.slot)", "\(place.token)"]
            )
            return .granted(place)
        }
        return answer == .granted(place)
    }

    /// Says that this host belongs to the group, and whether something ails it. Nil when it was heard, else why not.
    public func present(in group: String, isIll: Bool) -> String? {
        let answer = ask { session throws(FleetFailure) in
            try Self.note(host: self.host, in: group, isIll: isIll, session)
            return .refused("")
        }
        if case .unreachable(let reason) = answer { return reason }
        return nil
    }

    public func close() {
        connection.withLock { $0.connection = nil }
    }

    // MARK: Deciding

    private static func decide(
        _ claim: FleetClaim,
        host: String,
        _ session: borrowing FleetSession
    ) throws(FleetFailure) -> FleetAnswer {
        try session.rows("INSERT INTO medic_fleet_group (name) VALUES ($1) ON CONFLICT DO NOTHING", [claim.group])
        // From here on the others wait.
        try session.rows("SELECT token FROM medic_fleet_group WHERE name = $1 FOR UPDATE", [claim.group])
        try session.rows(
            """
            DELETE FROM medic_fleet_lease
            WHERE fleet_group = $1 AND (expires <= clock_timestamp() OR (host = $2 AND subject = $3))
            """,
            [claim.group, host, claim.subject]
        )
        try note(host: host, in: claim.group, isIll: true, session)
        let taken = try session.rows(
            "SELECT slot, host, run FROM medic_fleet_lease WHERE fleet_group = $1 ORDER BY slot",
            [claim.group]
        )
        let (members, ill) = try census(of: claim.group, session)
        let places = claim.treatedMax.count(of: members)
        guard taken.count < places else {
            let holders = taken.prefix(namesShown).map { "\($0[1]) (run \($0[2]))" }.joined(separator: ", ")
            return .refused("\(taken.count) of \(places) places are taken, by \(holders)")
        }
        let illMax = claim.illMax.count(of: members)
        guard ill.count <= illMax else {
            let names = ill.prefix(namesShown).joined(separator: ", ")
            return .refused("\(ill.count) of \(members) hosts are ill or silent, and \(illMax) may be: \(names)")
        }
        let used = Set(taken.compactMap { Int64($0[0]) })
        let slot = (0..<Int64(places)).first { !used.contains($0) } ?? Int64(taken.count)
        return .granted(try enter(claim, host: host, slot: slot, session))
    }

    private static func enter(
        _ claim: FleetClaim,
        host: String,
        slot: Int64,
        _ session: borrowing FleetSession
    ) throws(FleetFailure) -> FleetPlace {
        let rows = try session.rows(
            "UPDATE medic_fleet_group SET token = token + 1 WHERE name = $1 RETURNING token",
            [claim.group]
        )
        guard let token = rows.first?.first.flatMap({ Int64($0) }) else {
            throw FleetFailure(description: "the store has lost the group")
        }
        try session.rows(
            """
            INSERT INTO medic_fleet_lease (fleet_group, slot, token, host, run, subject, expires)
            VALUES ($1, $2::bigint, $3::bigint, $4, $5, $6, clock_timestamp() + $7::bigint * interval '1 millisecond')
            """,
            [claim.group, "\(slot)", "\(token)", host, claim.run, claim.subject, "\(claim.duration.rawValue)"]
        )
        return FleetPlace(group: claim.group, slot: slot, token: token)
    }

    /// How many hosts there are, and who of them is ill, silent, or being treated.
    private static func census(
        of group: String,
        _ session: borrowing FleetSession
    ) throws(FleetFailure) -> (members: Int, ill: [String]) {
        let rows = try session.rows(
            """
            SELECT m.host, m.is_ill OR m.seen < clock_timestamp() - $2::bigint * interval '1 millisecond'
                OR EXISTS (SELECT FROM medic_fleet_lease l WHERE l.fleet_group = m.fleet_group AND l.host = m.host)
            FROM medic_fleet_member m WHERE m.fleet_group = $1 ORDER BY m.host
            """,
            [group, "\(silence.rawValue)"]
        )
        return (rows.count, rows.filter { $0[1] == "t" }.map { $0[0] })
    }

    private static func note(
        host: String,
        in group: String,
        isIll: Bool,
        _ session: borrowing FleetSession
    ) throws(FleetFailure) {
        try session.rows(
            """
            INSERT INTO medic_fleet_member (fleet_group, host, seen, is_ill) VALUES ($1, $2, clock_timestamp(), $3)
            ON CONFLICT (fleet_group, host) DO UPDATE SET seen = excluded.seen, is_ill = excluded.is_ill
            """,
            [group, host, isIll ? "t" : "f"]
        )
        try session.rows(
            """
            DELETE FROM medic_fleet_member
            WHERE fleet_group = $1 AND seen < clock_timestamp() - $2::bigint * interval '1 millisecond'
            """,
            [group, "\(forgotten.rawValue)"]
        )
    }

    // MARK: Asking

    /// One question over the one connection, which is made where there is none and given up when anything goes wrong with it. One that
    /// the server has closed meanwhile is made once more: every question may be asked twice.
    private func ask(_ question: (borrowing FleetSession) throws(FleetFailure) -> FleetAnswer) -> FleetAnswer {
        let deadline = MonotonicInstant.now + patience
        return connection.withLock { held -> FleetAnswer in
            if let known = held.connection.take() {
                let session = FleetSession(known, deadline)
                do throws(FleetFailure) {
                    let answer = try question(session)
                    held.connection = session.end()
                    return answer
                } catch {
                    if MonotonicInstant.now >= deadline { return .unreachable(error.description) }
                }
            }
            do throws(FleetFailure) {
                let session = try FleetSession.open(keywords, deadline)
                let answer = try question(session)
                held.connection = session.end()
                return answer
            } catch {
                return .unreachable(error.description)
            }
        }
    }
}
