import JSON
import Terminal

/// What was found out about one part of an installation, and what to do about it.
struct Finding: Hashable, Sendable {
    enum State: String, Sendable, CaseIterable {
        case good = "ok"
        /// It works, and may not for long or not for everything.
        case doubtful = "warning"
        case bad = "problem"
        /// It could not be found out, or does not matter here.
        case unknown = "skipped"
    }

    let subject: String
    let state: State
    let text: String
    /// What to do; empty where nothing is to be done.
    let advice: String

    init(_ subject: String, _ state: State, _ text: String, advice: String = "") {
        self.subject = subject
        self.state = state
        self.text = text
        self.advice = advice
    }
}

/// Findings for people and for machines.
enum FindingText {
    static func text(_ findings: [Finding], _ terminal: Terminal) -> String {
        let widest = findings.map(\.subject.utf8.count).max() ?? 0
        // The sentences begin at the same column, also in their second lines.
        let margin = widest + 11
        let lines = findings.map { finding in
            let state = finding.state.rawValue
            let mark = terminal.styled(state, style(of: finding.state)) + blanks(8 - state.utf8.count)
            let subject = finding.subject + blanks(widest - finding.subject.utf8.count)
            var text = "\(mark) \(subject)  \(fitted(finding.text, margin, terminal))\n"
            if !finding.advice.isEmpty {
                text +=
                    "\(blanks(margin))\(terminal.styled("->", .bold)) \(fitted(finding.advice, margin + 3, terminal))\n"
            }
            return text
        }
        return lines.joined() + "\n" + summary(findings, terminal)
    }

    /// A sentence behind a margin, broken where the window ends.
    private static func fitted(_ text: String, _ margin: Int, _ terminal: Terminal) -> String {
        let room = terminal.width - margin
        guard terminal.isInteractive, room >= 20 else { return text.onOneLine }
        return HelpText.wrapped(text.onOneLine, to: room).joined(separator: "\n" + blanks(margin))
    }

    private static func summary(_ findings: [Finding], _ terminal: Terminal) -> String {
        let problems = findings.count { $0.state == .bad }
        let warnings = findings.count { $0.state == .doubtful }
        if problems == 0 && warnings == 0 {
            return terminal.styled("nothing is wrong with this installation", .green) + "\n"
        }
        func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
        let text = [(problems, "problem"), (warnings, "warning")].filter { $0.0 > 0 }.map(counted)
        return terminal.styled(text.joined(separator: ", "), problems > 0 ? .red : .yellow) + "\n"
    }

    private static func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }

    private static func style(of state: Finding.State) -> Terminal.Style {
        switch state {
        case .good: .green
        case .doubtful: .yellow
        case .bad: .red
        case .unknown: .faint
        }
    }

    static func json(_ findings: [Finding]) -> String {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("findings") { writer in
                writer.array { writer in
                    for finding in findings {
                        writer.object { writer in
                            writer.member("subject", finding.subject)
                            writer.member("state", finding.state.rawValue)
                            writer.member("text", finding.text)
                            if !finding.advice.isEmpty { writer.member("advice", finding.advice) }
                        }
                    }
                }
            }
        }
        return writer.text
    }
}
