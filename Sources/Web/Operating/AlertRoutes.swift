import Answers
import EventLoop
import History
import HTTPServer
import JSON
import Metrics
import Playbooks
import PromQL
import Rules
import YAML

/// Alerts: which there are, and everything about one.
struct AlertRoutes: Sendable {
    private let desk: any OperatingDesk
    private let curves: CurveDrawer

    private static let runsShown = 20
    private static let transitionsShown = 200
    private static let journalLines = 50
    // More alerts of one name are listed, and not each explained.
    private static let explainedMax = 5

    init(_ desk: any OperatingDesk, _ curves: CurveDrawer) {
        self.desk = desk
        self.curves = curves
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/alerts") { call throws(WebRefusal) in
                let limit = try call.pageLimit(standard: 1_000, most: 10_000)
                let found = await desk.foundAlerts()
                let shown = found.prefix(limit)
                let tellings = await desk.tellings(of: shown.map(\.alert.labels))
                return .success(
                    .tree { tree in
                        let lines = zip(shown, tellings).map { one, telling in
                            AlertTree.line(one).extended { Self.add(telling, to: &$0) }
                        }
                        tree.add("alerts", list: lines)
                        if found.count > limit { tree.add("isCut", flag: true) }
                    }
                )
            },
            Route([.get], "/medic/v1/alerts/{fingerprint}") { call throws(WebRefusal) in try await details(call) },
            Route([.get], "/medic/v1/why") { call throws(WebRefusal) in try await why(call) },
        ]
    }

    // MARK: One

    private func details(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let fingerprint = call.part("fingerprint")
        let span = try call.span("since")
        let (runsShown, transitionsShown) = (Self.runsShown, Self.transitionsShown)
        let (runs, transitions) = try await desk.answer { reader throws(HistoryError) in
            var filter = HistoryFilter(fingerprint: fingerprint)
            let runs = try reader.runs(filter, limit: runsShown).elements
            filter.kinds = [.transition]
            return (runs, try reader.records(filter, limit: transitionsShown).elements)
        }
        let found = await desk.foundAlerts().first { AlertTree.fingerprint($0.alert.labels) == fingerprint }
        // One that is over is still known by what was written of it.
        let former = transitions.first?.record
        let labels = found?.alert.labels ?? former.map { Labels(members: $0.payload["labels"]) }
        guard let labels else { throw WebRefusal(.notFound, "no alert has the fingerprint \(fingerprint)") }
        let rule = await desk.rule(named: labels["alertname"] ?? "")
        let query = found?.query ?? rule?.rule.query ?? ""
        let hold = found?.hold ?? rule?.rule.hold ?? .zero
        let length = Swift.min(.days(31), Swift.max(.minutes(1), span ?? Swift.max(.hours(1), hold + hold)))
        let conditions = ThresholdCondition.conditions(of: query)
        let curve = try await curves.curve(
            conditions.first?.subject ?? query,
            agreeing: labels,
            over: length,
            call.request.abandonment
        )
        let unit = AlertTree.unit(of: labels)
        var journal: [JournalLine] = []
        if let unit { journal = await desk.journal(of: unit, lines: Self.journalLines) }
        let telling = await desk.telling(of: labels)
        let reasons = await ReasonTree(desk: desk).playbooks(for: labels)
        let open = Dictionary(await desk.openRuns().map { ($0.run.id, $0) }) { first, _ in first }
        let line = found.map { AlertTree.line($0) } ?? Self.line(fingerprint, labels, former)
        return .success(
            line.extended { tree in
                tree.add("expression", words: query)
                tree.add("conditions", list: conditions.map { Self.condition($0) })
                tree.add("curve", curve)
                tree.add("runs", list: runs.map { RunTree.line($0, open[$0.id]) })
                tree.add("transitions", list: transitions.map { HistoryTree.record($0) })
                tree.add("journal", list: AlertTree.journal(journal))
                Self.add(telling, to: &tree)
                tree.add("playbooks", list: reasons)
            }
        )
    }

    /// An alert that is over.
    private static func line(_ fingerprint: String, _ labels: Labels, _ former: HistoryRecord?) -> JSONValue {
        .tree { tree in
            tree.add("fingerprint", text: fingerprint)
            tree.add("name", text: labels["alertname"])
            tree.add("labels", labels: labels)
            tree.add("annotations", former?.payload["annotations"])
            tree.add("state", text: "inactive")
            tree.add("value", former?.payload["value"])
            tree.add("unit", text: AlertTree.unit(of: labels))
        }
    }

    private static func condition(_ condition: ThresholdCondition) -> JSONValue {
        .tree { tree in
            tree.add("text", text: condition.text)
            tree.add("subject", text: condition.subject)
            tree.add("operation", text: condition.operation)
            tree.add("threshold", condition.threshold.map { .number($0) })
        }
    }

    private static func add(_ telling: TellingReport?, to tree: inout TreeBuilder) {
        guard let telling else { return }
        tree.add("route", texts: telling.receivers)
        tree.add("silences", texts: telling.silences)
        tree.add("inhibitedBy", texts: telling.inhibitors)
        tree.add("heldBy", text: telling.holdingRun)
        tree.add("acknowledgedBy", text: telling.acknowledgedBy)
    }

    // MARK: Why

    private func why(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        guard let name = call.value("alert") else { throw .badParameter("alert", "an alert's name is expected") }
        let wanted = try call.pairs("label.")
        let found = await desk.foundAlerts().filter { found in
            let labels = found.alert.labels
            return labels["alertname"]?.utf8.elementsEqual(name.utf8) == true
                && wanted.allSatisfy { labels[$0.name]?.utf8.elementsEqual($0.value.utf8) == true }
        }
        var alerts: [JSONValue] = []
        for one in found.prefix(Self.explainedMax) {
            let labels = one.alert.labels
            let telling = await desk.telling(of: labels)
            let reasons = await ReasonTree(desk: desk).playbooks(for: labels)
            alerts.append(
                .tree { tree in
                    tree.add("fingerprint", text: AlertTree.fingerprint(labels))
                    tree.add("labels", labels: labels)
                    tree.add("state", text: one.alert.phase.rawValue)
                    Self.add(telling, to: &tree)
                    tree.add("playbooks", list: reasons)
                }
            )
        }
        let explained = alerts
        let would = await desk.playbooks().filter { report in
            report.playbook.when.contains { $0.matches(Labels([Label("alertname", name)] + wanted)) }
        }
        return .success(
            .tree { tree in
                tree.add("alerts", list: explained)
                if found.count > Self.explainedMax { tree.add("unexplained", number: found.count - Self.explainedMax) }
                if explained.isEmpty { tree.add("playbooks", texts: would.map(\.playbook.name.value)) }
            }
        )
    }
}

extension RuleReport {
    fileprivate var hold: Milliseconds {
        if case .alerting(let hold, _, _, _) = kind { hold } else { .zero }
    }
}

extension Labels {
    /// From an object of texts.
    fileprivate init(members tree: JSONValue?) {
        self.init(
            (tree?.object?.members ?? []).compactMap { member in
                member.value.string.map { Label(member.name, $0) }
            }
        )
    }
}
