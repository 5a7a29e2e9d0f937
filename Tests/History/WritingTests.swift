import JSON
import Logging
import Metrics
import Rules
import Testing

@testable import History

@Suite struct `What is written is read` {
    let place: Place
    let store: HistoryStore

    init() throws {
        place = try Place()
        store = try place.open()
    }

    private func paged(by limit: Int) throws -> (records: [HistoryRecord], pages: Int) {
        var cursor: HistoryCursor?
        var seen: [HistoryRecord] = []
        var pages = 0
        repeat {
            let after = cursor
            let page = try store.read { reader throws(HistoryError) in try reader.records(limit: limit, after: after) }
            seen += page.elements.map(\.record)
            cursor = page.next.flatMap { HistoryCursor($0.description) }
            pages += 1
        } while cursor != nil
        return (seen, pages)
    }

    @Test func `Records come back, the newest first, page by page`() throws {
        try store.put((0..<250).map { .record(transition($0)) })
        let (seen, pages) = try paged(by: 100)
        #expect(pages == 3)
        #expect(seen == (0..<250).reversed().map { transition($0) })
        #expect(seen[0].payload["labels"]?["instance"]?.string == "host-249")
    }

    @Test func `Records of one moment are paged without loss`() throws {
        try store.put((0..<25).map { .record(transition($0, at: time(-5))) })
        #expect(try paged(by: 10).records.compactMap(\.fingerprint) == (0..<25).reversed().map { "f\($0)" })
    }

    @Test func `Every filter keeps what it says`() throws {
        var act = HistoryRecord(
            at: time(50),
            kind: .act,
            name: "kill switch",
            playbook: "p",
            text: "Ann's \"WORD\" 100%"
        )
        act.run = "r1"
        try store.put((0..<20).map { .record(transition($0)) } + [.record(act)])
        func count(_ filter: HistoryFilter) throws -> Int { try store.records(filter).count }
        #expect(try count(HistoryFilter(since: time(15))) == 6)
        #expect(try count(HistoryFilter(since: time(15), until: time(18))) == 3)
        #expect(try count(HistoryFilter(alert: "Alert3")) == 3)
        #expect(try count(HistoryFilter(alert: "alert3")) == 0)
        #expect(try count(HistoryFilter(playbook: "p")) == 1)
        #expect(try count(HistoryFilter(run: "r1")) == 1)
        #expect(try count(HistoryFilter(unit: "api.service", kinds: [.transition, .act])) == 10)
        #expect(try count(HistoryFilter(kinds: [.act])) == 1)
        #expect(try count(HistoryFilter(fingerprint: "f7")) == 1)
        #expect(try count(HistoryFilter(text: "word")) == 1)
        #expect(try count(HistoryFilter(text: "100%")) == 1)
        #expect(try count(HistoryFilter(text: "'; DROP TABLE records; --")) == 0)
        #expect(try count(HistoryFilter(text: "HOST-7")) == 1)
    }

    @Test func `A list can be followed in the order of writing`() throws {
        try store.put([.record(transition(1)), .record(transition(2))])
        let newest = try store.read { reader throws(HistoryError) in try reader.newestRecord() }
        try store.put([.record(transition(3, at: time(0))), .record(transition(4))])
        let later = try store.read { reader throws(HistoryError) in try reader.records(writtenAfter: newest) }
        #expect(later.compactMap(\.record.fingerprint) == ["f3", "f4"])
    }

