/// `# HELP`, `# TYPE` and `# UNIT`.
extension ExpositionParser {
    mutating func readHelp() throws(ExpositionError) -> ExpositionEntry {
        let name = try describedName(after: "HELP")
        let text = try restOfLine(after: "HELP")
        guard isValidUTF8(text) else { throw failure(.invalidUTF8("the help text"), at: text.lowerBound) }
        return .help(name: name, text: text)
    }

    mutating func readType() throws(ExpositionError) -> ExpositionEntry {
        let name = try describedName(after: "TYPE")
        let text = try restOfLine(after: "TYPE")
        guard let type = unsafe MetricType.named(bytes[text], in: format) else {
            throw failure(.unknownType(self.text(text)), at: text.lowerBound)
        }
        self.type = type
        return .type(name: name, type)
    }

    mutating func readUnit() throws(ExpositionError) -> ExpositionEntry {
        let name = try describedName(after: "UNIT")
        let unit = try restOfLine(after: "UNIT")
        let isSuffix =
            unsafe unit.count < name.count
            && bytes[name].suffix(unit.count).elementsEqual(bytes[unit])
            && bytes[name.upperBound - unit.count - 1] == UInt8(ascii: "_")
        guard unit.isEmpty || isSuffix else {
            throw failure(.unitNotInName(unit: text(unit), name: text(name)), at: unit.lowerBound)
        }
        return .unit(name: name, text: unit)
    }

    /// The name between the keyword and the text, without its quotes.
    private mutating func describedName(after keyword: String) throws(ExpositionError) -> Range<Int> {
        let start = place
        if byte(at: place) == UInt8(ascii: "\""), let end = endOfQuoted(at: place, allowing: .lineEnds) {
            place = end.after
            return start + 1..<end.after - 1
        }
        guard NameByte.isNameStart(byte(at: place)) else { throw failure(.noMetricName(after: keyword), at: start) }
        unsafe place = NameByte.endOfName(base, from: place, to: count)
        return start..<place
    }

    /// What stands behind the name, without the one byte between them. Upstream drops that byte whatever it is.
    private mutating func restOfLine(after keyword: String) throws(ExpositionError) -> Range<Int> {
        let start = place
        // Upstream's lexer stumbles over a NUL here and nowhere else in the text.
        if byte(at: start) == 0 && start < count { throw failure(.noText(after: keyword), at: start) }
        if format == .openMetrics && byte(at: start) != UInt8(ascii: " ") {
            throw failure(.noText(after: keyword), at: start)
        }
        skipToLineEnd()
        let end = place
        if format == .openMetrics && end >= count { throw failure(.noText(after: keyword), at: end) }
        place += 1
        // Nothing but blanks is no text, and upstream's lexer takes it for the blanks between tokens.
        let isBlankOnly = format == .text && (start..<end).allSatisfy(isBlank)
        return isBlankOnly ? end..<end : Swift.min(start + 1, end)..<end
    }

    func isValidUTF8(_ range: Range<Int>) -> Bool {
        let part = unsafe UnsafeBufferPointer(rebasing: bytes[range])
        guard unsafe part.contains(where: { $0 >= 0x80 }) else { return true }
        return unsafe (try? UTF8Span(validating: part.span)) != nil
    }
}
