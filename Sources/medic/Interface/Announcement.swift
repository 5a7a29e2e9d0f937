import Agent
import Diagnostics
import Terminal

/// What `medic run` says once it is at work to somebody who started it by hand.
struct Announcement {
    private let sight: AgentSight
    private let console: Console

    init(_ sight: AgentSight, on console: Console) {
        self.sight = sight
        self.console = console
    }

    func show() {
        let terminal = console.output
        var rows = [("page", sight.page ?? "none"), ("sees", sight.words)]
        if sight.observesOnly {
            rows.append(("treats", "nothing: what would have been done is recorded; see 'medic history'"))
        }
        rows.append(("keeps", sight.folder ?? "nothing: it is all in memory"))
        let way = sight.socket.map { $0 == Places.runningSocket ? "" : " --socket \($0)" } ?? ""
        rows.append(("ask", "medic status\(way), and alerts, units, why ALERT, history"))
        var text = terminal.styled("medic \(Version.number) is at work; Ctrl-C ends it", .bold) + "\n"
        for (title, words) in rows {
            text += "  \(terminal.styled(TextWidth.padded(title, to: 7), .faint)) \(words)\n"
        }
        // Whoever closed the output does not need it.
        try? console.write(text)
    }
}
