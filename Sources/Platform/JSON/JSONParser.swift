extension JSONValue {
    /// What to do with an object that has the same name twice.
    public enum RepeatedNames: Sendable {
        case refuse
        /// As most parsers do: for bodies that other programs send.
        case lastCounts
    }

    /// How deep arrays and objects may nest: deeper than any honest text, shallow enough for every stack.
    public static let depthLimit = 128

    /// Reads one value and nothing else, by the letter of RFC 8259.
    public init(
        parsing bytes: Span<UInt8>,
        repeatedNames: RepeatedNames = .refuse,
        depthLimit: Int = Self.depthLimit
    ) throws(JSONError) {
        var parser = JSONParser(repeatedNames: repeatedNames, depthLimit: depthLimit)
        self = try parser.document(bytes)
    }

    public init(
        parsing bytes: [UInt8],
        repeatedNames: RepeatedNames = .refuse,
        depthLimit: Int = Self.depthLimit
    ) throws(JSONError) {
        try self.init(parsing: bytes.span, repeatedNames: repeatedNames, depthLimit: depthLimit)
    }

    public init(parsing text: String, repeatedNames: RepeatedNames = .refuse) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), repeatedNames: repeatedNames)
    }
}

/// Keeps only its place; the bytes are handed to each step.
struct JSONParser {
    let repeatedNames: JSONValue.RepeatedNames
    let depthLimit: Int
    var place = 0

    init(repeatedNames: JSONValue.RepeatedNames, depthLimit: Int) {
        self.repeatedNames = repeatedNames
        self.depthLimit = depthLimit
    }

    mutating func document(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        let result = try value(bytes, depth: 0)
        skipBlanks(bytes)
        guard place == bytes.count else { throw JSONError(.trailingText, at: place, in: bytes) }
        return result
    }

    private mutating func value(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSONValue {
        skipBlanks(bytes)
        guard place < bytes.count else {
            throw JSONError(.unexpectedEnd(expected: "a value"), at: place, in: bytes)
        }
        switch bytes[place] {
        case UInt8(ascii: "\""): return .string(try string(bytes))
        case UInt8(ascii: "{"): return .object(try object(bytes, depth: depth + 1))
        case UInt8(ascii: "["): return .array(try array(bytes, depth: depth + 1))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number(bytes)
        case UInt8(ascii: "t"): return try word("true", .boolean(true), bytes)
        case UInt8(ascii: "f"): return try word("false", .boolean(false), bytes)
        case UInt8(ascii: "n"): return try word("null", .null, bytes)
        default: throw unexpected("a value", bytes)
        }
    }

    private mutating func word(
        _ word: StaticString,
        _ value: JSONValue,
        _ bytes: Span<UInt8>
    ) throws(JSONError) -> JSONValue {
        let expected = word.description
        for byte in expected.utf8 {
            guard place < bytes.count, bytes[place] == byte else { throw unexpected(expected, bytes) }
            place += 1
        }
        return value
    }

    private mutating func array(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> [JSONValue] {
        try open(bytes, depth: depth)
        var elements: [JSONValue] = []
        if skip(UInt8(ascii: "]"), bytes) { return elements }
        while true {
            elements.append(try value(bytes, depth: depth))
            if skip(UInt8(ascii: "]"), bytes) { return elements }
            guard skip(UInt8(ascii: ","), bytes) else { throw unexpected("a comma or the end of the array", bytes) }
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) -> JSONObject {
        try open(bytes, depth: depth)
        var members: [JSONObject.Member] = []
        var names = NameSet()
        if skip(UInt8(ascii: "}"), bytes) { return JSONObject() }
        // Most objects have a few members; growing step by step to that size costs more than the room.
        members.reserveCapacity(6)
        while true {
            skipBlanks(bytes)
            let start = place
            guard place < bytes.count, bytes[place] == UInt8(ascii: "\"") else {
                throw unexpected("a name in double quotes", bytes)
            }
            let name = try string(bytes)
            if repeatedNames == .refuse, !names.insert(name, after: members) {
                throw JSONError(.repeatedName(name), at: start, in: bytes)
            }
            guard skip(UInt8(ascii: ":"), bytes) else { throw unexpected("a colon", bytes) }
            members.append(JSONObject.Member(name: name, value: try value(bytes, depth: depth)))
            if skip(UInt8(ascii: "}"), bytes) { return JSONObject(members) }
            guard skip(UInt8(ascii: ","), bytes) else { throw unexpected("a comma or the end of the object", bytes) }
        }
    }

    private mutating func open(_ bytes: Span<UInt8>, depth: Int) throws(JSONError) {
        guard depth <= depthLimit else { throw JSONError(.tooDeep(limit: depthLimit), at: place, in: bytes) }
        place += 1
    }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while place < bytes.count {
            switch bytes[place] {
            case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): place += 1
            default: return
            }
        }
    }

    /// Skips blanks and then the byte, if it stands there.
    private mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
        skipBlanks(bytes)
        guard place < bytes.count, bytes[place] == byte else { return false }
        place += 1
        return true
    }

    func unexpected(_ expected: String, _ bytes: Span<UInt8>) -> JSONError {
        guard place < bytes.count else { return JSONError(.unexpectedEnd(expected: expected), at: place, in: bytes) }
        let byte = bytes[place]
        let found = (0x21..<0x7f).contains(byte) ? "\"\(Character(Unicode.Scalar(byte)))\"" : "byte \(byte)"
        return JSONError(.unexpectedCharacter(found: found, expected: expected), at: place, in: bytes)
    }
}

/// Finds repeated names: by looking through the few that most objects have, by hashing when they become many.
private struct NameSet {
    private static let few = 16
    private var hashed: Set<[UInt8]> = []

    /// Whether the name is new; `members` are those before it.
    mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
        if members.count < Self.few {
            return !members.contains { $0.name.hasSameBytes(as: name) }
        }
        if hashed.isEmpty { hashed = Set(members.map { Array($0.name.utf8) }) }
        return hashed.insert(Array(name.utf8)).inserted
    }
}
