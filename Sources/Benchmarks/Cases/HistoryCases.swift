import Files
import Glibc
import History
import Instruments
import Logging
import Metrics
import Synchronization

/// Writing the record: what a storm of transitions costs, and how long an intent is waited for.
struct HistoryCases {
    private static let transitions = 10_000
    private static let intents = 200

    func run(into report: inout Report) throws {
        let folder = "/var/tmp/medic-bench-\(getpid())"
        try FileSystem.createFolder(folder)
        defer {
            for name in (try? FileSystem.list(folder)) ?? [] { try? FileSystem.remove("\(folder)/\(name)") }
            try? FileSystem.removeFolder(folder)
        }
        let instruments = Instruments()
        let store = try HistoryStore.open(
            .init(path: folder + "/history.db"),
            log: Logger(.discarding(), component: "history"),
            instruments: instruments
        ) { .epoch }
        try storm(store, instruments, into: &report)
        try intents(store, into: &report)
        store.close()
    }

    /// Ten thousand alerts change at once: until the last of them is in the database.
    private func storm(_ store: HistoryStore, _ instruments: Instruments, into report: inout Report) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        for number in 0..<Self.transitions {
            let record = HistoryRecord(
                at: Timestamp(milliseconds: Int64(number)),
                kind: .transition,
                name: "firing",
                alert: "InstanceDown",
                text: "InstanceDown fires for instance web-\(number):9100 of the job api"
            )
            store.writer.submit([.record(record)], durability: .grouped) { _ in }
        }
        let handed = clock.now - begin
        try store.submitAndWait([])
        let written = clock.now - begin
        report.add("history/hand 10k transitions in", handed.nanoseconds / 1e6, .milliseconds)
        report.add("history/write 10k transitions", written.nanoseconds / 1e6, .milliseconds)
        let commits = instruments.families().first { $0.name == "medic_history_commits_total" }?.samples.first?.value
        report.add("history/commits for 10k transitions", commits ?? 0, .commits)
    }

    /// Intents one after another, each waited for until it is on the device; the median.
    private func intents(_ store: HistoryStore, into report: inout Report) throws {
        let clock = ContinuousClock()
        var spans: [Double] = []
        for number in 0..<Self.intents {
            let intent = StepIntent(
                run: "1",
                step: number,
                attempt: 1,
                action: "systemd.restart",
                at: Timestamp(milliseconds: Int64(number))
            )
            let begin = clock.now
            try store.submitAndWait([.intent(intent)])
            spans.append((clock.now - begin).nanoseconds / 1e6)
        }
        spans.sort()
        report.add("history/synced intent", spans[spans.count / 2], .milliseconds)
        report.add("history/synced intent, 99 %", spans[spans.count * 99 / 100], .milliseconds)
    }
}
