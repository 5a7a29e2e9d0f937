import Diagnostics
import Metrics
import RegularExpressions
import YAML

/// Reads the text of an argument as its kind wants it. What a template put there is looked at harder than what the author wrote: it stays one
/// value, below the folder and at the host that the author named.
enum ArgumentText {
    /// One word of a command line may have 128 KiB on Linux, the NUL behind it included.
    static let longestText = (1 << 17) - 1
    private static let longestLine = 8_192

    static func read(_ filled: FilledText, as kind: ArgumentKind) -> Result<ArgumentValue, ArgumentFault> {
        let text = filled.text
        switch kind {
        case .text: return bounded(filled, "a text", longestText, allowsLines: true)
        case .word: return word(filled)
        case .line, .scalar: return bounded(filled, "a text of one line", longestLine, allowsLines: false)
        case .integer(let bounds): return integer(text, bounds)
        case .number(let bounds): return number(text, bounds)
        case .flag: return flag(text)
        case .duration: return duration(text)
        case .size:
            let size = ByteCount(text: text)
            return size.map { .success(.size($0.rawValue)) } ?? .failure(.isNot(text, "a size such as 200MB or 1GiB"))
        case .choice(let words): return choice(text, words)
        case .expression: return ExpressionText.read(filled).map { .text($0.text) }
        case .unit: return UnitName.read(text).map { .text($0) }
        case .path: return PathText.read(filled).map { .text($0) }
        case .url: return URLText.read(filled).map { .text($0) }
        case .pattern: return pattern(filled)
        case .matchers: return MatchersText.read(filled).map { .list($0.map { .text(MatchersText.written($0)) }) }
        case .list:
            let elements = text.split(separator: " ").joined(separator: ", ")
            return .failure(.isNot(text, kind.expectation, help: "put brackets around it: [\(Names.shown(elements))]"))
        case .oneOrMore, .map, .record: return .failure(.isNot(text, kind.expectation))
        }
    }

    // MARK: Texts

    private static func bounded(
        _ filled: FilledText,
        _ what: String,
        _ longest: Int,
        allowsLines: Bool
    ) -> Result<ArgumentValue, ArgumentFault> {
        let text = filled.text
        guard text.utf8.count <= longest else { return .failure(.tooLong(what, longest)) }
        if text.utf8.contains(0) { return .failure(ArgumentFault("a NUL in the text would end it early")) }
        if !allowsLines, text.utf8.contains(where: { $0 == 10 || $0 == 13 }) {
            return .failure(ArgumentFault("a line break in '\(Names.shown(text))', which must be one line"))
        }
        return .success(.text(text))
    }

    /// What a template puts at the beginning of a word must not turn it into an option.
    private static func word(_ filled: FilledText) -> Result<ArgumentValue, ArgumentFault> {
        let text = filled.text
        if filled.beginsFilled, text.utf8.first == UInt8(ascii: "-") {
            return .failure(
                ArgumentFault(
                    "'\(Names.shown(text))' came from a template and would be taken for an option",
                    help: "write the option yourself: '--name={{ ... }}'"
                )
            )
        }
        return bounded(filled, "a word of a command line", longestText, allowsLines: true)
    }

    /// In a pattern, what a template put there matches itself.
    private static func pattern(_ filled: FilledText) -> Result<ArgumentValue, ArgumentFault> {
        let text = filled.pieces.map { $0.isFilled ? Pattern.quoting($0.text) : $0.text }.joined()
        guard text.utf8.count <= longestLine else { return .failure(.tooLong("a regular expression", longestLine)) }
        do throws(PatternError) {
            _ = try Pattern(text, anchored: false)
            return .success(.text(text))
        } catch {
            return .failure(ArgumentFault("the regular expression cannot be read: \(error.reason)"))
        }
    }

    // MARK: Values

