public import JSON
public import Metrics

/// Puts the members of an object together, and leaves out those that have nothing to say.
public struct TreeBuilder {
    fileprivate var members: [JSONObject.Member] = []

    public mutating func add(_ name: String, _ value: JSONValue?) {
        if let value { members.append(JSONObject.Member(name: name, value: value)) }
    }

    public mutating func add(_ name: String, text: String?) { add(name, text.map { .string($0) }) }

    /// A text that is left out when it is empty.
    public mutating func add(_ name: String, words: String) { add(name, words.isEmpty ? nil : .string(words)) }

    public mutating func add(_ name: String, number: Int?) { add(name, number.map { .integer(Int64($0)) }) }

    public mutating func add(_ name: String, flag: Bool) { add(name, .boolean(flag)) }

    public mutating func add(_ name: String, at moment: Timestamp?) { add(name, text: moment?.rfc3339Text) }

    /// The span in seconds; the name ought to say so.
    public mutating func add(_ name: String, span: Milliseconds?) { add(name, span.map { .number($0.seconds) }) }

    public mutating func add(_ name: String, labels: Labels) { add(name, .labels(labels)) }

    public mutating func add(_ name: String, list: [JSONValue]) { add(name, .array(list)) }

    public mutating func add(_ name: String, texts: [String]) { add(name, .array(texts.map { .string($0) })) }
}

extension JSONValue {
    /// An object whose members the closure adds.
    public static func tree(_ fill: (inout TreeBuilder) -> Void) -> JSONValue {
        var builder = TreeBuilder()
        fill(&builder)
        return .object(JSONObject(builder.members))
    }

    /// Labels as an object of texts.
    public static func labels(_ labels: some Sequence<Label>) -> JSONValue {
        .object(JSONObject(labels.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }))
    }

    /// The object with further members behind its own.
    func extended(_ fill: (inout TreeBuilder) -> Void) -> JSONValue {
        var builder = TreeBuilder()
        builder.members = object?.members ?? []
        fill(&builder)
        return .object(JSONObject(builder.members))
    }
}
