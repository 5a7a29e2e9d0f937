import Alerting
import Foundation
import JSON
import Metrics
import TestServers
import Testing

@testable import Agent

/// What a whole agent tells whom, and when. A service takes its webhooks.
@Suite(.serialized) struct TellingTests {
    /// A world whose alert fires from the first evaluation on, and whose receivers wait for nobody.
    static func files(_ port: Int, playbooks: String, route: String = "{receiver: desk, group_wait: 0s}") -> [String:
        String]
    {
        [
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            playbook_files: [playbooks.yml]
            collectors: {}
            log: {level: error}
            route: \(route)
            receivers:
              - {name: desk, webhook_configs: [{url: 'http://127.0.0.1:\(port)/desk'}]}
              - {name: chief, webhook_configs: [{url: 'http://127.0.0.1:\(port)/chief'}]}
            actions: {permit: {actions: ['*']}}
            """,
            "rules.yml": """
            groups:
              - name: always
                interval: 1s
                rules:
                  - alert: Ill
                    expr: medic_rules_evaluations_total >= 0
                    labels: {case: own}
            """,
            "playbooks.yml": playbooks,
        ]
    }

    static func playbook(_ more: String, alert: String = "Ill") -> String {
        """
        playbooks:
          - name: treat
            summary: Takes its time
            mode: auto
            subject: [alertname]
            when: [{matchers: ['alertname="\(alert)"']}]
            \(more)
            page: {hold: 5m, on: [healed, unhealed, blocked]}
            steps:
              - wait.sleep: {duration: 1500ms}
            verify: {expr: 'medic_rules_evaluations_total >= 0', every: 1s, healthy: 1, within: 30s}
        """
    }

    /// The body of the next notification, with the path it went to.
    func next(_ server: ServerProcess, _ live: LiveAgent) async throws -> (path: String, body: JSONValue) {
        let line = await server.nextLine()
        if line == nil { Issue.record("nothing was told: \(try await live.get("/medic/v1/history").data)") }
        let request = try JSONValue(parsing: try #require(line))
        let body = try JSONValue(parsing: try #require(request["body"]?.string))
        return (request["path"]?.string ?? "", body)
    }

    @Test func `Where nobody waits, an alert that is about to be treated is told with its heal, and not before`()
        async throws
    {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        // By the alert's own expression, and for so long that the alert has ended before the run has healed.
        let playbook = Self.playbook("guards: {cooldown: 1h}").replacingOccurrences(
            of: "{expr: 'medic_rules_evaluations_total >= 0', every: 1s, healthy: 1, within: 30s}",
            with: "{every: 1s, healthy: 4, within: 1m}"
        )
        var files = Self.files(server.port, playbooks: playbook)
        files["rules.yml"] = files["rules.yml"]?.replacingOccurrences(of: "total >= 0", with: "total < 8")
        let live = try LiveAgent(files)
        let first = try await next(server, live)
        #expect(first.body["status"] == "resolved", "\(first.body)")
        let healing = first.body["alerts"]?.array?.first?["annotations"]?["healing"]?.string
        #expect(healing?.contains("treat: healed") == true, "\(first.body)")
        let told = try await live.wait("/medic/v1/history?kind=notification") { data in
            data["records"]?.array?.contains { $0["name"]?.string == "sent" } == true
        }
        let verdicts = told?["records"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(Set(verdicts).isSuperset(of: ["held", "queued"]), "\(verdicts)")
        // The newest comes first.
        #expect(verdicts.last == "held" && !verdicts.contains("failed"), "\(verdicts)")
        await live.end()
    }

    @Test func `Where nobody waits, an alert that cannot be treated is told at once`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let guards = "guards: {cooldown: 1h, require: ['vector(0) == 1']}"
        let live = try LiveAgent(Self.files(server.port, playbooks: Self.playbook(guards)))
        let fires = try await live.wait("/medic/v1/alerts") {
            $0["alerts"]?.array?.first?["state"]?.string == "firing"
        }
        let clock = ContinuousClock()
        let begin = clock.now
        #expect(fires != nil)
        let first = try await next(server, live)
        #expect(clock.now - begin < .seconds(60))
        #expect(first.body["status"] == "firing")
        let word = first.body["alerts"]?.array?.first?["annotations"]?["healing"]?.string
        #expect(word?.contains("was blocked") == true, "\(first.body)")
        await live.end()
    }

    @Test func `An alert from outside is kept back in the same way`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let playbooks = Self.playbook("from_webhooks: true", alert: "Far")
        var files = Self.files(server.port, playbooks: playbooks)
        files["rules.yml"] = "groups: []"
        let live = try LiveAgent(files)
        _ = try await live.wait("/medic/v1/healing") { $0 != .null }
        let alerts = #"[{"labels": {"alertname": "Far"}}, {"labels": {"alertname": "Near"}}]"#
        #expect(try await live.tell("/api/v2/alerts", alerts).status == 200)
        let first = try await next(server, live)
        #expect(first.body["alerts"]?.array?.map { $0["labels"]?["alertname"] } == ["Near"], "\(first.body)")
        let held = await live.agent.notifying.overview().alerts.first { $0.alert.labels["alertname"] == "Far" }
        #expect(held?.heldBy != nil)
        let over = try await live.wait("/medic/v1/runs") {
            $0["runs"]?.array?.contains { $0["state"]?.string == "healed" } == true
        }
        let runs = try await live.get("/medic/v1/runs").data
        #expect(over != nil, "\(runs)")
        // Whoever told of it tells of its end, which is told on with the heal.
        let end =
            #"[{"labels": {"alertname": "Far"}, "endsAt": "\#(Timestamp(milliseconds: held?.alert.startsAt.rawValue ?? 0).rfc3339Text)"}]"#
        #expect(try await live.tell("/api/v2/alerts", end).status == 200)
        let second = try await next(server, live)
        #expect(second.body["alerts"]?.array?.first?["labels"]?["alertname"] == "Far")
        #expect(second.body["alerts"]?.array?.first?["annotations"]?["healing"]?.string?.contains("healed") == true)
        await live.end()
    }
}

/// What waits outlives the agent, and what one receiver refuses another one is told.
@Suite(.serialized) struct LastingTests {
    private static func files(_ receivers: String) -> [String: String] {
        [
            "medic.yml": """
            collectors: {}
            log: {level: error}
            route: {receiver: desk, group_wait: 0s}
            receivers: \(receivers)
            """
        ]
    }

    @Test func `What waited for its receiver is sent after a restart, under the same key and once`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let live = try LiveAgent(Self.files("[{name: desk, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}]"))
        _ = try await live.wait("/medic/v1/healing") { $0 != .null }
        let alerts = #"[{"labels": {"alertname": "Far"}, "endsAt": "2100-01-01T00:00:00Z"}]"#
        #expect(try await live.tell("/api/v2/alerts", alerts).status == 200)
        let silence = """
            {"matchers": [{"name": "a", "value": "b", "isRegex": false}], "startsAt": "2100-01-01T00:00:00Z",
             "endsAt": "2100-01-02T00:00:00Z", "createdBy": "me", "comment": "c"}
            """
        #expect(try await live.tell("/api/v2/silences", silence).status == 200)
        let waiting = try await live.wait("/medic/v1/receivers") {
            $0["receivers"]?.array?.first?["failuresInRow"]?.integer ?? 0 > 0
        }
        #expect(waiting != nil)
        let trail = try await live.get("/medic/v1/history?kind=notification").data["records"]?.array ?? []
        let queued = trail.first { $0["name"]?.string == "queued" }
        let identity = try #require(queued?["details"]?["notification"]?.string)
        try await live.restart { folder in
            let text = Self.files("[{name: desk, webhook_configs: [{url: 'http://127.0.0.1:\(server.port)/'}]}]")[
                "medic.yml"
            ]
            try text?.write(toFile: folder + "/medic.yml", atomically: true, encoding: .utf8)
        }
        let line = await server.nextLine()
        let request = try JSONValue(parsing: try #require(line))
        #expect(request["headers"]?["idempotency-key"]?.string == identity)
        let told = try await live.wait("/medic/v1/receivers") { $0["receivers"]?.array?.first?["sent"]?.integer == 1 }
        #expect(told != nil)
        let overview = await live.agent.notifying.overview()
        #expect(overview.silences.map(\.comment) == ["c"])
        #expect(overview.alerts.map { $0.alert.labels["alertname"] } == ["Far"])
        await live.end()
    }

    @Test func `What waits for a receiver that a reload takes out is given up, and the one in its place is told`()
        async throws
    {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let home = "{name: home, webhook_configs: [{url: 'http://127.0.0.1:\(server.port)/home'}]}"
        let files = Self.files("[{name: desk, webhook_configs: [{url: 'http://127.0.0.1:9/'}]}, \(home)]")
        let live = try LiveAgent(files)
        _ = try await live.wait("/medic/v1/healing") { $0 != .null }
        let alerts = #"[{"labels": {"alertname": "Far"}, "endsAt": "2100-01-01T00:00:00Z"}]"#
        #expect(try await live.tell("/api/v2/alerts", alerts).status == 200)
        let waiting = try await live.wait("/medic/v1/receivers") {
            $0["receivers"]?.array?.first?["failuresInRow"]?.integer ?? 0 > 0
        }
        #expect(waiting != nil)
        try Self.files("[\(home)]")["medic.yml"]?.replacingOccurrences(of: "receiver: desk", with: "receiver: home")
            .write(toFile: live.folder + "/medic.yml", atomically: true, encoding: .utf8)
        #expect(try await live.post("/-/reload").status == 200)
        let line = await server.nextLine()
        #expect(try JSONValue(parsing: try #require(line))["path"] == "/home")
        let trail = try await live.wait("/medic/v1/history?kind=notification") { data in
            let names = (data["records"]?.array ?? []).compactMap { $0["name"]?.string }
            return names.contains("failed") && names.contains("sent")
        }
        let texts = trail?["records"]?.array?.compactMap { $0["text"]?.string } ?? []
        #expect(texts.contains { $0.contains("the configuration has no desk/webhook/0 any more") }, "\(texts)")
        let left = try await live.get("/medic/v1/receivers").data["receivers"]?.array
        #expect(left?.map { $0["receiver"]?.string } == ["home"], "\(String(describing: left))")
        #expect(
            try await live.get("/metrics").tree.string?.contains("medic_receivers_outbox_notifications 0\n") == true
        )
        // Nothing of it comes back with another process.
        try await live.restart { _ in }
        _ = try await live.wait("/medic/v1/healing") { $0 != .null }
        #expect(await live.agent.notifying.health().allSatisfy { $0.queued == 0 })
        await live.end()
    }

    @Test func `Whom a receiver's fallback is, is told with the receiver's own words in the trail`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let receivers = """
            [{name: desk, fallback: home, webhook_configs: [{url: 'http://127.0.0.1:\(server.port)/status/403?say=who+are+you'}]},
             {name: home, webhook_configs: [{url: 'http://127.0.0.1:\(server.port)/home'}]}]
            """
        let live = try LiveAgent(Self.files(receivers))
        _ = try await live.wait("/medic/v1/healing") { $0 != .null }
        #expect(try await live.tell("/api/v2/alerts", #"[{"labels": {"alertname": "Far"}}]"#).status == 200)
        var paths: [String] = []
        while paths.count < 2, let line = await server.nextLine() {
            paths.append(try JSONValue(parsing: line)["path"]?.string ?? "")
        }
        #expect(paths == ["/status/403?say=who+are+you", "/home"])
        let trail = try await live.wait("/medic/v1/history?kind=notification") { data in
            data["records"]?.array?.contains { $0["name"]?.string == "sent" } == true
        }
        let texts = trail?["records"]?.array?.compactMap { $0["text"]?.string } ?? []
        #expect(texts.contains { $0.contains("failed for desk/webhook/0: unexpected status code 403: who are you") })
        #expect(
            texts.contains { $0.contains("queued for home/webhook/0: desk/webhook/0 could not be told") },
            "\(texts)"
        )
        let metrics = try await live.get("/metrics").tree.string ?? ""
        let name = "medic_receivers_integration_notifications_total"
        #expect(
            metrics.contains("\(name){integration=\"webhook/0\",outcome=\"given_up\",receiver=\"desk\"} 1"),
            "\(metrics.prefix(200))"
        )
        await live.end()
    }
}

/// What goes with the words, from a whole agent to the service that takes it.
@Suite(.serialized) struct AttachedTests {
    private static let rules = """
        groups:
          - name: late
            interval: 1s
            rules:
              - alert: Ill
                expr: medic_build_info >= 0
                for: 3s
                labels: {unit: api.service}
        """

    /// Changes the file when it is known, and has the alert raised when the change is.
    private func harm(_ live: LiveAgent, _ tracked: TemporaryFolder) async throws {
        func versions(_ count: Int) async throws -> Bool {
            try await live.wait("/medic/v1/config/versions") { data in
                data["files"]?.array?.first?["versions"]?.array?.count == count
            } != nil
        }
        #expect(try await versions(1))
        try tracked.write("workers = 400\npassword = hunter2\n", to: "api.conf")
        #expect(try await versions(2))
        try Self.rules.write(toFile: live.folder + "/rules.yml", atomically: true, encoding: .utf8)
        #expect(try await live.post("/-/reload").status == 200)
    }

    @Test func `The curve of the expression, the change of a file and what a run kept go with the message`()
        async throws
    {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let tracked = try TemporaryFolder()
        try tracked.write("workers = 4\n", to: "api.conf")
        var files = TellingTests.files(
            server.port,
            playbooks: "playbooks: []",
            route: "{receiver: chat, group_wait: 0s}"
        )
        files["medic.yml"]? += """

            config: {track: [{file: '\(tracked.path("api.conf"))', units: [api.service]}]}
            """
        files["medic.yml"] = files["medic.yml"]?.replacingOccurrences(
            of: "receivers:\n",
            with:
                "receivers:\n  - {name: chat, discord_configs: [{webhook_url: 'http://127.0.0.1:\(server.port)/chat'}]}\n"
        )
        files["rules.yml"] = "groups: []"
        let live = try LiveAgent(files)
        try await harm(live, tracked)
        let line = await server.nextLine()
        let request = try JSONValue(parsing: try #require(line))
        let type = try #require(request["headers"]?["content-type"]?.string)
        #expect(type.hasPrefix("multipart/form-data"))
        let body = try #require(request["body"]?.string)
        #expect(body.contains("filename=\"Ill-1.svg\"") && body.contains("<polyline"), "\(body)")
        #expect(body.contains("filename=\"api.conf.diff.txt\"") && body.contains("+workers = 400"), "\(body)")
        #expect(!body.contains("hunter2"))
        await live.end()
    }

    @Test func `A webhook, a message to Slack and a mail carry the same where they are to`() async throws {
        let server = try ServerProcess("Tests/Conformance/receiving-server")
        let certificates = try await aside { try Certificates() }
        let mail = try ServerProcess(
            "Tests/Conformance/mail-server",
            [certificates.serverCertificate, certificates.serverKey]
        )
        let tracked = try TemporaryFolder()
        try tracked.write("workers = 4\n", to: "api.conf")
        let live = try LiveAgent([
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            collectors: {}
            log: {level: error}
            config: {track: [{file: '\(tracked.path("api.conf"))', units: [api.service]}]}
            route: {receiver: all, group_wait: 0s}
            receivers:
              - name: all
                attachments: [sparkline, config]
                webhook_configs: [{url: 'http://127.0.0.1:\(server.port)/hook'}]
                slack_configs: [{api_url: 'http://127.0.0.1:\(server.port)/slack', channel: '#ops'}]
                email_configs:
                  - {to: ops@example.org, from: medic@example.org, smarthost: '127.0.0.1:\(mail.port)',
                     tls_config: {ca_file: '\(certificates.authority)', server_name: localhost},
                     auth_username: joe, auth_password: letmein}
            """,
            "rules.yml": "groups: []",
        ])
        try await harm(live, tracked)
        var bodies: [String: JSONValue] = [:]
        while bodies.count < 2, let line = await server.nextLine() {
            let request = try JSONValue(parsing: line)
            bodies[request["path"]?.string ?? ""] = try JSONValue(parsing: request["body"]?.string ?? "")
        }
        let files = bodies["/hook"]?["attachments"]?.array ?? []
        #expect(files.map { $0["name"]?.string } == ["Ill-1.svg", "api.conf.diff.txt"], "\(bodies)")
        #expect(files.first?["content"]?.string?.contains("<polyline") == true)
        #expect(files.last?["content"]?.string?.contains("+workers = 400") == true)
        let parts = bodies["/slack"]?["attachments"]?.array ?? []
        #expect(parts.map { $0["title"]?.string }.suffix(2) == ["Ill-1.svg", "api.conf.diff.txt"], "\(parts)")
        #expect(parts.last?["text"]?.string?.contains("+workers = 400") == true)
        let letter = try JSONValue(parsing: try #require(await mail.nextLine()))["text"]?.string ?? ""
        #expect(letter.contains("filename=\"Ill-1.svg\"") && letter.contains("filename=\"api.conf.diff.txt\""))
        #expect(!"\(bodies)".contains("hunter2"))
        await live.end()
    }

    @Test(arguments: [
        ("/graph?g0.expr=up+%3D%3D+0&g0.tab=1", "up == 0"), ("http://x/graph?g0.expr=a%2Bb", "a+b"),
        ("http://x/graph", nil), ("http://x/graph?g0.expr=%2", nil), ("http://x/?g0.expr=", nil), ("", nil),
    ]) func `An address tells the expression`(address: String, expression: String?) {
        #expect(AttachmentFinder.expression(in: address) == expression)
    }

    @Test(arguments: [
        (["name": "api.service"], "api.service"), (["unit": "a.timer", "name": "b.service"], "a.timer"),
        (["name": "eth0"], nil), (["name": "/etc/a.conf"], nil), (["job": "api.service"], nil),
    ]) func `Labels name the unit`(labels: [String: String], unit: String?) {
        #expect(AttachmentFinder.unit(of: Labels(labels.map { Label($0.key, $0.value) })) == unit)
    }
}
