import Foundation
import History
import Metrics
import TestServers
import Testing

/// Budgets of a fleet in a real PostgreSQL.
@Suite(.serialized, .enabled(if: FleetDatabase.isInstalled)) struct FleetStoreTests {
    private let database: FleetDatabase

    init() throws { database = try FleetDatabase() }

    private func store(_ host: String) -> FleetStore {
        let settings = database.settings
        return FleetStore(host: host) { settings }
    }

    private func claim(
        _ subject: String = "{}",
        treated: FleetClaim.Share = .count(1),
        ill: FleetClaim.Share = .percent(100),
        lasting duration: Milliseconds = .minutes(1)
    ) -> FleetClaim {
        FleetClaim(group: "api", run: "7", subject: subject, treatedMax: treated, illMax: ill, duration: duration)
    }

    private func place(_ answer: FleetAnswer) throws -> FleetPlace {
        guard case .granted(let place) = answer else { throw Unexpected(answer: answer) }
        return place
    }

    private struct Unexpected: Error {
        let answer: FleetAnswer
    }

    @Test func `One host is treated at a time, and the next when the place is given back`() throws {
        defer { database.end() }
        let (first, second) = (store("web-1"), store("web-2"))
        let place = try place(first.claim(claim()))
        #expect(second.claim(claim()) == .refused("1 of 1 places are taken, by web-1 (run 7)"))
        #expect(first.giveBack(place))
        let next = try self.place(second.claim(claim()))
        #expect(next.slot == 0 && next.token > place.token)
    }

    /// Whether the time of every lease is over by the database's clock, which is the one that counts.
    private func isOver() async throws -> Bool {
        try await eventually {
            try database.rows("SELECT 1 FROM medic_fleet_lease WHERE expires > clock_timestamp()").isEmpty
        }
    }

    @Test func `A lease that is not renewed ends by itself, and who had it has lost it`() async throws {
        defer { database.end() }
        let (first, second) = (store("web-1"), store("web-2"))
        let place = try place(first.claim(claim(lasting: Milliseconds(300))))
        // As long as nobody else wants it, the time that is over does no harm.
        #expect(try await isOver())
        #expect(first.renew(place, for: Milliseconds(300)) == .granted(place))
        #expect(try await isOver())
        let next = try self.place(second.claim(claim()))
        #expect(next.slot == place.slot && next.token > place.token)
        guard case .refused = first.renew(place, for: .minutes(1)) else {
            return #expect(Bool(false), "it was renewed")
        }
        // Nor can it give away what is no longer its own.
        first.giveBack(place)
        #expect(store("web-3").claim(claim()) == .refused("1 of 1 places are taken, by web-2 (run 7)"))
    }

    @Test func `A share of the fleet is rounded down, and is at least one`() throws {
        defer { database.end() }
        for host in 0..<25 { #expect(store("web-\(host)").present(in: "api", isIll: false) == nil) }
        let tenth = claim(treated: .percent(10))
        _ = try place(store("web-0").claim(tenth))
        #expect(try place(store("web-1").claim(tenth)).slot == 1)
        guard case .refused(let reason) = store("web-2").claim(tenth) else { return #expect(Bool(false)) }
        #expect(reason.hasPrefix("2 of 2 places are taken"))
    }

    @Test func `Where too many are ill, silent or treated already, nobody more is`() throws {
        defer { database.end() }
        for host in 0..<10 { _ = store("web-\(host)").present(in: "api", isIll: host < 3) }
        let careful = claim(treated: .count(10), ill: .percent(40))
        _ = try place(store("web-0").claim(careful))
        // The fourth: the host that asks is ill by that.
        _ = try place(store("web-9").claim(careful))
        guard case .refused(let reason) = store("web-8").claim(careful) else { return #expect(Bool(false)) }
        #expect(reason.hasPrefix("5 of 10 hosts are ill or silent, and 4 may be: web-0, web-1, web-2, web-8"))
        try database.rows("UPDATE medic_fleet_member SET is_ill = false")
        try database.rows("UPDATE medic_fleet_member SET seen = now() - interval '5 minutes' WHERE host > 'web-4'")
        guard case .refused = store("web-1").claim(careful) else { return #expect(Bool(false)) }
        try database.rows("UPDATE medic_fleet_member SET seen = now() - interval '2 days' WHERE host > 'web-4'")
        // Five are left, of whom web-0 is treated and web-1 asks.
        _ = try place(store("web-1").claim(careful))
    }

    @Test func `Who asks again for the same patient has no two places`() throws {
        defer { database.end() }
        let store = store("web-1")
        let two = claim("{unit=\"a\"}", treated: .count(2))
        _ = try place(store.claim(two))
        let again = try place(store.claim(two))
        #expect(again.slot == 0)
        #expect(try place(store.claim(claim("{unit=\"b\"}", treated: .count(2)))).slot == 1)
    }

    @Test func `Of twenty who ask at once as many are served as there are places`() async throws {
        defer { database.end() }
        let stores = (0..<20).map { store("web-\($0)") }
        let asked = claim(treated: .count(3))
        let answers = await withTaskGroup(of: FleetAnswer.self) { group in
            for store in stores {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread { continuation.resume(returning: store.claim(asked)) }
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let places = answers.compactMap { answer in if case .granted(let place) = answer { place } else { nil } }
        #expect(places.count == 3 && Set(places.map(\.slot)).count == 3 && Set(places.map(\.token)).count == 3)
        #expect(!answers.contains { if case .unreachable = $0 { true } else { false } }, "\(answers)")
    }

    @Test func `A server that is gone is out of reach, and found again when it is back`() throws {
        defer { database.end() }
        let store = store("web-1")
        let place = try place(store.claim(claim()))
        try database.stop()
        guard case .unreachable = store.renew(place, for: .minutes(1)) else { return #expect(Bool(false)) }
        #expect(store.present(in: "api", isIll: false) != nil)
        try database.start()
        #expect(store.renew(place, for: .minutes(1)) == .granted(place))
    }

    @Test func `What labels say is data, never part of a statement`() throws {
        defer { database.end() }
        let hostile = "'; DROP TABLE medic_fleet_lease; --\u{0}\n\\"
        let store = store("web'; DROP TABLE medic_fleet_member; --")
        var asked = claim(hostile.replacingOccurrences(of: "\u{0}", with: ""))
        asked.group = "a'b"
        _ = try place(store.claim(asked))
        #expect(try database.rows("SELECT subject FROM medic_fleet_lease").first?.first == asked.subject)
        asked.subject = hostile
        guard case .unreachable = store.claim(asked) else { return #expect(Bool(false)) }
        asked.subject = "fine"
        asked.treatedMax = .count(2)
        _ = try place(store.claim(asked))
    }
}
