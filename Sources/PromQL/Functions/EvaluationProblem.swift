public import Metrics

/// Why an evaluation cannot give an answer.
public enum EvaluationProblem: Error, Sendable, Hashable {
    public enum Side: String, Sendable, Hashable {
        case left, right
    }

    /// The function whose label argument is no label name.
    public enum LabelRole: String, Sendable, Hashable {
        case replaceDestination = "destination label name in label_replace()"
        case joinDestination = "destination label name in label_join()"
        case joinSource = "source label name in label_join()"
    }

    /// Several series on the side that must have one for each group, and two of them.
    case manyToMany(side: Side, group: Labels, Labels, Labels)
    case manyToOneNotExplicit
    case groupingNotUnique
    case duplicateLabelset
    /// The parameter of `topk`, `bottomk` or `limitk`.
    case parameterIsNaN
    case ratioIsNaN
    case parameterOverflows(Double)
    case parameterUnderflows(Double)
    /// The label of `count_values`, as bytes because it may be no UTF-8.
    case invalidLabelName([UInt8])
    case invalidLabel(LabelRole, String)
    case invalidRegularExpression(String)
    case invalidSmoothingFactor(Double)
    case invalidTrendFactor(Double)
    /// A function that does not understand samples outside of its window.
    case unfitForExtent(RangeExtent, Function)
}

extension RangeKernel {
    /// Why `double_exponential_smoothing` cannot run with these parameters.
    static func smoothingProblem(factor: Double, trendFactor: Double) -> EvaluationProblem? {
        if factor <= 0 || factor >= 1 { return .invalidSmoothingFactor(factor) }
        if trendFactor <= 0 || trendFactor >= 1 { return .invalidTrendFactor(trendFactor) }
        return nil
    }

    /// Why a function cannot take an `anchored` or `smoothed` range.
    static func extentProblem(_ function: Function, _ extent: RangeExtent) -> EvaluationProblem? {
        extent == .plain || functions(of: extent).contains(function) ? nil : .unfitForExtent(extent, function)
    }

    /// The functions that take a range of this extent, by name.
    fileprivate static func functions(of extent: RangeExtent) -> [Function] {
        switch extent {
        case .plain: []
        case .anchored: [.changes, .delta, .increase, .rate, .resets]
        case .smoothed: [.delta, .increase, .rate]
        }
    }
}

extension EvaluationProblem: CustomStringConvertible {
    /// The words, exactly as Prometheus prints them.
    public var description: String {
        switch self {
        case .manyToMany(let side, let group, let first, let second):
            return "found duplicate series for the match group \(group.plainDescription) on the \(side.rawValue) "
                + "hand-side of the operation: [\(first.plainDescription), \(second.plainDescription)];"
                + "many-to-many matching not allowed: matching labels must be unique on one side"
        case .manyToOneNotExplicit:
            return "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
        case .groupingNotUnique:
            return "multiple matches for labels: grouping labels must ensure unique matches"
        case .duplicateLabelset: return "vector cannot contain metrics with the same labelset"
        case .parameterIsNaN: return "Parameter value is NaN"
        case .ratioIsNaN: return "Ratio value is NaN"
        case .parameterOverflows(let value): return "Scalar value \(Number.general(value)) overflows int64"
        case .parameterUnderflows(let value): return "Scalar value \(Number.general(value)) underflows int64"
        case .invalidLabelName(let name): return "invalid label name \(Quoting.text(name))"
        case .invalidLabel(let role, let name): return "invalid \(role.rawValue): \(name)"
        case .invalidRegularExpression(let pattern):
            return "invalid regular expression in label_replace(): \(pattern)"
        case .invalidSmoothingFactor(let value):
            return "invalid smoothing factor. Expected: 0 < sf < 1, got: \(sixDecimals(value))"
        case .invalidTrendFactor(let value):
            return "invalid trend factor. Expected: 0 < tf < 1, got: \(sixDecimals(value))"
        case .unfitForExtent(let extent, let function):
            let fit = RangeKernel.functions(of: extent).map(\.rawValue).joined(separator: ", ")
            return "\(extent.rawValue) modifier can only be used with: \(fit) - not with \(function.rawValue)"
        }
    }

    /// Go's `%f`.
    private func sixDecimals(_ value: Double) -> String {
        guard value.isFinite else { return Number.plain(value) }
        guard value.magnitude < 0x1p53 else { return Number.plain(value) + ".000000" }
        var whole = Int64(value.magnitude)
        var millionths = Int64(((value.magnitude - Double(whole)) * 1e6).rounded(.toNearestOrEven))
        if millionths == 1_000_000 {
            whole += 1
            millionths = 0
        }
        let digits = millionths.description
        let sign = value.sign == .minus ? "-" : ""
        return "\(sign)\(whole)." + String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }
}
