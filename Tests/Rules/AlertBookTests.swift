import Metrics
import Testing

@testable import Rules

@Suite struct `An alert's life` {
    static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }
    static let labels: Labels = ["alertname": "Down", "instance": "a"]

    static func finding(_ value: Double = 1, labels: Labels = labels) -> AlertBook.Finding {
        AlertBook.Finding(
            labels: labels,
            source: ["instance": "a"],
            annotations: [Label("summary", "\(value)")],
            value: value
        )
    }

    /// Evaluates every 15 seconds; `1` means that the expression is true, `0` that it is not, `c` that `clear_when` is.
    static func changes(_ story: String, terms: AlertTerms) throws -> [String] {
        var book = AlertBook(terms: terms)
        var result: [String] = []
        for (step, letter) in story.enumerated() {
            let transitions = try book.evaluate(
                letter == "1" ? [finding()] : [],
                cleared: letter == "c" ? [["instance": "a"]] : [],
                now: time(Int64(step) * 15)
            )
            result += transitions.map { "\(step) \($0.change.rawValue)" }
        }
        return result
    }

    @Test(arguments: [
        ("0110", 0, 0, ["1 pending", "1 firing", "3 resolved"]),
        ("111", 30, 0, ["0 pending", "2 firing"]),
        ("1101", 60, 0, ["0 pending", "2 inactive", "3 pending"]),
        ("11000", 0, 30, ["0 pending", "0 firing", "2 kept", "4 resolved"]),
        ("110100", 0, 20, ["0 pending", "0 firing", "2 kept", "3 resumed", "4 kept"]),
        ("101", 0, 0, ["0 pending", "0 firing", "1 resolved", "2 pending", "2 firing"]),
    ])
    func `An alert waits for its time, fires, is kept and resolves`(
        story: String,
        hold: Int64,
        keep: Int64,
        expected: [String]
    ) throws {
        let terms = AlertTerms(hold: .seconds(hold), keepFiring: .seconds(keep))
        #expect(try Self.changes(story, terms: terms) == expected)
    }

    @Test func `A tolerated miss does not restart the clock, one more does`() throws {
        let terms = AlertTerms(hold: .seconds(45), toleratedMisses: 1)
        #expect(try Self.changes("1011", terms: terms) == ["0 pending", "3 firing"])
        #expect(try Self.changes("10011", terms: terms) == ["0 pending", "2 inactive", "3 pending"])
    }

    @Test func `With a clear condition an alert fires until the condition is true`() throws {
        let terms = AlertTerms(hasClearCondition: true)
        #expect(try Self.changes("1000c", terms: terms) == ["0 pending", "0 firing", "1 kept", "4 resolved"])
    }

    @Test func `With a clear condition that never speaks again an alert ends after an hour`() throws {
        let story = "1" + String(repeating: "0", count: 250)
        let changes = try Self.changes(story, terms: AlertTerms(hasClearCondition: true))
        #expect(changes == ["0 pending", "0 firing", "1 kept", "241 resolved"])
    }

    @Test func `Value and annotations follow each evaluation that finds the alert true`() throws {
        var book = AlertBook(terms: AlertTerms())
        _ = try book.evaluate([Self.finding(1)], now: Self.time(0))
        _ = try book.evaluate([Self.finding(7)], now: Self.time(15))
        #expect(book[Self.labels]?.value == 7)
        #expect(book[Self.labels]?.annotations == [Label("summary", "7.0")])
    }

    @Test func `Two findings of the same labels refuse the evaluation and change nothing`() throws {
        var book = AlertBook(terms: AlertTerms())
        _ = try book.evaluate([Self.finding()], now: Self.time(0))
        let before = book.alerts
        #expect(throws: AlertBook.Refusal.duplicate(Self.labels)) {
            try book.evaluate([Self.finding(), Self.finding()], now: Self.time(15))
        }
        #expect(book.alerts == before)
    }

    @Test func `Too many alerts are refused and forgotten, as in Prometheus`() throws {
        var book = AlertBook(terms: AlertTerms())
        let findings = (0..<3).map { Self.finding(labels: ["alertname": "Down", "instance": "\($0)"]) }
        #expect(throws: AlertBook.Refusal.limitExceeded(limit: 2, count: 3)) {
            try book.evaluate(findings, limit: 2, now: Self.time(0))
        }
        #expect(book.alerts.isEmpty)
    }

    @Test func `A resolved alert is remembered for a quarter of an hour`() throws {
        var book = AlertBook(terms: AlertTerms())
        _ = try book.evaluate([Self.finding()], now: Self.time(0))
        for step in 1...80 {
            _ = try book.evaluate([], now: Self.time(Int64(step) * 15))
            #expect(book.alerts.isEmpty == (step * 15 > 15 + 15 * 60))
        }
    }

    @Test func `An acknowledgement ends with the alert`() throws {
        var book = AlertBook(terms: AlertTerms())
        let word = Acknowledgement(by: "ann", at: Self.time(1), comment: "on it")
        let tooEarly = book.acknowledge(Self.labels, word)
        #expect(!tooEarly)
        _ = try book.evaluate([Self.finding()], now: Self.time(0))
        let accepted = book.acknowledge(Self.labels, word)
        #expect(accepted)
        _ = try book.evaluate([Self.finding()], now: Self.time(15))
        #expect(book[Self.labels]?.acknowledgement == word)
        _ = try book.evaluate([], now: Self.time(30))
        #expect(book[Self.labels]?.acknowledgement == nil)
    }

    @Test func `An alert that changes its mind all the time is marked, and settles`() throws {
        let story = String(repeating: "10", count: 11) + String(repeating: "1", count: 30)
        let changes = try Self.changes(story, terms: AlertTerms())
        #expect(changes.filter { $0.hasSuffix("flapping") } == ["20 flapping"])
        #expect(changes.count { $0.hasSuffix("steady") } == 1)
    }

    @Test func `A restart within the tolerance changes nothing, a longer one restarts pending alerts only`() throws {
        let pending = Alert(
            labels: ["alertname": "A"],
            source: [:],
            annotations: [],
            value: 1,
            state: .pending(since: Self.time(0), missed: 0)
        )
        let firing = Alert(
            labels: ["alertname": "B"],
            source: [:],
            annotations: [],
            value: 1,
            state: .firing(activeSince: Self.time(0), since: Self.time(60), keptSince: nil)
        )
        var short = AlertBook(terms: AlertTerms())
        short.restore([pending, firing], downtime: .minutes(1), tolerance: .minutes(5))
        #expect(short.alerts == [pending, firing])
        var long = AlertBook(terms: AlertTerms())
        long.restore([pending, firing], downtime: .minutes(6), tolerance: .minutes(5))
        #expect(long.alerts == [firing])
    }

    @Test func `Notifications carry when it began to fire, and an end that passes unless it is repeated`() throws {
        var book = AlertBook(terms: AlertTerms(hold: .seconds(15)))
        _ = try book.evaluate([Self.finding()], now: Self.time(0))
        #expect(book[Self.labels]?.startsAt == nil)
        _ = try book.evaluate([Self.finding()], now: Self.time(15))
        let alert = try #require(book[Self.labels])
        #expect(alert.startsAt == Self.time(15))
        let end = alert.endsAt(evaluatedAt: Self.time(15), interval: .seconds(15), resendDelay: .minutes(1))
        #expect(end == Self.time(15 + 240))
    }
}

