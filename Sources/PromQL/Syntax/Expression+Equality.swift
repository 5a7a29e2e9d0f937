import Metrics

extension Expression {
    /// Whether both trees mean the same: equal but for where they stand in their texts and the order of matchers. Every
    /// NaN equals every other.
    public func isEquivalent(to other: Expression) -> Bool {
        switch (self, other) {
        case (.number(let left), .number(let right)):
            left.isDuration == right.isDuration && same(left.value, right.value)
        case (.string(let left), .string(let right)): same(left, right)
        case (.vectorSelector(let left), .vectorSelector(let right)): same(left, right)
        case (.matrixSelector(let left), .matrixSelector(let right)):
            same(left.selector, right.selector) && left.window == right.window
        case (.subquery(let left), .subquery(let right)):
            left.window == right.window && left.step == right.step && left.offset == right.offset
                && left.at == right.at && left.expression.isEquivalent(to: right.expression)
        case (.call(let left), .call(let right)):
            left.function == right.function && left.arguments.count == right.arguments.count
                && zip(left.arguments, right.arguments).allSatisfy { $0.isEquivalent(to: $1) }
        case (.aggregation(let left), .aggregation(let right)): same(left, right)
        case (.binary(let left), .binary(let right)):
            left.operation == right.operation && left.returnsBool == right.returnsBool
                && same(left.matching, right.matching) && left.left.isEquivalent(to: right.left)
                && left.right.isEquivalent(to: right.right)
        case (.unary(let left), .unary(let right)):
            left.isNegation == right.isNegation && left.expression.isEquivalent(to: right.expression)
        case (.parentheses(let left), .parentheses(let right)): left.expression.isEquivalent(to: right.expression)
        default: false
        }
    }
}

private func same(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left == right || left.isNaN && right.isNaN
}

private func same(_ left: StringLiteral, _ right: StringLiteral) -> Bool {
    left.value.utf8.elementsEqual(right.value.utf8) && left.invalidBytes == right.invalidBytes
}

private func same(_ left: VectorSelector, _ right: VectorSelector) -> Bool {
    let names = (left.name ?? "").utf8.elementsEqual((right.name ?? "").utf8)
    return names && left.offset == right.offset && left.at == right.at && left.extent == right.extent
        && left.sortedMatchers == right.sortedMatchers
}

private func same(_ left: Aggregation, _ right: Aggregation) -> Bool {
    let parameters =
        switch (left.parameter, right.parameter) {
        case (nil, nil): true
        case (let left?, let right?): left.isEquivalent(to: right)
        default: false
        }
    return left.operation == right.operation && left.isWithout == right.isWithout && parameters
        && same(left.grouping, right.grouping) && left.expression.isEquivalent(to: right.expression)
}

private func same(_ left: VectorMatching?, _ right: VectorMatching?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.cardinality == right.cardinality && left.isOn == right.isOn && same(left.labels, right.labels)
        && same(left.include, right.include) && same(left.fillLeft, right.fillLeft)
        && same(left.fillRight, right.fillRight)
}

private func same(_ left: [String], _ right: [String]) -> Bool {
    left.elementsEqual(right) { $0.utf8.elementsEqual($1.utf8) }
}

extension VectorSelector {
    fileprivate var sortedMatchers: [LabelMatcher] {
        matchers.sorted { left, right in
            if !left.name.utf8.elementsEqual(right.name.utf8) {
                return left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
            }
            if left.operation != right.operation { return left.operation.rawValue < right.operation.rawValue }
            return left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
        }
    }
}
