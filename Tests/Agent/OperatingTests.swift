import Configuration
import Foundation
import JSON
import Testing

@testable import Agent
@testable import Web

@Suite(.serialized) struct OperatingTests {
    static let files = [
        "medic.yml": """
        global: {scrape_interval: 1s, evaluation_interval: 1s}
        rule_files: [rules.yml]
        playbook_files: [playbooks.yml]
        collectors: {}
        log: {level: error}
        """,
        "rules.yml": LiveAgent.alwaysIll,
        "playbooks.yml": """
        playbooks:
          - name: look
            summary: Looks and waits
            mode: approve
            subject: [instance]
            when: [{matchers: ['alertname="Ill"']}]
            guards: {cooldown: 1h}
            steps:
              - wait.sleep: {duration: 100ms}
              - wait.sleep: {duration: 100ms}
                if: 'false'
            verify: {expr: 'medic_rules_evaluations_total >= 0', every: 1s, healthy: 2, within: 30s}
          - name: treat
            mode: auto
            when: []
            steps:
              - systemd.restart: {unit: nowhere.service}
        """,
    ]

    @Test func `A run waits for its approval, is carried out, and is told of in all its parts`() async throws {
        let live = try LiveAgent(Self.files)
        defer { #expect(FileManager.default.fileExists(atPath: live.folder) == false) }
        try await check(live)
        await live.end()
    }

    private func check(_ live: LiveAgent) async throws {
        let open = try await live.wait("/medic/v1/runs?state=open") {
            $0["runs"]?.array?.first?["state"]?.string == "waiting"
        }
        let line = try #require(open?["runs"]?.array?.first)
        let id = try #require(line["id"]?.string)
        #expect(line["playbook"]?.string == "look")
        #expect(line["isOpen"]?.boolean == true)
        #expect(line["waitingFor"]?.string == "an operator's word")
        let waiting = try await live.get("/medic/v1/runs/\(id)").data
        #expect(waiting["approvalUntil"]?.string != nil)
        #expect(waiting["steps"]?.array?.first?["state"]?.string == "not_begun")
        #expect(waiting["guards"]?.array?.contains { $0["guard"]?.string == "approval" } == true)

        let another = try await live.post("/medic/v1/runs/\(id)/approve", "digest=another")
        #expect(another.status == 409)
        #expect(try await live.post("/medic/v1/runs/77/approve").status == 404)
        let digest = try #require(waiting["digest"]?.string)
        let approved = try await live.post("/medic/v1/runs/\(id)/approve", "digest=\(digest)&reason=go")
        #expect(approved.status == 200)
        #expect(approved.data["message"]?.string == "run \(id) is approved")

        let over = try await live.wait("/medic/v1/runs/\(id)") { $0["state"]?.string == "healed" }
        let run = try #require(over)
        let steps = try #require(run["steps"]?.array)
        #expect(steps.map { $0["state"]?.string } == ["succeeded", "skipped"])
        #expect(steps[0]["attempts"]?.array?.first?["result"]?.string == "succeeded")
        #expect(steps[0]["arguments"]?["duration"]?.string == "100ms")
        #expect(run["approval"]?["granted"]?.boolean == true)
        #expect(run["verification"]?["samples"]?.array?.map { $0["result"]?.string } == ["healthy", "healthy"])
        #expect(run["trigger"]?["labels"]?["alertname"]?.string == "Ill")
        #expect(run["isOpen"]?.boolean == false)

        let listed = try await live.get("/medic/v1/runs?playbook=look&state=healed&limit=1").data
        #expect(listed["runs"]?.array?.first?["id"]?.string == id)
        let history = try await live.get("/medic/v1/history?kind=act").data["records"]?.array
        #expect(history?.contains { $0["name"]?.string == "approved run \(id)" } == true)
        let calendar = try await live.get("/medic/v1/calendar").data["hours"]?.array
        #expect(calendar?.compactMap { $0["healed"]?.integer }.reduce(0, +) == 1)
        try await checkPlaybooks(live)
    }

    private func checkPlaybooks(_ live: LiveAgent) async throws {
        let all = try await live.get("/medic/v1/playbooks").data
        let playbooks = try #require(all["playbooks"]?.array)
        #expect(playbooks.map { $0["name"]?.string } == ["look", "treat"])
        #expect(playbooks[0]["scorecard"]?["healed"]?.integer == 1)
        #expect(playbooks[0]["missingPermits"]?.array == [])
        #expect(playbooks[1]["missingPermits"]?.array?.isEmpty == false)
        #expect(playbooks[0]["breaker"]?["state"]?.string == "closed")
        #expect(all["healing"]?["ceiling"]?.string != nil)
        let one = try await live.get("/medic/v1/playbooks/look").data
        #expect(one["source"]?.string?.hasPrefix("name: look\nsummary: Looks") == true)
        #expect(one["steps"]?.array?.count == 2)
        #expect(one["runs"]?.array?.count == 1)
        let dry = try await live.get("/medic/v1/playbooks/look/dry-run?label.alertname=Ill").data
        #expect(dry["wouldRun"]?.boolean == false)
        #expect(dry["refusals"]?.array?.first?.string?.contains("ago") == true)
        #expect(dry["steps"]?.array?.first?["sentence"]?.string?.isEmpty == false)
        #expect(try await live.get("/medic/v1/playbooks/nothing").status == 404)
        let opened = try await live.post("/medic/v1/playbooks/look/breaker", "action=open&label.instance=x&reason=no")
        #expect(opened.status == 200)
        let lowered = try await live.get("/medic/v1/playbooks/look").data
        #expect(lowered["breaker"]?["state"]?.string == "open_by_hand")
        #expect(lowered["effectiveMode"]?.string == "approve")
    }

    @Test func `Stopping holds everything back until somebody resumes`() async throws {
        let live = try LiveAgent(Self.files)
        _ = try await live.wait("/medic/v1/runs?state=open") { $0["runs"]?.array?.isEmpty == false }
        #expect(try await live.post("/medic/v1/stop-healing", "for=2h&reason=upgrade").status == 200)
        #expect(try await live.post("/medic/v1/stop-healing", "for=-2h").status == 400)
        let stopped = try await live.get("/medic/v1/healing").data["stopped"]
        #expect(stopped?["reason"]?.string == "upgrade")
        #expect(stopped?["until"]?.string != nil)
        let started = try await live.post("/medic/v1/playbooks/treat/start", "label.a=b")
        #expect(started.status == 200)
        let id = try #require(
            (try await live.get("/medic/v1/runs?playbook=treat").data["runs"]?.array ?? []).first?["id"]?.string
                ?? started.data["run"]?.string
        )
        let blocked = try await live.wait("/medic/v1/runs/\(id)") { $0["state"]?.string == "blocked" }
        #expect(blocked != nil)
        #expect(try await live.post("/medic/v1/resume-healing").status == 200)
        #expect(try await live.get("/medic/v1/healing").data["stopped"] == nil)
        #expect(try await live.get("/medic/v1/health").data["status"]?.string != nil)
        for (path, status) in [
            ("/medic/v1/history?kind=nonsense", 400), ("/medic/v1/history?limit=5000", 400),
            ("/medic/v1/runs?after=x", 400), ("/medic/v1/calendar?since=2h&until=3h", 400),
            ("/medic/v1/events?kind=x", 400), ("/medic/v1/runs/77", 404),
        ] {
            #expect(try await live.get(path).status == status, "\(path)")
        }
        await live.end()
    }
}

