/// Why the rest of an exposition is refused, and where.
public struct ExpositionError: Error, Hashable, Sendable {
    public enum Problem: Hashable, Sendable {
        // Lines and comments.
        case noEntry
        case noMetricName(after: String)
        case noText(after: String)
        case unknownType(String)
        case unitNotInName(unit: String, name: String)
        case noEndMarker
        case dataAfterEndMarker
        // Series.
        case noLabelName
        case noEqualSign
        case noLabelValue
        case noCommaOrBrace
        case nameTwice
        case nameMissing
        case duplicateLabel(String)
        case emptyName
        case invalidUTF8(String)
        // Values.
        case noValue
        case noNumber(String)
        case unsupportedNumber(String)
        case numberOutOfRange(String)
        case noTimestamp(String)
        case noEndOfLine
        // Series of samples over time.
        case timestampMissing
        case conflictingSample
    }

    public let problem: Problem
    /// Where the problem lies, in bytes from the start.
    public let offset: Int
    /// The line, counted from one.
    public let line: Int
    /// The column in characters, counted from one.
    public let column: Int
    /// What stands there, quoted, as far as it helps to recognize it.
    public let found: String
}

extension ExpositionError: CustomStringConvertible {
    public var description: String { "\(line):\(column): \(message)" }

    /// What is wrong and what was expected, without the place.
    public var message: String {
        switch problem {
        case .noEntry: "unexpected \(found), expected a metric name, \"{\" or a comment"
        case .noMetricName(let keyword): "unexpected \(found) after \(keyword), expected a metric name"
        case .noText(let keyword):
            "unexpected \(found) in \(keyword), expected a space and text up to the end of the line"
        case .unknownType(let type): "unknown metric type \(Labels.quoted(type)), expected \(Self.types)"
        case .unitNotInName(let unit, let name):
            "metric \(Labels.quoted(name)) does not end in \"_\" and its unit \(Labels.quoted(unit))"
        case .noEndMarker: "unexpected end of data, expected \"# EOF\" as the last line"
        case .dataAfterEndMarker: "unexpected \(found) after \"# EOF\", expected the end of data"
        case .noLabelName: "unexpected \(found), expected a label name or \"}\""
        case .noEqualSign: "unexpected \(found), expected \"=\" after the label name"
        case .noLabelValue: "unexpected \(found), expected a label value in double quotes"
        case .noCommaOrBrace: "unexpected \(found), expected \",\" or \"}\" after the label value"
        case .nameTwice: "a second metric name, expected one"
        case .nameMissing: "no metric name, expected one before or inside the braces"
        case .duplicateLabel(let name): "label \(Labels.quoted(name)) stands twice, expected each label once"
        case .emptyName: "empty name, expected at least one character"
        case .invalidUTF8(let what): "\(what) is not valid UTF-8"
        case .noValue: "unexpected \(found), expected a value"
        case .noNumber(let text): "\(Labels.quoted(text)) is no number, expected a decimal number, Inf or NaN"
        case .unsupportedNumber(let text):
            "unsupported number \(Labels.quoted(text)), expected no underscores and no hexadecimal digits"
        case .numberOutOfRange(let text): "\(Labels.quoted(text)) is beyond the largest 64-bit number"
        case .noTimestamp(let text): "\(Labels.quoted(text)) is no timestamp within range"
        case .noEndOfLine: "unexpected \(found), expected the end of the line"
        case .timestampMissing: "no timestamp, expected one with every sample"
        case .conflictingSample: "a second value of this series at this timestamp, expected one"
        }
    }

    private static let types = """
        counter, gauge, histogram or summary (in Prometheus text also untyped; in OpenMetrics also gaugehistogram, \
        info, stateset and unknown)
        """
}

extension ExpositionError {
    /// Works out line and column, which only errors need. `bytes` is the whole body.
    init(_ problem: Problem, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let offset = Swift.min(offset, bytes.count)
        var line = 1
        var lineStart = 0
        for index in 0..<offset where unsafe bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.problem = problem
        self.offset = offset
        self.line = line
        column = unsafe String(decoding: bytes[lineStart..<offset], as: UTF8.self).count + 1
        found = unsafe Self.excerpt(bytes[offset...])
    }

    private init(_ other: Self, lines: Int, bytes: Int) {
        problem = other.problem
        offset = other.offset + bytes
        line = other.line + lines
        column = other.column
        found = other.found
    }

    /// The same of a body that had so much before what was looked at.
    func moved(lines: Int, bytes: Int) -> Self { Self(self, lines: lines, bytes: bytes) }

    private static func excerpt(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        guard let first = unsafe rest.first else { return "end of data" }
        if first == UInt8(ascii: "\n") { return "end of line" }
        let line = unsafe rest.prefix(24).prefix { $0 != UInt8(ascii: "\n") }
        let word = unsafe line.prefix { $0 > UInt8(ascii: " ") }
        return unsafe Labels.quoted(String(decoding: word.isEmpty ? line.prefix(1) : word, as: UTF8.self))
    }
}
