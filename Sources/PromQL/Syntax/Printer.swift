import Metrics

extension Expression: CustomStringConvertible {
    /// The expression on one line, in the normal form that Prometheus prints. Reads back as the same tree.
    public var description: String {
        var printer = Printer()
        printer.print(self)
        return printer.text
    }
}

extension DurationExpression: CustomStringConvertible {
    public var description: String {
        var printer = Printer()
        printer.print(self)
        return printer.text
    }
}

/// Writes expressions on one line.
struct Printer {
    private(set) var text = ""
    /// Gives up somewhere behind this many bytes: enough to know that the text is longer.
    var limit = Int.max

    mutating func print(_ expression: Expression) {
        guard text.utf8.count <= limit else { return }
        switch expression {
        case .number(let node): text += node.text
        case .string(let node): text += node.text
        case .vectorSelector(let node):
            print(nameAndMatchersOf: node)
            print(at: node.at, extent: node.extent, extentFirst: false, offset: node.offset)
        case .matrixSelector(let node):
            print(nameAndMatchersOf: node.selector)
            text += "[\(node.window)]"
            print(at: node.selector.at, extent: node.selector.extent, extentFirst: true, offset: node.selector.offset)
        case .subquery(let node):
            print(node.expression)
            print(suffixOf: node)
        case .call(let node): print(node)
        case .aggregation(let node): print(node)
        case .binary(let node): print(node)
        case .unary(let node):
            text += node.isNegation ? "-" : "+"
            print(node.expression)
        case .parentheses(let node):
            text += "("
            print(node.expression)
            text += ")"
        }
    }

    private mutating func print(_ node: Call) {
        text += node.function.rawValue + "("
        for (index, argument) in node.arguments.enumerated() {
            if index > 0 { text += ", " }
            print(argument)
        }
        text += ")"
    }

    private mutating func print(_ node: Aggregation) {
        print(headOf: node)
        text += "("
        if let parameter = node.parameter {
            print(parameter)
            text += ", "
        }
        print(node.expression)
        text += ")"
    }

    /// `sum by (job) `.
    mutating func print(headOf node: Aggregation) {
        text += node.operation.rawValue
        guard node.isWithout || !node.grouping.isEmpty else { return }
        text += node.isWithout ? " without (" : " by ("
        print(labels: node.grouping)
        text += ") "
    }

    private mutating func print(_ node: BinaryOperation) {
        // A sign would take in the whole power.
        if node.operation == .power, case .number(let left) = node.left, left.value == .infinity {
            text += "Inf"
        } else {
            print(node.left)
        }
        text += " "
        print(operatorOf: node)
        text += " "
        print(node.right)
    }

    /// `* on (job) group_left (team)`.
    mutating func print(operatorOf node: BinaryOperation) {
        text += node.operation.rawValue + (node.returnsBool ? " bool" : "")
        guard let matching = node.matching else { return }
        let isGrouping = matching.cardinality == .manyToOne || matching.cardinality == .oneToMany
        if !matching.labels.isEmpty || matching.isOn || isGrouping {
            text += matching.isOn ? " on (" : " ignoring ("
            print(labels: matching.labels)
            text += ")"
        }
        if isGrouping {
            text += matching.cardinality == .manyToOne ? " group_left (" : " group_right ("
            print(labels: matching.include)
            text += ")"
        }
        print(fillOf: matching)
    }

    private mutating func print(fillOf matching: VectorMatching) {
        let left = matching.fillLeft.map(Number.general)
        let right = matching.fillRight.map(Number.general)
        if let left, left == right {
            text += " fill (\(left))"
            return
        }
        if let left { text += " fill_left (\(left))" }
        if let right { text += " fill_right (\(right))" }
    }

    private mutating func print(labels: [String]) {
        text += labels.map { Labels.isPlainLabelName($0) ? $0 : Quoting.text($0) }.joined(separator: ", ")
    }
}

