import Metrics

extension Expression {
    /// Whether both trees mean the same: equal but for where they stand in their texts and the order of matchers. Every
    /// NaN equals every other.
    public func isEquivalent(to other: Expression) -> Bool {
        // Each kind has a function of its own, so that a level of recursion takes little stack.
        switch self {
        case .number: sameNumber(self, other)
        case .string: sameString(self, other)
        case .vectorSelector, .matrixSelector: sameSelector(self, other)
        case .subquery: sameSubquery(self, other)
        case .call: sameCall(self, other)
        case .aggregation: sameAggregation(self, other)
        case .binary: sameBinary(self, other)
        case .unary, .parentheses: sameWrapping(self, other)
        }
    }
}

private func sameNumber(_ left: Expression, _ right: Expression) -> Bool {
    guard case .number(let left) = left, case .number(let right) = right else { return false }
    return left.isDuration == right.isDuration && same(left.value, right.value)
}

private func sameString(_ left: Expression, _ right: Expression) -> Bool {
    guard case .string(let left) = left, case .string(let right) = right else { return false }
    return left.value.utf8.elementsEqual(right.value.utf8) && left.invalidBytes == right.invalidBytes
}

private func sameSelector(_ left: Expression, _ right: Expression) -> Bool {
    switch (left, right) {
    case (.vectorSelector(let left), .vectorSelector(let right)): same(left, right)
    case (.matrixSelector(let left), .matrixSelector(let right)):
        left.window == right.window && same(left.selector, right.selector)
    default: false
    }
}

private func sameSubquery(_ left: Expression, _ right: Expression) -> Bool {
    guard case .subquery(let left) = left, case .subquery(let right) = right else { return false }
    return left.window == right.window && left.step == right.step && left.offset == right.offset
        && left.at == right.at && left.expression.isEquivalent(to: right.expression)
}

private func sameCall(_ left: Expression, _ right: Expression) -> Bool {
    guard case .call(let left) = left, case .call(let right) = right, left.function == right.function else {
        return false
    }
    return left.arguments.elementsEqual(right.arguments) { $0.isEquivalent(to: $1) }
}

private func sameAggregation(_ left: Expression, _ right: Expression) -> Bool {
    guard case .aggregation(let left) = left, case .aggregation(let right) = right else { return false }
    guard left.operation == right.operation, left.isWithout == right.isWithout else { return false }
    guard same(left.grouping, right.grouping), (left.parameter == nil) == (right.parameter == nil) else { return false }
    if let parameter = left.parameter, let other = right.parameter, !parameter.isEquivalent(to: other) { return false }
    return left.expression.isEquivalent(to: right.expression)
}

private func sameBinary(_ left: Expression, _ right: Expression) -> Bool {
    guard case .binary(let left) = left, case .binary(let right) = right else { return false }
    guard left.operation == right.operation, left.returnsBool == right.returnsBool else { return false }
    return same(left.matching, right.matching) && left.left.isEquivalent(to: right.left)
        && left.right.isEquivalent(to: right.right)
}

private func sameWrapping(_ left: Expression, _ right: Expression) -> Bool {
    switch (left, right) {
    case (.unary(let left), .unary(let right)):
        left.isNegation == right.isNegation && left.expression.isEquivalent(to: right.expression)
    case (.parentheses(let left), .parentheses(let right)): left.expression.isEquivalent(to: right.expression)
    default: false
    }
}

private func same(_ left: Double?, _ right: Double?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left == right || left.isNaN && right.isNaN
}

private func same(_ left: VectorSelector, _ right: VectorSelector) -> Bool {
    let names = (left.name ?? "").utf8.elementsEqual((right.name ?? "").utf8)
    return names && left.offset == right.offset && left.at == right.at && left.extent == right.extent
        && left.sortedMatchers == right.sortedMatchers
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
