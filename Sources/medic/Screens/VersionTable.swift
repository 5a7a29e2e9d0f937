import Metrics
import Terminal

/// Versions of tracked files for people.
struct VersionTable {
    let terminal: Terminal
    let now: Timestamp

    func text(_ files: [TrackedFileReport]) -> String {
        if files.isEmpty { return "no files are tracked: name them in `config: {track: [...]}`\n" }
        return files.map(text).joined(separator: "\n")
    }

    private func text(_ file: TrackedFileReport) -> String {
        let units = file.units.isEmpty ? "" : "  \(file.units.joined(separator: ", "))"
        let heading = terminal.styled(file.path, .bold) + terminal.styled(units, .faint) + "\n"
        if file.versions.isEmpty { return heading + "  nothing was seen there yet\n" }
        let table = FittedTable(
            terminal: terminal,
            columns: [
                .init(title: "VERSION"), .init(title: "IN PLACE SINCE"), .init(title: "SIZE", isNumber: true),
                .init(title: "STATE", givesWay: true),
            ]
        )
        let missing = file.isPresent ? "" : terminal.styled("  the file is gone\n", .red)
        return heading + missing + table.text(file.versions.map(row), indent: 2)
    }

    private func row(_ version: TrackedFileReport.Version) -> [FittedTable.Cell] {
        let verdict =
            version.bad != nil
            ? "rolled back from \(Span.ago(version.bad, from: now))" : version.good != nil ? "known good" : "not proven"
        let style: Terminal.Style? = version.bad != nil ? .red : version.good != nil ? .green : nil
        return [
            .init(version.short), .init(Span.ago(version.placed, from: now)),
            .init(UnitTable.bytes(Double(version.size))),
            .init(version.isCurrent ? "in place, \(verdict)" : verdict, style),
        ]
    }
}
