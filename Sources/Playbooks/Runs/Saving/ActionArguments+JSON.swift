import JSON
import Metrics

extension ActionArguments: PlainJSON {
    var json: JSONValue {
        .object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.value.json) }))
    }

    init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        let members = object.members.compactMap { member in
            ArgumentValue(json: member.value).map { Member(name: member.name, value: $0) }
        }
        guard members.count == object.members.count else { return nil }
        self.init(members)
    }
}

// The kind stands beside the value: a duration of 5 is not the number 5.
extension ArgumentValue: PlainJSON {
    var json: JSONValue {
        switch self {
        case .text(let value): .string(value)
        case .flag(let value): .boolean(value)
        case .list(let values): .array(values.map(\.json))
        case .integer(let value): ["integer": .integer(value)]
        case .number(let value): ["number": value.json]
        case .duration(let value): ["duration": value.json]
        case .size(let value): ["size": .integer(value)]
        case .record(let value): ["record": value.json]
        }
    }

    init?(json: JSONValue) {
        switch json {
        case .string(let text): self = .text(text)
        case .boolean(let flag): self = .flag(flag)
        case .array:
            guard let values = [ArgumentValue](json: json) else { return nil }
            self = .list(values)
        case .object(let object):
            guard let member = object.members.first, object.members.count == 1,
                let value = ArgumentValue(kind: member.name, member.value)
            else { return nil }
            self = value
        case .null, .integer, .number: return nil
        }
    }

    private init?(kind: String, _ json: JSONValue) {
        let value: ArgumentValue?
        switch kind {
        case "integer": value = json.integer.map { .integer($0) }
        case "number": value = Double(json: json).map { .number($0) }
        case "duration": value = Milliseconds(json: json).map { .duration($0) }
        case "size": value = json.integer.map { .size($0) }
        case "record": value = ActionArguments(json: json).map { .record($0) }
        default: value = nil
        }
        guard let value else { return nil }
        self = value
    }
}
