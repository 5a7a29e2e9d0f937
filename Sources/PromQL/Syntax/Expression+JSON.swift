public import JSON
import Metrics

extension Expression {
    /// The tree as Prometheus's `/api/v1/parse_query` answers it.
    public var json: JSONValue {
        switch self {
        case .number(let node): ["type": "numberLiteral", "val": .string(Number.plain(node.value))]
        case .string(let node): ["type": "stringLiteral", "val": .string(node.value)]
        case .vectorSelector(let node): object("vectorSelector", node.jsonMembers)
        case .matrixSelector(let node):
            object("matrixSelector", node.selector.jsonMembers + [("range", node.window.jsonMilliseconds)])
        case .subquery(let node): object("subquery", node.jsonMembers)
        case .call(let node):
            ["type": "call", "func": node.function.json, "args": .array(node.arguments.map(\.json))]
        case .aggregation(let node): node.json
        case .binary(let node): node.json
        case .unary(let node):
            ["type": "unaryExpr", "op": node.isNegation ? "-" : "+", "expr": node.expression.json]
        case .parentheses(let node): ["type": "parenExpr", "expr": node.expression.json]
        }
    }
}

private func object(_ type: String, _ members: [(String, JSONValue)]) -> JSONValue {
    let all = [("type", .string(type))] + members
    return .object(JSONObject(all.map { JSONObject.Member(name: $0.0, value: $0.1) }))
}

private func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

extension Aggregation {
    fileprivate var json: JSONValue {
        [
            "type": "aggregation", "op": .string(operation.rawValue), "expr": expression.json,
            "param": parameter?.json ?? .null, "grouping": strings(grouping), "without": .boolean(isWithout),
        ]
    }
}

extension BinaryOperation {
    fileprivate var json: JSONValue {
        [
            "type": "binaryExpr", "op": .string(operation.rawValue), "lhs": left.json, "rhs": right.json,
            "matching": matching?.json ?? .null, "bool": .boolean(returnsBool),
        ]
    }
}

extension VectorMatching {
    fileprivate var json: JSONValue {
        [
            "card": .string(cardinality.rawValue), "labels": strings(labels), "on": .boolean(isOn),
            "include": strings(include),
            "fillValues": [
                "lhs": fillLeft.map { .number($0) } ?? .null, "rhs": fillRight.map { .number($0) } ?? .null,
            ],
        ]
    }
}

extension Function {
    fileprivate var json: JSONValue {
        let variadic: Int64 =
            switch signature.variation {
            case .exact: 0
            case .optional(let times): Int64(times)
            case .repeated: -1
            }
        return [
            "name": .string(rawValue), "argTypes": strings(signature.arguments.map(\.shortName)),
            "variadic": .integer(variadic), "returnType": .string(returnType.shortName),
        ]
    }
}

extension VectorSelector {
    fileprivate var jsonMembers: [(String, JSONValue)] {
        [
            ("name", .string(name ?? "")),
            ("matchers", .array(matchers.map(\.json))),
            ("offset", offset?.jsonMilliseconds ?? 0),
            ("timestamp", at.jsonTimestamp),
            ("startOrEnd", at.jsonPreprocessor),
            ("anchored", .boolean(extent == .anchored)),
            ("smoothed", .boolean(extent == .smoothed)),
        ]
    }
}

extension Subquery {
    fileprivate var jsonMembers: [(String, JSONValue)] {
        [
            ("expr", expression.json),
            ("range", window.jsonMilliseconds),
            ("step", step?.jsonMilliseconds ?? 0),
            ("offset", offset?.jsonMilliseconds ?? 0),
            ("timestamp", at.jsonTimestamp),
            ("startOrEnd", at.jsonPreprocessor),
        ]
    }
}

extension LabelMatcher {
    fileprivate var json: JSONValue {
        ["name": .string(name), "value": .string(value), "type": .string(operation.rawValue)]
    }
}

extension AtModifier? {
    fileprivate var jsonTimestamp: JSONValue {
        if case .timestamp(let time) = self { .integer(time.rawValue) } else { .null }
    }

    fileprivate var jsonPreprocessor: JSONValue {
        switch self {
        case .start: "start"
        case .end: "end"
        case .timestamp, nil: .null
        }
    }
}

extension DurationExpression {
    /// In milliseconds; 0 for what depends on the query, as Prometheus answers it.
    fileprivate var jsonMilliseconds: JSONValue {
        guard case .literal(let seconds, _) = self else { return 0 }
        return .integer(Int64(exactly: (seconds * 1_000).rounded(.towardZero)) ?? 0)
    }
}
