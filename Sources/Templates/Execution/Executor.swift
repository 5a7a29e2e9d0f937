/// Carries a template out: walks its nodes and writes their output.
struct Executor {
    let template: Template
    let context: TemplateContext
    let missingKey: Template.MissingKey
    private let escaping: Template.Escaping
    private var output: [UInt8] = []
    // Innermost last; names repeat where an inner scope hides an outer one.
    private var variables: [(name: String, value: TemplateValue)] = []
    private var definition: Template.Definition
    private var calls = 0
    private var depth = 0
    private var steps = 0

    // Nodes and operands within each other, over all templates called: what bounds the stack.
    private static let depthMax = 1_000

    /// What to do after a node.
    enum Flow {
        case onward
        case breakLoop
        case continueLoop
    }

    init(
        _ template: Template,
        context: TemplateContext,
        missingKey: Template.MissingKey,
        escaping: Template.Escaping
    ) {
        self.template = template
        self.context = context
        self.missingKey = missingKey
        self.escaping = escaping
        definition = template.main
    }

    mutating func run(
        _ definition: Template.Definition,
        data: TemplateValue,
        variables: [(String, TemplateValue)]
    ) throws(TemplateError) -> String {
        self.definition = definition
        self.variables = [("$", data)] + variables.map { (name: $0.0, value: $0.1) }
        _ = try walk(definition.nodes, dot: data)
        return String(decoding: output, as: UTF8.self)
    }

    // MARK: Nodes

    private mutating func walk(_ nodes: [TemplateNode], dot: TemplateValue) throws(TemplateError) -> Flow {
        for node in nodes {
            let flow = try walk(node, dot: dot)
            if flow != .onward { return flow }
        }
        return .onward
    }

    private mutating func walk(_ node: TemplateNode, dot: TemplateValue) throws(TemplateError) -> Flow {
        switch node {
        case .text(let text): try write(text, at: 0..<0)
        case .action(let pipeline):
            let value = try evaluate(pipeline, dot: dot)
            if pipeline.variables.isEmpty { try print(value, at: pipeline.range) }
        case .condition(let branch): return try choose(branch, dot: dot, changesDot: false)
        case .with(let branch): return try choose(branch, dot: dot, changesDot: true)
        case .range(let branch): return try loop(branch, dot: dot)
        case .call(let name, let data, let range):
            let value: TemplateValue = if let data { try evaluate(data, dot: dot) } else { .nothing }
            try call(name, data: value, at: range)
        case .breakLoop: return .breakLoop
        case .continueLoop: return .continueLoop
        }
        return .onward
    }

    private mutating func choose(
        _ branch: TemplateNode.Branch,
        dot: TemplateValue,
        changesDot: Bool
    ) throws(TemplateError) -> Flow {
        try enter(at: branch.range)
        defer { depth -= 1 }
        let scope = variables.count
        defer { variables.removeLast(variables.count - scope) }
        let value = try evaluate(branch.pipeline, dot: dot)
        if value.isTrue { return try walk(branch.body, dot: changesDot ? value : dot) }
        return try walk(branch.otherwise ?? [], dot: dot)
    }

    private mutating func loop(_ branch: TemplateNode.Branch, dot: TemplateValue) throws(TemplateError) -> Flow {
        try enter(at: branch.range)
        defer { depth -= 1 }
        let scope = variables.count
        defer { variables.removeLast(variables.count - scope) }
        let value = try evaluate(branch.pipeline, dot: dot)
        switch value {
        case .list(let list) where !list.elements.isEmpty:
            for (index, element) in list.elements.enumerated() {
                guard try iterate(branch, .integer(Int64(index)), element) else { break }
            }
        case .map(let map) where !map.entries.isEmpty:
            for entry in map.entries {
                guard try iterate(branch, .string(entry.key), entry.value) else { break }
            }
        case .integer where branch.pipeline.variables.count > 1:
            throw fail(
                "can't use \(plainText(value)) to iterate over more than one variable",
                at: branch.pipeline.range
            )
        case .integer(let count) where count > 0:
            // The limit of steps ends this long before the count can hurt.
            for index in 0..<count {
                guard try iterate(branch, .integer(index), .integer(index)) else { break }
            }
        case .list, .map, .nothing, .integer: return try walk(branch.otherwise ?? [], dot: dot)
        default: throw fail("range can't iterate over \(plainText(value))", at: branch.pipeline.range)
        }
        return .onward
    }

    /// One turn of a loop. Returns whether there is another.
    private mutating func iterate(
        _ branch: TemplateNode.Branch,
        _ index: TemplateValue,
        _ element: TemplateValue
    ) throws(TemplateError) -> Bool {
        try step(at: branch.range)
        let declared = branch.pipeline.variables
        let isAssignment = branch.pipeline.isAssignment
        let scope = variables.count
        if let last = declared.last {
            let range = branch.pipeline.range
            try set(last, element, fromTop: isAssignment ? nil : 1, at: range)
            if declared.count > 1 { try set(declared[0], index, fromTop: isAssignment ? nil : 2, at: range) }
        }
        let flow = try walk(branch.body, dot: element)
        variables.removeLast(variables.count - scope)
        return flow != .breakLoop
    }

