@testable import Diagnostics

/// A problem about the part of the text between two `‹ ›`, which are left out of the text.
func problem(
    _ marked: String,
    name: String? = "rules.yml",
    _ severity: Diagnostic.Severity = .error,
    code: String = "a/b",
    message: String = "wrong",
    help: String? = nil
) -> Diagnostic {
    let parts = marked.split(omittingEmptySubsequences: false) { $0 == "‹" || $0 == "›" }
    let start = parts[0].utf8.count
    let range = start..<start + (parts.count > 1 ? parts[1].utf8.count : 0)
    let source = SourceText(name: name, text: parts.joined())
    return Diagnostic(severity, code: code, message: message, range: range, help: help, source: source)
}
