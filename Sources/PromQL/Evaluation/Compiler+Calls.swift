import Metrics
import RegularExpressions
import Storage

extension Compiler {
    func compile(_ node: Call, _ depth: Int) throws(QueryError) -> Part {
        switch node.function {
        case .start: return constant(.start, node)
        case .end: return constant(.end, node)
        case .step: return constant(.step, node)
        case .range: return constant(.range, node)
        case .pi: return constant(.literal(.pi), node)
        default: break
        }
        if let range = try rangeArgument(node, depth) { return try compileRangeCall(node, range, depth) }
        var parts: [Part] = []
        for argument in node.arguments where argument.type != .string {
            parts.append(try compile(argument, depth: depth + 1))
        }
        let isInvariant = !node.function.dependsOnTime && parts.allSatisfy(\.isInvariant)
        let arguments = isInvariant ? parts.map(\.node) : parts.map(\.settled)
        return Part(node: try call(node, arguments), isInvariant: isInvariant, isWorthKeeping: isInvariant)
    }

    private func constant(_ source: ConstantNode.Source, _ node: Call) -> Part {
        Part(node: ConstantNode(source, range: node.range), isInvariant: true, isWorthKeeping: false)
    }

    // MARK: Range vectors

    private func rangeArgument(
        _ node: Call,
        _ depth: Int
    ) throws(QueryError) -> (place: Int, source: any RangeSource, isInvariant: Bool)? {
        for (place, argument) in node.arguments.enumerated() {
            if let found = try compileRange(argument, depth: depth + 1) {
                return (place, found.source, found.isInvariant)
            }
        }
        return nil
    }

    private func compileRangeCall(
        _ node: Call,
        _ range: (place: Int, source: any RangeSource, isInvariant: Bool),
        _ depth: Int
    ) throws(QueryError) -> Part {
        var parts: [Part] = []
        for (place, argument) in node.arguments.enumerated() where place != range.place {
            parts.append(try compile(argument, depth: depth + 1))
        }
        let isInvariant =
            !node.function.dependsOnTime && range.isInvariant && parts.allSatisfy(\.isInvariant)
        let made: any Node
        if node.function == .absentOverTime {
            let labels = node.arguments[range.place].withoutParentheses.labelsOfAbsence
            made = AbsentOverTimeNode(range.source, labels: labels, range: node.range)
        } else {
            let scalars = isInvariant ? parts.map(\.node) : parts.map(\.settled)
            made = RangeFunctionNode(node.function, range.source, scalars: scalars, range: node.range)
        }
        return Part(node: made, isInvariant: isInvariant, isWorthKeeping: isInvariant)
    }

    // MARK: Instant vectors

    /// `arguments` are the nodes of all arguments but strings.
    private func call(_ node: Call, _ arguments: [any Node]) throws(QueryError) -> any Node {
        guard let first = arguments.first else { return TimeNode(node.function, range: node.range) }
        switch node.function {
        case .vector: return first
        case .scalar: return ScalarOfVectorNode(first, range: node.range)
        case .minOf, .maxOf: return ExtremeOfScalarsNode(node.function, arguments, range: node.range)
        case .absent:
            let labels = node.arguments[0].withoutParentheses.labelsOfAbsence
            return AbsentNode(first, labels: labels, range: node.range)
        case .timestamp: return timestamp(node, first)
        case .sort, .sortDesc:
            return SortNode(first, by: .value, isDescending: node.function == .sortDesc, range: node.range)
        case .sortByLabel, .sortByLabelDesc:
            let names = node.arguments.dropFirst().compactMap(\.text)
            let isDescending = node.function == .sortByLabelDesc
            return SortNode(first, by: .labels(names), isDescending: isDescending, range: node.range)
        case .labelReplace: return RelabelNode(first, try replacement(node), range: node.range)
        case .labelJoin: return RelabelNode(first, try joining(node), range: node.range)
        case .histogramQuantile, .histogramQuantiles, .histogramFraction:
            return histogram(node, arguments)
        case .histogramAvg, .histogramCount, .histogramSum, .histogramStddev, .histogramStdvar:
            return HistogramOnlyNode(first, range: node.range)
        case .info: return info(node, first)
        default: return FunctionNode(node.function, arguments, range: node.range)
        }
    }

    private func timestamp(_ node: Call, _ argument: any Node) -> any Node {
        guard case .vectorSelector(let selector) = node.arguments[0].withoutParentheses else {
            return TimestampNode(argument, hasTimes: false, range: node.range)
        }
        let times = VectorSelectorNode(selector, cache, content: .time)
        return TimestampNode(times, hasTimes: true, range: node.range)
    }

    private func histogram(_ node: Call, _ arguments: [any Node]) -> any Node {
        switch node.function {
        case .histogramQuantiles:
            let label = node.arguments[1].text ?? ""
            return HistogramNode(
                .quantiles(label: label),
                arguments[0],
                scalars: Array(arguments.dropFirst()),
                range: node.range
            )
        case .histogramFraction:
            return HistogramNode(.fraction, arguments[2], scalars: Array(arguments.prefix(2)), range: node.range)
        default:
            return HistogramNode(.quantile, arguments[1], scalars: [arguments[0]], range: node.range)
        }
    }

    private func info(_ node: Call, _ vector: any Node) -> any Node {
        var selector: VectorSelector?
        if node.arguments.count > 1, case .vectorSelector(let given) = node.arguments[1].withoutParentheses {
            selector = given
        }
        return InfoNode(vector, selector, cache, range: node.range)
    }

    // MARK: Labels

    private func replacement(_ node: Call) throws(QueryError) -> LabelChange {
        let texts = node.arguments.dropFirst().compactMap(\.literal)
        let (label, template, source, expression) = (texts[0], texts[1].value, texts[2].value, texts[3].value)
        let pattern: Pattern
        do {
            pattern = try Pattern(expression, anchored: true, dotMatchesNewline: true)
        } catch {
            throw .evaluation(.invalidRegularExpression(expression))
        }
        guard label.isLabelName else { throw .evaluation(.invalidLabel(.replaceDestination, label.value)) }
        let parts = LabelChange.template(template, pattern)
        return .replace(label: label.value, with: parts, source: source, pattern: pattern)
    }

    private func joining(_ node: Call) throws(QueryError) -> LabelChange {
        let texts = node.arguments.dropFirst().compactMap(\.literal)
        let (label, separator, sources) = (texts[0], texts[1].value, texts.dropFirst(2))
        for source in sources where !source.isLabelName {
            throw .evaluation(.invalidLabel(.joinSource, source.value))
        }
        guard label.isLabelName else { throw .evaluation(.invalidLabel(.joinDestination, label.value)) }
        return .join(label: label.value, separator: separator, sources: sources.map(\.value))
    }
}