    @Test func `A run, its intents and its outcomes`() throws {
        var run = RunEntry(
            id: "r1",
            playbook: "restart",
            subject: "{instance=\"a\"}",
            alert: "Down",
            state: "running",
            opened: time(1),
            payload: ["vars": ["unit": "api.service"]]
        )
        let intent = StepIntent(
            run: "r1",
            step: 0,
            attempt: 1,
            action: "systemd.restart",
            at: time(2),
            payload: ["unit": "a"]
        )
        try store.put([.run(run), .intent(intent)])
        func steps() throws -> [StepEntry] {
            try store.read { reader throws(HistoryError) in try reader.steps(of: "r1") }
        }
        #expect(try steps().map(\.result) == [nil])
        #expect(try store.read { reader throws(HistoryError) in try reader.openRuns() } == [run])
        (run.state, run.ended) = ("healed", time(9))
        let outcome = StepOutcome(run: "r1", step: 0, attempt: 1, at: time(3), result: "succeeded", payload: ["pid": 7])
        try store.put([.outcome(outcome), .run(run)])
        #expect(try steps().map(\.result) == ["succeeded"])
        #expect(try steps().first?.intent["unit"]?.string == "a")
        #expect(try steps().first?.outcome["pid"]?.integer == 7)
        #expect(try store.read { reader throws(HistoryError) in try reader.openRuns() } == [])
        #expect(try store.read { reader throws(HistoryError) in try reader.run("r1") } == run)
        #expect(try store.read { reader throws(HistoryError) in try reader.run("r2") } == nil)
        #expect(try store.read { reader throws(HistoryError) in try reader.runs(beginning: "r") } == [run])
        let healed = try store.read { reader throws(HistoryError) in
            try reader.runs(HistoryFilter(playbook: "restart"), .named("healed"))
        }
        #expect(healed == HistoryPage(elements: [run], next: nil))
        // The same intent again begins the try anew.
        try store.put([.intent(intent)])
        #expect(try steps().map(\.finished) == [nil])
    }

    @Test func `What the deciding rooms must know outlives the process`() throws {
        let silence = SilenceEntry(id: "s", starts: time(1), ends: time(2), updated: time(1), payload: ["by": "ann"])
        let note = NotificationLogEntry(group: "g", receiver: "r", at: time(1), expires: time(9), payload: [1])
        let inbound = InboundEntry(
            key: "k",
            source: "am",
            fingerprint: "f",
            starts: time(1),
            updated: time(2),
            payload: .null
        )
        let outbox = OutboxEntry(id: "o", receiver: "slack", key: "k", body: "{}", created: time(1), due: time(1))
        let other = OutboxEntry(id: "p", receiver: "mail", key: "l", body: "x", created: time(1), due: time(0))
        let kept = KeptValue(.setting, "kill_switch", at: time(1), ["on": true])
        let original = KeptValue(.samplingOriginal, "kill_switch", at: time(1), 0.25)
        try store.put([
            .silence(silence), .notified(note), .inbound(inbound), .outbox(outbox), .outbox(other), .keep(kept),
            .keep(original), .keep(KeptValue(.setting, "gone", at: time(1), 1)), .forget(.setting, key: "gone"),
            .outboxProgress(OutboxProgress(id: "p", attempts: 1, due: time(4), state: .sent)),
            .outboxProgress(OutboxProgress(id: "o", attempts: 2, due: time(7), state: .pending, trouble: "503")),
        ])
        store.close()
        let again = try place.open()
        try again.read { reader throws(HistoryError) in
            #expect(try reader.silences() == [silence])
            #expect(try reader.notificationLog() == [note])
            #expect(try reader.inbound() == [inbound])
            #expect(try reader.inbound(updatedSince: time(3)) == [])
            let pending = try reader.pendingOutbox()
            #expect(pending.map(\.id) == ["o"])
            #expect(pending.first?.attempts == 2)
            #expect(pending.first?.trouble == "503")
            #expect(try reader.kept(.setting) == [kept])
            #expect(try reader.kept(.samplingOriginal, "kill_switch") == original)
        }
    }

    @Test func `Versions of a file keep each content once, and what was thought of them`() throws {
        let content: [UInt8] = [1, 2, 0, 255]
        try store.put([
            .version(ConfigVersion(file: "/etc/a", hash: "h1", seen: time(1)), content: content),
            .judged(file: "/etc/a", hash: "h1", .good, at: time(5)),
            .version(ConfigVersion(file: "/etc/a", hash: "h2", seen: time(6)), content: [9]),
            .version(ConfigVersion(file: "/etc/a", hash: "h1", seen: time(7)), content: content),
            .judged(file: "/etc/a", hash: "h2", .bad, at: time(8)),
        ])
        try store.read { reader throws(HistoryError) in
            let versions = try reader.versions(of: "/etc/a")
            #expect(versions.map(\.hash) == ["h1", "h2", "h1"])
            #expect(versions.map(\.good) == [nil, nil, time(5)])
            #expect(versions.map(\.bad) == [nil, time(8), nil])
            #expect(try reader.content(hash: "h1") == content)
            #expect(try reader.content(hash: "none") == nil)
        }
    }

