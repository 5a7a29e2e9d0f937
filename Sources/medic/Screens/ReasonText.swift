import JSON
import Metrics
import Terminal

/// What keeps playbooks back, and what is left of their budgets, as an agent tells it.
struct ReasonText {
    let terminal: Terminal
    let now: Timestamp

    /// The playbooks for an alert, or those that have treated a unit.
    func playbooks(_ trees: [JSONValue], indent: Int = 2) -> String {
        let margin = String(repeating: " ", count: indent)
        return trees.map { tree in
            let next = tree.moment("nextAllowed").map { ", may run again \(Span.ago($0, from: now))" } ?? ""
            var text = "\(margin)\(terminal.styled(tree.text("playbook").onOneLine, .bold)): "
            text += "\(tree.text("sentence").onOneLine)\(next)\n"
            // The first refusal is the sentence.
            let refusals = (tree["guards"]?.array ?? []).filter { $0["allowed"]?.boolean == false }.dropFirst()
            for verdict in refusals {
                text += "\(margin)  \(verdict.text("guard").onOneLine): \(verdict.text("sentence").onOneLine)\n"
            }
            return text
        }
        .joined()
    }

    /// Who is told of an alert, and what keeps them from being told.
    func telling(_ tree: JSONValue, indent: Int = 2) -> String {
        let margin = String(repeating: " ", count: indent)
        let facts = [
            ("told to", "route"), ("silenced by", "silences"), ("inhibited by", "inhibitedBy"),
        ]
        var text = ""
        for (words, name) in facts {
            let values = (tree[name]?.array ?? []).compactMap(\.string)
            if !values.isEmpty { text += "\(margin)\(words) \(values.joined(separator: ", ").onOneLine)\n" }
        }
        let run = tree.text("heldBy")
        if !run.isEmpty { text += "\(margin)kept back while run \(run.onOneLine) has a chance\n" }
        let looks = tree.text("acknowledgedBy")
        if !looks.isEmpty { text += "\(margin)\(looks.onOneLine) looks after it\n" }
        return text
    }

    /// The last words of a unit.
    func journal(_ lines: [JSONValue]) -> String {
        lines.map { line in
            let isBad = ["emerg", "alert", "crit", "err"].contains(line.text("priority"))
            let said = "\(line.text("program").onOneLine): \(line.text("text").onOneLine)"
            let at = line.moment("at")?.rfc3339Text ?? ""
            return "  \(terminal.styled(at, .faint)) \(isBad ? terminal.styled(said, .red) : said)\n"
        }
        .joined()
    }
}
