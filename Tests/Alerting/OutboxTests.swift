import Metrics
import Testing

@testable import Alerting

/// An outbox behind a reference, so that expectations can hold what changes it.
private final class Queue {
    var outbox: Outbox

    init(limit: Int = 10_000) { outbox = Outbox(limit: limit) }

    @discardableResult
    func add(_ entry: Outbox.Entry, policy: OutboxPolicy) -> Outbox.Entry? { outbox.add(entry, policy: policy) }

    @discardableResult
    func due(at now: Timestamp) -> [String] { outbox.due(at: now).map(\.id) }

    @discardableResult
    func finished(_ id: String, _ result: SendResult, at now: Timestamp) -> Outbox.Verdict {
        outbox.finished(id, result, at: now)
    }

    func adopt(_ policies: (IntegrationKey) -> OutboxPolicy?) -> [String] { outbox.adopt(policies).map(\.id) }

    func withdraw(_ id: String) -> Bool { outbox.withdraw(id) }
}

@Suite struct `The outbox` {
    static func time(_ seconds: Double) -> Timestamp { Timestamp(milliseconds: Int64(seconds * 1_000)) }
    static let slack = IntegrationKey(receiver: "team", kind: "slack", index: 0)
    static let hook = IntegrationKey(receiver: "team", kind: "webhook", index: 0)

    static func entry(
        _ id: String,
        _ key: IntegrationKey = slack,
        at second: Double = 0,
        group: String = "",
        attempts: Int = 0
    ) -> Outbox.Entry {
        Outbox.Entry(id: id, integration: key, group: group, queuedAt: time(second), attempts: attempts)
    }

    private static func outbox(_ ids: [String], policy: OutboxPolicy = OutboxPolicy()) -> Queue {
        let outbox = Queue()
        for id in ids { outbox.add(entry(id), policy: policy) }
        return outbox
    }

    @Test func `A failure is tried again after a wait that doubles, up to a limit`() {
        let outbox = Self.outbox(["a"])
        var now = Self.time(0)
        var waits: [Int64] = []
        var policy = OutboxPolicy()
        policy.breakerFailures = 100
        outbox.add(Self.entry("warm", Self.hook), policy: policy)
        outbox.outbox.lanes[Self.slack]?.policy = policy
        for _ in 0..<9 {
            #expect(outbox.due(at: now).contains("a"))
            guard case .again(let entry) = outbox.finished("a", .failed("500", retryAfter: nil), at: now) else { break }
            waits.append((entry.notBefore - now).rawValue)
            #expect(outbox.due(at: entry.notBefore - Milliseconds(1)).isEmpty)
            now = entry.notBefore
        }
        let bases = waits.enumerated().map { min(500 << $0.offset, 60_000) }
        #expect(zip(waits, bases).allSatisfy { ($0.1...(2 * $0.1)).contains(Int($0.0)) }, "\(waits)")
    }

    @Test func `What the receiver asks for is heeded, within reason`() {
        let outbox = Self.outbox(["a"])
        outbox.due(at: Self.time(0))
        guard case .again(let entry) = outbox.finished("a", .failed("429", retryAfter: .seconds(90)), at: Self.time(1))
        else {
            Issue.record("no other try")
            return
        }
        #expect(entry.notBefore == Self.time(91))
        #expect(outbox.outbox.nextDue(after: Self.time(1)) == Self.time(91))
        outbox.due(at: Self.time(91))
        guard case .again(let later) = outbox.finished("a", .failed("429", retryAfter: .days(9)), at: Self.time(92))
        else {
            Issue.record("no other try")
            return
        }
        #expect(later.notBefore == Self.time(92) + .hours(1))
    }

