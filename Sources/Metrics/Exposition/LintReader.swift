/// Reads Prometheus text by the rules of promtool's linter, which are not those of a scrape: lines must end, samples
/// belong to families, a family has one type and one help.
struct LintReader {
    private let bytes: [UInt8]
    /// The byte that was read last, and where the next one lies.
    private var current: UInt8 = 0
    private var place = 0
    private var line = 0
    private var lineStart = 0

    private var families: [LintedFamily] = []
    private var familyPlaces: [String: Int] = [:]
    /// The metrics of summaries and histograms by family and labels, without the bounds that tell their parts apart.
    private var composites: Set<[String]> = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The families that have samples.
    mutating func read() throws(MetricsLint.Failure) -> [LintedFamily] {
        while true {
            line += 1
            lineStart = place
            // Only here, between lines, the text may end.
            while place < bytes.count, Self.isBlank(bytes[place]) {
                place += 1
            }
            guard place < bytes.count else { break }
            try advance()
            switch current {
            case UInt8(ascii: "#"): try readComment()
            case UInt8(ascii: "\n"): continue
            default: try readSample()
            }
        }
        return families.filter { !$0.metrics.isEmpty }
    }

    func failure(_ message: String) -> MetricsLint.Failure {
        MetricsLint.Failure(line: line, column: Swift.max(place - lineStart, 1), message: message)
    }

    // MARK: Comments

    private mutating func readComment() throws(MetricsLint.Failure) {
        try advancePastBlanks()
        if current == UInt8(ascii: "\n") { return }
        let keyword = try readWord()
        if current == UInt8(ascii: "\n") { return }
        guard keyword.elementsEqual("HELP".utf8) || keyword.elementsEqual("TYPE".utf8) else {
            while current != UInt8(ascii: "\n") {
                try advance()
            }
            return
        }
        try advancePastBlanks()
        let name = try readName(orColon: true)
        if current == UInt8(ascii: "\n") { return }
        guard Self.isBlank(current) else { throw failure("invalid metric name in comment") }
        let family = family(named: name)
        try advancePastBlanks()
        if current == UInt8(ascii: "\n") { return }
        if keyword.elementsEqual("HELP".utf8) {
            try readHelp(of: family)
        } else {
            try readType(of: family)
        }
    }

    private mutating func readHelp(of family: Int) throws(MetricsLint.Failure) {
        if families[family].hasHelp {
            throw failure("second HELP line for metric name \(GoQuoting.text(families[family].name.utf8))")
        }
        _ = try readLine(withEscapes: true)
        families[family].hasHelp = true
    }

    private mutating func readType(of family: Int) throws(MetricsLint.Failure) {
        if families[family].kind != nil {
            let name = GoQuoting.text(families[family].name.utf8)
            throw failure("second TYPE line for metric name \(name), or TYPE reported after samples")
        }
        let word = try readLine(withEscapes: false)
        guard let kind = LintedFamily.Kind(rawValue: String(decoding: word, as: UTF8.self).lowercased()) else {
            throw failure("unknown metric type \(GoQuoting.text(word))")
        }
        families[family].kind = kind
    }

    // MARK: Samples

