import Answers
import Metrics
import Playbooks
import PromQL
import Proving
import Rules
import Storage
import YAML

/// The samples that rules and playbooks would have read in a stretch of the past, fetched from a server that speaks Prometheus's API.
///
/// Asked for are the samples themselves, by queries such as `up[1h]`, and not values at steps: a rate over values at steps is another rate.
struct PastSamples {
    /// So much is asked for at once: a server's limit of samples per query is seldom reached by an hour.
    private static let slice = Milliseconds.hours(1)
    private static let lookback = Milliseconds.minutes(5)
    /// More than that is no backtest but a copy of the server.
    private static let samplesMax = 20_000_000

    /// What is asked for, as it is written, and how far before the beginning.
    private var selectors: [String: Milliseconds] = [:]

    enum Failure: Error, CustomStringConvertible {
        case tooManySamples

        var description: String {
            "the rules select more than \(samplesMax) samples: choose a shorter time, or fewer rules"
        }
    }

    init(_ rules: [Backtest.Rules], _ playbooks: PlaybookLibrary) {
        for group in rules.flatMap(\.file.groups) {
            for rule in group.rules {
                add(rule.expression.tree)
                if case .alerting(let alerting) = rule.kind, let clearWhen = alerting.clearWhen { add(clearWhen.tree) }
            }
        }
        for playbook in playbooks.playbooks {
            let conditions = playbook.allSteps.compactMap { step -> ExpressionTemplate? in
                if case .expression(let expression) = step.condition { expression } else { nil }
            }
            for expression in playbook.guards.require + conditions { add(expression) }
            if let expression = playbook.verification.expression { add(expression) }
        }
    }

    /// Labels stand in some expressions of playbooks as templates: then every series of the metric may be meant.
    private mutating func add(_ expression: ExpressionTemplate) {
        if let tree = expression.tree { return add(tree) }
        var text = ""
        for (place, part) in expression.text.text.split(separator: "{{", omittingEmptySubsequences: false).enumerated()
        {
            let rest = part.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
            text += place == 0 ? String(part) : "x" + (rest.count > 1 ? String(rest[1]) : "")
        }
        if let tree = try? parse(text) { add(tree, filledInLater: true) }
    }

    private mutating func add(_ tree: Expression, filledInLater: Bool = false) {
        for use in tree.selectorUses {
            // Where it counts from is a matter of the query, not of what is fetched.
            var plain = use.selector
            plain.offset = nil
            plain.at = nil
            plain.extent = .plain
            if filledInLater { plain.matchers = plain.matchers.filter { $0.name == Labels.metricName } }
            let text = Expression.vectorSelector(plain).description
            selectors[text] = Swift.max(selectors[text] ?? .zero, reach(of: use))
        }
    }

    private func reach(of use: SelectorUse) -> Milliseconds {
        func span(_ duration: DurationExpression?) -> Milliseconds {
            let seconds = duration?.seconds(step: 0, range: 0) ?? 0
            guard seconds.isFinite, seconds > 0, seconds < 3.2e9 else { return .zero }
            return Milliseconds(Int64(seconds * 1_000))
        }
        var reach = use.window.map { span($0) } ?? Self.lookback
        reach = reach + span(use.selector.offset)
        for subquery in use.subqueries { reach = reach + span(subquery.window) + span(subquery.offset) }
        return reach
    }

    func fetch(from client: AgentClient, start: Timestamp, end: Timestamp) throws -> SampleStore {
        var past: [Labels: [Sample]] = [:]
        var count = 0
        for (selector, reach) in selectors.sorted(by: { $0.key < $1.key }) {
            var series: [Labels: [Sample]] = [:]
            var from = start - reach
            while from < end {
                let to = Swift.min(from + Self.slice, end)
                let text = "\(selector)[\((to - from).promQLText)]"
                guard case .matrix(let found) = try client.query(text, .instant(to)).value else { break }
                for one in found {
                    let newest = series[one.labels]?.last?.timestamp
                    let samples = one.samples.map { Sample(timestamp: $0.timestamp, value: $0.value.number) }
                        .filter { sample in newest.map { $0 < sample.timestamp } ?? true }
                    series[one.labels, default: []] += samples
                    count += samples.count
                }
                guard count <= Self.samplesMax else { throw Failure.tooManySamples }
                from = to
            }
            // Another selector may have brought the same series, over another time.
            past.merge(series) { Self.merged($0, $1) }
        }
        let store = SampleStore()
        try store.load(past.sorted { $0.key < $1.key }.map { (labels: $0.key, samples: $0.value) })
        return store
    }

    private static func merged(_ left: [Sample], _ right: [Sample]) -> [Sample] {
        var byTime = Dictionary(left.map { ($0.timestamp, $0.value) }) { first, _ in first }
        for sample in right { byTime[sample.timestamp] = sample.value }
        return byTime.sorted { $0.key < $1.key }.map { Sample(timestamp: $0.key, value: $0.value) }
    }
}