    @Test func `What is refused or too old is given up`() {
        let outbox = Self.outbox(["a", "b"])
        outbox.due(at: Self.time(0))
        #expect(outbox.finished("a", .refused("400 bad token"), at: Self.time(1)) == .failed("400 bad token"))
        #expect(
            outbox.finished("b", .failed("timeout", retryAfter: nil), at: Self.time(1800))
                == .failed("given up after 1 tries: timeout")
        )
        #expect(outbox.outbox.count == 0)
    }

    @Test func `Only so many are on their way to one receiver, and another one does not wait for it`() {
        let outbox = Self.outbox(["a", "b", "c", "d", "e", "f"])
        outbox.add(Self.entry("z", Self.hook), policy: OutboxPolicy())
        #expect(outbox.due(at: Self.time(0)) == ["a", "b", "c", "d", "z"])
        #expect(outbox.due(at: Self.time(0)).isEmpty)
        #expect(outbox.outbox.nextDue(after: Self.time(0)) == nil)
        #expect(outbox.finished("b", .taken, at: Self.time(1)) == .told)
        #expect(outbox.due(at: Self.time(1)) == ["e"])
    }

    @Test func `A rate limit spreads a burst`() {
        var policy = OutboxPolicy()
        policy.perMinute = 2
        let outbox = Self.outbox(["a", "b", "c"], policy: policy)
        #expect(outbox.due(at: Self.time(0)) == ["a", "b"])
        outbox.finished("a", .taken, at: Self.time(1))
        outbox.finished("b", .taken, at: Self.time(1))
        #expect(outbox.due(at: Self.time(2)).isEmpty)
        #expect(outbox.outbox.nextDue(after: Self.time(2)) == Self.time(60))
        #expect(outbox.due(at: Self.time(60)) == ["c"])
    }

    @Test func `A dead receiver is left alone, and then tried with one`() throws {
        var policy = OutboxPolicy()
        policy.breakerFailures = 2
        let outbox = Self.outbox(["a", "b", "c"], policy: policy)
        outbox.due(at: Self.time(0))
        for id in ["a", "b", "c"] { outbox.finished(id, .failed("refused", retryAfter: nil), at: Self.time(1)) }
        let health = try #require(outbox.outbox.health(at: Self.time(1)).first)
        #expect(health.failuresInRow == 3 && health.lastTrouble == "refused" && health.queued == 3)
        let rest = try #require(health.restsUntil)
        #expect(rest == Self.time(31))
        #expect(outbox.due(at: Self.time(30)).isEmpty)
        #expect(outbox.outbox.nextDue(after: Self.time(20)) == rest)
        #expect(outbox.due(at: rest).count == 1)
        let probe = try #require(outbox.outbox.lanes[Self.slack]?.inFlight.keys.first)
        #expect(outbox.finished(probe, .taken, at: Self.time(32)) == .told)
        #expect(outbox.due(at: Self.time(32)).count == 2)
        #expect(outbox.outbox.health(at: Self.time(32)).first?.restsUntil == nil)
    }

    @Test func `One that waits can be withdrawn, one on its way only when it comes back`() {
        let outbox = Self.outbox(["a", "b", "c", "d", "e"])
        outbox.due(at: Self.time(0))
        #expect(outbox.withdraw("e"))
        #expect(!outbox.withdraw("a"))
        #expect(outbox.finished("a", .failed("500", retryAfter: nil), at: Self.time(1)) == .withdrawn)
        #expect(outbox.outbox.count == 3)
        #expect(!outbox.withdraw("b"))
        #expect(outbox.finished("b", .taken, at: Self.time(1)) == .told)
    }

    @Test func `What a group says arrives in the order in which it was said, whatever fails meanwhile`() {
        let outbox = Queue()
        for (id, group) in [("a1", "a"), ("a2", "a"), ("b1", "b"), ("a3", "a")] {
            outbox.add(Self.entry(id, group: group), policy: OutboxPolicy())
        }
        #expect(outbox.due(at: Self.time(0)) == ["a1", "b1"])
        guard case .again(let entry) = outbox.finished("a1", .failed("500", retryAfter: .seconds(20)), at: Self.time(1))
        else {
            Issue.record("no other try")
            return
        }
        // The other group goes on, this one waits for its first word.
        #expect(outbox.finished("b1", .taken, at: Self.time(1)) == .told)
        #expect(outbox.due(at: Self.time(2)).isEmpty)
        #expect(outbox.outbox.nextDue(after: Self.time(2)) == entry.notBefore)
        #expect(outbox.due(at: entry.notBefore) == ["a1"])
        #expect(outbox.finished("a1", .refused("400"), at: Self.time(30)) == .failed("400"))
        #expect(outbox.due(at: Self.time(30)) == ["a2"])
        outbox.finished("a2", .failed("500", retryAfter: nil), at: Self.time(31))
        #expect(outbox.due(at: Self.time(31)).isEmpty)
        // A newer word takes the place of one that waits for its next try.
        #expect(outbox.withdraw("a2"))
        #expect(outbox.due(at: Self.time(31)) == ["a3"])
    }

    @Test func `After a restart the tried come first, and one that is dropped lets the next have its turn`() {
        let outbox = Queue(limit: 3)
        outbox.add(Self.entry("new", group: "g"), policy: OutboxPolicy())
        outbox.add(Self.entry("old", group: "g", attempts: 2), policy: OutboxPolicy())
        #expect(outbox.due(at: Self.time(0)) == ["old"])
        outbox.finished("old", .failed("500", retryAfter: .hours(1)), at: Self.time(0))
        #expect(outbox.due(at: Self.time(5)).isEmpty)
        outbox.add(Self.entry("third", group: "h"), policy: OutboxPolicy())
        #expect(outbox.add(Self.entry("fourth", group: "h"), policy: OutboxPolicy())?.id == "old")
        #expect(outbox.due(at: Self.time(5)) == ["new", "third"])
    }

    @Test func `What waits for a receiver that is gone is given back; what is on its way may arrive`() {
        var patient = OutboxPolicy()
        patient.concurrency = 1
        let outbox = Self.outbox(["a", "b"], policy: patient)
        outbox.add(Self.entry("z", Self.hook), policy: patient)
        #expect(outbox.due(at: Self.time(0)) == ["a", "z"])
        let kept = OutboxPolicy()
        #expect(outbox.adopt { $0 == Self.hook ? kept : nil } == ["b"])
        #expect(outbox.outbox.count == 2)
        #expect(outbox.outbox.health(at: Self.time(1)).map(\.integration) == [Self.slack, Self.hook])
        #expect(outbox.finished("a", .taken, at: Self.time(1)) == .told)
        #expect(outbox.outbox.health(at: Self.time(1)).map(\.integration) == [Self.hook])
        // The bounds of those that stay hold at once.
        for id in ["y", "x"] { outbox.add(Self.entry(id, Self.hook), policy: kept) }
        #expect(outbox.due(at: Self.time(1)) == ["y", "x"])
    }

    @Test func `A receiver that is gone and comes back is told again`() {
        let outbox = Self.outbox(["a"])
        outbox.due(at: Self.time(0))
        #expect(outbox.adopt { _ in nil }.isEmpty)
        #expect(outbox.adopt { _ in OutboxPolicy() }.isEmpty)
        outbox.finished("a", .failed("500", retryAfter: nil), at: Self.time(1))
        #expect(outbox.due(at: Self.time(10)) == ["a"])
        #expect(outbox.finished("a", .taken, at: Self.time(11)) == .told)
        #expect(outbox.outbox.health(at: Self.time(11)).count == 1)
    }

    @Test func `Where nothing waits there is nothing to give up, and nothing is counted as dropped`() {
        let outbox = Queue(limit: 1)
        outbox.add(Self.entry("a"), policy: OutboxPolicy())
        outbox.due(at: Self.time(0))
        #expect(outbox.add(Self.entry("b"), policy: OutboxPolicy()) == nil)
        #expect(outbox.outbox.dropped == 0 && outbox.outbox.count == 2)
    }

    @Test func `A full outbox gives up the oldest of the fullest queue, and counts it`() {
        let outbox = Queue(limit: 3)
        for id in ["a", "b", "c"] {
            let victim = outbox.add(Self.entry(id), policy: OutboxPolicy())
            #expect(victim == nil)
        }
        #expect(outbox.add(Self.entry("z", Self.hook), policy: OutboxPolicy())?.id == "a")
        #expect(outbox.outbox.dropped == 1)
        #expect(outbox.outbox.count == 3)
    }
}
