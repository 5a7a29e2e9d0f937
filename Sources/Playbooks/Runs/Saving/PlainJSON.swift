import JSON
import Metrics

/// A value that is written to the record as JSON and read back as what it was.
protocol PlainJSON {
    var json: JSONValue { get }
    /// Nil when the tree is not one that `json` makes.
    init?(json: JSONValue)
}

extension JSONValue {
    /// Reads a member; nil when it is missing or is something else.
    func read<Value: PlainJSON>(_ name: String, as: Value.Type = Value.self) -> Value? {
        self[name].flatMap { Value(json: $0) }
    }

    /// Reads a member that may be missing or null: the inner nil. The outer nil says that it is something else.
    func readOptional<Value: PlainJSON>(_ name: String, as: Value.Type = Value.self) -> Value?? {
        guard let member = self[name], member != .null else { return .some(nil) }
        return Value(json: member).map { .some($0) }
    }
}

extension Optional where Wrapped: PlainJSON {
    var json: JSONValue { self?.json ?? .null }
}

extension JSONValue: PlainJSON {
    var json: JSONValue { self }
    init?(json: JSONValue) { self = json }
}

extension String: PlainJSON {
    var json: JSONValue { .string(self) }
    init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self = text
    }
}

extension Int: PlainJSON {
    var json: JSONValue { .integer(Int64(self)) }
    init?(json: JSONValue) {
        guard let value = json.integer.flatMap({ Int(exactly: $0) }) else { return nil }
        self = value
    }
}

extension Int64: PlainJSON {
    var json: JSONValue { .integer(self) }
    init?(json: JSONValue) {
        guard let value = json.integer else { return nil }
        self = value
    }
}

extension Bool: PlainJSON {
    var json: JSONValue { .boolean(self) }
    init?(json: JSONValue) {
        guard let value = json.boolean else { return nil }
        self = value
    }
}

/// With all its bits, so that infinities and the payload of a NaN come back.
extension Double: PlainJSON {
    var json: JSONValue { .string(String(bitPattern, radix: 16)) }
    init?(json: JSONValue) {
        guard let bits = json.string.flatMap({ UInt64($0, radix: 16) }) else { return nil }
        self.init(bitPattern: bits)
    }
}

extension Milliseconds: PlainJSON {
    var json: JSONValue { .integer(rawValue) }
    init?(json: JSONValue) {
        guard let value = json.integer else { return nil }
        self.init(value)
    }
}

extension Timestamp: PlainJSON {
    var json: JSONValue { .integer(rawValue) }
    init?(json: JSONValue) {
        guard let value = json.integer else { return nil }
        self.init(milliseconds: value)
    }
}

extension Array: PlainJSON where Element: PlainJSON {
    var json: JSONValue { .array(map(\.json)) }
    init?(json: JSONValue) {
        guard let elements = json.array else { return nil }
        let values = elements.compactMap { Element(json: $0) }
        guard values.count == elements.count else { return nil }
        self = values
    }
}

extension Range<Int>: PlainJSON {
    var json: JSONValue { .array([lowerBound.json, upperBound.json]) }
    init?(json: JSONValue) {
        guard let bounds = [Int](json: json), bounds.count == 2, 0 <= bounds[0], bounds[0] <= bounds[1] else {
            return nil
        }
        self = bounds[0]..<bounds[1]
    }
}

/// A pair, so that names may repeat and keep their order.
extension Label: PlainJSON {
    var json: JSONValue { .array([.string(name), .string(value)]) }
    init?(json: JSONValue) {
        guard let pair = [String](json: json), pair.count == 2 else { return nil }
        self.init(pair[0], pair[1])
    }
}

extension Labels: PlainJSON {
    var json: JSONValue { .object(JSONObject(map { JSONObject.Member(name: $0.name, value: .string($0.value)) })) }
    init?(json: JSONValue) {
        guard let object = json.object else { return nil }
        let labels = object.members.compactMap { member in member.value.string.map { Label(member.name, $0) } }
        guard labels.count == object.members.count else { return nil }
        self.init(labels)
    }
}

extension Moment: PlainJSON {
    var json: JSONValue { ["wall": wall.json, "monotonic": monotonic.json, "boot": boot.json] }
    init?(json: JSONValue) {
        guard let wall = json.read("wall", as: Timestamp.self),
            let monotonic = json.read("monotonic", as: Milliseconds.self),
            let boot = json.read("boot", as: Int64.self)
        else { return nil }
        self.init(wall: wall, monotonic: monotonic, boot: boot)
    }
}

/// Enumerations whose cases are words.
extension PlainJSON where Self: RawRepresentable, RawValue == String {
    var json: JSONValue { .string(rawValue) }
    init?(json: JSONValue) {
        guard let word = json.string else { return nil }
        self.init(rawValue: word)
    }
}

extension Playbook.Mode: PlainJSON {}
extension Playbook.Page.Occasion: PlainJSON {}
extension Step.OnError: PlainJSON {}
extension RunEnding: PlainJSON {}
extension Aftercare: PlainJSON {}
extension GuardName: PlainJSON {}
extension Guards.Fleet.Store: PlainJSON {}
