/// A part of a template that is carried out.
indirect enum TemplateNode: Sendable {
    case text(String)
    /// Prints a value, or only declares variables.
    case action(Pipeline)
    case condition(Branch)
    case with(Branch)
    case range(Branch)
    case call(name: String, data: Pipeline?, range: Range<Int>)
    case breakLoop
    case continueLoop

    /// `if`, `with` and `range`: a value, what is done for it, and what is done otherwise.
    struct Branch: Sendable {
        let pipeline: Pipeline
        let body: [TemplateNode]
        let otherwise: [TemplateNode]?
        let range: Range<Int>
    }
}

/// `$x := first | second | third`
struct Pipeline: Sendable {
    /// Variables that take the value, with their dollar signs.
    let variables: [String]
    /// `=` rather than `:=`.
    let isAssignment: Bool
    let commands: [Command]
    let range: Range<Int>
    /// Behind the braces or the parenthesis that close it.
    let end: Int
}

/// A function with arguments, or a single value.
struct Command: Sendable {
    let operands: [Operand]
    let range: Range<Int>
}

struct Operand: Sendable {
    indirect enum Kind: Sendable {
        case dot
        case null
        case boolean(Bool)
        case number(NumberLiteral)
        case string(String)
        /// `.a.b`: fields or methods of dot.
        case field([String])
        /// `$x.a.b`
        case variable(String, fields: [String])
        case function(String, TemplateFunction)
        case parenthesized(Pipeline)
        /// `(...).a.b`
        case chain(Operand, fields: [String])
    }

    let kind: Kind
    let range: Range<Int>
    /// The byte Go gives as its place.
    let mark: Int
}
