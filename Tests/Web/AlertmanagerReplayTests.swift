import Alerting
import Configuration
import Logging
import Foundation
import HTTPServer
import JSON
import Metrics
import Testing

@testable import Web

/// A real Alertmanager and medic's API of alerts, asked the same things in the same order.
@Suite(.serialized) struct AlertmanagerReplayTests {
    private static let route = """
        receiver: team
        group_by: [alertname]
        group_wait: 1h
        routes:
          - {matchers: ['severity="page"'], receiver: pager, continue: true}
          - {matchers: ['team=~"db|web"'], receiver: db, group_by: ['...']}
        """

    struct Step: Sendable, CustomStringConvertible {
        enum Comparison { case body, code, status }
        let method: String
        let target: String
        var body = ""
        var comparison = Comparison.body
        var type = "application/json"

        var description: String { "\(method) \(target) \(body)" }
    }

    private static func get(_ target: String, _ comparison: Step.Comparison = .body) -> Step {
        Step(method: "GET", target: target, comparison: comparison)
    }

    private static func alerts(_ body: String, _ comparison: Step.Comparison = .body) -> Step {
        Step(method: "POST", target: "/api/v2/alerts", body: body, comparison: comparison)
    }

    private static func silence(_ body: String, _ comparison: Step.Comparison = .body) -> Step {
        Step(method: "POST", target: "/api/v2/silences", body: body, comparison: comparison)
    }

    private static let span = #""startsAt":"2026-01-01T00:00:00Z","endsAt":"2099-01-01T00:00:00.000Z""#
    /// Silences that end together are listed by Alertmanager in any order.
    private static let laterSpan = #""startsAt":"2026-01-01T00:00:00Z","endsAt":"2099-02-01T00:00:00.000Z""#
    private static let author = #""createdBy":"me","comment":"why""#
    private static let matcher = #"{"name":"job","value":"b","isRegex":false,"isEqual":true}"#

