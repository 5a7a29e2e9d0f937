public import Metrics

/// What a kind of action promises before it is ever done: its arguments, its facts, its words.
///
/// The deed itself is elsewhere: playbooks are checked, explained, simulated and tested with declarations alone.
public struct ActionDeclaration: Sendable {
    /// As playbooks write it: `systemd.restart`.
    public let name: String
    /// One line for lists and documentation.
    public let summary: String
    public let arguments: [ArgumentDeclaration]
    /// Whether doing it twice is the same as doing it once. An interrupted step is done again only then.
    public let isRepeatable: @Sendable (ActionArguments) -> Bool
    /// What takes the deed back, in words; nil where nothing does.
    public let undo: String?
    /// What `actions.permit` of the configuration must allow.
    public let permissions: @Sendable (ActionArguments) -> [Permission]
    /// Locks that the deed implies, such as `unit/api.service`.
    public let locks: @Sendable (ActionArguments) -> [String]
    /// The unit that is treated, where there is one: guards look at its uptime, state and protection.
    public let treatedUnits: @Sendable (ActionArguments) -> [String]
    /// What it would do, in one sentence with real values: `restart api.service and see it stay active for 3s`.
    public let sentence: @Sendable (ActionArguments) -> String
    /// What is wrong with the arguments beyond their types. An argument whose template is not yet rendered is absent here.
    public let complaints: @Sendable (ActionArguments) -> [ArgumentComplaint]
    /// Whether it treats the subject, as against looking, waiting, telling or asking. Treating steps are skipped once the alert is over.
    public let isTreatment: Bool

    public init(
        name: String,
        summary: String,
        arguments: [ArgumentDeclaration],
        isRepeatable: @escaping @Sendable (ActionArguments) -> Bool,
        undo: String? = nil,
        isTreatment: Bool = true,
        permissions: @escaping @Sendable (ActionArguments) -> [Permission] = { _ in [] },
        locks: @escaping @Sendable (ActionArguments) -> [String] = { _ in [] },
        treatedUnits: @escaping @Sendable (ActionArguments) -> [String] = { _ in [] },
        complaints: @escaping @Sendable (ActionArguments) -> [ArgumentComplaint] = { _ in [] },
        sentence: @escaping @Sendable (ActionArguments) -> String
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.isRepeatable = isRepeatable
        self.undo = undo
        self.isTreatment = isTreatment
        self.permissions = permissions
        self.locks = locks
        self.treatedUnits = treatedUnits
        self.complaints = complaints
        self.sentence = sentence
    }
}

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
    /// One line for documentation.
    public let help: String

    public init(
        _ name: String,
        _ kind: ArgumentKind,
        isRequired: Bool = false,
        standard: ArgumentValue? = nil,
        help: String
    ) {
        self.name = name
        self.kind = kind
        self.isRequired = isRequired
        self.standard = standard
        self.help = help
    }
}

/// What an argument's value must look like. Every text may be a template; what it renders to is checked again before the deed.
public indirect enum ArgumentKind: Sendable {
    case text
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

/// The value of an argument after templates are rendered and kinds are checked.
public indirect enum ArgumentValue: Sendable, Hashable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case duration(Milliseconds)
    case size(Int64)
    case list([ArgumentValue])
    case record(ActionArguments)
}

/// Named values in the order in which they were declared.
public struct ActionArguments: Sendable, Hashable {
    public struct Member: Sendable, Hashable {
        public let name: String
        public let value: ArgumentValue

        public init(name: String, value: ArgumentValue) {
            self.name = name
            self.value = value
        }
    }

    public private(set) var members: [Member]

    public init(_ members: [Member] = []) {
        self.members = members
    }

    public subscript(name: String) -> ArgumentValue? {
        members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    public func text(_ name: String) -> String? {
        guard case .text(let text) = self[name] else { return nil }
        return text
    }

    public func flag(_ name: String) -> Bool? {
        guard case .flag(let flag) = self[name] else { return nil }
        return flag
    }

    public func integer(_ name: String) -> Int64? {
        switch self[name] {
        case .integer(let value), .size(let value): value
        default: nil
        }
    }

    public func number(_ name: String) -> Double? {
        switch self[name] {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    public func duration(_ name: String) -> Milliseconds? {
        guard case .duration(let span) = self[name] else { return nil }
        return span
    }

    public func record(_ name: String) -> ActionArguments? {
        guard case .record(let record) = self[name] else { return nil }
        return record
    }

    public func list(_ name: String) -> [ArgumentValue]? {
        guard case .list(let values) = self[name] else { return nil }
        return values
    }

    /// The texts of a list; nil when it is none, or when not all of it are texts.
    public func texts(_ name: String) -> [String]? {
        guard let values = list(name) else { return nil }
        let texts = values.compactMap { value -> String? in
            guard case .text(let text) = value else { return nil }
            return text
        }
        return texts.count == values.count ? texts : nil
    }
}

/// One thing that the configuration's `actions.permit` must allow before a deed is done.
public enum Permission: Sendable, Hashable {
    public enum Access: String, Sendable, Hashable {
        case read
        case write
        case delete
    }

    /// The kind of action as such.
    case action(String)
    case unit(String)
    case path(String, Access)
    case program(String)
    /// A host name or address with its port, or the path of a unix socket.
    case address(String)
    /// To become another user.
    case user(String)
}

/// Every kind of action there is, by name. Playbooks are checked against it.
public struct ActionCatalogue: Sendable {
    /// In the order of their names.
    public let declarations: [ActionDeclaration]

    public init(_ declarations: [ActionDeclaration]) {
        self.declarations = declarations.sorted { $0.name < $1.name }
    }

    public subscript(name: String) -> ActionDeclaration? {
        declarations.first { $0.name.utf8.elementsEqual(name.utf8) }
    }
}