    private mutating func readSample() throws(MetricsLint.Failure) {
        let name = try readName(orColon: true)
        if name.isEmpty { throw failure("invalid metric name") }
        let family = family(named: name)
        let kind = families[family].kind ?? .untyped
        families[family].kind = kind
        if Self.isBlank(current) { try advancePastBlanks() }
        var labels: [(name: String, value: String)] = []
        if current == UInt8(ascii: "{") { labels = try readLabels(of: families[family].name, kind) }
        // The parts of one summary or histogram are one metric.
        let isComposite = kind == .summary || kind == .histogram
        let identity =
            [families[family].name]
            + labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }.flatMap { [$0.name, $0.value] }
        if !isComposite || composites.insert(identity).inserted {
            families[family].metrics.append((line, labels.map(\.name)))
        }
        try readValueAndTime()
    }

    /// The labels between braces, without the bound of a summary's or histogram's part.
    private mutating func readLabels(
        of metric: String,
        _ kind: LintedFamily.Kind
    ) throws(MetricsLint.Failure) -> [(name: String, value: String)] {
        let bound = kind == .summary ? "quantile" : kind == .histogram ? "le" : nil
        var labels: [(name: String, value: String)] = []
        while true {
            try advancePastBlanks()
            if current == UInt8(ascii: "}") {
                try advancePastBlanks()
                return labels
            }
            let name = try readLabelName(of: metric)
            if name != bound && labels.contains(where: { $0.name == name }) {
                throw failure("duplicate label names for metric \(GoQuoting.text(metric.utf8))")
            }
            let value = try readLabelValue()
            if name != bound {
                labels.append((name, String(decoding: value, as: UTF8.self)))
            } else if !Self.isNumber(value) {
                throw failure("expected float as value for '\(name)' label, got \(GoQuoting.text(value))")
            }
            try advancePastBlanks()
            if current == UInt8(ascii: "}") {
                try advancePastBlanks()
                return labels
            }
            guard current == UInt8(ascii: ",") else {
                throw failure("unexpected end of label value \(GoQuoting.text(value))")
            }
        }
    }

    private mutating func readLabelName(of metric: String) throws(MetricsLint.Failure) -> String {
        let name = try readName(orColon: false)
        if name.isEmpty { throw failure("invalid label name for metric \(GoQuoting.text(metric.utf8))") }
        if name == Labels.metricName { throw failure("label name \"__name__\" is reserved") }
        if Self.isBlank(current) { try advancePastBlanks() }
        guard current == UInt8(ascii: "=") else {
            throw failure("expected '=' after label name, found \(GoQuoting.character(current))")
        }
        return name
    }

    private mutating func readLabelValue() throws(MetricsLint.Failure) -> [UInt8] {
        try advancePastBlanks()
        guard current == UInt8(ascii: "\"") else {
            throw failure("expected '\"' at start of label value, found \(GoQuoting.character(current))")
        }
        var value: [UInt8] = []
        while true {
            try advance()
            switch current {
            case UInt8(ascii: "\""):
                guard String(validating: value, as: UTF8.self) != nil else {
                    throw failure("invalid label value \(GoQuoting.text(value))")
                }
                return value
            case UInt8(ascii: "\n"):
                throw failure("label value \(GoQuoting.text(value)) contains unescaped new-line")
            case UInt8(ascii: "\\"):
                try advance()
                value.append(try escaped(allowingQuote: true))
            default: value.append(current)
            }
        }
    }

    private mutating func readValueAndTime() throws(MetricsLint.Failure) {
        let value = try readWord()
        guard Self.isNumber(value) else { throw failure("expected float as value, got \(GoQuoting.text(value))") }
        if current == UInt8(ascii: "\n") { return }
        try advancePastBlanks()
        let timestamp = try readWord()
        guard Int64(String(decoding: timestamp, as: UTF8.self)) != nil else {
            throw failure("expected integer as timestamp, got \(GoQuoting.text(timestamp))")
        }
        let rest = try readLine(withEscapes: false)
        guard rest.isEmpty else { throw failure("spurious string after timestamp: \(GoQuoting.text(rest))") }
    }

    /// The family of a name: its own, or that of the summary or histogram whose part it names.
    private mutating func family(named name: String) -> Int {
        if let place = familyPlaces[name] { return place }
        for suffix in ["_count", "_sum", "_bucket"] where name.hasSuffix(suffix) && name.utf8.count > suffix.utf8.count
        {
            guard let place = familyPlaces[String(name.dropLast(suffix.count))] else { continue }
            let kind = families[place].kind
            if kind == .histogram || kind == .summary && suffix != "_bucket" { return place }
        }
        familyPlaces[name] = families.count
        families.append(LintedFamily(name: name, line: line))
        return families.count - 1
    }
}

// MARK: Bytes and words

extension LintReader {
    private mutating func advance() throws(MetricsLint.Failure) {
        guard place < bytes.count else { throw failure("unexpected end of input stream") }
        current = bytes[place]
        place += 1
    }

    private mutating func advancePastBlanks() throws(MetricsLint.Failure) {
        repeat {
            try advance()
        } while Self.isBlank(current)
    }

    /// From the current byte to the next blank or line end.
    private mutating func readWord() throws(MetricsLint.Failure) -> [UInt8] {
        var word: [UInt8] = []
        while !Self.isBlank(current) && current != UInt8(ascii: "\n") {
            word.append(current)
            try advance()
        }
        return word
    }

    private mutating func readName(orColon: Bool) throws(MetricsLint.Failure) -> String {
        var name: [UInt8] = []
        func isPart(_ byte: UInt8) -> Bool {
            switch (orColon, name.isEmpty) {
            case (true, true): NameByte.isNameStart(byte)
            case (true, false): NameByte.isName(byte)
            case (false, true): NameByte.isLabelStart(byte)
            case (false, false): NameByte.isLabel(byte)
            }
        }
        while isPart(current) {
            name.append(current)
            try advance()
        }
        return String(decoding: name, as: UTF8.self)
    }

    /// From the current byte to the end of the line. Without escapes, backslashes are dropped.
    private mutating func readLine(withEscapes: Bool) throws(MetricsLint.Failure) -> [UInt8] {
        var text: [UInt8] = []
        while current != UInt8(ascii: "\n") {
            if current != UInt8(ascii: "\\") {
                text.append(current)
            } else if withEscapes {
                try advance()
                text.append(try escaped(allowingQuote: false))
            }
            try advance()
        }
        return text
    }

    /// What the current byte means behind a backslash.
    private func escaped(allowingQuote: Bool) throws(MetricsLint.Failure) -> UInt8 {
        switch current {
        case UInt8(ascii: "\\"): return current
        case UInt8(ascii: "\"") where allowingQuote: return current
        case UInt8(ascii: "n"): return UInt8(ascii: "\n")
        default: throw failure("invalid escape sequence '\\\(Character(Unicode.Scalar(current)))'")
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }

    private static func isNumber(_ text: [UInt8]) -> Bool {
        unsafe text.withUnsafeBufferPointer { text in unsafe Number.parse(bytes: text) != nil }
    }
}
