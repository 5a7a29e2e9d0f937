import Actions
import EventLoop
import Metrics
import PromQL

/// What the series behind an alert did, for the evidence of a run.
struct EvidenceSeries: Sendable {
    let engine: Engine

    /// As many points as a drawing can show.
    private static let points: Int64 = 240
    private static let finest = Milliseconds.seconds(1)

    /// An expression that compares returns nothing while all is well, so the compared side is what is looked at.
    func points(of text: String, over span: Milliseconds) async -> [ActionTools.SeriesPoints] {
        let answer = try? await offload { [engine] in
            let tree = Self.compared(try parse(text))
            let now = Timestamp(milliseconds: WallClock.now)
            let step = max(Self.finest, Milliseconds(span.rawValue / Self.points))
            return try engine.prepare(tree, text: text).range(start: now - span, end: now, step: step)
        }
        guard case .matrix(let series) = answer?.value else { return [] }
        return series.map { series in
            ActionTools.SeriesPoints(
                labels: series.labels,
                points: series.samples.map { ($0.timestamp, $0.value.number) }
            )
        }
    }

    private static func compared(_ tree: Expression) -> Expression {
        switch tree {
        case .parentheses(let inner): compared(inner.expression)
        case .binary(let node) where node.operation.isComparison && node.right.type == .scalar: node.left
        default: tree
        }
    }
}