    private static func integer(_ text: String, _ bounds: ClosedRange<Int64>) -> Result<ArgumentValue, ArgumentFault> {
        let expectation = ArgumentKind.integer(bounds).expectation
        let value: Int64
        switch YAMLValue(plain: text) {
        case .integer(let number): value = Int64(number)
        // `1e6` is written for whole numbers too.
        case .float(let number) where number.magnitude < 0x1p53 && number.rounded() == number: value = Int64(number)
        default: return .failure(.isNot(text, expectation))
        }
        return bounds.contains(value) ? .success(.integer(value)) : .failure(.isNot(text, expectation))
    }

    private static func number(_ text: String, _ bounds: ClosedRange<Double>) -> Result<ArgumentValue, ArgumentFault> {
        let value: Double
        switch YAMLValue(plain: text) {
        case .integer(let number): value = Double(number)
        case .float(let number): value = number
        default: return .failure(.isNot(text, ArgumentKind.number(bounds).expectation))
        }
        guard bounds.contains(value) else { return .failure(.isNot(text, ArgumentKind.number(bounds).expectation)) }
        return .success(.number(value))
    }

    private static func flag(_ text: String) -> Result<ArgumentValue, ArgumentFault> {
        switch text {
        case "true", "yes", "on", "True", "Yes", "On": .success(.flag(true))
        case "false", "no", "off", "False", "No", "Off": .success(.flag(false))
        default: .failure(.isNot(text, "true or false"))
        }
    }

    private static func duration(_ text: String) -> Result<ArgumentValue, ArgumentFault> {
        if let span = try? Milliseconds(promQL: text) { return .success(.duration(span)) }
        let isBare = (try? Milliseconds(promQL: text + "s")) != nil
        return .failure(
            .isNot(text, "a duration such as 30s, 5m or 1h30m", help: isBare ? "write \(text)s for seconds" : nil)
        )
    }

    private static func choice(_ text: String, _ words: [String]) -> Result<ArgumentValue, ArgumentFault> {
        if let word = words.first(where: { Names.isSame($0, text) }) { return .success(.text(word)) }
        let near = (2...64).contains(text.utf8.count) ? nearest(text, in: words) : nil
        return .failure(
            .isNot(text, ArgumentKind.choice(words).expectation, help: near.map { "did you mean '\($0)'?" })
        )
    }
}

extension ArgumentKind {
    /// What is expected, for the operator.
    var expectation: String {
        switch self {
        case .text: "a text"
        case .line, .word, .scalar: "a single value"
        case .integer(let bounds): Self.bounds("a whole number", "\(bounds.lowerBound)", "\(bounds.upperBound)")
        case .number(let bounds): Self.bounds("a number", Self.short(bounds.lowerBound), Self.short(bounds.upperBound))
        case .flag: "true or false"
        case .duration: "a duration such as 30s"
        case .size: "a size such as 200MB"
        case .choice(let words): words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
        case .expression: "a PromQL expression"
        case .unit: "the name of a unit such as api.service"
        case .path: "an absolute path"
        case .url: "a URL"
        case .pattern: "a regular expression"
        case .matchers: "a matcher such as 'job=\"api\"', or a list of them"
        case .list(let element): "a list, each \(element.expectation)"
        case .oneOrMore(let element): "\(element.expectation), or a list of them"
        case .map(let element): "a mapping, each value \(element.expectation)"
        case .record(let members): "a mapping with \(members.map { "'\($0.name)'" }.joined(separator: ", "))"
        }
    }

    private static func short(_ number: Double) -> String {
        number == number.rounded() && number.magnitude < 1e15 ? "\(Int64(number))" : "\(number)"
    }

    private static func bounds(_ what: String, _ low: String, _ high: String) -> String {
        let isOpen = high == "\(Int64.max)" || high == "inf" || high == "\(Double.greatestFiniteMagnitude)"
        return isOpen ? "\(what) of at least \(low)" : "\(what) from \(low) to \(high)"
    }
}
