// The C library's mathematics and nothing else of it, so that the deciding rooms need not import the C library.
internal import Glibc

/// The real functions that PromQL offers, as the C library computes them.
public enum Mathematics {
    public static func exponential(_ x: Double) -> Double { exp(x) }
    public static func naturalLogarithm(_ x: Double) -> Double { log(x) }
    public static func binaryLogarithm(_ x: Double) -> Double { log2(x) }
    public static func decimalLogarithm(_ x: Double) -> Double { log10(x) }
    public static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }
    /// The remainder with the sign of the dividend.
    public static func remainder(_ x: Double, _ y: Double) -> Double { fmod(x, y) }
    public static func sine(_ x: Double) -> Double { sin(x) }
    public static func cosine(_ x: Double) -> Double { cos(x) }
    public static func tangent(_ x: Double) -> Double { tan(x) }
    public static func arcSine(_ x: Double) -> Double { asin(x) }
    public static func arcCosine(_ x: Double) -> Double { acos(x) }
    public static func arcTangent(_ x: Double) -> Double { atan(x) }
    /// The angle of the point (x, y), argument order as in C.
    public static func arcTangent(y: Double, x: Double) -> Double { atan2(y, x) }
    public static func hyperbolicSine(_ x: Double) -> Double { sinh(x) }
    public static func hyperbolicCosine(_ x: Double) -> Double { cosh(x) }
    public static func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }
    public static func areaHyperbolicSine(_ x: Double) -> Double { asinh(x) }
    public static func areaHyperbolicCosine(_ x: Double) -> Double { acosh(x) }
    public static func areaHyperbolicTangent(_ x: Double) -> Double { atanh(x) }
}
