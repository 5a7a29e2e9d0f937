/// A series: the metric's name and its labels, up to the value.
extension ExpositionParser {
    /// What may stand between quotes apart from ordinary characters.
    struct QuoteRules: OptionSet {
        var rawValue: UInt8
        /// A line end, which Prometheus's lexers let pass in most places.
        static let lineEnds = QuoteRules(rawValue: 1)
        static let nuls = QuoteRules(rawValue: 2)
    }

    mutating func sample(nameBefore: Bool) throws(ExpositionError) -> ExpositionEntry {
        let start = place
        // Taken out for the while, so that the array of labels is neither copied nor allocated anew.
        var fields = LabelFields()
        swap(&fields, &self.fields)
        defer { swap(&fields, &self.fields) }
        fields.removeAll()
        if nameBefore {
            unsafe place = NameByte.endOfName(base, from: place, to: count)
            fields.setName(start..<place, isEscaped: false)
        }
        var end = place
        if format == .text { skipBlanks() }
        if byte(at: place) == UInt8(ascii: "{") {
            place += 1
            try labels(into: &fields, isExemplar: false)
            end = place
        }
        guard fields.hasName else { throw failure(.nameMissing, at: start) }
        if let name = unsafe fields.duplicate(in: base) { throw failure(.duplicateLabel(name), at: start) }
        return .sample(try valueAndTime(series: start..<end))
    }

    /// The inside of braces and the closing one.
    mutating func labels(into fields: inout LabelFields, isExemplar: Bool) throws(ExpositionError) {
        if format == .text { skipBlanks() }
        while byte(at: place) != UInt8(ascii: "}") {
            let start = place
            let isQuoted = byte(at: start) == UInt8(ascii: "\"")
            let name = isQuoted ? try quotedName(isExemplar: isExemplar) : try plainLabelName()
            if format == .text { skipBlanks() }
            let next = byte(at: place)
            if isQuoted && !isExemplar && (next == UInt8(ascii: ",") || next == UInt8(ascii: "}")) {
                // A quoted text on its own is the metric's name.
                guard !fields.hasName else { throw failure(.nameTwice, at: start) }
                fields.setName(name.start..<name.end, isEscaped: name.isEscaped)
                if next == UInt8(ascii: ",") { skipComma() }
                continue
            }
            guard next == UInt8(ascii: "=") else { throw failure(.noEqualSign, at: place) }
            place += 1
            let value = try labelValue(isExemplar: isExemplar)
            fields.append(name: name, value: value)
            if byte(at: place) == UInt8(ascii: ",") {
                skipComma()
            } else if format == .openMetrics && byte(at: place) != UInt8(ascii: "}") {
                throw failure(.noCommaOrBrace, at: place)
            }
        }
        place += 1
    }

    @inline(__always)
    private mutating func skipComma() {
        place += 1
        if format == .text { skipBlanks() }
    }

    @inline(__always)
    private mutating func plainLabelName() throws(ExpositionError) -> EscapedRange {
        let start = place
        guard NameByte.isLabelStart(byte(at: start)) else { throw failure(.noLabelName, at: start) }
        unsafe place = NameByte.endOfLabel(base, from: start, to: count)
        return EscapedRange(start: start, end: place, isEscaped: false)
    }

    private mutating func quotedName(isExemplar: Bool) throws(ExpositionError) -> EscapedRange {
        let start = place
        guard let end = endOfQuoted(at: start, allowing: isExemplar ? [] : .lineEnds) else {
            throw failure(.noLabelName, at: start)
        }
        place = end.after
        if end.after == start + 2 { throw failure(.emptyName, at: start) }
        if end.hasHighBytes && !isValidUTF8(start + 1..<end.after - 1) {
            throw failure(.invalidUTF8("the name"), at: start)
        }
        return EscapedRange(start: start + 1, end: end.after - 1, isEscaped: end.isEscaped)
    }

    @inline(__always)
    private mutating func labelValue(isExemplar: Bool) throws(ExpositionError) -> EscapedRange {
        if format == .text { skipBlanks() }
        let start = place
        guard byte(at: start) == UInt8(ascii: "\"") else { throw failure(.noLabelValue, at: start) }
        var isEscaped = false
        // Most values hold nothing but ordinary characters up to the closing quote.
        unsafe place = OrdinaryBytes.end(base, from: start + 1, to: count) + 1
        if byte(at: place - 1) != UInt8(ascii: "\"") {
            isEscaped = try unusualValue(from: start, isExemplar: isExemplar)
        }
        let end = place - 1
        if format == .text { skipBlanks() }
        return EscapedRange(start: start + 1, end: end, isEscaped: isEscaped)
    }

    /// Goes behind the closing quote of a value with other characters, and tells whether it has escapes.
    private mutating func unusualValue(from start: Int, isExemplar: Bool) throws(ExpositionError) -> Bool {
        let rules: QuoteRules = isExemplar ? [] : format == .text ? [.lineEnds, .nuls] : .nuls
        guard let end = endOfQuoted(at: start, allowing: rules) else { throw failure(.noLabelValue, at: start) }
        if end.hasHighBytes && !isValidUTF8(start + 1..<end.after - 1) {
            throw failure(.invalidUTF8("the label value"), at: start)
        }
        place = end.after
        return end.isEscaped
    }

    /// Where the text that begins with the quote at `start` has ended, or nil where it does not end as it should.
    func endOfQuoted(
        at start: Int,
        allowing rules: QuoteRules
    ) -> (after: Int, isEscaped: Bool, hasHighBytes: Bool)? {
        var place = start + 1
        var isEscaped = false
        var hasHighBytes = false
        while true {
            unsafe place = OrdinaryBytes.end(base, from: place, to: count)
            guard place < count else { return nil }
            switch unsafe base[place] {
            case UInt8(ascii: "\""): return (place + 1, isEscaped, hasHighBytes)
            case UInt8(ascii: "\\"):
                isEscaped = true
                place += 1
                while rules.contains(.nuls) && place < count, unsafe base[place] == 0 {
                    place += 1
                }
                let next = byte(at: place)
                guard place < count && next != UInt8(ascii: "\n") && next != 0 else { return nil }
                hasHighBytes = hasHighBytes || next >= 0x80
            case UInt8(ascii: "\n") where !rules.contains(.lineEnds): return nil
            case 0 where !rules.contains(.nuls): return nil
            case let other: hasHighBytes = hasHighBytes || other >= 0x80
            }
            place += 1
        }
    }
}

/// Runs of bytes that mean nothing special between quotes: neither quote nor backslash, no control byte, all ASCII.
enum OrdinaryBytes {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The first place from `start` on that holds another byte; eight bytes at a time while eight are left.
    @inline(__always)
    static func end(_ bytes: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        var place = start
        while place + 8 <= end {
            let word = unsafe UnsafeRawPointer(bytes + place).loadUnaligned(as: UInt64.self).littleEndian
            let special = special(in: word)
            if special != 0 { return place + special.trailingZeroBitCount / 8 }
            place += 8
        }
        while unsafe place < end && isOrdinary(bytes[place]) {
            place += 1
        }
        return place
    }

    /// A top bit at each byte that is special; above the first such byte there may be false ones.
    @inline(__always)
    private static func special(in word: UInt64) -> UInt64 {
        let quotes = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslashes = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        return (word | (word &- ones &* 0x20) | (quotes &- ones) | (backslashes &- ones)) & tops
    }

    private static func isOrdinary(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x80 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }
}
