import Metrics
import Testing

@testable import Alerting

@Suite struct InboundTests {
    private static let now = Timestamp(milliseconds: 1_783_641_600_000)

    private static func webhook(_ alert: String, _ more: String = "") -> [UInt8] {
        Array(#"{"version":"4","receiver":"medic","externalURL":"http://am","alerts":[\#(alert)]\#(more)}"#.utf8)
    }

    private static func read(_ body: [UInt8]) throws(BodyComplaint) -> WebhookMessage {
        try WebhookMessage(body: body, timesOutAfter: .hours(24), at: now)
    }

    @Test func `A webhook's alert that fires has an end only for the case that its sender goes away`() throws {
        let alert =
            #"{"status":"firing","labels":{"alertname":"A","empty":""},"annotations":{"s":"t"},"#
            + #""startsAt":"2026-07-10T00:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p/g"}"#
        let message = try Self.read(Self.webhook(alert, #","groupKey":"{}:{}","truncatedAlerts":3"#))
        let update = try #require(message.updates.first)
        #expect(update.labels == ["alertname": "A"])
        #expect(update.annotations == [Label("s", "t")])
        #expect(update.startsAt == Timestamp(rfc3339: "2026-07-10T00:00:00Z"))
        #expect(update.endsAt == Self.now + .hours(24))
        #expect(update.origin == .webhook(from: "http://am"))
        #expect(message.truncatedAlerts == 3 && message.groupKey == "{}:{}" && message.receiver == "medic")
    }

    @Test func `A webhook's alert that is over is over now, even if its sender's clock is ahead`() throws {
        func end(_ text: String) throws -> Timestamp? {
            let alert =
                #"{"status":"resolved","labels":{"a":"b"},"startsAt":"2026-07-09T00:00:00Z","endsAt":"\#(text)"}"#
            return try Self.read(Self.webhook(alert)).updates.first?.endsAt
        }
        #expect(try end("2026-07-09T12:00:00Z") == Timestamp(rfc3339: "2026-07-09T12:00:00Z"))
        #expect(try end("2030-01-01T00:00:00Z") == Self.now)
        #expect(try end("0001-01-01T00:00:00Z") == Self.now)
    }

    @Test(arguments: [
        ("", "message in body is required"),
        ("[]", "the body must be an object, not an array"),
        ("{}", "version in body is required"),
        (#"{"version":"3"}"#, #"version must be "4", not "3""#),
        (#"{"version":4}"#, "version must be a string, not a number"),
        (#"{"version":"4"}"#, "alerts in body is required"),
        (#"{"version":"4","alerts":{}}"#, "alerts must be an array, not an object"),
        (#"{"version":"4","alerts":[1]}"#, "alerts.0 must be an object, not a number"),
        (#"{"version":"4","alerts":[null]}"#, "alerts.0 in body is required"),
        (#"{"version":"4","alerts":[{"status":"firing"}]}"#, "alerts.0.labels in body is required"),
        (#"{"version":"4","alerts":[{"labels":{"a":"b"}}]}"#, "alerts.0.status in body is required"),
        (
            #"{"version":"4","alerts":[{"status":"ill","labels":{"a":"b"}}]}"#,
            #"alerts.0.status must be "firing" or "resolved", not "ill""#
        ),
        (
            #"{"version":"4","alerts":[{"status":"firing","labels":{"a":["b"]}}]}"#,
            "alerts.0.labels.a must be a string, not an array"
        ),
        (
            #"{"version":"4","alerts":[{"status":"firing","labels":{}}]}"#,
            "alerts.0: at least one label pair required"
        ),
        (
            #"{"version":"4","alerts":[{"status":"firing","labels":{"a":"b"},"startsAt":"soon"}]}"#,
            #"alerts.0.startsAt must be a time such as 2026-03-01T12:00:00Z, not "soon""#
        ),
        (
            #"{"version":"4","truncatedAlerts":-1,"alerts":[]}"#,
            "truncatedAlerts must be a whole number that is not negative, not a number"
        ),
        (#"{"version":"4","alerts":["#, "1:26: a value was expected, but the text ends"),
    ])
    func `A webhook that makes no sense is told which field is wrong`(body: String, complaint: String) {
        let error = #expect(throws: BodyComplaint.self) { try Self.read(Array(body.utf8)) }
        #expect(error?.message == complaint)
    }

    @Test func `Alerts beyond the limits are refused by name, and the others are taken`() throws {
        var limits = InboundLimits()
        limits.pairs = 2
        limits.valueBytes = 4
        limits.nameBytes = 4
        let body =
            #"[{"labels":{"a":"b"}},{"labels":{"a":"12345"}},{"labels":{"a":"1","b":"2","c":"3"}},{"labels":{"12345":"a"}},"#
            + #"{"labels":{"a":"b"},"annotations":{"b":"12345"}}]"#
        let posted = try PostedAlerts(body: Array(body.utf8), limits: limits)
        #expect(posted.updates.count == 1)
        #expect(
            posted.complaints == [
                "1: labels.a: longer than 4 bytes", "2: labels: 3 of them, and no more than 2 are taken",
                #"3: labels: the name "12345"... is longer than 4 bytes"#, "4: annotations.b: longer than 4 bytes",
            ]
        )
        limits.alerts = 4
        #expect(throws: BodyComplaint.refused("alerts: 5 alerts in one body, and no more than 4 are taken")) {
            try PostedAlerts(body: Array(body.utf8), limits: limits)
        }
    }

    @Test func `Whatever becomes of a body on its way, it is taken or refused`() {
        let bodies = [
            #"[{"labels":{"a":"b","":"c"},"annotations":{"x":"y"},"startsAt":"2026-07-10T00:00:00.5+01:00","endsAt":"9999-12-31T23:59:59Z"}]"#,
            #"{"version":"4","truncatedAlerts":9,"alerts":[{"status":"resolved","labels":{"a":"b"},"endsAt":"0001-01-01T00:00:00Z"}]}"#,
            #"{"createdBy":"a","comment":"b","startsAt":"2026-07-10T00:00:00Z","endsAt":"2026-07-11T00:00:00Z","matchers":[{"name":"a","value":"b","isRegex":true}]}"#,
        ].map { Array($0.utf8) }
        var random = SystemRandomNumberGenerator()
        var refused = 0
        for turn in 0..<6_000 {
            var body = bodies[turn % bodies.count]
            for _ in 0...(turn % 4) {
                let place = Int.random(in: body.indices, using: &random)
                switch turn % 3 {
                case 0: body[place] = UInt8.random(in: 0 ... .max, using: &random)
                case 1: body.remove(at: place)
                default: body.insert(body[Int.random(in: body.indices, using: &random)], at: place)
                }
            }
            do throws(BodyComplaint) {
                _ = try PostedAlerts(body: body)
                _ = try Self.read(body)
            } catch {
                refused += 1
                if error.message.isEmpty { Issue.record("refused without a word: \(body)") }
            }
            let draft = try? SilenceDraft(body: body)
            let update = (try? Self.read(body))?.updates.first
            if let end = update?.endsAt, let start = update?.startsAt, end < start { Issue.record("\(body)") }
            if let draft, draft.matchers.isEmpty { Issue.record("no matchers: \(body)") }
        }
        #expect(refused > 1_000)
    }

    @Test func `A silence may end with its alerts`() throws {
        let body =
            #"{"createdBy":"a","comment":"b","startsAt":"2026-07-10T00:00:00Z","endsAt":"2026-07-11T00:00:00Z","#
            + #""matchers":[{"name":"a","value":"b.*","isRegex":true,"isEqual":false}],"endsWithAlerts":true}"#
        let draft = try SilenceDraft(body: Array(body.utf8))
        #expect(draft.endsWithAlerts)
        #expect(draft.matchers == [.init("a", .notMatches, "b.*")])
        #expect(draft.id == nil)
    }

    @Test func `What medic measures itself is not overwritten by those to whom it told of it`() throws {
        var stage = Stage(try Stage.settings("{receiver: team}"))
        stage.handle(.alerts([AlertUpdate(labels: ["a": "b"])]))
        let echo = AlertUpdate(
            labels: ["a": "b"],
            endsAt: stage.now,
            generatorURL: "http://elsewhere",
            origin: .webhook(from: "http://am")
        )
        stage.handle(.alerts([echo]))
        let alert = try #require(stage.dispatcher.alerts(at: stage.now).first?.alert)
        #expect(alert.origin == .own && alert.endsAt == nil && alert.generatorURL == "")
        // Once its own word is that it is over, others may know more.
        stage.handle(.alerts([AlertUpdate(labels: ["a": "b"], endsAt: stage.now)]))
        stage.now = stage.now + .seconds(1)
        stage.handle(.alerts([AlertUpdate(labels: ["a": "b"], origin: .api)]))
        #expect(stage.dispatcher.alerts(at: stage.now).first?.alert.origin == .api)
    }

    @Test func `Groups that time keeps quiet say so, and can be left out`() throws {
        let route = "{receiver: team, routes: [{receiver: db, matchers: ['a=\"b\"'], mute_time_intervals: [always]}]}"
        let always = NamedTimeInterval(name: "always", intervals: [TimeInterval()])
        var stage = Stage(try Stage.settings(route, intervals: [always]))
        stage.handle(.alerts([AlertUpdate(labels: ["a": "b"]), AlertUpdate(labels: ["a": "c"])]))
        let groups = stage.dispatcher.groups(at: stage.now)
        #expect(groups.map(\.mutedBy) == [["always"], []])
        var filter = AlertFilter()
        filter.showsMuted = false
        #expect(filter.narrowed(groups).map(\.receiver) == ["team"])
    }

    @Test func `Groups tell of an alert's receivers only as far as they are asked for`() throws {
        let route =
            "{receiver: team, routes: [{receiver: db, matchers: ['a=\"b\"'], continue: true}, {receiver: team}]}"
        var stage = Stage(try Stage.settings(route))
        stage.handle(.alerts([AlertUpdate(labels: ["alertname": "A", "a": "b"])]))
        let groups = stage.dispatcher.groups(at: stage.now)
        #expect(AlertFilter().narrowed(groups).map { $0.alerts[0].receivers } == [["db", "team"], ["db", "team"]])
        var filter = AlertFilter()
        try filter.narrow(toReceiver: "d.")
        #expect(filter.narrowed(groups).map { $0.alerts[0].receivers } == [["db"]])
        filter.matchers = try AlertFilter.matchers(["a!=b"])
        #expect(filter.narrowed(groups).isEmpty)
    }
}
