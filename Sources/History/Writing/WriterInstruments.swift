import Instruments

/// What the writer tells of itself.
struct WriterInstruments: Sendable {
    let groupedCommits: Counter
    let syncedCommits: Counter
    let changes: Counter
    let failures: Counter
    let shed: Counter
    let refused: Counter
    let pruned: Counter
    let commitSeconds: Histogram
    let isWritable: Gauge
    let isDamaged: Gauge
    let size: Gauge

    init(_ instruments: Instruments) {
        let commits = "medic_history_commits_total"
        let commitsHelp = "Transactions committed, by what they waited for."
        groupedCommits = instruments.counter(commits, help: commitsHelp, labels: [("durability", "grouped")])
        syncedCommits = instruments.counter(commits, help: commitsHelp, labels: [("durability", "synced")])
        changes = instruments.counter("medic_history_changes_total", help: "Changes written.")
        failures = instruments.counter("medic_history_commit_failures_total", help: "Transactions that failed.")
        shed = instruments.counter("medic_history_changes_shed_total", help: "Changes given up for want of room.")
        refused = instruments.counter("medic_history_changes_refused_total", help: "Changes refused for want of room.")
        pruned = instruments.counter("medic_history_rows_pruned_total", help: "Rows deleted for their age or the size.")
        commitSeconds = instruments.histogram(
            "medic_history_commit_seconds",
            help: "How long a commit took, the wait for the device included.",
            buckets: [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3]
        )
        isWritable = instruments.gauge("medic_history_writable", help: "Whether the last commit succeeded.")
        isDamaged = instruments.gauge(
            "medic_history_damaged",
            help: "Whether damage was found that was not put aside yet."
        )
        size = instruments.gauge("medic_history_size_bytes", help: "What the database holds, free pages not counted.")
        isWritable.set(1)
    }
}
