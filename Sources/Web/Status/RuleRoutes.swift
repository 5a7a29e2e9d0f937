import Answers
import HTTPServer
import JSON
import Metrics
import Rules

/// The rules as they run, and the alerts they have raised.
struct RuleRoutes: Sendable {
    private let desk: any AgentDesk

    init(_ desk: any AgentDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/api/v1/rules") { call throws(WebRefusal) in try await rules(call) },
            Route([.get], "/api/v1/alerts") { _ in await alerts() },
        ]
    }

    private func alerts() async -> HTTPServer.Reply {
        let alerts = await desk.ruleGroups().flatMap { $0.rules.flatMap(\.activeAlerts) }
        return .success { writer in
            writer.object { writer in
                writer.member("alerts") { writer in
                    writer.array { writer in for alert in alerts { writer.value(alert) } }
                }
            }
        }
    }

    private func rules(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let filter = try RuleFilter(call)
        let limit = try groupLimit(call)
        let token = call.value("group_next_token")
        if token != nil, limit == nil {
            throw .badParameter("group_limit", "group_limit needs to be present in order to paginate over the groups")
        }
        var groups = await desk.ruleGroups().filter(filter.wants)
        if let token {
            guard let start = groups.firstIndex(where: { $0.token == token }) else {
                throw .badParameter(
                    "group_next_token",
                    "invalid group_next_token '\(token)'. were rule groups changed?"
                )
            }
            groups.removeFirst(start)
        }
        let next = limit.flatMap { $0 < groups.count ? groups[$0].token : nil }
        let shown = groups.prefix(limit ?? .max).compactMap(filter.narrowed)
        return .success { writer in
            writer.object { writer in
                writer.member("groups") { writer in
                    writer.array { writer in
                        for group in shown { writer.value(group, hidesAlerts: filter.hidesAlerts) }
                    }
                }
                if let next { writer.member("groupNextToken", next) }
            }
        }
    }

    private func groupLimit(_ call: Call) throws(WebRefusal) -> Int? {
        guard let text = call.value("group_limit") else { return nil }
        guard let limit = Int(text) else {
            throw .badParameter("group_limit", "cannot parse \(Labels.quoted(text)) to a valid number")
        }
        guard limit > 0 else {
            throw .badParameter("group_limit", "group_limit value must be greater than or equal to 1")
        }
        return limit
    }
}

/// Which rules somebody asks for.
private struct RuleFilter: Sendable {
    let hidesAlerts: Bool
    private let showsAlerting: Bool
    private let showsRecording: Bool
    private let names: Set<String>
    private let groups: Set<String>
    private let files: Set<String>
    private let selectors: [[LabelMatcher]]

    init(_ call: Call) throws(WebRefusal) {
        let type = call.value("type")?.lowercased() ?? ""
        guard ["", "alert", "record"].contains(type) else {
            throw .badParameter("type", "not supported value \(Labels.quoted(type))")
        }
        showsAlerting = type != "record"
        showsRecording = type != "alert"
        names = Set(call.values("rule_name[]"))
        groups = Set(call.values("rule_group[]"))
        files = Set(call.values("file[]"))
        selectors = try call.selectors()
        hidesAlerts = try call.flag("exclude_alerts")
    }

    func wants(_ group: RuleGroupReport) -> Bool {
        (groups.isEmpty || groups.contains(group.name)) && (files.isEmpty || files.contains(group.file))
    }

    /// The group with the rules that are asked for; nil when none is.
    func narrowed(_ group: RuleGroupReport) -> RuleGroupReport? {
        var group = group
        group.rules = group.rules.filter(wants)
        return group.rules.isEmpty ? nil : group
    }

    private func wants(_ rule: RuleReport) -> Bool {
        let isWantedKind = if case .recording = rule.kind { showsRecording } else { showsAlerting }
        guard isWantedKind, names.isEmpty || names.contains(rule.name) else { return false }
        return selectors.isEmpty || selectors.contains { $0.allSatisfy { $0.matches(rule.labels) } }
    }
}

extension RuleGroupReport {
    /// Where a next page begins. Short, and the same as long as the group keeps its file and its name.
    fileprivate var token: String {
        // FNV-1a in 64 bits: this is a mark, not a secret.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in (file + ";" + name).utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}

extension JSONWriter {
    fileprivate mutating func value(_ group: RuleGroupReport, hidesAlerts: Bool) {
        object { writer in
            writer.member("name", group.name)
            writer.member("file", group.file)
            writer.member("rules") { writer in
                writer.array { writer in
                    for rule in group.rules { writer.value(rule, hidesAlerts: hidesAlerts) }
                }
            }
            writer.member("interval") { $0.value(group.interval.seconds) }
            if group.evaluatesOnChange { writer.member("evaluate", "on_change") }
            writer.member("limit", group.limit)
            writer.member("evaluationTime", seconds: group.lastDuration)
            writer.member("lastEvaluation", group.lastEvaluation)
        }
    }

    private mutating func value(_ rule: RuleReport, hidesAlerts: Bool) {
        object { writer in
            switch rule.kind {
            case .recording:
                writer.member("name", rule.name)
                writer.member("query", rule.query)
                if !rule.labels.isEmpty { writer.member("labels") { $0.value(rule.labels) } }
            case .alerting(let hold, let keepFiring, let annotations, _):
                writer.member("state", rule.phase.rawValue)
                writer.member("name", rule.name)
                writer.member("query", rule.query)
                writer.member("duration") { $0.value(hold.seconds) }
                writer.member("keepFiringFor") { $0.value(keepFiring.seconds) }
                writer.member("labels") { $0.value(rule.labels) }
                writer.member("annotations") { $0.pairs(annotations) }
                writer.member("alerts") { writer in
                    writer.array { writer in
                        for alert in hidesAlerts ? [] : rule.activeAlerts { writer.value(alert) }
                    }
                }
            }
            writer.member("health", rule.health.rawValue)
            if !rule.lastError.isEmpty { writer.member("lastError", rule.lastError) }
            writer.member("evaluationTime", seconds: rule.lastDuration)
            writer.member("lastEvaluation", rule.lastEvaluation)
            if case .recording = rule.kind {
                writer.member("type", "recording")
            } else {
                writer.member("type", "alerting")
            }
        }
    }

    private mutating func pairs(_ pairs: [Label]) {
        object { writer in
            for pair in pairs { writer.member(pair.name, pair.value) }
        }
    }

    fileprivate mutating func value(_ alert: Alert) {
        object { writer in
            writer.member("labels") { $0.value(alert.labels) }
            writer.member("annotations") { $0.pairs(alert.annotations) }
            writer.member("state", alert.phase.rawValue)
            writer.member("activeAt", alert.activeSince.rfc3339Text)
            if case .firing(_, _, let keptSince?) = alert.state {
                writer.member("keepFiringSince", keptSince.rfc3339Text)
            }
            writer.member("value", Number.scientific(alert.value))
        }
    }
}
