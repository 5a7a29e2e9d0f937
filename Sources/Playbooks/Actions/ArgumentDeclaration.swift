/// What is wrong with an argument's value; the path leads into lists and maps: `files`, `0`.
public struct ArgumentComplaint: Sendable, Hashable {
    public let path: [String]
    public let message: String
    public let help: String?

    public init(_ path: [String], _ message: String, help: String? = nil) {
        self.path = path
        self.message = message
        self.help = help
    }
}

/// One argument of an action.
public struct ArgumentDeclaration: Sendable {
    public let name: String
    public let kind: ArgumentKind
    public let isRequired: Bool
    /// Taken where the playbook says nothing.
    public let standard: ArgumentValue?
    /// Whether it must stand as it is, without templates: SQL, for instance, into which no label may find its way.
    public let isLiteral: Bool
    /// Whether `{{ .Candidate }}` may stand in it, for the action to replace; see `ActionArguments.candidate`.
    public let seesCandidate: Bool
    /// One line for documentation.
    public let help: String

    public init(
        _ name: String,
        _ kind: ArgumentKind,
        isRequired: Bool = false,
        standard: ArgumentValue? = nil,
        isLiteral: Bool = false,
        seesCandidate: Bool = false,
        help: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.standard = standard
        self.isLiteral = isLiteral
        self.seesCandidate = seesCandidate
        self.help = help
    }
}

/// What an argument's value must look like. Every text may be a template; what it renders to is checked again before the deed.
public indirect enum ArgumentKind: Sendable {
    /// Any text, of several lines too.
    case text
    /// A text without line breaks: a header, a name.
    case line
    /// One word of a program's command line. What a template puts at its beginning cannot make it an option.
    case word
    case integer(ClosedRange<Int64>)
    case number(ClosedRange<Double>)
    case flag
    case duration
    /// A count of bytes with an optional suffix: `200MB`, `1GiB`.
    case size
    case choice([String])
    /// A PromQL expression.
    case expression
    /// A systemd unit name with its suffix.
    case unit
    /// An absolute path without `..`.
    case path
    case url
    /// In RE2's syntax.
    case pattern
    /// Matchers as in Alertmanager's routes.
    case matchers
    case list(of: ArgumentKind)
    /// A single value stands for a list of one.
    case oneOrMore(of: ArgumentKind)
    /// Free names: environment variables, headers.
    case map(of: ArgumentKind)
    case record([ArgumentDeclaration])
    /// A text, number or flag as it was written.
    case scalar
}
