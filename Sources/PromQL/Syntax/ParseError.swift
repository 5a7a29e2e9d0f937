public import Diagnostics

/// What is wrong with a query: everything that could be found in one pass, and at least one thing.
public struct ParseError: Error, Hashable, Sendable {
    public struct Problem: Hashable, Sendable {
        /// What is wrong and what was expected, in Prometheus's words where it has any.
        public var message: String
        /// The bytes of the query that it is about.
        public var range: Range<Int>
        /// What to do about it: `did you mean "rate"?`.
        public var help: String?

        public init(_ message: String, _ range: Range<Int>, help: String? = nil) {
            self.message = message
            self.range = range
            self.help = help
        }
    }

    /// In the order they were found; Prometheus would report the first.
    public var problems: [Problem]

    public init(problems: [Problem]) {
        self.problems = problems
    }

    /// One line for each problem: `1:14: parse error: unknown function with name "rat"; did you mean "rate"?`.
    public func description(in text: String) -> String {
        let source = SourceText(text: text)
        return problems.map { problem in
            let place = source.place(of: problem.range.lowerBound)
            let help = problem.help.map { "; \($0)" } ?? ""
            return "\(place.line):\(place.column): parse error: \(problem.message)\(help)"
        }
        .joined(separator: "\n")
    }

    /// The problems as they are drawn for people. `offset` is where the query begins in the source.
    public func diagnostics(in source: SourceText, at offset: Int = 0) -> [Diagnostic] {
        problems.map { problem in
            Diagnostic(
                .error,
                code: "promql/parse",
                message: problem.message,
                range: problem.range.lowerBound + offset..<problem.range.upperBound + offset,
                help: problem.help,
                source: source
            )
        }
    }
}

/// How far a parser goes before it refuses a query.
public struct ParseOptions: Sendable, Hashable {
    /// The most brackets, calls and signs within each other. Parsing takes stack for each.
    public var nestingMax: Int
    /// The most nodes from the root of the tree to a leaf; each operator of a chain `a + b + c` adds one. Whoever walks a
    /// tree takes stack for each.
    public var depthMax: Int
    /// The most bytes of text.
    public var lengthMax: Int

    public init(nestingMax: Int = 200, depthMax: Int = 500, lengthMax: Int = 1 << 20) {
        self.nestingMax = nestingMax
        self.depthMax = depthMax
        self.lengthMax = lengthMax
    }

    /// The whole language, with limits that no query written by hand comes near.
    public static let all = ParseOptions()
}
