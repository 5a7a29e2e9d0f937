/// The functions of PromQL. The raw value is the name in a query.
public enum Function: String, Sendable, Hashable, CaseIterable {
    case abs, absent, acos, acosh, asin, asinh, atan, atanh, ceil, changes, clamp, cos, cosh, deg, delta, deriv, end,
        exp
    case floor, hour, idelta, increase, info, irate, ln, log10, log2, minute, month, pi, rad, range, rate, resets, round
    case scalar, sgn, sin, sinh, sort, sqrt, start, step, tan, tanh, time, timestamp, vector, year
    case absentOverTime = "absent_over_time"
    case avgOverTime = "avg_over_time"
    case clampMax = "clamp_max"
    case clampMin = "clamp_min"
    case countOverTime = "count_over_time"
    case dayOfMonth = "day_of_month"
    case dayOfWeek = "day_of_week"
    case dayOfYear = "day_of_year"
    case daysInMonth = "days_in_month"
    case doubleExponentialSmoothing = "double_exponential_smoothing"
    case firstOverTime = "first_over_time"
    case histogramAvg = "histogram_avg"
    case histogramCount = "histogram_count"
    case histogramFraction = "histogram_fraction"
    case histogramQuantile = "histogram_quantile"
    case histogramQuantiles = "histogram_quantiles"
    case histogramStddev = "histogram_stddev"
    case histogramStdvar = "histogram_stdvar"
    case histogramSum = "histogram_sum"
    case labelJoin = "label_join"
    case labelReplace = "label_replace"
    case lastOverTime = "last_over_time"
    case madOverTime = "mad_over_time"
    case maxOf = "max_of"
    case maxOverTime = "max_over_time"
    case minOf = "min_of"
    case minOverTime = "min_over_time"
    case predictLinear = "predict_linear"
    case presentOverTime = "present_over_time"
    case quantileOverTime = "quantile_over_time"
    case sortByLabel = "sort_by_label"
    case sortByLabelDesc = "sort_by_label_desc"
    case sortDesc = "sort_desc"
    case stddevOverTime = "stddev_over_time"
    case stdvarOverTime = "stdvar_over_time"
    case sumOverTime = "sum_over_time"
    case tsOfFirstOverTime = "ts_of_first_over_time"
    case tsOfLastOverTime = "ts_of_last_over_time"
    case tsOfMaxOverTime = "ts_of_max_over_time"
    case tsOfMinOverTime = "ts_of_min_over_time"
}

extension Function {
    /// What a call must look like.
    public struct Signature: Sendable, Hashable {
        public let arguments: [ValueType]
        /// How often the last argument may come.
        public let variation: Variation

        /// The fewest arguments that a call may have.
        public var minimumCount: Int { variation == .exact ? arguments.count : arguments.count - 1 }

        /// The most arguments that a call may have; nil for any number.
        public var maximumCount: Int? {
            switch variation {
            case .exact: arguments.count
            case .optional(let times): arguments.count - 1 + times
            case .repeated: nil
            }
        }

        /// What the argument at `index` must be; nil where a call has no such argument.
        public func type(ofArgument index: Int) -> ValueType? {
            if index < arguments.count { return arguments[index] }
            return variation == .exact ? nil : arguments.last
        }
    }

    public enum Variation: Sendable, Hashable {
        /// Once.
        case exact
        /// Never, or up to so many times.
        case optional(Int)
        /// Any number of times, also never.
        case repeated
    }

    public var returnType: ValueType {
        switch self {
        case .scalar, .time, .pi, .start, .end, .step, .range, .minOf, .maxOf: .scalar
        default: .vector
        }
    }

    public var signature: Signature {
        switch self {
        case .pi, .time, .start, .end, .step, .range: Signature(arguments: [], variation: .exact)
        case .vector: Signature(arguments: [.scalar], variation: .exact)
        case .minOf, .maxOf: Signature(arguments: [.scalar, .scalar], variation: .exact)
        case .hour, .minute, .month, .year, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth:
            Signature(arguments: [.vector], variation: .optional(1))
        case .clamp: Signature(arguments: [.vector, .scalar, .scalar], variation: .exact)
        case .clampMax, .clampMin: Signature(arguments: [.vector, .scalar], variation: .exact)
        case .round: Signature(arguments: [.vector, .scalar], variation: .optional(1))
        case .histogramQuantile: Signature(arguments: [.scalar, .vector], variation: .exact)
        case .histogramQuantiles:
            Signature(arguments: [.vector, .string, .scalar, .scalar], variation: .optional(9))
        case .histogramFraction: Signature(arguments: [.scalar, .scalar, .vector], variation: .exact)
        case .info: Signature(arguments: [.vector, .vector], variation: .optional(1))
        case .labelReplace:
            Signature(arguments: [.vector, .string, .string, .string, .string], variation: .exact)
        case .labelJoin: Signature(arguments: [.vector, .string, .string, .string], variation: .repeated)
        case .sortByLabel, .sortByLabelDesc: Signature(arguments: [.vector, .string], variation: .repeated)
        case .quantileOverTime: Signature(arguments: [.scalar, .matrix], variation: .exact)
        case .predictLinear: Signature(arguments: [.matrix, .scalar], variation: .exact)
        case .doubleExponentialSmoothing:
            Signature(arguments: [.matrix, .scalar, .scalar], variation: .exact)
        case .rate, .increase, .delta, .irate, .idelta, .deriv, .changes, .resets, .absentOverTime, .avgOverTime,
            .countOverTime, .firstOverTime, .lastOverTime, .madOverTime, .maxOverTime, .minOverTime, .presentOverTime,
            .stddevOverTime, .stdvarOverTime, .sumOverTime, .tsOfFirstOverTime, .tsOfLastOverTime, .tsOfMaxOverTime,
            .tsOfMinOverTime:
            Signature(arguments: [.matrix], variation: .exact)
        case .abs, .absent, .acos, .acosh, .asin, .asinh, .atan, .atanh, .ceil, .cos, .cosh, .deg, .exp, .floor,
            .histogramAvg, .histogramCount, .histogramStddev, .histogramStdvar, .histogramSum, .ln, .log10, .log2, .rad,
            .scalar, .sgn, .sin, .sinh, .sort, .sortDesc, .sqrt, .tan, .tanh, .timestamp:
            Signature(arguments: [.vector], variation: .exact)
        }
    }
}
