import Metrics

/// Values as scripts write and compare them.
enum SampleText {
    /// The relative difference up to which two values count as the same.
    private static let tolerance = 1e-6

    static func of(_ value: Double) -> String {
        value.isStaleMarker ? "stale" : Number.answer(value)
    }

    static func of(_ item: PromQLScript.Item) -> String {
        switch item {
        case .absent: "_"
        case .float(let value): of(value)
        case .histogram(let text): text
        }
    }

    static func areEqual(_ value: Double?, _ item: PromQLScript.Item) -> Bool {
        switch (value, item) {
        case (nil, .absent): true
        case (let value?, .float(let expected)): areEqual(value, expected)
        default: false
        }
    }

    /// Equal up to the tolerance; a zero only equals what is next to nothing, a staleness marker only itself.
    static func areEqual(_ left: Double, _ right: Double) -> Bool {
        if left.isStaleMarker || right.isStaleMarker { return left.isStaleMarker && right.isStaleMarker }
        if left.isNaN && right.isNaN { return true }
        if left == right { return true }
        let sum = left.magnitude + right.magnitude
        let difference = (left - right).magnitude
        if left == 0 || right == 0 || sum < .leastNormalMagnitude {
            return difference < tolerance * .leastNormalMagnitude
        }
        return difference / min(sum, .greatestFiniteMagnitude) < tolerance
    }

    // More rows than this say nothing more to a reader.
    private static let shownRows = 40

    /// Without the rows that are the same when there are many, and cut when there are still too many.
    static func shortened(_ rows: [EvaluationFailure.Row]) -> [EvaluationFailure.Row] {
        guard rows.count > shownRows else { return rows }
        let differing = rows.filter { if case .same = $0 { false } else { true } }
        var result: [EvaluationFailure.Row] = []
        if differing.count < rows.count {
            result.append(.remark("\(rows.count - differing.count) series are as expected"))
        }
        result += differing.prefix(shownRows)
        if differing.count > shownRows { result.append(.remark("\(differing.count - shownRows) more")) }
        return result
    }
}
