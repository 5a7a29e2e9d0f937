public import Metrics

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

    /// What `{{ .Candidate }}` renders to: where an action puts the path of the file it is about to put in place.
    public static let candidate = "{{ .Candidate }}"

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