    private static let telling: [Step] = [
        alerts("[]"), alerts("null"), alerts(""), alerts("[{}]"), alerts(#"[{"labels":null}]"#),
        alerts(#"[{"labels":{}}]"#), alerts(#"[{"labels":{"a":""}}]"#),
        alerts(#"[{"labels":{"a":"x"},"startsAt":"2026-01-01T00:00:00Z","endsAt":"2025-01-01T00:00:00Z"}]"#),
        alerts(#"[{"labels":{"a":"x"},"generatorURL":"::no"}]"#),
        alerts("{}", .code), alerts("no", .code), alerts(#"[{"labels":{"a":1}}]"#, .code),
        alerts(#"[{"labels":{"a":"x"},"startsAt":"yesterday"}]"#, .code),
        Step(method: "POST", target: "/api/v2/alerts", body: "[]", type: "text/plain"),
        Step(method: "PUT", target: "/api/v2/alerts", body: "", comparison: .code),
        alerts(
            #"[{"labels":{"alertname":"Whole","severity":"page","n":"1"},"annotations":{"z":"2","a":"1"},"#
                + #""startsAt":"2026-01-01T00:00:00Z","endsAt":"2099-01-01T00:00:00Z","generatorURL":"http://g/x?y"}]"#
        ),
        alerts(
            #"[{"labels":{"alertname":"Two","team":"db","severity":"page"}},{"labels":{"alertname":"Three","team":"x"},"more":1}]"#
        ),
        alerts(#"[{"labels":{"alertname":"Taken"}},{"labels":{}}]"#, .status),
        alerts(#"[{"labels":{"alertname":"Küche","raum":"\"q\" \\ \n"},"startsAt":"2026-01-01T01:00:00.1234+01:00"}]"#),
        alerts(#"[{"labels":{"alertname":"Over"},"endsAt":"2026-01-02T00:00:00Z"}]"#),
        alerts(#"[{"labels":{"alertname":"Zero"},"endsAt":"0001-01-01T00:00:00.000Z"}]"#),
    ]

    private static let asking: [Step] = [
        "", "?active=false", "?silenced=false", "?inhibited=false", "?active=", "?active=true&unprocessed=false",
        "?receiver=db", "?receiver=db|pager", "?receiver=d", "?receiver=%5B", "?receiver=(", "?filter=foo", "?filter=",
        "?filter=alertname%3DTwo", "?filter=alertname%3D~%22T.*%22&filter=team%21%3Dx", "?filter=nothing%3D%22%22",
        "?filter=%7Balertname%3DTwo%7D", "?filter=alertname!~%22T.*%22", "?filter=a%3D~%22(%22",
    ].flatMap { [get("/api/v2/alerts" + $0), get("/api/v2/alerts/groups" + $0)] }

    private static let silencing: [Step] = [
        silence("{}"), silence(""), silence("[]", .code), silence("no", .code),
        silence("{\(author),\(span)}"), silence("{\(author),\(span),\"matchers\":[]}"),
        silence(#"{"createdBy":"me",\#(span),"matchers":[\#(matcher)]}"#),
        silence(#"{"comment":"me",\#(span),"matchers":[\#(matcher)]}"#),
        silence("{\(author),\"matchers\":[\(matcher)]}"),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"a","value":"x"}]}"#),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"a","isRegex":false}]}"#),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"a","value":"(","isRegex":true}]}"#),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"a","value":"","isRegex":false}]}"#),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"","value":"x","isRegex":false}]}"#),
        silence(#"{"id":"x",\#(author),\#(span),"matchers":[\#(matcher)]}"#),
        silence(
            #"{\#(author),"startsAt":"2026-01-02T00:00:00Z","endsAt":"2026-01-01T00:00:00Z","matchers":[\#(matcher)]}"#
        ),
        silence(
            #"{\#(author),"startsAt":"2025-01-02T00:00:00Z","endsAt":"2025-02-01T00:00:00Z","matchers":[\#(matcher)]}"#
        ),
        silence(#"{\#(author),\#(span),"matchers":[{"name":"alertname","value":"T.*","isRegex":true}]}"#),
        silence(
            #"{"createdBy":"","comment":"",\#(laterSpan),"matchers":[\#(matcher),{"name":"x","value":"y","isRegex":true,"isEqual":false}]}"#
        ),
        get("/api/v2/silences?filter=job%3Db"), get("/api/v2/silences?filter=job%3D~b"),
        get("/api/v2/silences?filter=alertname%3D~%22T.*%22"), get("/api/v2/silences?filter=x"),
        get("/api/v2/silence/x"), get("/api/v2/silence/00000000-0000-0000-0000-000000000000"),
        Step(method: "DELETE", target: "/api/v2/silence/x"),
        Step(method: "POST", target: "/api/v2/silence/00000000-0000-0000-0000-000000000000", comparison: .code),
        get("/api/v2/alerts"), get("/api/v2/alerts?silenced=false"), get("/api/v2/alerts?active=false"),
        get("/api/v2/alerts/groups?silenced=false"), get("/api/v2/receivers"), get("/api/v2/unknown"),
        get("/api/v2/silences"),
    ]

    @Test func `The same requests get the same answers`() async throws {
        let alertmanager = try AlertmanagerPeer(route: Self.route, receivers: ["team", "pager", "db"])
        let medic = try AlertServer(StandInAlertDesk(Self.route, receivers: ["team", "pager", "db"]))
        try await alertmanager.waitUntilReady()
        for step in Self.telling { try await compare(step, alertmanager.port, medic.port) }
        // Alertmanager puts alerts into groups a moment later.
        try await wait(for: "all groups") {
            try await send(alertmanager.port, Self.get("/api/v2/alerts/groups")).json.array?.count == 7
        }
        for step in Self.asking + Self.silencing { try await compare(step, alertmanager.port, medic.port) }
    }

    @Test func `A silence is changed in place or replaced as Alertmanager does it, and expired twice`() async throws {
        let alertmanager = try AlertmanagerPeer(route: Self.route, receivers: ["team", "pager", "db"])
        let medic = try AlertServer(StandInAlertDesk(Self.route, receivers: ["team", "pager", "db"]))
        try await alertmanager.waitUntilReady()
        var stories: [[String]] = []
        for port in [alertmanager.port, medic.port] {
            var story: [String] = []
            func post(_ body: String) async throws -> String {
                let answer = try await send(port, Self.silence(body))
                story.append("\(answer.status)")
                return answer.json["silenceID"]?.string ?? ""
            }
            let first = try await post("{\(Self.author),\(Self.span),\"matchers\":[\(Self.matcher)]}")
            let shown = try await send(port, Self.get("/api/v2/silence/\(first)"))
            let start = shown.json["startsAt"]?.string ?? ""
            let longer = #""startsAt":"\#(start)","endsAt":"2100-01-01T00:00:00Z""#
            let second = try await post(#"{"id":"\#(first)",\#(Self.author),\#(longer),"matchers":[\#(Self.matcher)]}"#)
            story.append(second == first ? "in place" : "another")
            let other = Self.matcher.replacingOccurrences(of: "\"b\"", with: "\"c\"")
            let third = try await post(#"{"id":"\#(first)",\#(Self.author),\#(longer),"matchers":[\#(other)]}"#)
            story.append(third == first ? "in place" : "another")
            for id in [third, third] {
                story.append("\(try await send(port, Step(method: "DELETE", target: "/api/v2/silence/\(id)")).status)")
            }
            story.append(Self.masked(try await send(port, Self.get("/api/v2/silences")).json).description)
            stories.append(story)
        }
        #expect(stories[0] == stories[1])
    }

    @Test func `Its status has what Alertmanager's has`() async throws {
        let alertmanager = try AlertmanagerPeer(route: Self.route, receivers: ["team", "pager", "db"])
        let medic = try AlertServer(StandInAlertDesk())
        try await alertmanager.waitUntilReady()
        func shape(_ port: UInt16) async throws -> [String] {
            let json = try await send(port, Self.get("/api/v2/status")).json
            return (json.object?.members ?? []).flatMap { member in
                [member.name] + (member.value.object?.members ?? []).map { "\(member.name).\($0.name)" }
            }
        }
        #expect(try await shape(medic.port) == shape(alertmanager.port))
        let status = try await send(medic.port, Self.get("/api/v2/status")).json
        #expect(status["cluster"]?["status"] == "disabled")
        #expect(Timestamp(rfc3339: status["uptime"]?.string ?? "") != nil)
    }

    private func compare(_ step: Step, _ alertmanager: UInt16, _ medic: UInt16) async throws {
        let expected = try await send(alertmanager, step)
        let actual = try await send(medic, step)
        #expect(actual.status == expected.status, "\(step): \(actual.body) \(expected.body)")
        switch step.comparison {
        case .status: break
        case .code: #expect(actual.json["code"] == expected.json["code"], "\(step): \(actual.body)")
        case .body:
            #expect(Self.masked(actual.json) == Self.masked(expected.json), "\(step)")
            #expect(actual.type == expected.type, "\(step)")
        }
    }

    /// Without ids and moments of today, which differ, and without what later Alertmanagers added. Moments as numbers: medic does not
    /// keep in which place's time they were told.
    private static func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.filter { $0.name != "mutedBy" }.map { .init(name: $0.name, value: masked($0.value)) }
                )
            )
        case .array(let elements): .array(elements.map(masked))
        case .string(let text):
            if text.utf8.count == 36, text.split(separator: "-").count == 5 {
                "id"
            } else if let moment = Timestamp(rfc3339: text) {
                abs((moment - Timestamp.now).rawValue) < 600_000 ? "now" : .integer(moment.rawValue)
            } else {
                value
            }
        default: value
        }
    }
}

// MARK: Peers

private func wait(for what: String, _ isSo: () async throws -> Bool) async throws {
    let end = Date().addingTimeInterval(30)
    while Date() < end {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(50))
    }
    throw PeerFailure(reason: "waited in vain for \(what)")
}

private func send(_ port: UInt16, _ step: AlertmanagerReplayTests.Step) async throws -> PeerAnswer {
    var arguments = ["-s", "-m", "20", "-X", step.method, "-w", "\n%{http_code} %{content_type}"]
    if step.method == "POST" { arguments += ["-H", "Content-Type: \(step.type)", "--data-binary", step.body] }
    arguments.append("http://127.0.0.1:\(port)\(step.target)")
    // Not on a thread of Swift's tasks: the room under test answers there.
    let text = await withCheckedContinuation { continuation in
        DispatchQueue.global().async { [arguments] in
            continuation.resume(returning: (try? output(of: "curl", arguments)) ?? "")
        }
    }
    guard let end = text.lastIndex(of: "\n") else { throw PeerFailure(reason: "no answer") }
    let line = text[text.index(after: end)...].split(separator: " ", maxSplits: 1)
    return PeerAnswer(
        status: Int(line.first ?? "") ?? 0,
        type: line.count > 1 ? String(line[1]) : "",
        body: String(text[..<end])
    )
}

/// medic's API of alerts on a port of its own.
final class AlertServer {
    let port: UInt16
    let room: AlertRoom
    private let server: HTTPServer

    init(_ alerts: StandInAlertDesk) throws {
        var settings = WebSettings()
        settings.access.loopback = .operator
        room = AlertRoom(alerts, settings)
        server = HTTPServer(
            .init(listeners: [.tcp(host: "127.0.0.1", port: 0)]),
            handler: room.room,
            instruments: room.instruments,
            log: Logger(.discarding(), component: "peer")
        )
        try server.start()
        guard case .tcp(_, let port) = server.addresses.first else { throw PeerFailure(reason: "no port") }
        self.port = port
    }

    deinit { server.stop() }
}

/// A real Alertmanager whose receivers tell nobody.
final class AlertmanagerPeer {
    let port: UInt16
    private let process = Process()
    private let folder = FileManager.default.temporaryDirectory.appending(path: "medic-am-\(UUID().uuidString)").path

    init(route: String, receivers: [String]) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let names = receivers.map { "  - name: \($0)\n" }.joined()
        let indented = route.split(separator: "\n").map { "  \($0)\n" }.joined()
        try "route:\n\(indented)receivers:\n\(names)"
            .write(toFile: folder + "/am.yml", atomically: true, encoding: .utf8)
        port = try freePort()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/prometheus-alertmanager")
        process.arguments = [
            "--config.file=\(folder)/am.yml", "--storage.path=\(folder)/data",
            "--web.listen-address=127.0.0.1:\(port)", "--cluster.listen-address=",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        // Not by a signal that it may have blocked, as its parent has.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: folder)
    }

    func waitUntilReady() async throws {
        try await wait(for: "Alertmanager") {
            (try? await send(self.port, .init(method: "GET", target: "/api/v2/status")).status) == 200
        }
    }
}
