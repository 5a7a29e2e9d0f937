import JSON
import Metrics

/// An alert as an agent or a Prometheus tells of it.
struct AlertReport: Sendable {
    let labels: Labels
    let annotations: Labels
    let state: String
    let activeAt: Timestamp?
    let value: String
    /// As it came, for machines.
    let tree: JSONValue

    var name: String { labels["alertname"] ?? "" }
    var isFiring: Bool { state == "firing" }

    init(_ tree: JSONValue) {
        self.tree = tree
        labels = tree.labels("labels")
        annotations = tree.labels("annotations")
        state = tree.text("state")
        activeAt = tree.moment("activeAt")
        value = tree.text("value")
    }

    /// Who looks after it, and what keeps it from being told; empty where it is told, and where the agent does not say.
    var note: String {
        let looks = tree.text("acknowledgedBy")
        if !looks.isEmpty { return "\(looks) looks after it" }
        if tree["silences"]?.array?.isEmpty == false { return "silenced" }
        if tree["inhibitedBy"]?.array?.isEmpty == false { return "inhibited" }
        return tree.text("heldBy").isEmpty ? "" : "held for run \(tree.text("heldBy"))"
    }

    /// The same with what else is told of it.
    fileprivate func knowing(_ more: JSONValue) -> AlertReport {
        guard var object = tree.object else { return self }
        for name in ["fingerprint", "route", "silences", "inhibitedBy", "heldBy", "acknowledgedBy"] {
            if let value = more[name] { object[name] = value }
        }
        return AlertReport(.object(object))
    }

    /// The labels that are not told elsewhere.
    func labels(without names: Set<String>) -> String {
        let rest = Labels(labels.filter { !names.contains($0.name) })
        return rest.isEmpty ? "" : "\(rest)"
    }
}

/// A group of rules with its rules.
struct RuleGroupTold: Sendable {
    let name: String
    let file: String
    let interval: Milliseconds
    /// Evaluated when its data lands, and not only by the interval.
    let evaluatesOnChange: Bool
    let rules: [RuleTold]
    let tree: JSONValue

    init(_ tree: JSONValue) {
        self.tree = tree
        name = tree.text("name")
        file = tree.text("file")
        interval = tree.span("interval")
        evaluatesOnChange = tree.text("evaluate") == "on_change"
        rules = (tree["rules"]?.array ?? []).map(RuleTold.init)
    }

    /// When its rules are evaluated, for people.
    var rhythm: String {
        evaluatesOnChange
            ? "when its data lands, and at least every \(Span.text(interval))" : "every \(Span.text(interval))"
    }

    /// The group with the rules that are wanted; nil when none is.
    func keeping(_ isWanted: (RuleTold, RuleGroupTold) -> Bool) -> RuleGroupTold? {
        let kept = (tree["rules"]?.array ?? []).filter { isWanted(RuleTold($0), self) }
        guard !kept.isEmpty, var object = tree.object else { return nil }
        object["rules"] = .array(kept)
        return RuleGroupTold(.object(object))
    }
}

/// A rule and how it does.
struct RuleTold: Sendable {
    let name: String
    let query: String
    let labels: Labels
    let isAlerting: Bool
    /// `inactive`, `pending` or `firing`; empty for a recording rule.
    let state: String
    let health: String
    let lastError: String
    let lastEvaluation: Timestamp?
    let took: Milliseconds
    let tookSeconds: Double
    let hold: Milliseconds
    let keepFiring: Milliseconds
    let alerts: [AlertReport]

    init(_ tree: JSONValue) {
        name = tree.text("name")
        query = tree.text("query")
        labels = tree.labels("labels")
        isAlerting = tree.text("type") == "alerting"
        state = tree.text("state")
        health = tree.text("health")
        lastError = tree.text("lastError")
        lastEvaluation = tree.moment("lastEvaluation")
        took = tree.span("evaluationTime")
        tookSeconds = tree["evaluationTime"]?.double ?? 0
        hold = tree.span("duration")
        keepFiring = tree.span("keepFiringFor")
        alerts = (tree["alerts"]?.array ?? []).map(AlertReport.init)
    }
}