@Suite struct `A group's schedule` {
    @Test func `Times keep their distance and their offset whatever the start`() {
        let schedule = GroupSchedule(interval: .seconds(15), key: "rules/a.yml;api")
        let first = schedule.due(at: Timestamp(milliseconds: 1_700_000_000_123))
        let later = schedule.due(at: Timestamp(milliseconds: 1_700_000_600_123))
        #expect((later - first).rawValue % 15_000 == 0)
        #expect(first.rawValue % 15_000 == schedule.offset.rawValue)
    }

    @Test func `Before the epoch times are due before the moment too`() {
        let schedule = GroupSchedule(interval: .seconds(15), key: "x")
        let due = schedule.due(at: Timestamp(milliseconds: -1))
        #expect(due.rawValue <= -1 && due.rawValue > -15_001)
    }

    @Test func `Missed evaluations are counted and not made up for`() {
        let schedule = GroupSchedule(interval: .seconds(10), key: "x")
        let first = schedule.due(at: Timestamp(milliseconds: 1_000_000))
        #expect(schedule.next(after: first, now: first + .seconds(10)) == (first + .seconds(10), 0))
        #expect(schedule.next(after: first, now: first + .seconds(12)) == (first + .seconds(10), 0))
        #expect(schedule.next(after: first, now: first + .seconds(45)) == (first + .seconds(40), 3))
    }
}