    private mutating func call(_ name: String, data: TemplateValue, at range: Range<Int>) throws(TemplateError) {
        guard let called = template.definitions[ByteKey(name)] else {
            throw TemplateError(
                .executing,
                "template \(Quoting.quoted(name)) not defined",
                at: range,
                context: "{{template \(Quoting.quoted(name))}}",
                in: definition.source,
                definition: definition.name
            )
        }
        guard calls < context.limits.calls else {
            throw limit("exceeded maximum template depth (\(context.limits.calls))", at: range)
        }
        try enter(at: range)
        let outer = (definition, variables)
        definition = called
        // A template sees its own data and no variables of its caller.
        variables = [("$", data)]
        calls += 1
        // Also when it fails: whoever called counts on the variables it had.
        defer {
            calls -= 1
            depth -= 1
            (definition, variables) = outer
        }
        _ = try walk(called.nodes, dot: data)
    }

    /// Carries out a template for its text.
    mutating func text(of name: String, data: TemplateValue, at range: Range<Int>) throws(TemplateError) -> String {
        let outer = output
        output = []
        try call(name, data: data, at: range)
        let text = String(decoding: output, as: UTF8.self)
        output = outer
        return text
    }

    // MARK: Variables

    func value(of variable: String, at range: Range<Int>) throws(TemplateError) -> TemplateValue {
        guard let found = variables.last(where: { $0.name.utf8.elementsEqual(variable.utf8) }) else {
            throw fail("undefined variable: \(variable)", at: range)
        }
        return found.value
    }

    mutating func take(_ value: TemplateValue, into pipeline: Pipeline) throws(TemplateError) {
        for name in pipeline.variables {
            if pipeline.isAssignment {
                try set(name, value, fromTop: nil, at: pipeline.range)
            } else {
                variables.append((name, value))
            }
        }
    }

    private mutating func set(
        _ name: String,
        _ value: TemplateValue,
        fromTop place: Int?,
        at range: Range<Int>
    ) throws(TemplateError) {
        let found = place.map { variables.count - $0 } ?? variables.lastIndex { $0.name.utf8.elementsEqual(name.utf8) }
        guard let found, variables.indices.contains(found) else { throw fail("undefined variable: \(name)", at: range) }
        variables[found].value = value
    }

    // MARK: Output

    private mutating func print(_ value: TemplateValue, at range: Range<Int>) throws(TemplateError) {
        try refuseNothing(value, at: range)
        let text = plainText(value)
        switch (escaping, value) {
        case (.none, _), (.html, .markup): try write(text, at: range)
        case (.html, _): try write(Escaping.htmlText(text), at: range)
        case (.custom(let escape), _): try write(escape(text), at: range)
        }
    }

    /// Stops at a value that is not there, where that must not pass unseen.
    func refuseNothing(_ value: TemplateValue, at range: Range<Int>) throws(TemplateError) {
        guard case .refused = missingKey, case .nothing = value else { return }
        throw fail("\(written(range)) has no value", at: range)
    }

    private mutating func write(_ text: String, at range: Range<Int>) throws(TemplateError) {
        try step(at: range)
        guard output.count + text.utf8.count <= context.limits.output else {
            throw limit("the result is longer than \(context.limits.output) bytes", at: range)
        }
        output += text.utf8
    }

    /// A value as an action prints it.
    func plainText(_ value: TemplateValue) -> String {
        switch value {
        case .nothing: return "<no value>"
        case .string(let text), .markup(let text): return text
        default:
            // Stops beyond the limit, so that writing it tells of the limit.
            var formatter = GoFormatter(context: context)
            formatter.printTop(value)
            return formatter.text
        }
    }

    // MARK: Bounds and errors

    mutating func step(at range: Range<Int>, cost: Int = 1) throws(TemplateError) {
        steps += cost
        if steps > context.limits.steps {
            throw limit("more than \(context.limits.steps) steps", at: range)
        }
    }

    /// To be undone by whoever calls, with `leave`.
    mutating func enter(at range: Range<Int>) throws(TemplateError) {
        depth += 1
        if depth > Self.depthMax { throw limit("nested deeper than \(Self.depthMax) levels", at: range) }
    }

    mutating func leave() { depth -= 1 }

    func fail(_ message: String, at range: Range<Int>, mark: Int? = nil, help: String? = nil) -> TemplateError {
        TemplateError(
            .executing,
            message,
            at: range,
            mark: mark,
            help: help,
            in: definition.source,
            definition: definition.name
        )
    }

    func fail(_ message: String, at operand: Operand, help: String? = nil) -> TemplateError {
        fail(message, at: operand.range, mark: operand.mark, help: help)
    }

    /// A part of the template as it stands in its text.
    func written(_ range: Range<Int>) -> String { String(decoding: definition.source.bytes[range], as: UTF8.self) }

    func limit(_ message: String, at range: Range<Int>) -> TemplateError {
        TemplateError(.limit, message, at: range, in: definition.source, definition: definition.name)
    }
}