/// A scrape target.
struct TargetTold: Sendable {
    let job: String
    let instance: String
    let url: String
    let health: String
    let lastError: String
    let lastScrape: Timestamp?
    let tookSeconds: Double
    let labels: Labels
    let tree: JSONValue

    init(_ tree: JSONValue) {
        self.tree = tree
        labels = tree.labels("labels")
        job = tree.text("scrapePool")
        url = tree.text("scrapeUrl")
        instance = labels["instance"] ?? url
        health = tree.text("health")
        lastError = tree.text("lastError")
        lastScrape = tree.moment("lastScrape")
        tookSeconds = tree["lastScrapeDuration"]?.double ?? 0
    }
}

/// What an agent says of its own health.
struct HealthTold: Sendable {
    struct Check: Sendable {
        let name: String
        let status: String
        let message: String
        let latencySeconds: Double
    }

    let status: String
    let checks: [Check]
    let tree: JSONValue

    init(_ tree: JSONValue) {
        self.tree = tree
        status = tree.text("status")
        checks = (tree["checks"]?.array ?? []).map { check in
            Check(
                name: check.text("name"),
                status: check.text("status"),
                message: check.text("message"),
                latencySeconds: check["latencySeconds"]?.double ?? 0
            )
        }
    }
}

extension AgentClient {
    func alerts(_ matchers: [LabelMatcher] = []) throws(AgentFailure) -> [AlertReport] {
        let data = try get("/api/v1/alerts")
        return (data["alerts"]?.array ?? []).map(AlertReport.init).filter { alert in
            matchers.allSatisfy { $0.matches(alert.labels) }
        }
    }

    /// The same, with who looks after each and what keeps it from being told, where the agent tells.
    func alertsWithTelling(_ matchers: [LabelMatcher]) throws(AgentFailure) -> [AlertReport] {
        let alerts = try alerts(matchers)
        guard !alerts.isEmpty, let told = try offered("/medic/v1/alerts", [("limit", "10000")]) else { return alerts }
        let known = Dictionary(
            (told["alerts"]?.array ?? []).map { ($0.labels("labels"), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return alerts.map { alert in known[alert.labels].map { alert.knowing($0) } ?? alert }
    }

    func rules(_ parameters: [(String, String)] = []) throws(AgentFailure) -> [RuleGroupTold] {
        (try get("/api/v1/rules", parameters)["groups"]?.array ?? []).map(RuleGroupTold.init)
    }

    func targets() throws(AgentFailure) -> [TargetTold] {
        (try get("/api/v1/targets", [("state", "active")])["activeTargets"]?.array ?? []).map(TargetTold.init)
    }

    /// Nil where it is not asked of a medic. An agent that is ill says so with a status that is an error.
    func health() throws(AgentFailure) -> HealthTold? {
        let answer = try send("GET", "/health")
        if answer.status == 404 { return nil }
        if answer.status == 503, let tree = try? JSONValue(parsing: answer.body, repeatedNames: .lastCounts) {
            return HealthTold(tree)
        }
        return HealthTold(try data(of: answer))
    }
}

extension JSONValue {
    /// The text of a member, empty where there is none.
    func text(_ name: String) -> String { self[name]?.string ?? "" }

    /// A member whose members are texts.
    func labels(_ name: String) -> Labels {
        Labels(
            (self[name]?.object?.members ?? []).compactMap { member in
                member.value.string.map { Label(member.name, $0) }
            }
        )
    }

    /// A moment in RFC 3339; nil for the zero that Go writes for never.
    func moment(_ name: String) -> Timestamp? {
        let moment = Timestamp(rfc3339: text(name))
        return moment.flatMap { $0 > .epoch ? $0 : nil }
    }

    /// A number of seconds.
    func span(_ name: String) -> Milliseconds {
        let milliseconds = ((self[name]?.double ?? 0) * 1_000).rounded()
        return Milliseconds(milliseconds.magnitude < 0x1p62 ? Int64(milliseconds) : 0)
    }
}
