extension Expression {
    /// The expression over as many lines as it needs: what does not fit into 100 bytes is broken at its arguments and
    /// operators and indented. Reads back as the same tree.
    public func pretty() -> String {
        var printer = PrettyPrinter()
        printer.print(self, level: 0)
        return printer.text
    }
}

/// Lays out expressions as Prometheus's `format_query` does.
private struct PrettyPrinter {
    private(set) var text = ""

    private static let lineBytesMax = 100

    mutating func print(_ expression: Expression, level: Int, isIndented: Bool = true) {
        // A subquery that fits stands without indentation; so does what follows a sign.
        if case .subquery(let node) = expression, !fits(expression) {
            print(node.expression, level: level, isIndented: isIndented)
            text += line { $0.print(suffixOf: node) }
            return
        }
        let isSubquery = if case .subquery = expression { true } else { false }
        let breaks = expression.isBreakable && !fits(expression)
        if case .binary(let node) = expression, breaks {
            print(node, level: level, isIndented: isIndented)
            return
        }
        if isIndented && !isSubquery { text += indent(level) }
        if breaks {
            printBroken(expression, level: level)
        } else {
            text += line { $0.print(expression) }
        }
    }

    private mutating func printBroken(_ expression: Expression, level: Int) {
        switch expression {
        case .call(let node):
            text += node.function.rawValue
            printList(node.arguments, level: level)
        case .aggregation(let node):
            text += line { $0.print(headOf: node) }
            printList([node.parameter, node.expression].compactMap(\.self), level: level)
        case .parentheses(let node): printList([node.expression], level: level)
        case .unary(let node):
            text += node.isNegation ? "-" : "+"
            print(node.expression, level: level, isIndented: false)
        default: text += line { $0.print(expression) }
        }
    }

    private mutating func printList(_ expressions: [Expression], level: Int) {
        text += "(\n"
        for (index, expression) in expressions.enumerated() {
            if index > 0 { text += ",\n" }
            print(expression, level: level + 1)
        }
        text += "\n" + indent(level) + ")"
    }

    private mutating func print(_ node: BinaryOperation, level: Int, isIndented: Bool) {
        print(node.left, level: level + 1, isIndented: isIndented)
        text += "\n" + indent(level) + line { $0.print(operatorOf: node) } + "\n"
        print(node.right, level: level + 1)
    }

    private func indent(_ level: Int) -> String { String(repeating: "  ", count: level) }

    private func fits(_ expression: Expression) -> Bool {
        var printer = Printer()
        printer.limit = Self.lineBytesMax
        printer.print(expression)
        return printer.text.utf8.count <= Self.lineBytesMax
    }

    private func line(_ print: (inout Printer) -> Void) -> String {
        var printer = Printer()
        print(&printer)
        return printer.text
    }
}

extension Expression {
    /// Whether the expression has places where a line can end.
    fileprivate var isBreakable: Bool {
        switch self {
        case .call(let node): !node.arguments.isEmpty
        case .aggregation, .binary, .parentheses, .unary: true
        case .number, .string, .vectorSelector, .matrixSelector, .subquery: false
        }
    }
}
