import RegularExpressions

/// A pattern of a playbook, to be found anywhere in a text.
struct PatternText: Sendable {
    private let pattern: Pattern

    init(_ text: String) throws {
        do throws(PatternError) {
            pattern = try Pattern(text, anchored: false)
        } catch {
            throw DeedFailure("the pattern '\(Wording.shown(text))' cannot be read: \(error.reason)")
        }
    }

    func isFound(in text: String) -> Bool { pattern.matches(text) }
}
