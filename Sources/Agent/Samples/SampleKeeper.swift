import Configuration
import EventLoop
import Files
import Instruments
import Logging
import Metrics
import SampleLog
import Storage
import Synchronization

/// Keeps the samples: in memory for as long as the configuration says, and in the data folder so that a restart brings them back.
final class SampleKeeper: Sendable {
    let store: SampleStore
    private let sampleLog: SampleLog?
    private let log: Logger
    private let retention: Mutex<Milliseconds>
    private let failures: Counter
    /// Why samples cannot be kept on disk, though they should be; nil while they can.
    private let trouble = Mutex<String?>(nil)
    /// So much may be logged before a snapshot makes the older files superfluous.
    private static let snapshotBytes = 256 << 20

    /// Opens the folder, or keeps samples in memory alone when there is none, or when it cannot be used: that is said and does not stop
    /// the agent.
    init(_ settings: StorageSettings, folder: String?, log: Logger, instruments: Instruments) {
        let store = SampleStore(
            limits: StorageLimits(maxSeries: settings.maxSeries, maxBytes: Int(settings.maxBytes.rawValue))
        )
        self.store = store
        self.log = log
        retention = Mutex(settings.retention)
        failures = instruments.counter(
            "medic_samplelog_failures_total",
            help: "Writes of samples to the data folder that failed."
        )
        sampleLog = folder.flatMap { Self.open($0, into: store, log: log) }
        if let folder, sampleLog == nil {
            trouble.withLock { $0 = "samples cannot be kept in \(folder) and will not survive a restart" }
        }
        observe(instruments)
    }

    private static func open(_ folder: String, into store: SampleStore, log: Logger) -> SampleLog? {
        do {
            let (opened, report) = try SampleLog.open(folder, into: store)
            log.info(
                "samples restored",
                ["series": report.series, "samples": report.samples, "torn_bytes": report.tornBytes]
            )
            for damage in report.damages {
                log.warning(
                    "a damaged file of samples was set aside",
                    ["file": damage.file, "offset": damage.offset, "kept_as": damage.setAsideAs ?? "nothing"]
                )
            }
            return opened
        } catch {
            log.error(
                "samples cannot be kept on disk and will not survive a restart",
                ["folder": folder, "error": error.description]
            )
            return nil
        }
    }

    /// What keeps samples from the disk, in a sentence; nil while nothing does.
    var problem: String? { trouble.withLock { $0 } }

    /// A later configuration may keep samples longer or shorter.
    func apply(_ settings: StorageSettings) {
        retention.withLock { $0 = settings.retention }
    }

    /// Writes what is waiting. To be called every second, away from the loops.
    func flush(now: Timestamp) {
        guard let sampleLog else { return }
        do {
            try sampleLog.flush(now: now)
            let written = sampleLog.statistics.bytesSinceSnapshot
            if sampleLog.needsSnapshot || written > Self.snapshotBytes { try sampleLog.writeSnapshot(of: store) }
            let former = trouble.withLock { trouble in
                defer { trouble = nil }
                return trouble
            }
            if former != nil { log.info("samples are written to disk again") }
        } catch {
            failures.add()
            let words = "samples could not be written to disk: \(error.description)"
            // Each second, so that it is said once until something else is wrong.
            let isNew = trouble.withLock { trouble in
                defer { trouble = words }
                return trouble != words
            }
            if isNew { log.error("samples could not be written to disk", ["error": error.description]) }
        }
    }

    /// Lets go of what is older than the retention. To be called every few minutes.
    func dropOld(now: Timestamp) {
        store.dropSamples(before: now - retention.withLock { $0 })
    }

    /// A snapshot makes the next start short; without the time for one the log does.
    func close() {
        guard let sampleLog else { return }
        do {
            try sampleLog.writeSnapshot(of: store)
            try sampleLog.close()
        } catch {
            log.error("samples could not be written to disk at the end", ["error": error.description])
        }
    }

    private func observe(_ instruments: Instruments) {
        let store = store
        instruments.observe("medic_storage_series", help: "Series in memory.") { Double(store.statistics.series) }
        instruments.observe("medic_storage_bytes", help: "Memory that samples and labels take.") {
            Double(store.statistics.totalBytes)
        }
        instruments.observe("medic_storage_series_limit", help: "Series there may be.") {
            Double(store.limits.maxSeries)
        }
        guard let sampleLog else { return }
        instruments.observe("medic_samplelog_waiting_bytes", help: "Samples that wait to be written.") {
            Double(sampleLog.statistics.waitingBytes)
        }
        instruments.observe("medic_samplelog_written_bytes_total", help: "Bytes written.", kind: .counter) {
            Double(sampleLog.statistics.writtenBytes)
        }
    }
}
