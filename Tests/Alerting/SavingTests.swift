import JSON
import Metrics
import Testing

@testable import Alerting

@Suite struct `What is saved` {
    static let time = Timestamp(milliseconds: 1_783_641_600_123)
    static let alert = NotifiedAlert(
        labels: ["alertname": "Döwn", "a": "\"\n"],
        annotations: [Label("summary", "x")],
        startsAt: time,
        endsAt: nil,
        generatorURL: "http://p/graph?a=b",
        healing: HealingWord(
            run: "r1",
            playbook: "p",
            occasion: .healed,
            sentence: "healed",
            details: [Label("journal", "lines")]
        )
    )

    static func again(_ json: JSONValue) throws -> JSONValue {
        var writer = JSONWriter()
        writer.value(json)
        return try JSONValue(parsing: writer.text)
    }

    @Test func `is an alert from outside each time it is told, until it is known to be on the disk`() throws {
        var stage = Stage(try Stage.settings("{receiver: team}"))
        func tell(_ stage: inout Stage, endsIn minutes: Int64) -> [ReceivedAlert] {
            stage.saved = []
            let end = Stage.start + .minutes(minutes)
            stage.handle(
                .alerts([AlertUpdate(labels: ["alertname": "A"], startsAt: Stage.start, endsAt: end, origin: .api)])
            )
            return stage.saved.compactMap { if case .alert(let alert) = $0 { alert } else { nil } }
        }
        #expect(tell(&stage, endsIn: 5).count == 1)
        // The first could not be written, and its sender was told so.
        let again = tell(&stage, endsIn: 5)
        #expect(again.count == 1)
        stage.dispatcher.note(saved: again)
        #expect(tell(&stage, endsIn: 6).isEmpty)
        #expect(tell(&stage, endsIn: 8).count == 1)
    }

    @Test(
        arguments: [
            .changed, .repeated, .escalation, .digest, .test,
            .fallback(for: IntegrationKey(receiver: "a/b", kind: "slack", index: 2)),
        ] as [Notification.Reason]
    )
    func `is read again: a notification`(reason: Notification.Reason) throws {
        let notification = Notification(
            id: "1",
            integration: IntegrationKey(receiver: "te/am", kind: "webhook", index: 1),
            groupKey: "{}:{a=\"b\"}",
            groupLabels: ["a": "b"],
            alerts: [Self.alert],
            reason: reason,
            createdAt: Self.time
        )
        #expect(Notification(try Self.again(notification.json)) == notification)
    }

    @Test(arguments: [.own, .api, .webhook(from: "http://am:9093")] as [ReceivedAlert.Origin])
    func `is read again: an alert`(origin: ReceivedAlert.Origin) throws {
        let alert = ReceivedAlert(
            labels: Self.alert.labels,
            annotations: Self.alert.annotations,
            startsAt: Self.time,
            endsAt: Self.time + .seconds(1),
            updatedAt: Self.time,
            timesOut: true,
            generatorURL: "u",
            origin: origin
        )
        #expect(ReceivedAlert(try Self.again(alert.json)) == alert)
    }

    @Test func `is read again: silences, the log, acknowledgements, the digest`() throws {
        let silence = Silence(
            id: "1",
            matchers: [try LabelMatcher("a", .matches, "b|c"), LabelMatcher("d", equals: "")],
            startsAt: Self.time,
            endsAt: Self.time,
            updatedAt: Self.time,
            createdBy: "me",
            comment: "c",
            endsWithAlerts: true
        )
        #expect(Silence(try Self.again(silence.json)) == silence)
        let entry = NotificationLog.Entry(
            key: .init(groupKey: "{}:{}", integration: IntegrationKey(receiver: "r", kind: "k", index: 0)),
            told: .init(firing: [Self.alert.fingerprint], resolved: [Fingerprint(rawValue: 1)], words: ["r1/healed"]),
            at: Self.time,
            expiresAt: Self.time
        )
        #expect(NotificationLog.Entry(try Self.again(entry.json)) == entry)
        let word = AlertAcknowledgement(fingerprint: Self.alert.fingerprint, by: "me", comment: "", at: Self.time)
        #expect(AlertAcknowledgement(try Self.again(word.json)) == word)
        let digest = DigestEntry(alert: Self.alert, at: Self.time)
        #expect(DigestEntry(try Self.again(digest.json)) == digest)
    }

    @Test(arguments: ["null", "{}", "[]", #"{"id": 1}"#, #"{"labels": {"a": 1}, "startsAt": 1, "updatedAt": 2}"#])
    func `What is something else is not read`(text: String) throws {
        let json = try JSONValue(parsing: text)
        #expect(Notification(json) == nil)
        #expect(ReceivedAlert(json) == nil)
        #expect(Silence(json) == nil)
        #expect(NotificationLog.Entry(json) == nil)
        #expect(AlertAcknowledgement(json) == nil)
        #expect(DigestEntry(json) == nil)
    }
}