// MARK: Selectors

extension Printer {
    private mutating func print(nameAndMatchersOf node: VectorSelector) {
        let name = node.name ?? ""
        text += name
        let matchers = node.matchers.filter { matcher in
            let isName = matcher.operation == .equal && matcher.name.utf8.elementsEqual(Labels.metricName.utf8)
            return !(isName && !name.isEmpty && matcher.value.utf8.elementsEqual(name.utf8))
        }
        guard !matchers.isEmpty || name.isEmpty else { return }
        let sorted = matchers.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        text += "{" + sorted.joined(separator: ",") + "}"
    }

    /// `[1h:5m] @ end() offset 5m`.
    mutating func print(suffixOf node: Subquery) {
        text += "[\(node.window):\(node.step.map(\.description) ?? "")]"
        print(at: node.at, extent: .plain, extentFirst: true, offset: node.offset)
    }

    private mutating func print(at: AtModifier?, extent: RangeExtent, extentFirst: Bool, offset: DurationExpression?) {
        let extentText = extent == .plain ? "" : " " + extent.rawValue
        let modifiers = extentFirst ? extentText + (at?.text ?? "") : (at?.text ?? "") + extentText
        let offsetText = offset.map { " offset \($0)" } ?? ""
        // An offset that begins with a parenthesis would take in an operator that follows: it must not come last.
        text += offset?.beginsWithParenthesis ?? false ? offsetText + modifiers : modifiers + offsetText
    }
}

extension AtModifier {
    fileprivate var text: String {
        switch self {
        case .start: return " @ start()"
        case .end: return " @ end()"
        case .timestamp(let time):
            let milliseconds = String(time.rawValue.magnitude % 1_000)
            let padding = String(repeating: "0", count: 3 - milliseconds.utf8.count)
            return " @ \(time.rawValue < 0 ? "-" : "")\(time.rawValue.magnitude / 1_000).\(padding)\(milliseconds)"
        }
    }
}

extension LabelMatcher {
    fileprivate var text: String {
        let key = Labels.isPlainLabelName(name) ? name : Quoting.text(name)
        return key + operation.rawValue + Quoting.text(value)
    }
}

// MARK: Literals and durations

extension NumberLiteral {
    var text: String {
        isDuration ? Milliseconds(promQLSeconds: value).promQLText : Number.plain(value)
    }
}

extension StringLiteral {
    /// The text in double quotes.
    public var text: String {
        invalidBytes.map { Quoting.text($0) } ?? Quoting.text(value)
    }
}

extension Milliseconds {
    fileprivate init(promQLSeconds seconds: Double) {
        self.init(Int64(exactly: (seconds * 1_000).rounded()) ?? 0)
    }
}

extension DurationExpression {
    fileprivate var beginsWithParenthesis: Bool {
        switch self {
        case .parentheses: true
        case .operation(_, let left, _): left.beginsWithParenthesis
        default: false
        }
    }
}

extension Printer {
    mutating func print(_ duration: DurationExpression) {
        switch duration {
        case .literal(let seconds, let isDuration):
            text += isDuration ? Milliseconds(promQLSeconds: seconds).promQLText : Number.plain(seconds)
        case .step: text += "step()"
        case .range: text += "range()"
        case .negated(let inner): print("-", inner)
        case .plus(let inner): print("+", inner)
        case .parentheses(let inner):
            print("(", inner)
            text += ")"
        case .operation(let operation, let left, let right):
            print(left)
            print(" \(operation.rawValue) ", right)
        case .minimum(let left, let right): print("min_of", left, right)
        case .maximum(let left, let right): print("max_of", left, right)
        }
    }

    private mutating func print(_ prefix: String, _ duration: DurationExpression) {
        text += prefix
        print(duration)
    }

    private mutating func print(_ name: String, _ left: DurationExpression, _ right: DurationExpression) {
        print(name + "(", left)
        print(", ", right)
        text += ")"
    }
}
