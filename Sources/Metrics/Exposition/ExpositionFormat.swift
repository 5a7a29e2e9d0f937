/// The two texts in which targets expose their metrics.
public enum ExpositionFormat: String, Sendable, Hashable, CaseIterable {
    /// Prometheus text, version 0.0.4.
    case text
    /// OpenMetrics, version 1.0.
    case openMetrics

    /// What a scraper offers to accept, best first, as Prometheus 3 offers it without the binary format.
    public static let acceptHeader = """
        application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
        application/openmetrics-text;version=0.0.1;q=0.5,\
        text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2
        """

    /// The `Content-Type` of an answer in this format.
    public var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
        }
    }

    /// What the `Content-Type` of an answer makes of its body.
    public enum Choice: Sendable, Hashable {
        case format(ExpositionFormat)
        /// The header is missing, broken or names something else; the fallback of the target decides. Worth a warning.
        case fallback(ExpositionFormat, because: Refusal)
        /// As before, and the target has no fallback: the scrape fails.
        case refused(Refusal)
    }

    public enum Refusal: Error, Sendable, Hashable {
        case missing
        case malformed(String)
        case unsupported(String)
    }

    /// Which parser reads a body with this `Content-Type`, by the rules of Prometheus 3.
    public static func choose(contentType: String?, fallback: ExpositionFormat?) -> Choice {
        let refusal: Refusal
        switch contentType.map(MediaType.init) {
        case .none, .some(.empty): refusal = .missing
        case .some(.malformed): refusal = .malformed(contentType ?? "")
        case .some(.named("text/plain")): return .format(.text)
        case .some(.named("application/openmetrics-text")): return .format(.openMetrics)
        case .some(.named): refusal = .unsupported(contentType ?? "")
        }
        return fallback.map { .fallback($0, because: refusal) } ?? .refused(refusal)
    }
}

extension ExpositionFormat.Refusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "the target sends no Content-Type"
        case .malformed(let text): "cannot parse Content-Type \(Labels.quoted(text))"
        case .unsupported(let text): "unsupported Content-Type \(Labels.quoted(text))"
        }
    }
}

/// The media type in a `Content-Type` header, its parameters checked for form only.
private enum MediaType: Equatable {
    case empty
    case malformed
    case named(String)

    init(_ header: String) {
        guard !header.isEmpty else {
            self = .empty
            return
        }
        let parts = header.utf8.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Self.trimmed($0) }
        let name = parts[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let hasForm = (1...2).contains(name.count) && name.allSatisfy(Self.isToken)
        // A last empty parameter is let pass, as Go's parser does.
        let parameters = parts.dropFirst().enumerated().filter { !($0.element.isEmpty && $0.offset == parts.count - 2) }
        guard hasForm, parameters.allSatisfy({ Self.isParameter($0.element) }) else {
            self = .malformed
            return
        }
        self = .named(String(Substring(parts[0])).lowercased())
    }

    private static func isParameter(_ text: Substring.UTF8View) -> Bool {
        let sides = text.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, isToken(sides[0]) else { return false }
        let isQuoted =
            sides[1].count >= 2 && sides[1].first == UInt8(ascii: "\"") && sides[1].last == UInt8(ascii: "\"")
        return isQuoted || isToken(sides[1])
    }

    private static func isToken(_ text: Substring.UTF8View) -> Bool {
        let separators = "()<>@,;:\\\"/[]?=".utf8
        return !text.isEmpty && text.allSatisfy { $0 > 0x20 && $0 < 0x7f && !separators.contains($0) }
    }

    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        var text = text.drop(while: isBlank)
        while let last = text.last, isBlank(last) {
            text.removeLast()
        }
        return text
    }
}
