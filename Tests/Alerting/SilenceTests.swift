import Metrics
import Testing

@testable import Alerting

@Suite struct `Silences` {
    static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

    static func draft(
        _ id: String? = nil,
        from start: Int64,
        to end: Int64,
        matchers: [SilenceDraft.Matcher] = [.init("a", .equal, "b")]
    ) -> SilenceDraft {
        SilenceDraft(
            id: id,
            matchers: matchers,
            startsAt: time(start),
            endsAt: time(end),
            createdBy: "me",
            comment: "works on it"
        )
    }

    @Test func `A new one gets an id, and begins no earlier than now`() throws {
        var book = SilenceBook()
        let made = try book.set(Self.draft(from: 0, to: 200), newID: "1", at: Self.time(100))
        #expect(made.map(\.id) == ["1"])
        #expect(made[0].startsAt == Self.time(100))
        #expect(made[0].state(at: Self.time(100)) == .active)
        #expect(made[0].state(at: Self.time(200)) == .active)
        #expect(made[0].state(at: Self.time(201)) == .expired)
        #expect(book.silencing(["a": "b", "c": "d"], at: Self.time(150)) == ["1"])
        #expect(book.silencing(["a": "c"], at: Self.time(150)) == [])
        #expect(book.silencing(["a": "b"], at: Self.time(201)) == [])
    }

    @Test func `An active one is changed in place when only its end moves`() throws {
        var book = SilenceBook()
        _ = try book.set(Self.draft(from: 100, to: 200), newID: "1", at: Self.time(100))
        let changed = try book.set(Self.draft("1", from: 100, to: 300), newID: "2", at: Self.time(150))
        #expect(changed.map(\.id) == ["1"])
        #expect(book["1"]?.endsAt == Self.time(300))
    }

    @Test func `An active one with another begin or other matchers expires, and a new one takes over`() throws {
        var book = SilenceBook()
        _ = try book.set(Self.draft(from: 100, to: 200), newID: "1", at: Self.time(100))
        let other = Self.draft("1", from: 100, to: 300, matchers: [.init("a", .equal, "c")])
        let changed = try book.set(other, newID: "2", at: Self.time(150))
        #expect(changed.map(\.id) == ["1", "2"])
        #expect(book["1"]?.state(at: Self.time(151)) == .expired)
        #expect(book["2"]?.startsAt == Self.time(150))
        let later = try book.set(
            Self.draft("2", from: 160, to: 300, matchers: [.init("a", .equal, "c")]),
            newID: "3",
            at: Self.time(155)
        )
        #expect(later.map(\.id) == ["2", "3"])
        #expect(book["3"]?.state(at: Self.time(155)) == .pending)
    }

    @Test func `A pending one is changed in place as long as it begins later`() throws {
        var book = SilenceBook()
        _ = try book.set(Self.draft(from: 200, to: 300), newID: "1", at: Self.time(100))
        #expect(try book.set(Self.draft("1", from: 150, to: 250), newID: "2", at: Self.time(110)).map(\.id) == ["1"])
        #expect(
            try book.set(Self.draft("1", from: 50, to: 250), newID: "2", at: Self.time(110)).map(\.id) == ["1", "2"]
        )
    }

    @Test func `An expired one stays as it was, and a new one is made`() throws {
        var book = SilenceBook()
        _ = try book.set(Self.draft(from: 100, to: 200), newID: "1", at: Self.time(100))
        _ = try book.expire("1", at: Self.time(150))
        #expect(try book.set(Self.draft("1", from: 100, to: 300), newID: "2", at: Self.time(160)).map(\.id) == ["2"])
        #expect(book["1"]?.endsAt == Self.time(150))
    }

    @Test func `Expiring twice, or what is not there, is refused`() throws {
        var book = SilenceBook()
        #expect(throws: SilenceError.notFound) { try book.expire("1", at: Self.time(0)) }
        #expect(throws: SilenceError.notFound) {
            try book.set(Self.draft("1", from: 0, to: 10), newID: "2", at: Self.time(0))
        }
        _ = try book.set(Self.draft(from: 200, to: 300), newID: "1", at: Self.time(100))
        let expired = try book.expire("1", at: Self.time(120))
        #expect(expired.startsAt == Self.time(120) && expired.endsAt == Self.time(120))
        #expect(throws: SilenceError.alreadyExpired(id: "1")) { try book.expire("1", at: Self.time(130)) }
    }

    @Test(arguments: [
        (draft(from: 100, to: 100), "Failed to create silence: start time must be before end time"),
        (draft(from: 10, to: 20), "Failed to create silence: end time can't be in the past"),
        (draft(from: 100, to: 200, matchers: []), "silence invalid: at least one matcher required"),
        (
            draft(from: 100, to: 200, matchers: [.init("a", .matches, ".*"), .init("b", .notEqual, "c")]),
            "silence invalid: at least one matcher must not match the empty string"
        ),
        (
            draft(from: 100, to: 200, matchers: [.init("a", .equal, "b"), .init("c", .matches, "(")]),
            "silence invalid: invalid label matcher 1: invalid regular expression \"(\": error parsing regexp: missing closing ): `(`"
        ),
    ])
    func `that make no sense are refused with Alertmanager's words`(draft: SilenceDraft, words: String) {
        var book = SilenceBook()
        do {
            _ = try book.set(draft, newID: "1", at: Self.time(100))
            Issue.record("it was made")
        } catch {
            #expect(error.description == words)
        }
    }

    @Test func `They are listed active first, and forgotten after five days`() throws {
        var book = SilenceBook()
        for (id, start, end) in [("a", 100, 900), ("b", 100, 500), ("c", 700, 800), ("d", 600, 800), ("e", 100, 120)] {
            _ = try book.set(Self.draft(from: Int64(start), to: Int64(end)), newID: id, at: Self.time(100))
        }
        #expect(book.list(at: Self.time(300)).map(\.id) == ["b", "a", "d", "c", "e"])
        #expect(book.collect(at: Self.time(120 + 120 * 3600)) == [])
        #expect(book.collect(at: Self.time(121 + 120 * 3600)) == ["e"])
    }

    @Test func `There is room for so many`() throws {
        var book = SilenceBook(limit: 1)
        _ = try book.set(Self.draft(from: 100, to: 200), newID: "1", at: Self.time(100))
        #expect(throws: SilenceError.tooMany(limit: 1)) {
            try book.set(Self.draft(from: 100, to: 200), newID: "2", at: Self.time(100))
        }
    }
}