@Suite struct OpenAPITests {
    @Test func `The description names exactly the routes there are`() async throws {
        let live = try LiveAgent(OperatingTests.files)
        _ = try await live.wait("/medic/v1/health") { $0["status"] != nil }
        let described = Set(OpenAPI.operations.map { "\($0.method.rawValue) \($0.path) \($0.isCommand)" })
        let room = live.agent.webRoom(live.agent.state.current.loaded.configuration.web, live.agent.ground.log)
        let served = room.routes.filter { $0.pattern != "/" && !$0.pattern.hasPrefix("/page/") }
        let there = Set(
            served.flatMap { route in
                route.methods.map { "\($0.rawValue) \(route.pattern) \(route.isChange)" }
            }
        )
        #expect(described.symmetricDifference(there).sorted() == [])
        let document = try await live.get("/medic/v1/openapi.json").tree
        #expect(document["openapi"]?.string == "3.1.0")
        let names = document["paths"]?.object?.members.flatMap { path in
            path.value.object?.members.compactMap { $0.value["operationId"]?.string } ?? []
        }
        #expect(names.map { Set($0).count } == OpenAPI.operations.count)
        await live.end()
    }

    @Test func `No path answers with 200 that is not served`() async throws {
        let live = try LiveAgent(OperatingTests.files)
        _ = try await live.wait("/medic/v1/health") { $0["status"] != nil }
        let room = live.agent.webRoom(live.agent.state.current.loaded.configuration.web, live.agent.ground.log)
        for route in room.routes where !route.pattern.contains("{") {
            let neighbours = [
                route.pattern + "/x", route.pattern + "/", route.pattern.uppercased(), "/alertmanager" + route.pattern,
            ]
            for path in neighbours where path != "//" && path != "/" && path != route.pattern {
                let status = try await live.get(path).status
                #expect(status == 404 || status == 405, "\(path): \(status)")
            }
        }
        for path in [
            "/api", "/api/v1", "/api/v2", "/medic", "/medic/v1", "/page", "/page/x.js", "/alertmanager/api/v2/status",
            "/-/", "/x",
        ] {
            #expect(try await live.get(path).status == 404, "\(path)")
        }
        await live.end()
    }