    static func group(_ key: String, _ value: Double) -> SavedGroup {
        let alert = Alert(
            labels: ["alertname": "A", "path": "a \"b\"\n\u{e9}"],
            source: ["__name__": "up"],
            annotations: [Label("empty", ""), Label("summary", "x")],
            value: value,
            state: .firing(activeSince: time(1), since: time(2), keptSince: nil),
            acknowledgement: Acknowledgement(by: "ann", at: time(9), comment: "on it")
        )
        let rules = [SavedGroup.Rule(name: "A", alerts: [alert]), SavedGroup.Rule(name: "B", alerts: [])]
        return SavedGroup(key: key, evaluatedAt: time(100), rules: rules)
    }

    @Test func `Alerts are kept by group, and forgotten with it`() throws {
        let empty = SavedGroup(key: "c", evaluatedAt: nil, rules: [])
        try store.save(Self.group("a", -.infinity))
        try store.save(Self.group("b", 0.1))
        try store.save(empty)
        #expect(try store.load() == [Self.group("a", -.infinity), Self.group("b", 0.1), empty])
        let shorter = SavedGroup(key: "a", evaluatedAt: time(101), rules: [Self.group("a", 2).rules[0]])
        try store.save(shorter)
        try store.keepOnly(keys: ["a", "z"])
        #expect(try store.load() == [shorter])
    }

    @Test func `A history in memory does the same until its process ends`() throws {
        let log = Logger(place.sink, component: "history")
        let memory = try HistoryStore.inMemory(log: log, instruments: place.instruments) { time(1) }
        let other = try HistoryStore.inMemory(log: log, instruments: place.instruments) { time(1) }
        try memory.put((0..<2_000).map { .record(transition($0)) })
        #expect(try memory.count() == 2_000)
        #expect(try other.count() == 0)
        #expect(memory.isInMemory && !store.isInMemory)
        memory.tidyCompletely()
        memory.close()
        #expect(throws: HistoryError.closed) { try memory.count() }
    }

    private func run(_ id: String, _ state: String, _ opened: Int64, _ ended: Int64?) -> HistoryChange {
        .run(
            RunEntry(
                id: id,
                playbook: "restart",
                subject: "s",
                alert: "Down",
                fingerprint: "f",
                state: state,
                opened: time(opened),
                ended: ended.map(time),
                text: id
            )
        )
    }

    private func resolved(_ fingerprint: String, _ began: Int64, _ at: Int64) -> HistoryChange {
        var record = HistoryRecord(at: time(at), kind: .transition, name: "resolved", alert: "Down")
        (record.fingerprint, record.began) = (fingerprint, time(began))
        return .record(record)
    }

    @Test func `A scorecard tells what a playbook achieved, and what doing nothing does`() throws {
        try store.put([
            run("a", "healed", 10, 14), run("b", "healed", 20, 22), run("c", "healed", 30, 40),
            run("d", "unhealed", 50, 60), run("e", "unneeded", 70, 71), run("f", "running", 80, nil),
            resolved("f", 9, 14), resolved("g", 0, 100), resolved("g", 200, 260), resolved("g", 300, 900),
        ])
        let card = try #require(try store.read { reader throws(HistoryError) in try reader.scorecards() }.first)
        #expect((card.playbook, card.runs, card.healed, card.open) == ("restart", 5, 3, 1))
        #expect(card.medianTimeToHeal == .seconds(4))
        #expect(card.longestTimeToHeal == .seconds(10))
        #expect(card.lastFailure == Scorecard.Failure(run: "d", state: "unhealed", at: time(60), text: "d"))
        #expect(card.share == 0.75)
        #expect(card.lastRun == time(80))
        // The one that a run treated is not counted.
        #expect(card.baseline == Scorecard.Baseline(cleared: 3, medianTime: .seconds(100)))
        let none = try store.read { reader throws(HistoryError) in try reader.scorecards(since: time(1_000)) }
        #expect(none == [])
    }
}
