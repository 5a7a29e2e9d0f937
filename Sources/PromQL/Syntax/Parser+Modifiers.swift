import Metrics

extension Parser {
    /// Takes the brackets, offsets and other modifiers that stand behind an operand.
    mutating func modified(_ operand: Node) throws(Stop) -> Node {
        var node = operand
        while true {
            switch current.kind {
            case .leftBracket: node = try brackets(node)
            case .keyword(.offset): try setOffset(&node)
            case .at: try setAt(&node)
            case .keyword(.anchored): setExtent(&node, .anchored)
            case .keyword(.smoothed): setExtent(&node, .smoothed)
            default: return node
            }
        }
    }

    // MARK: Ranges and subqueries

    private mutating func brackets(_ node: Node) throws(Stop) -> Node {
        let opening = advance()
        let window = try windowDuration()
        if accept(.colon) { return try subquery(node, window, opening) }
        guard accept(.rightBracket) else {
            throw unexpected(in: "subquery or range", expected: "\":\" or \"]\"")
        }
        let range = node.expression.range.lowerBound..<previous.range.upperBound
        let brackets = opening.range.lowerBound..<previous.range.upperBound
        guard case .vectorSelector(let selector) = node.expression else {
            if node.type != nil || !isPlaceholder(node) {
                let help = node.type == .vector ? "write a subquery: [\(window):]" : nil
                problem("ranges only allowed for vector selectors", brackets, help: help)
            }
            return placeholder(range, type: .matrix)
        }
        if selector.offset != nil {
            problem("no offset modifiers allowed before range", brackets, help: "put the offset behind the brackets")
        } else if selector.at != nil {
            problem("no @ modifiers allowed before range", brackets, help: "put the @ behind the brackets")
        }
        let matrix = MatrixSelector(selector: selector, window: window, range: range)
        return Node(
            expression: .matrixSelector(matrix),
            type: .matrix,
            depth: try depth(over: node.depth, at: opening.range)
        )
    }

    private func isPlaceholder(_ node: Node) -> Bool {
        if case .number = node.expression { return node.type != .scalar }
        return false
    }

    private mutating func subquery(_ node: Node, _ window: DurationExpression, _ opening: Token) throws(Stop) -> Node {
        var step: DurationExpression?
        if startsDuration(current.kind) {
            step = try windowDuration()
            guard accept(.rightBracket) else { throw unexpected(in: "subquery selector", expected: "\"]\"") }
        } else if !accept(.rightBracket) {
            let expected = "number, duration, step(), range(), or \"]\""
            throw unexpected(in: "subquery selector", expected: expected)
        }
        let range = node.expression.range.lowerBound..<previous.range.upperBound
        if let type = node.type, type != .vector {
            finding("subquery is only allowed on instant vector, got \(type.shortName) instead", range)
        }
        let subquery = Subquery(
            expression: node.expression,
            window: window,
            step: step,
            offset: nil,
            at: nil,
            range: range
        )
        return Node(
            expression: .subquery(subquery),
            type: .matrix,
            depth: try depth(over: node.depth, at: opening.range)
        )
    }

    // MARK: Offset, @ and edges

    private mutating func setOffset(_ node: inout Node) throws(Stop) {
        advance()
        let offset = try offsetDuration()
        guard var modifiers = TimeModifiers(of: node.expression) else {
            refuse("offset modifier", behind: node)
            return
        }
        if modifiers.offset != nil {
            problem("offset may not be set multiple times", node.expression.range)
        }
        modifiers.offset = offset
        node.expression.set(modifiers, end: previous.range.upperBound)
    }

    private mutating func setAt(_ node: inout Node) throws(Stop) {
        advance()
        let at = try atModifier(node.expression.range)
        guard var modifiers = TimeModifiers(of: node.expression) else {
            refuse("@ modifier", behind: node)
            return
        }
        if modifiers.at != nil {
            problem("@ <timestamp> may not be set multiple times", node.expression.range)
        }
        modifiers.at = at
        node.expression.set(modifiers, end: previous.range.upperBound)
    }

