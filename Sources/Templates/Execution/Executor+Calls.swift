extension Executor {
    /// Calls a function, or a method where there is a receiver. `naming` is where the name stands, `final` comes after the arguments.
    mutating func call(
        _ function: TemplateFunction,
        _ name: String,
        at range: Range<Int>,
        naming: Operand,
        receiver: TemplateValue?,
        _ operands: ArraySlice<Operand>,
        _ final: TemplateValue?,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        try step(at: range)
        try checkCount(
            function,
            name,
            at: naming,
            operands.count + (final == nil ? 0 : 1),
            hasReceiver: receiver != nil
        )
        switch function.action {
        case .and: return try logical(stopsAt: false, operands, final, dot: dot)
        case .or: return try logical(stopsAt: true, operands, final, dot: dot)
        case .call, .template: break
        }
        var arguments = receiver.map { [$0] } ?? []
        for operand in operands {
            let parameter = parameter(arguments.count, of: function)
            arguments.append(try argument(operand, as: parameter, dot: dot))
            if name != "not", let last = arguments.last { try refuseNothing(last, at: operand.range) }
        }
        if let final {
            if name != "not" { try refuseNothing(final, at: range) }
            let parameter = parameter(arguments.count, of: function)
            arguments.append(try checked(final, as: parameter, at: range))
        }
        return try run(function, name, arguments, at: range)
    }

    private mutating func run(
        _ function: TemplateFunction,
        _ name: String,
        _ arguments: [TemplateValue],
        at range: Range<Int>
    ) throws(TemplateError) -> TemplateValue {
        guard case .call(let body) = function.action else {
            return .markup(try text(of: arguments[0].text ?? "", data: arguments[1], at: range))
        }
        // A query costs what many steps do, and so does work on long texts.
        if name == "query" { try step(at: range, cost: 1_000) }
        try step(at: range, cost: arguments.reduce(0) { $0 + Self.cost(of: $1) })
        let result: TemplateValue
        do {
            result = try body(arguments, context)
        } catch {
            throw fail("error calling \(name): \(error.message)", at: range)
        }
        try step(at: range, cost: Self.cost(of: result))
        if let text = result.text, text.utf8.count > context.limits.output {
            throw limit("the result of \(name) is longer than \(context.limits.output) bytes", at: range)
        }
        return result
    }

    private static func cost(of value: TemplateValue) -> Int { (value.text?.utf8.count ?? 0) / 16 }

    private func parameter(_ index: Int, of function: TemplateFunction) -> TemplateFunction.Parameter {
        index < function.parameters.count ? function.parameters[index] : function.rest ?? .any
    }

    private func checkCount(
        _ function: TemplateFunction,
        _ name: String,
        at place: Operand,
        _ given: Int,
        hasReceiver: Bool
    ) throws(TemplateError) {
        let wanted = function.parameters.count - (hasReceiver ? 1 : 0)
        if function.rest != nil {
            guard given < wanted else { return }
            throw fail("wrong number of args for \(name): want at least \(wanted) got \(given)", at: place)
        }
        guard given != wanted else { return }
        throw fail("wrong number of args for \(name): want \(wanted) got \(given)", at: place)
    }

    /// `and` and `or` evaluate no more than they need, and give the value that decided.
    private mutating func logical(
        stopsAt deciding: Bool,
        _ operands: ArraySlice<Operand>,
        _ final: TemplateValue?,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        var value: TemplateValue = .nothing
        for operand in operands {
            value = try evaluate(operand, dot: dot)
            if value.isTrue == deciding { return value }
        }
        return final ?? value
    }

    // MARK: Arguments

    private mutating func argument(
        _ operand: Operand,
        as parameter: TemplateFunction.Parameter,
        dot: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch (operand.kind, parameter) {
        case (_, .any): return try evaluate(operand, dot: dot)
        case (.null, _): throw fail("cannot assign nil to \(parameter.typeName)", at: operand.range)
        // A number fits where a float is wanted, though a value of type int would not.
        case (.number(let number), .float): return .float(number.float)
        case (.number(let number), .integer):
            if case .integer = number.value { return number.value }
            if number.float.magnitude < 0x1p63, Double(Int64(number.float)) == number.float {
                return .integer(Int64(number.float))
            }
            throw fail("expected integer; found \(written(operand.range))", at: operand.range)
        case (.string(let text), .text): return .string(text)
        case (.string, _), (.number, _), (.boolean, _):
            let text = written(operand.range)
            switch parameter {
            case .integer: throw fail("expected integer; found \(text)", at: operand)
            case .float: throw fail("expected float; found \(text)", at: operand)
            case .text: throw fail("expected string; found \(text)", at: operand)
            default: throw fail("can't handle \(text) for arg of type \(parameter.typeName)", at: operand)
            }
        default:
            return try checked(try evaluate(operand, dot: dot), as: parameter, at: operand.range, mark: operand.mark)
        }
    }

    private func checked(
        _ value: TemplateValue,
        as parameter: TemplateFunction.Parameter,
        at range: Range<Int>,
        mark: Int? = nil
    ) throws(TemplateError) -> TemplateValue {
        let fits =
            switch (parameter, value) {
            case (.any, _), (.integer, .integer), (.float, .float), (.text, .string), (.time, .time),
                (.duration, .duration):
                true
            // Go would refuse marked text where plain text is wanted; nothing is gained by that.
            case (.text, .markup): true
            case (.texts, .list(let list)): list.elements.allSatisfy { $0.text != nil }
            case (.named(let name), _): value.typeName == name
            default: false
            }
        if fits { return value }
        guard let found = value.typeName else {
            throw fail("invalid value; expected \(parameter.typeName)", at: range, mark: mark)
        }
        throw fail("wrong type for value; expected \(parameter.typeName); got \(found)", at: range, mark: mark)
    }
}
