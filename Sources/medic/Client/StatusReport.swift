import JSON
import Metrics
import PromQL

/// What is going on, as one screen tells it.
struct StatusReport: Sendable {
    /// A run of a playbook that has not ended.
    struct Run: Sendable {
        let id: String
        let playbook: String
        let subject: String
        let state: String
        let opened: Timestamp?
        let tree: JSONValue

        init(_ tree: JSONValue) {
            self.tree = tree
            id = tree.text("id")
            playbook = tree.text("playbook")
            subject = tree.text("subject")
            state = tree.text("state")
            opened = tree.moment("opened")
        }
    }

    /// `medic 0.1.0`, or which Prometheus it is.
    var program = ""
    var startedAt: Timestamp?
    var reloadedAt: Timestamp?
    var reloadSucceeded = true
    /// Nil where it is not asked of a medic.
    var health: HealthTold?
    var alerts: [AlertReport] = []
    var targets: [TargetTold] = []
    /// How many units are in each state.
    var unitCounts: [(state: String, count: Int)] = []
    var illUnits: [UnitReport] = []
    var groupCount = 0
    var rules: [RuleTold] = []
    /// The modes of the playbooks in force, as they act now.
    var playbookModes: [String] = []
    /// Who stopped healing, and the sentence of a storm; nil where all is as usual.
    var healing: JSONValue?
    /// Nil where the agent does not tell of runs.
    var runs: [Run]?

    var illTargets: [TargetTold] { targets.filter { $0.health == "down" } }
    var failingRules: [RuleTold] { rules.filter { $0.health == "err" } }
    var unitCount: Int { unitCounts.reduce(0) { $0 + $1.count } }
    var isWell: Bool { health?.status != "unhealthy" }

    init(_ client: AgentClient) throws(AgentFailure) {
        health = try client.health()
        let build = try client.get("/api/v1/status/buildinfo")
        let revision = build.text("revision")
        program = revision.hasPrefix("medic ") ? revision : "Prometheus \(build.text("version"))"
        let runtime = try client.get("/api/v1/status/runtimeinfo")
        startedAt = runtime.moment("startTime")
        reloadedAt = runtime.moment("lastConfigTime")
        reloadSucceeded = runtime["reloadConfigSuccess"]?.boolean ?? true
        alerts = try client.alerts().sorted(by: AlertTable.goesBefore)
        targets = try client.targets().sorted(by: TargetTable.goesBefore)
        let groups = try client.rules([("exclude_alerts", "true")])
        groupCount = groups.count
        rules = groups.flatMap(\.rules)
        unitCounts = try client.vector("count by (state) (node_systemd_unit_state == 1)")
            .map { (state: $0.labels["state"] ?? "", count: Int(exactly: $0.value.number.rounded()) ?? 0) }
            .sorted { $0.state < $1.state }
        if unitCounts.contains(where: { $0.state == "failed" }) { illUnits = try client.units([], state: "failed") }
        if let told = try client.offered("/medic/v1/playbooks") {
            playbookModes = (told["playbooks"]?.array ?? []).map { $0.text("effectiveMode") }
            healing = told["healing"]
        }
        runs = try client.offered("/medic/v1/runs", [("state", "open")]).map { tree in
            (tree["runs"]?.array ?? []).map(Run.init)
        }
    }

    func write(_ writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("program", program)
            if let startedAt { writer.member("startedAt", startedAt.rfc3339Text) }
            if let reloadedAt { writer.member("reloadedAt", reloadedAt.rfc3339Text) }
            writer.member("reloadSucceeded", reloadSucceeded)
            if let health { writer.member("health") { $0.value(health.tree) } }
            writer.member("alerts") { $0.value(.array(alerts.map(\.tree))) }
            writer.member("illTargets") { $0.value(.array(illTargets.map(\.tree))) }
            writer.member("illUnits") { writer in
                writer.array { writer in for unit in illUnits { unit.write(&writer) } }
            }
            if let healing { writer.member("healing") { $0.value(healing) } }
            if let runs { writer.member("runs") { $0.value(.array(runs.map(\.tree))) } }
            writer.member("counts") { writer in
                writer.object { writer in
                    writer.member("targets", targets.count)
                    writer.member("units", unitCount)
                    writer.member("rules", rules.count)
                    writer.member("failingRules", failingRules.count)
                    writer.member("playbooks", playbookModes.count)
                }
            }
        }
    }
}
