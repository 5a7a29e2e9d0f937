extension GoFormatter {
    /// `Sprintf`: texts with directives such as `%-10s`, `%[2]d` or `%*.*f`.
    mutating func print(format: String, _ values: [TemplateValue]) {
        var directives = DirectiveReader(format: format, values: values)
        while let piece = directives.next() {
            guard !isFull else { return }
            switch piece {
            case .text(let text): write(text)
            case .directive(let flags, let verb, let value):
                self.flags = flags
                print(value, verb)
                self.flags = Flags()
            case .problem(let text): write(text)
            }
        }
        let extra = directives.unused
        guard !extra.isEmpty, !isFull else { return }
        write("%!(EXTRA ")
        for (index, value) in extra.enumerated() {
            if index > 0 { write(", ") }
            if let type = value.typeName {
                write(type + "=")
                print(value, "v")
            } else {
                write("<nil>")
            }
        }
        write(")")
    }
}

/// Splits a format into texts and directives, and gives each directive its value.
private struct DirectiveReader {
    enum Piece {
        case text(String)
        case directive(GoFormatter.Flags, verb: Character, TemplateValue)
        /// What Go writes where a directive is wrong.
        case problem(String)
    }

    private var rest: Substring.UnicodeScalarView
    private let values: [TemplateValue]
    private var index = 0
    private var isReordered = false
    private var isIndexGood = true
    private var isIndexFresh = false
    private var pending: [Piece] = []

    // As in Go: what is larger is no width.
    private static let numberMax = 1_000_000

    init(format: String, values: [TemplateValue]) {
        rest = format.unicodeScalars[...]
        self.values = values
    }

    /// Values no directive asked for. Unknown where directives name their values.
    var unused: ArraySlice<TemplateValue> { isReordered || index >= values.count ? [] : values[index...] }

    mutating func next() -> Piece? {
        if !pending.isEmpty { return pending.removeFirst() }
        let text = rest.prefix { $0 != "%" }
        if !text.isEmpty {
            rest = rest.dropFirst(text.count)
            return .text(String(text))
        }
        guard !rest.isEmpty else { return nil }
        rest.removeFirst()
        return directive()
    }

    private mutating func directive() -> Piece? {
        isIndexGood = true
        isIndexFresh = false
        var flags = readFlags()
        readIndex()
        readWidth(&flags)
        readPrecision(&flags)
        if !isIndexFresh { readIndex() }
        guard let scalar = rest.popFirst() else { return last(.problem("%!(NOVERB)")) }
        let verb = Character(scalar)
        if verb == "%" { return last(.text("%")) }
        guard isIndexGood else { return last(.problem("%!\(verb)(BADINDEX)")) }
        guard index < values.count else { return last(.problem("%!\(verb)(MISSING)")) }
        index += 1
        return last(.directive(flags, verb: verb, values[index - 1]))
    }

    /// Puts what was found on the way before the piece itself.
    private mutating func last(_ piece: Piece) -> Piece {
        pending.append(piece)
        return pending.removeFirst()
    }

    private mutating func readFlags() -> GoFormatter.Flags {
        var flags = GoFormatter.Flags()
        while let next = rest.first {
            switch next {
            case "#": flags.sharp = true
            case "0": flags.zero = true
            case "+": flags.plus = true
            case "-": flags.minus = true
            case " ": flags.space = true
            default:
                if flags.minus { flags.zero = false }
                return flags
            }
            rest.removeFirst()
        }
        return flags
    }

    private mutating func readWidth(_ flags: inout GoFormatter.Flags) {
        if rest.first == "*" {
            rest.removeFirst()
            if let width = starred() {
                flags.width = abs(width)
                if width < 0 {
                    flags.minus = true
                    flags.zero = false
                }
            } else {
                pending.append(.problem("%!(BADWIDTH)"))
            }
            isIndexFresh = false
        } else {
            let isAfterIndex = isIndexFresh
            flags.width = number()
            // "%[3]2d" names a value before its width, which means nothing.
            if flags.width != nil, isAfterIndex { isIndexGood = false }
        }
    }

    private mutating func readPrecision(_ flags: inout GoFormatter.Flags) {
        guard rest.first == "." else { return }
        rest.removeFirst()
        if isIndexFresh { isIndexGood = false }
        readIndex()
        if rest.first == "*" {
            rest.removeFirst()
            let precision = starred()
            if let precision, precision >= 0 { flags.precision = precision }
            if precision == nil { pending.append(.problem("%!(BADPREC)")) }
            isIndexFresh = false
        } else {
            flags.precision = number() ?? 0
        }
    }

    private mutating func starred() -> Int? {
        guard index < values.count else { return nil }
        index += 1
        guard case .integer(let number) = values[index - 1], number.magnitude <= Self.numberMax else { return nil }
        return Int(number)
    }

    private mutating func number() -> Int? {
        let digits = rest.prefix { $0.value >= 0x30 && $0.value <= 0x39 }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        guard let number = Int(String(digits)), number <= Self.numberMax else {
            // Go gives up on the rest of the format here.
            rest = rest.dropFirst(rest.count)
            return nil
        }
        return number
    }

    /// `[2]`: the value the directive is about, counted from one.
    private mutating func readIndex() {
        isIndexFresh = false
        guard rest.first == "[" else { return }
        isReordered = true
        guard let end = rest.firstIndex(of: "]") else {
            isIndexGood = false
            rest.removeFirst()
            return
        }
        let number = Int(String(rest[rest.index(after: rest.startIndex)..<end]))
        rest = rest[rest.index(after: end)...]
        guard let number, number >= 1, number <= values.count else {
            isIndexGood = false
            return
        }
        index = number - 1
        isIndexFresh = true
    }
}
