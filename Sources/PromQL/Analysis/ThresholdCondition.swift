/// One of the comparisons that an alert's expression consists of, joined by `and`, `or` and `unless`.
public struct ThresholdCondition: Sendable, Hashable {
    /// As it stands in the expression.
    public let text: String
    /// What is compared, without the comparison: draw this to see how near it is.
    public let subject: String
    /// As if the subject stood on the left.
    public let operation: String
    /// Nil where the subject is compared with something else than a number.
    public let threshold: Double?

    // An expression with more is read better as it stands.
    private static let conditionsMax = 6

    /// The comparisons of an expression, from left to right; none where it compares nothing or cannot be read.
    public static func conditions(of text: String) -> [ThresholdCondition] {
        guard let expression = try? parse(text) else { return [] }
        var found: [ThresholdCondition] = []
        collect(expression, &found, depth: 0)
        return Array(found.prefix(conditionsMax))
    }

    private static func collect(_ expression: Expression, _ found: inout [ThresholdCondition], depth: Int) {
        // As deep as the parser goes; nobody writes more by hand.
        guard depth < 100 else { return }
        switch expression {
        case .parentheses(let inner): collect(inner.expression, &found, depth: depth + 1)
        case .binary(let binary) where binary.operation.isSetOperator:
            collect(binary.left, &found, depth: depth + 1)
            collect(binary.right, &found, depth: depth + 1)
        case .binary(let binary) where binary.operation.isComparison && !binary.returnsBool:
            let (left, right) = (number(binary.left), number(binary.right))
            // The number may stand on either side; told is what is compared with it.
            let isTurned = left != nil && right == nil
            let subject = isTurned ? binary.right : binary.left
            guard subject.type == .vector else { return }
            found.append(
                ThresholdCondition(
                    text: expression.description,
                    subject: subject.description,
                    operation: isTurned ? turned(binary.operation) : binary.operation.rawValue,
                    threshold: isTurned ? left : right
                )
            )
        default: break
        }
    }

    private static func number(_ expression: Expression) -> Double? {
        switch expression {
        case .number(let literal): return literal.value
        case .parentheses(let inner): return number(inner.expression)
        case .unary(let unary): return number(unary.expression).map { unary.isNegation ? -$0 : $0 }
        case .binary(let binary):
            // 90 * 60, 1024 ^ 3: numbers as people write them.
            guard let left = number(binary.left), let right = number(binary.right) else { return nil }
            switch binary.operation {
            case .add: return left + right
            case .subtract: return left - right
            case .multiply: return left * right
            case .divide: return left / right
            default: return nil
            }
        default: return nil
        }
    }

    private static func turned(_ operation: BinaryOperator) -> String {
        switch operation {
        case .less: ">"
        case .lessOrEqual: ">="
        case .greater: "<"
        case .greaterOrEqual: "<="
        default: operation.rawValue
        }
    }
}
