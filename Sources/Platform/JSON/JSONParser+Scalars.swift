extension JSONParser {
    /// A number; whole ones that fit stay exact.
    mutating func number(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        let start = place
        let isNegative = bytes[place] == UInt8(ascii: "-")
        if isNegative { place += 1 }
        var integer: Int64? = 0
        let firstDigit = place
        while let digit = digit(bytes) {
            integer = integer.flatMap { Self.appending(digit, to: $0, isNegative: isNegative) }
            place += 1
        }
        let digits = place - firstDigit
        guard digits > 0, digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else {
            throw JSONError(.malformedNumber, at: start, in: bytes)
        }
        let isWhole = try fractionAndExponent(bytes, start: start)
        if isWhole, let integer, !(isNegative && integer == 0) { return .integer(integer) }
        let written = try text(bytes.extracting(start..<place), from: start, bytes)
        guard let value = Double(written), value.isFinite else {
            throw JSONError(.numberOutOfRange, at: start, in: bytes)
        }
        return .number(value)
    }

    /// Skips both where they stand; false when there was one.
    private mutating func fractionAndExponent(_ bytes: Span<UInt8>, start: Int) throws(JSONError) -> Bool {
        var isWhole = true
        if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
            isWhole = false
            place += 1
            try digits(bytes, start: start)
        }
        if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
            isWhole = false
            place += 1
            if place < bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-") {
                place += 1
            }
            try digits(bytes, start: start)
        }
        return isWhole
    }

    private mutating func digits(_ bytes: Span<UInt8>, start: Int) throws(JSONError) {
        guard digit(bytes) != nil else { throw JSONError(.malformedNumber, at: start, in: bytes) }
        while digit(bytes) != nil { place += 1 }
    }

    private func digit(_ bytes: Span<UInt8>) -> Int64? {
        guard place < bytes.count else { return nil }
        let value = bytes[place] &- UInt8(ascii: "0")
        return value < 10 ? Int64(value) : nil
    }

    private static func appending(_ digit: Int64, to value: Int64, isNegative: Bool) -> Int64? {
        let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
        if overflow { return nil }
        let (sum, carry) = shifted.addingReportingOverflow(isNegative ? -digit : digit)
        return carry ? nil : sum
    }

    /// A string; the place is at its opening quote. One copy when nothing in it is escaped.
    mutating func string(_ bytes: Span<UInt8>) throws(JSONError) -> String {
        place += 1
        let start = place
        skipPlain(bytes)
        if place < bytes.count, bytes[place] == UInt8(ascii: "\"") {
            place += 1
            return try text(bytes.extracting(start..<place - 1), from: start, bytes)
        }
        return try stringWithEscapes(bytes, start: start)
    }

    private mutating func stringWithEscapes(_ bytes: Span<UInt8>, start: Int) throws(JSONError) -> String {
        var result: [UInt8] = []
        var run = start
        while true {
            skipPlain(bytes)
            guard place < bytes.count else {
                throw JSONError(.unexpectedEnd(expected: "the end of the string"), at: place, in: bytes)
            }
            for index in run..<place { result.append(bytes[index]) }
            switch bytes[place] {
            case UInt8(ascii: "\""):
                place += 1
                return try text(result.span, from: start, bytes)
            case UInt8(ascii: "\\"):
                place += 1
                try escape(bytes, into: &result)
            default: throw JSONError(.controlCharacter, at: place, in: bytes)
            }
            run = place
        }
    }

    private mutating func skipPlain(_ bytes: Span<UInt8>) {
        while place < bytes.count {
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            place += 1
        }
    }

    private func text(_ content: Span<UInt8>, from start: Int, _ bytes: Span<UInt8>) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: content))
        } catch {
            throw JSONError(.malformedUTF8, at: start + error.byteOffsets.lowerBound, in: bytes)
        }
    }

    private mutating func escape(_ bytes: Span<UInt8>, into result: inout [UInt8]) throws(JSONError) {
        guard place < bytes.count else {
            throw JSONError(.unexpectedEnd(expected: "an escape"), at: place, in: bytes)
        }
        let byte = bytes[place]
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            place += 1
            result.append(contentsOf: String(try escapedScalar(bytes)).utf8)
            return
        default: throw JSONError(.unknownEscape, at: place - 1, in: bytes)
        }
        place += 1
    }

    /// `\uXXXX`, or two of them that make one character; the place is behind the first `u`.
    private mutating func escapedScalar(_ bytes: Span<UInt8>) throws(JSONError) -> Character {
        let start = place - 2
        let high = try fourDigits(bytes)
        if let scalar = Unicode.Scalar(high) { return Character(scalar) }
        guard (0xD800..<0xDC00).contains(high), place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
            bytes[place + 1] == UInt8(ascii: "u")
        else { throw JSONError(.loneSurrogate, at: start, in: bytes) }
        place += 2
        let low = try fourDigits(bytes)
        guard (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        else { throw JSONError(.loneSurrogate, at: start, in: bytes) }
        return Character(scalar)
    }

    private mutating func fourDigits(_ bytes: Span<UInt8>) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard place < bytes.count else {
                throw JSONError(.unexpectedEnd(expected: "four hexadecimal digits"), at: place, in: bytes)
            }
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt32(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | UInt32(byte - UInt8(ascii: "A") + 10)
            default: throw unexpected("a hexadecimal digit", bytes)
            }
            place += 1
        }
        return value
    }
}
