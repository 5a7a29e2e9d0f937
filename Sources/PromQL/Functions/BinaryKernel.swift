import Mathematics
import Metrics

/// The operators between two numbers.
enum BinaryKernel {
    /// An arithmetic operator's value; a comparison's is 1 or 0, as with `bool`.
    static func evaluate(_ operation: BinaryOperator, _ left: Double, _ right: Double) -> Double {
        switch operation {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .remainder: Mathematics.remainder(left, right)
        case .power: Mathematics.power(left, right)
        case .arcTangent: Mathematics.arcTangent(y: left, x: right)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            holds(operation, left, right) ? 1 : 0
        case .trimUpper, .trimLower, .and, .or, .unless: MarkerNaN.absent
        }
    }

    /// Whether a comparison holds. NaN is unequal to everything.
    static func holds(_ operation: BinaryOperator, _ left: Double, _ right: Double) -> Bool {
        switch operation {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        case .greaterOrEqual: left >= right
        default: false
        }
    }
}
