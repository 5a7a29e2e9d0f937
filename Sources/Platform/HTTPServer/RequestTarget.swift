/// What a request asks for: the path and the query, decoded here and nowhere else, byte for byte.
public struct RequestTarget: Sendable, Hashable {
    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The path as it was sent.
    public let path: String
    /// The parts of the path, decoded one by one: a `%2F` does not divide. `/` has none, `/a/` has `a` and an empty one.
    public let segments: [String]
    public let query: [Parameter]

    /// Nil when the target does not begin with a slash, an escape is broken, or decoded bytes are not UTF-8.
    public init?(_ target: [UInt8]) {
        let question = target.firstIndex(of: UInt8(ascii: "?")) ?? target.count
        let path = target[..<question]
        guard path.first == UInt8(ascii: "/"), let text = String(validating: path, as: UTF8.self) else { return nil }
        self.path = text
        var segments: [String] = []
        if path.count > 1 {
            for part in path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
                guard let segment = Self.decoded(part, plusIsSpace: false) else { return nil }
                segments.append(segment)
            }
        }
        self.segments = segments
        guard let query = Self.parameters(ofForm: target[question...].dropFirst()) else { return nil }
        self.query = query
    }

    /// Decodes `a=1&b=2`, the form of queries and of bodies of the type `application/x-www-form-urlencoded`.
    public static func parameters(ofForm bytes: some Collection<UInt8>) -> [Parameter]? {
        var parameters: [Parameter] = []
        for part in bytes.split(separator: UInt8(ascii: "&")) {
            let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decoded(sides[0], plusIsSpace: true) else { return nil }
            guard let value = sides.count == 2 ? decoded(sides[1], plusIsSpace: true) : "" else { return nil }
            parameters.append(Parameter(name, value))
        }
        return parameters
    }

    private static func decoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                result.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: result.append(UInt8(ascii: " "))
            default: result.append(byte)
            }
        }
        return String(validating: result, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
