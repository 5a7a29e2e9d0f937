import Metrics

/// The functions over range vectors, as arithmetic over one window.
///
/// Safety of all kernels: samples are read through `Window`, whose builder answers for its memory.
enum RangeKernel {
    /// The value of a function over a window, or `MarkerNaN.absent` where it has none.
    ///
    /// - Parameters:
    ///   - parameters: the function's scalars in the order they are written. Those of `double_exponential_smoothing` must
    ///     have passed `smoothingProblem`.
    ///   - scratch: room for as many values as the window holds; used by quantiles and `mad_over_time` alone.
    static func evaluate(
        _ function: Function,
        _ window: Window,
        parameters: (Double, Double) = (0, 0),
        scratch: UnsafeMutableBufferPointer<Double>
    ) -> Double {
        guard window.count > 0 else { return MarkerNaN.absent }
        switch function {
        case .rate, .increase, .delta: return change(function, window)
        case .irate: return instantChange(window, isRate: true)
        case .idelta: return instantChange(window, isRate: false)
        case .changes: return changes(window)
        case .resets: return resets(window)
        case .deriv: return slope(window)
        case .predictLinear: return prediction(window, seconds: parameters.0)
        case .doubleExponentialSmoothing:
            return smoothed(window, factor: parameters.0, trendFactor: parameters.1)
        case .sumOverTime: return sum(window)
        case .avgOverTime: return average(window)
        case .minOverTime: return window.value(minimum(window))
        case .maxOverTime: return window.value(maximum(window))
        case .tsOfMinOverTime: return seconds(window.time(lastMinimum(window)))
        case .tsOfMaxOverTime: return seconds(window.time(lastMaximum(window)))
        case .countOverTime: return Double(window.count)
        case .presentOverTime, .absentOverTime: return 1
        case .firstOverTime: return window.value(0)
        case .lastOverTime: return window.value(window.count - 1)
        case .tsOfFirstOverTime: return seconds(window.time(0))
        case .tsOfLastOverTime: return seconds(window.time(window.count - 1))
        case .stdvarOverTime: return variance(window)
        case .stddevOverTime: return variance(window).squareRoot()
        case .quantileOverTime: return unsafe quantile(parameters.0, window, scratch)
        case .madOverTime: return unsafe medianAbsoluteDeviation(window, scratch)
        default: return MarkerNaN.absent
        }
    }

    /// Whether `evaluate` knows the function: it takes a range vector and yields a float for each series.
    static func covers(_ function: Function) -> Bool {
        function.signature.arguments.contains(.matrix)
    }

    /// Whether the function reads the scratch buffer.
    static func needsScratch(_ function: Function) -> Bool {
        function == .quantileOverTime || function == .madOverTime
    }

    @inline(__always)
    static func seconds(_ milliseconds: Int64) -> Double { Double(milliseconds) / 1_000 }
}
