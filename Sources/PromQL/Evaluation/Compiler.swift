import Metrics
import RegularExpressions
import Storage

/// Turns an expression into a plan of nodes.
struct Compiler {
    let cache: SelectionCache
    let options: QueryOptions

    /// A node, and what is known about whether it yields the same at every step.
    struct Part {
        var node: any Node
        /// The value does not depend on the step's time.
        var isInvariant: Bool
        /// It is worth evaluating once only: not a mere literal.
        var isWorthKeeping: Bool

        /// The node, evaluated once if that is right and worth it.
        var settled: any Node { isInvariant && isWorthKeeping ? InvariantNode(node) : node }
    }

    func compile(_ expression: Expression, depth: Int = 0) throws(QueryError) -> Part {
        guard depth < options.maxDepth else { throw .tooDeep(limit: options.maxDepth) }
        switch expression {
        case .number(let node):
            return Part(
                node: ConstantNode(.literal(node.value), range: node.range),
                isInvariant: true,
                isWorthKeeping: false
            )
        case .string(let node):
            // Strings are arguments, which calls read from the expression itself.
            return Part(node: ConstantNode(.literal(0), range: node.range), isInvariant: true, isWorthKeeping: false)
        case .vectorSelector(let node):
            return Part(
                node: VectorSelectorNode(node, cache),
                isInvariant: node.at != nil,
                isWorthKeeping: node.at != nil
            )
        case .matrixSelector, .subquery:
            // Only calls take range vectors, and they compile them as such.
            return Part(
                node: ConstantNode(.literal(0), range: expression.range),
                isInvariant: true,
                isWorthKeeping: false
            )
        case .parentheses(let node): return try compile(node.expression, depth: depth + 1)
        case .unary(let node): return try compile(node, depth)
        case .call(let node): return try compile(node, depth)
        case .aggregation(let node): return try compile(node, depth)
        case .binary(let node): return try compile(node, depth)
        }
    }

    private func compile(_ node: UnaryOperation, _ depth: Int) throws(QueryError) -> Part {
        var part = try compile(node.expression, depth: depth + 1)
        if node.isNegation { part.node = NegationNode(part.node, range: node.range) }
        return part
    }

    private func compile(_ node: Aggregation, _ depth: Int) throws(QueryError) -> Part {
        let choice: LabelChoice = node.isWithout ? .removing(node.grouping) : .keeping(node.grouping)
        let vector = try compile(node.expression, depth: depth + 1)
        if node.operation == .countValues {
            let label = node.parameter?.literal
            guard let label, label.isLabelName else {
                throw .evaluation(.invalidLabelName(label.map { $0.invalidBytes ?? Array($0.value.utf8) } ?? []))
            }
            let counting = CountValuesNode(
                label.value,
                grouping: node.grouping,
                isWithout: node.isWithout,
                vector.node,
                range: node.range
            )
            return part(like: vector, counting)
        }
        var children = [vector.node]
        if let parameter = node.parameter { children.append(try compile(parameter, depth: depth + 1).settled) }
        switch node.operation {
        case .topk, .bottomk, .limitk, .limitRatio:
            return part(like: vector, RankingNode(node.operation, choice, children, range: node.range))
        default:
            return part(like: vector, AggregationNode(node.operation, choice, children, range: node.range))
        }
    }

    /// An aggregation is as invariant as its vector; as in Prometheus its parameter does not count.
    private func part(like vector: Part, _ node: any Node) -> Part {
        Part(node: node, isInvariant: vector.isInvariant, isWorthKeeping: vector.isInvariant)
    }

    private func compile(_ node: BinaryOperation, _ depth: Int) throws(QueryError) -> Part {
        let left = try compile(node.left, depth: depth + 1)
        let right = try compile(node.right, depth: depth + 1)
        let isInvariant = left.isInvariant && right.isInvariant
        let leftNode = isInvariant ? left.node : left.settled
        let rightNode = isInvariant ? right.node : right.settled
        return Part(
            node: operation(node, leftNode, rightNode),
            isInvariant: isInvariant,
            isWorthKeeping: isInvariant
        )
    }

    private func operation(_ node: BinaryOperation, _ left: any Node, _ right: any Node) -> any Node {
        let (leftIsScalar, rightIsScalar) = (node.left.type == .scalar, node.right.type == .scalar)
        switch (leftIsScalar, rightIsScalar) {
        case (true, true): return ScalarOperationNode(node, left, right, .scalars)
        case (false, true): return ScalarOperationNode(node, left, right, .vectorAndScalar)
        case (true, false): return ScalarOperationNode(node, left, right, .scalarAndVector)
        case (false, false): break
        }
        let matching =
            node.matching
            ?? VectorMatching(
                cardinality: .oneToOne,
                labels: [],
                isOn: false,
                include: [],
                fillLeft: nil,
                fillRight: nil
            )
        if node.operation.isSetOperator {
            let choice: LabelChoice = matching.isOn ? .keeping(matching.labels) : .removing(matching.labels)
            return SetOperationNode(node, choice, left, right)
        }
        return MatchingNode(node, matching, left, right)
    }

    /// A range vector, with all parentheses around it taken off.
    func compileRange(
        _ expression: Expression,
        depth: Int
    ) throws(QueryError) -> (source: any RangeSource, isInvariant: Bool)? {
        switch expression.withoutParentheses {
        case .matrixSelector(let node):
            return (SelectedRange(node, cache), node.selector.at != nil)
        case .subquery(let node):
            let inner = try compile(node.expression, depth: depth + 1)
            // Inside a subquery whatever can be is evaluated once, whether or not the subquery itself moves.
            let source = SubqueryRange(
                node,
                inner.settled,
                defaultStep: options.defaultSubqueryStep.rawValue
            )
            return (source, node.at != nil)
        default: return nil
        }
    }
}

extension Expression {
    var literal: StringLiteral? {
        if case .string(let node) = withoutParentheses { node } else { nil }
    }

    /// The text of a string literal.
    var text: String? { literal?.value }
}

extension StringLiteral {
    /// Whether it can be a label's name: any text but none.
    var isLabelName: Bool { !value.isEmpty && invalidBytes == nil }
}
