extension Executor {
    mutating func evaluate(_ pipeline: Pipeline, dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        try enter(at: pipeline.range)
        defer { leave() }
        var value: TemplateValue?
        for command in pipeline.commands {
            try step(at: command.range)
            value = try evaluate(command, dot: dot, final: value)
        }
        let result = value ?? .nothing
        try take(result, into: pipeline)
        return result
    }

    /// `final` is the value of the command before in the pipeline, the last argument of this one.
    private mutating func evaluate(
        _ command: Command,
        dot: TemplateValue,
        final: TemplateValue?
    ) throws(TemplateError) -> TemplateValue {
        let first = command.operands[0]
        let arguments = command.operands.dropFirst()
        switch first.kind {
        case .function(let name, let function):
            return try call(function, name, at: command.range, naming: first, receiver: nil, arguments, final, dot: dot)
        case .field(let names):
            return try follow(names, of: dot, at: first, arguments, final, dot: dot)
        case .variable(let name, let fields):
            let value = try value(of: name, at: first.range)
            if fields.isEmpty {
                try refuseArguments(arguments, final, first)
                return value
            }
            return try follow(fields, of: value, at: first, arguments, final, dot: dot)
        case .chain(let inner, let fields):
            let value = try evaluate(inner, dot: dot)
            return try follow(fields, of: value, at: first, arguments, final, dot: dot)
        case .null: throw fail("nil is not a command", at: first.range)
        case .parenthesized, .dot, .boolean, .number, .string:
            try refuseArguments(arguments, final, first)
            return try evaluate(first, dot: dot)
        }
    }

    private func refuseArguments(
        _ arguments: ArraySlice<Operand>,
        _ final: TemplateValue?,
        _ first: Operand
    ) throws(TemplateError) {
        guard arguments.isEmpty, final == nil else {
            throw fail("can't give argument to non-function \(written(first.range))", at: first.range)
        }
    }

    /// The value of an operand that stands alone.
    mutating func evaluate(_ operand: Operand, dot: TemplateValue) throws(TemplateError) -> TemplateValue {
        try step(at: operand.range)
        switch operand.kind {
        case .dot: return dot
        case .null: return .nothing
        case .boolean(let value): return .boolean(value)
        case .number(let number): return number.value
        case .string(let text): return .string(text)
        case .field(let names): return try follow(names, of: dot, at: operand, [], nil, dot: dot)
        case .variable(let name, let fields):
            let value = try value(of: name, at: operand.range)
            return fields.isEmpty ? value : try follow(fields, of: value, at: operand, [], nil, dot: dot)
        case .function(let name, let function):
            return try call(function, name, at: operand.range, naming: operand, receiver: nil, [], nil, dot: dot)
        case .parenthesized(let pipeline): return try evaluate(pipeline, dot: dot)
        case .chain(let inner, let fields):
            let value = try evaluate(inner, dot: dot)
            return try follow(fields, of: value, at: operand, [], nil, dot: dot)
        }
    }

    // MARK: Fields and methods

    /// `.a.b.c` with arguments for the last, which must then be a method.
    private mutating func follow(
        _ names: [String],
        of receiver: TemplateValue,
        at place: Operand,
        _ arguments: ArraySlice<Operand>,
        _ final: TemplateValue?,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value = receiver
        var isFromMixedMap = false
        for (index, name) in names.enumerated() {
            // Nothing has no fields, but asking it for one is an error only where a map of any values gave it.
            if case .nothing = value, isFromMixedMap {
                throw fail("nil pointer evaluating interface {}.\(name)", at: place)
            }
            let isLast = index == names.count - 1
            if case .map = value, case .zero = missingKey { isFromMixedMap = true } else { isFromMixedMap = false }
            value = try member(
                name,
                of: value,
                at: place,
                isLast ? arguments : [],
                isLast ? final : nil,
                dot: dot
            )
        }
        return value
    }

    private mutating func member(
        _ name: String,
        of receiver: TemplateValue,
        at place: Operand,
        _ arguments: ArraySlice<Operand>,
        _ final: TemplateValue?,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        if let method = receiver.methods[name] {
            return try call(
                method,
                name,
                at: place.range,
                naming: place,
                receiver: receiver,
                arguments,
                final,
                dot: dot
            )
        }
        let hasArguments = !arguments.isEmpty || final != nil
        switch receiver {
        case .nothing:
            if case .error = missingKey { throw fail("nil data; no entry for key \(Quoting.quoted(name))", at: place) }
            return .nothing
        case .record(let record):
            guard let value = record[name] else { break }
            if hasArguments {
                throw fail("\(name) has arguments but cannot be invoked as function", at: place)
            }
            return value
        case .map(let map):
            if hasArguments { throw fail("\(name) is not a method but has arguments", at: place) }
            if let value = map[name] { return value }
            switch missingKey {
            case .zero: return map.absent
            case .noValue, .refused: return .nothing
            case .error: throw fail("map has no entry for key \(Quoting.quoted(name))", at: place)
            }
        default: break
        }
        let message = "can't evaluate field \(name) in type \(receiver.typeName ?? "nil")"
        throw fail(message, at: place, help: TemplateError.suggestion(for: name, among: receiver.memberNames))
    }
}
