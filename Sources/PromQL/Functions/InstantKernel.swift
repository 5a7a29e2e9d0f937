import Mathematics
import Metrics

/// The functions that turn one number, or one and its scalars, into another.
enum InstantKernel {
    /// Whether `evaluate` knows the function.
    static func covers(_ function: Function) -> Bool {
        switch function {
        case .abs, .ceil, .floor, .exp, .sqrt, .ln, .log2, .log10, .sin, .cos, .tan, .asin, .acos, .atan, .sinh, .cosh,
            .tanh, .asinh, .acosh, .atanh, .deg, .rad, .sgn, .round, .clamp, .clampMin, .clampMax, .hour, .minute,
            .month, .year, .dayOfMonth, .dayOfWeek, .dayOfYear, .daysInMonth:
            true
        default: false
        }
    }

    /// The function's value. `a` and `b` are its scalars in the order they are written; `round` without one takes 1.
    static func evaluate(_ function: Function, _ x: Double, _ a: Double = 1, _ b: Double = 0) -> Double {
        switch function {
        case .abs: return x.magnitude
        case .ceil: return x.rounded(.up)
        case .floor: return x.rounded(.down)
        case .sqrt: return x.squareRoot()
        case .sgn: return x < 0 ? -1 : x > 0 ? 1 : x
        case .deg: return x * 180 / .pi
        case .rad: return x * .pi / 180
        case .round: return round(x, toNearest: a)
        case .clamp: return clamp(x, a, b)
        case .clampMin: return clamp(x, a, .infinity)
        case .clampMax: return clamp(x, -.infinity, a)
        case .exp: return Mathematics.exponential(x)
        case .ln: return Mathematics.naturalLogarithm(x)
        case .log2: return binaryLogarithm(x)
        case .log10: return decimalLogarithm(x)
        default: return CivilTime.covers(function) ? CivilTime(seconds: x).field(function) : trigonometric(function, x)
        }
    }

    /// Whether `clamp` with these limits has no result at all.
    static func isEmptyClamp(_ lower: Double, _ upper: Double) -> Bool { upper < lower }

    private static func trigonometric(_ function: Function, _ x: Double) -> Double {
        switch function {
        case .sin: Mathematics.sine(x)
        case .cos: Mathematics.cosine(x)
        case .tan: Mathematics.tangent(x)
        case .asin: Mathematics.arcSine(x)
        case .acos: Mathematics.arcCosine(x)
        case .atan: Mathematics.arcTangent(x)
        case .sinh: Mathematics.hyperbolicSine(x)
        case .cosh: Mathematics.hyperbolicCosine(x)
        case .tanh: Mathematics.hyperbolicTangent(x)
        case .asinh: Mathematics.areaHyperbolicSine(x)
        case .acosh: Mathematics.areaHyperbolicCosine(x)
        case .atanh: Mathematics.areaHyperbolicTangent(x)
        default: MarkerNaN.absent
        }
    }

    /// Ties go up. Multiplying with the inverse loses less than dividing, for the usual 0.1 and 0.01.
    private static func round(_ x: Double, toNearest nearest: Double) -> Double {
        let inverse = 1 / nearest
        return (x * inverse + 0.5).rounded(.down) / inverse
    }

    private static func clamp(_ x: Double, _ lower: Double, _ upper: Double) -> Double {
        larger(lower, smaller(upper, x))
    }

    /// Infinity beats NaN, NaN beats numbers, 0 beats -0.
    private static func larger(_ x: Double, _ y: Double) -> Double {
        if x == .infinity || y == .infinity { return .infinity }
        if x.isNaN || y.isNaN { return MarkerNaN.plain }
        if x == 0 && y == 0 { return x.sign == .minus ? y : x }
        return x > y ? x : y
    }

    private static func smaller(_ x: Double, _ y: Double) -> Double {
        if x == -.infinity || y == -.infinity { return -.infinity }
        if x.isNaN || y.isNaN { return MarkerNaN.plain }
        if x == 0 && y == 0 { return x.sign == .minus ? x : y }
        return x < y ? x : y
    }

    // Go computes these logarithms from the natural one, and gets 2.9999999999999996 for log10(1000). Whoever takes the
    // floor of that sees the difference, so it is computed the same way.

    private static func binaryLogarithm(_ x: Double) -> Double {
        guard x > 0, x.isFinite else { return Mathematics.naturalLogarithm(x) }
        let fraction = x.significand / 2
        let exponent = Double(x.exponent + 1)
        if fraction == 0.5 { return exponent - 1 }
        return Mathematics.naturalLogarithm(fraction) * 1.4426950408889634 + exponent
    }

    private static func decimalLogarithm(_ x: Double) -> Double {
        binaryLogarithm(x) * 0.30102999566398120
    }
}
