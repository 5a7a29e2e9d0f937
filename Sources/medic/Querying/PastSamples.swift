import Actions
import Answers
import Metrics
import Playbooks
import PromQL
import Proving
import Rules
import Storage

/// The samples that rules and playbooks would have read in a stretch of the past, fetched from a server that speaks Prometheus's API.
///
/// Asked for are the samples themselves, by queries such as `up[1h]`, and not values at steps: a rate over values at steps is another rate.
struct PastSamples {
    /// So much is asked for at once; less where the server refuses or the answer is too long.
    private static let longestSlice = Milliseconds.hours(1)
    private static let shortestSlice = Milliseconds.seconds(15)
    private static let lookback = Milliseconds.minutes(5)
    /// More than that is no backtest but a copy of the server.
    private static let samplesMax = 20_000_000

    /// What is asked for, as it is written, and how far before the beginning.
    private var selectors: [String: Milliseconds] = [:]
    /// Selectors that say nothing that could be asked for: what they mean is filled in later.
    private(set) var untold = 0

    enum Failure: Error, CustomStringConvertible {
        case tooManySamples

        var description: String {
            "the rules select more than \(samplesMax) samples: choose a shorter time, or fewer rules"
        }
    }

    init(_ rules: [Backtest.Rules], _ playbooks: PlaybookLibrary) {
        for rule in rules.flatMap(\.file.groups).flatMap(\.rules) {
            for expression in rule.expressions { add(expression.tree.selectorUses) }
            for query in rule.queriesOfTexts {
                if let tree = try? parse(query) { add(tree.selectorUses) }
            }
        }
        for playbook in playbooks.playbooks { add(playbook.selectorUses(.medic)) }
    }

    private mutating func add(_ uses: [SelectorUse]) {
        for use in uses {
            // Where it counts from is a matter of the query, not of what is fetched.
            var plain = use.selector
            plain.offset = nil
            plain.at = nil
            plain.extent = .plain
            // A server does not tell of everything it has, and nobody asks for that.
            guard plain.matchers.contains(where: { !$0.matches("") }) else {
                untold += 1
                continue
            }
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

    // MARK: Fetching

    func fetch(from client: AgentClient, start: Timestamp, end: Timestamp) throws -> SampleStore {
        var past: [Labels: [Sample]] = [:]
        var count = 0
        for (selector, reach) in selectors.sorted(by: { $0.key < $1.key }) {
            let series = try fetch(selector, from: client, start: start - reach, end: end, &count)
            // Another selector may have brought the same series, over another time.
            past.merge(series) { Self.merged($0, $1) }
        }
        let store = SampleStore()
        try store.load(past.sorted { $0.key < $1.key }.map { (labels: $0.key, samples: $0.value) })
        return store
    }

    private func fetch(
        _ selector: String,
        from client: AgentClient,
        start: Timestamp,
        end: Timestamp,
        _ count: inout Int
    ) throws -> [Labels: [Sample]] {
        var series: [Labels: [Sample]] = [:]
        var slice = Self.longestSlice
        var from = start
        while from < end {
            let to = Swift.min(from + slice, end)
            let found: [MatrixSeries]
            do throws(AgentFailure) {
                found = try Self.matrix("\(selector)[\((to - from).promQLText)]", at: to, of: client)
            } catch {
                // As much as the server has in that time, it does not give at once.
                guard error.isAboutSize, slice > Self.shortestSlice else { throw error }
                slice = Swift.max(Self.shortestSlice, Milliseconds(slice.rawValue / 4))
                continue
            }
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
        return series
    }

    private static func matrix(
        _ text: String,
        at time: Timestamp,
        of client: AgentClient
    ) throws(AgentFailure) -> [MatrixSeries] {
        guard case .matrix(let found) = try client.query(text, .instant(time)).value else {
            throw .notUnderstood("\(client.address) answers '\(text)' with something else than a range of samples")
        }
        return found
    }

    private static func merged(_ left: [Sample], _ right: [Sample]) -> [Sample] {
        var byTime = Dictionary(left.map { ($0.timestamp, $0.value) }) { first, _ in first }
        for sample in right { byTime[sample.timestamp] = sample.value }
        return byTime.sorted { $0.key < $1.key }.map { Sample(timestamp: $0.key, value: $0.value) }
    }
}

extension AgentFailure {
    /// Whether less might be given: the server loads no more samples for one query, takes too long, or its answer is too long.
    fileprivate var isAboutSize: Bool {
        switch self {
        case .refused(let status, let message):
            [400, 413, 422, 503].contains(status)
                && ["too many samples", "maxSamples", "timed out", "exceed", "limit"]
                    .contains { message.contains($0) }
        case .tooLong: true
        case .unreachable, .notUnderstood: false
        }
    }
}
