extension TemplateFunctions {
    /// What Go's templates know by themselves.
    public static let builtin = TemplateFunctions([
        "and": TemplateFunction([.any], rest: .any, action: .and),
        "or": TemplateFunction([.any], rest: .any, action: .or),
        "not": TemplateFunction(.any) { arguments, _ in .boolean(!arguments[0].isTrue) },
        "eq": TemplateFunction(.any, rest: .any) { arguments, context throws(TemplateFailure) in
            .boolean(try Comparison.isEqualToAny(arguments[0], arguments.dropFirst(), context))
        },
        "ne": TemplateFunction(.any, .any) { arguments, context throws(TemplateFailure) in
            .boolean(try !Comparison.isEqualToAny(arguments[0], arguments.dropFirst(), context))
        },
        "lt": comparison { (left, right) throws(TemplateFailure) in try Comparison.isLess(left, right) },
        "le": comparison { (left, right) throws(TemplateFailure) in
            if try Comparison.isLess(left, right) { return true }
            return try Comparison.isEqualToAny(left, [right], TemplateContext())
        },
        "gt": comparison { (left, right) throws(TemplateFailure) in
            if try Comparison.isLess(left, right) { return false }
            return try !Comparison.isEqualToAny(left, [right], TemplateContext())
        },
        "ge": comparison { (left, right) throws(TemplateFailure) in try !Comparison.isLess(left, right) },
        "len": TemplateFunction(.any) { arguments, _ throws(TemplateFailure) in
            .integer(Int64(try Indexing.length(of: arguments[0])))
        },
        "index": TemplateFunction(.any, rest: .any) { arguments, _ throws(TemplateFailure) in
            try Indexing.element(of: arguments[0], at: arguments.dropFirst())
        },
        "slice": TemplateFunction(.any, rest: .any) { arguments, _ throws(TemplateFailure) in
            try Indexing.slice(of: arguments[0], arguments.dropFirst())
        },
        "call": TemplateFunction(.any, rest: .any) { arguments, _ throws(TemplateFailure) in
            guard let type = arguments[0].typeName else { throw TemplateFailure("call of nil") }
            throw TemplateFailure("non-function of type \(type)")
        },
        "print": printing { $0.print($1) },
        "println": printing { $0.printLine($1) },
        "printf": TemplateFunction(.text, rest: .any) { arguments, context throws(TemplateFailure) in
            var formatter = GoFormatter(context: context)
            formatter.print(format: arguments[0].text ?? "", Array(arguments.dropFirst()))
            return .string(formatter.text)
        },
        "html": escaping(Escaping.html),
        "js": escaping(Escaping.script),
        "urlquery": escaping(Escaping.query),
    ])

    private static func comparison(
        _ compare: @escaping @Sendable (TemplateValue, TemplateValue) throws(TemplateFailure) -> Bool
    ) -> TemplateFunction {
        TemplateFunction(.any, .any) { arguments, _ throws(TemplateFailure) in
            .boolean(try compare(arguments[0], arguments[1]))
        }
    }

    private static func printing(
        _ print: @escaping @Sendable (inout GoFormatter, [TemplateValue]) -> Void
    ) -> TemplateFunction {
        TemplateFunction(rest: .any) { arguments, context in
            var formatter = GoFormatter(context: context)
            print(&formatter, arguments)
            return .string(formatter.text)
        }
    }

    /// Escapes what `print` would make of the arguments.
    private static func escaping(_ escape: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction(rest: .any) { arguments, context in
            if arguments.count == 1, let text = arguments[0].text { return .string(escape(text)) }
            var formatter = GoFormatter(context: context)
            formatter.followsPointers = true
            let shown = arguments.map { value -> TemplateValue in
                if case .nothing = value { .string("<no value>") } else { value }
            }
            formatter.print(shown)
            return .string(escape(formatter.text))
        }
    }
}
