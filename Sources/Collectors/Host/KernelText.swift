/// Words and numbers of a text of the kernel, line by line, without a string for each.
struct KernelText {
    private static let space = UInt8(ascii: " ")
    private static let tab = UInt8(ascii: "\t")
    private static let newline = UInt8(ascii: "\n")

    /// Below it there is room for one more digit.
    private static let mayGrow = UInt64.max / 10

    private let bytes: [UInt8]
    private let count: Int
    private var place = 0
    private var lineEnd = 0
    private var nextStart = 0

    /// The first `count` bytes, of which a last line without its end is left out when it was cut off by `bytes`.
    init(_ bytes: [UInt8], count: Int) {
        self.bytes = bytes
        self.count = count
    }

    init(_ text: String) {
        self.init(Array(text.utf8), count: text.utf8.count)
    }

    /// Goes to the beginning of the next line. False at the end.
    mutating func nextLine() -> Bool {
        guard nextStart < count else { return false }
        place = nextStart
        lineEnd = nextStart
        while lineEnd < count, bytes[lineEnd] != Self.newline { lineEnd += 1 }
        nextStart = lineEnd + 1
        return true
    }

    /// The next word of the line, up to a space or to the byte given, which is skipped too. Empty at the line's end.
    mutating func word(endedBy stop: UInt8 = space) -> ArraySlice<UInt8> {
        skipSpaces()
        let start = place
        while place < lineEnd, bytes[place] != stop, !Self.isSpace(bytes[place]) { place += 1 }
        let word = bytes[start..<place]
        if place < lineEnd, bytes[place] == stop { place += 1 }
        return word
    }

    /// Everything up to the last of a byte in the line, which is skipped: names of devices may themselves have colons.
    mutating func word(beforeLast stop: UInt8) -> ArraySlice<UInt8>? {
        skipSpaces()
        guard let end = bytes[place..<lineEnd].lastIndex(of: stop) else { return nil }
        defer { place = end + 1 }
        return bytes[place..<end]
    }

    /// The next number of the line. Nil where there is something else; it is skipped then as a word.
    mutating func number() -> Double? {
        skipSpaces()
        let isNegative = place < lineEnd && bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        // Whole as long as 64 bits hold it, so that the kernel's largest numbers are rounded once and not at each digit.
        var whole: UInt64 = 0
        var beyond = 1.0
        var scale = 0.0
        var digits = 0
        while place < lineEnd, !Self.isSpace(bytes[place]) {
            let byte = bytes[place]
            if byte == UInt8(ascii: "."), scale == 0 {
                scale = 1
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                if whole < Self.mayGrow {
                    whole = whole &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                } else {
                    beyond *= 10
                }
                scale *= 10
                digits += 1
            } else {
                _ = word()
                return nil
            }
            place += 1
        }
        guard digits > 0 else { return nil }
        let value = Double(whole) * beyond
        let size = scale > 1 ? value / scale : value
        return isNegative ? -size : size
    }

    /// The next words as numbers, at most so many; those that are none end the row.
    mutating func numbers(_ body: (Int, Double) -> Void) {
        var column = 0
        while let number = number() {
            body(column, number)
            column += 1
        }
    }

    private mutating func skipSpaces() {
        while place < lineEnd, Self.isSpace(bytes[place]) { place += 1 }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == space || byte == tab }
}

extension ArraySlice<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }

    func equals(_ text: StaticString) -> Bool {
        // A static string lives as long as the program.
        text.withUTF8Buffer { unsafe elementsEqual($0) }
    }
}
