import Metrics
import Playbooks

/// Values as they stand in sentences for people: on one line, without control characters, not endless.
enum Wording {
    /// A text that may have come from anywhere.
    static func shown(_ text: String, limit: Int = 160) -> String {
        var result = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return result + "..." }
            count += 1
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                // Control characters could move a terminal's cursor, the bidirectional ones turn a line round.
                let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                let turns = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
                if isControl || turns {
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// `a, b and c`.
    static func list(_ texts: [String], limit: Int = 5) -> String {
        guard texts.count > 1 else { return texts.first.map { shown($0) } ?? "nothing" }
        guard texts.count <= limit else {
            return texts.prefix(limit).map { shown($0) }.joined(separator: ", ") + " and \(texts.count - limit) more"
        }
        return texts.dropLast().map { shown($0) }.joined(separator: ", ") + " and " + shown(texts[texts.count - 1])
    }

    /// A program and its arguments; those with blanks in quotes.
    static func command(_ arguments: [String]) -> String {
        let words = arguments.map { argument -> String in
            let text = shown(argument)
            let isBare = !text.isEmpty && !text.utf8.contains { $0 == 0x20 || $0 == 0x27 || $0 == 0x22 }
            return isBare ? text : "'\(text)'"
        }
        return shown(words.joined(separator: " "), limit: 400)
    }

    /// `1.5 GiB`, `200 bytes`.
    static func bytes(_ count: Int64) -> String {
        var amount = Double(count)
        for unit in ["bytes", "KiB", "MiB", "GiB", "TiB"] {
            if amount.magnitude < 1024 || unit == "TiB" {
                let text = unit == "bytes" ? String(count) : number((amount * 10).rounded() / 10)
                return "\(text) \(unit)"
            }
            amount /= 1024
        }
        return "\(count) bytes"
    }

    /// A number without a needless `.0`.
    static func number(_ value: Double) -> String {
        let text = value.description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    static func count(_ number: Int, _ noun: String) -> String { number == 1 ? "1 \(noun)" : "\(number) \(noun)s" }
}

extension ActionArguments {
    /// A text for a sentence; what is not known yet is told so.
    func words(_ name: String) -> String { text(name).map { Wording.shown($0) } ?? "(not known yet)" }

    func span(_ name: String) -> String { duration(name)?.promQLText ?? "(not known yet)" }
}
