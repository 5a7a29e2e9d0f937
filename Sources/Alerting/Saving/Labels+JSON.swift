public import JSON
public import Metrics

extension Labels {
    /// The labels as an object of texts, sorted by name.
    public var json: JSONValue { .object(JSONObject(map { .init(name: $0.name, value: .string($0.value)) })) }

    init?(_ json: JSONValue?) {
        guard let pairs = [Label](json) else { return nil }
        self.init(pairs)
    }
}

extension [Label] {
    /// Names and values as an object of texts, in their order.
    public var json: JSONValue { .object(JSONObject(map { .init(name: $0.name, value: .string($0.value)) })) }

    init?(_ json: JSONValue?) {
        guard let members = json?.object?.members else { return nil }
        var labels: [Label] = []
        for member in members {
            guard let text = member.value.string else { return nil }
            labels.append(Label(member.name, text))
        }
        self = labels
    }
}

extension Timestamp {
    var json: JSONValue { .integer(rawValue) }

    init?(_ json: JSONValue?) {
        guard let milliseconds = json?.integer else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension JSONObject {
    /// Leaves out what is nil.
    init(present members: KeyValuePairs<String, JSONValue?>) {
        self.init(members.compactMap { name, value in value.map { Member(name: name, value: $0) } })
    }
}