    @Test func `An alert, its unit and the reasons of its playbooks are told`() async throws {
        let live = try LiveAgent(OperatingTests.files)
        let alerts = try await live.wait("/medic/v1/alerts") {
            $0["alerts"]?.array?.first?["state"]?.string == "firing"
        }
        let alert = try #require(alerts?["alerts"]?.array?.first)
        let fingerprint = try #require(alert["fingerprint"]?.string)
        #expect(alert["name"]?.string == "Ill")
        let details = try await live.wait("/medic/v1/alerts/\(fingerprint)?since=5m") {
            $0["runs"]?.array?.isEmpty == false
        }
        let told = try #require(details)
        #expect(told["expression"]?.string == "medic_rules_evaluations_total >= 0")
        #expect(told["conditions"]?.array?.first?["threshold"]?.double == 0)
        #expect(told["curve"]?["series"]?.array?.count == 1)
        #expect(told["transitions"]?.array?.isEmpty == false)
        #expect(told["playbooks"]?.array?.first?["playbook"]?.string == "look")
        let why = try await live.get("/medic/v1/why?alert=Ill").data
        let reason = why["alerts"]?.array?.first?["playbooks"]?.array?.first
        #expect(reason?["sentence"]?.string == "run 1 is waiting, and waits for an operator's word")
        #expect(try await live.get("/medic/v1/why?alert=Nothing").data["alerts"]?.array == [])
        #expect(try await live.get("/medic/v1/alerts/0000000000000000").status == 404)
        #expect(try await live.get("/medic/v1/units/nowhere.service").status == 404)
        #expect(try await live.get("/medic/v1/units").data["units"]?.array == [])
        await live.end()
    }

    @Test func `A playbook rests in the time intervals that it excepts`() async throws {
        var files = OperatingTests.files
        files["medic.yml"]? += """

            route: {receiver: nobody}
            receivers: [{name: nobody}]
            time_intervals: [{name: always, time_intervals: [{months: ['1:12']}]}]
            """
        files["playbooks.yml"]? = """
            playbooks:
              - name: rest
                mode: auto
                when: [{matchers: ['alertname="Ill"']}]
                guards: {time: {except: [always]}}
                steps: [{wait.sleep: {duration: 1s}}]
            """
        let live = try LiveAgent(files)
        let blocked = try await live.wait("/medic/v1/runs?playbook=rest") {
            $0["runs"]?.array?.first?["state"]?.string == "blocked"
        }
        #expect(blocked?["runs"]?.array?.first?["text"]?.string?.contains("always") == true)
        await live.end()
    }

    @Test func `A history that was lost stops healing until an operator accepts it`() async throws {
        let live = try LiveAgent(OperatingTests.files)
        _ = try await live.wait("/medic/v1/runs") { $0["runs"]?.array?.isEmpty == false }
        let healthy = try await live.get("/health").tree["checks"]?.array?.first { $0["name"]?.string == "healing" }
        #expect(healthy?["status"]?.string == "healthy")
        try await live.restart { folder in
            for ending in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: folder + "/data/history.db" + ending)
            }
            try Data(repeating: 7, count: 10_000).write(to: URL(fileURLWithPath: folder + "/data/history.db"))
        }
        let stopped = try await live.wait("/medic/v1/healing") { $0["stopped"] != nil }
        #expect(stopped?["stopped"]?["by"]?.string == "medic")
        let ill = try await live.get("/health").tree["checks"]?.array?.first { $0["name"]?.string == "healing" }
        #expect(ill?["status"]?.string == "degraded")
        // It lasts until somebody accepts it, also when nothing is lost any more.
        try await live.restart { _ in }
        #expect(try await live.wait("/medic/v1/healing") { $0["stopped"]?["by"]?.string == "medic" } != nil)
        #expect(try await live.post("/medic/v1/resume-healing", "reason=looked").status == 200)
        #expect(try await live.get("/medic/v1/healing").data["stopped"] == nil)
        await live.end()
    }
}
