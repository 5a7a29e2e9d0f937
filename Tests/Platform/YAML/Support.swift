import Diagnostics

@testable import YAML

/// A document, and what was found wrong with it as `line:column code`.
func read(_ text: String, limits: YAMLLimits = YAMLLimits()) -> (document: YAMLDocument?, problems: Problems) {
    let problems = Problems(in: SourceText(name: "test.yml", text: text))
    return (YAMLDocument(problems.source, limits: limits, problems: problems), problems)
}

extension Problems {
    /// `2:3 yaml/syntax: message (help)` for each problem.
    var lines: [String] {
        diagnostics.map { problem in
            let place = source.place(of: problem.range.lowerBound)
            return "\(place.line):\(place.column) \(problem.code): \(problem.message)"
                + (problem.help.map { " (\($0))" } ?? "")
        }
    }

    /// What the carets stand under.
    var marked: [String] { diagnostics.map { source.bytes($0.range) } }
}

extension SourceText {
    func bytes(_ range: Range<Int>) -> String {
        String(decoding: Array(text.utf8)[range], as: UTF8.self)
    }
}

extension YAMLNode {
    /// The tree in one line, for comparing: `{a: [1, "b"]}`; strings in quotes, other values bare.
    var outline: String {
        switch content {
        case .sequence(let nodes): return "[" + nodes.map(\.outline).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            return "{" + mapping.entries.map { "\($0.key): \($0.value.outline)" }.joined(separator: ", ") + "}"
        case .scalar:
            switch value {
            case .string(let text): return text.debugDescription
            case .integer(let number): return "\(number)"
            case .float(let number): return "\(number)"
            case .boolean(let flag): return "\(flag)"
            case .null, nil: return "null"
            }
        }
    }
}

/// A generator with a seed, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