    private mutating func setExtent(_ node: inout Node, _ extent: RangeExtent) {
        advance()
        let range = node.expression.range
        if case .subquery = node.expression {
            problem("\(extent.rawValue) modifier is not supported for subqueries", range)
            return
        }
        guard var modifiers = TimeModifiers(of: node.expression) else {
            if !isPlaceholder(node) { problem("\(extent.rawValue) modifier not implemented", range) }
            return
        }
        if modifiers.extent != .plain && modifiers.extent != extent {
            problem("anchored and smoothed modifiers cannot be used together", range)
        }
        modifiers.extent = extent
        node.expression.set(modifiers, end: previous.range.upperBound)
    }

    private mutating func refuse(_ modifier: String, behind node: Node) {
        guard !isPlaceholder(node) else { return }
        let places = "an instant vector selector or range vector selector or a subquery"
        problem("\(modifier) must be preceded by \(places)", node.expression.range)
    }

    private mutating func atModifier(_ selector: Range<Int>) throws(Stop) -> AtModifier {
        if current.kind == .keyword(.start) || current.kind == .keyword(.end) {
            let isStart = advance().kind == .keyword(.start)
            guard accept(.leftParenthesis) else { throw unexpected(in: "@", expected: "\"(\"") }
            guard accept(.rightParenthesis) else { throw unexpected(in: "@", expected: "\")\"") }
            return isStart ? .start : .end
        }
        let isNegative = current.kind == .operation(.subtract)
        if isNegative || current.kind == .operation(.add) { advance() }
        guard current.kind == .number || current.kind == .duration else {
            throw unexpected(in: "@", expected: "timestamp")
        }
        let magnitude = numberOrDuration()
        let seconds = isNegative ? -magnitude : magnitude
        // Farther out, seconds in a Double no longer tell milliseconds apart. It is the year 73,324.
        guard seconds.magnitude <= 0x1p51 / 1_000 else {
            problem("timestamp out of bounds for @ modifier: \(fixed(seconds))", selector)
            return .timestamp(.epoch)
        }
        return .timestamp(Timestamp(milliseconds: Int64((seconds * 1_000).rounded())))
    }

    /// A number with six digits behind the point, where it is small enough to have any.
    private func fixed(_ value: Double) -> String {
        let text = Number.plain(value)
        return value.isFinite && !text.utf8.contains(UInt8(ascii: ".")) ? text + ".000000" : text
    }
}

/// What stands behind a selector or a subquery.
private struct TimeModifiers {
    var offset: DurationExpression?
    var at: AtModifier?
    var extent: RangeExtent

    func write(to selector: inout VectorSelector) {
        selector.offset = offset
        selector.at = at
        selector.extent = extent
    }
}

extension TimeModifiers {
    /// Nil where no such modifiers can stand.
    init?(of expression: Expression) {
        switch expression {
        case .vectorSelector(let node): self.init(of: node)
        case .matrixSelector(let node): self.init(of: node.selector)
        case .subquery(let node): self.init(offset: node.offset, at: node.at, extent: .plain)
        default: return nil
        }
    }

    private init(of selector: VectorSelector) {
        self.init(offset: selector.offset, at: selector.at, extent: selector.extent)
    }
}

extension Expression {
    /// Puts modifiers behind a selector or a subquery, which then reaches to `end`.
    fileprivate mutating func set(_ modifiers: TimeModifiers, end: Int) {
        switch self {
        case .vectorSelector(var node):
            modifiers.write(to: &node)
            node.range = node.range.lowerBound..<end
            self = .vectorSelector(node)
        case .matrixSelector(var node):
            modifiers.write(to: &node.selector)
            node.range = node.range.lowerBound..<end
            self = .matrixSelector(node)
        case .subquery(var node):
            node.offset = modifiers.offset
            node.at = modifiers.at
            node.range = node.range.lowerBound..<end
            self = .subquery(node)
        default: break
        }
    }
}
