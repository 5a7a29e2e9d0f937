/// Takes an input apart into the things a test needs. An input that is used up goes on with zeros.
struct Bytes {
    private(set) var rest: ArraySlice<UInt8>

    init(_ input: ArraySlice<UInt8>) {
        rest = input
    }

    var isEmpty: Bool { rest.isEmpty }

    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

    mutating func flag() -> Bool { byte() & 1 == 1 }

    /// Below `bound`, which is at least 1.
    mutating func number(below bound: Int) -> Int { Int(byte()) % bound }

    mutating func word() -> UInt64 {
        var word: UInt64 = 0
        for _ in 0..<8 { word = word << 8 | UInt64(byte()) }
        return word
    }

    /// What comes before the next byte 0; all the rest where there is none.
    mutating func piece() -> ArraySlice<UInt8> {
        let end = rest.firstIndex(of: 0) ?? rest.endIndex
        defer { rest = rest[Swift.min(end + 1, rest.endIndex)...] }
        return rest[..<end]
    }

    /// The rest, as text; nil where it is none.
    mutating func text() -> String? {
        defer { rest = [] }
        return String(validating: rest, as: UTF8.self)
    }
}

extension Double {
    /// Equal to the last bit, so that the kinds of NaN are told apart and 0 from -0.
    func isIdentical(to other: Double) -> Bool { bitPattern == other.bitPattern }
}
