import Alerting
import Configuration
import Dispatch
import HTTPClient
import Instruments
import Logging
import Metrics
import Storage
import Synchronization

/// Keeps a writer at work for each server that the configuration names.
final class RemoteWriteKeeper: Sendable {
    /// How long the end waits for what is on its way.
    private static let patience = DispatchTimeInterval.seconds(2)

    private let store: SampleStore
    private let client: HTTPClient
    private let metadata: RemoteWriter.Metadata
    private let instruments: Instruments
    private let log: Logger
    /// Where positions are kept.
    private let folder: String?
    private let running = Mutex<[String: Running]>([:])

    private struct Running {
        let writer: RemoteWriter
        let meters: RemoteWriteMeters
        let task: Task<Void, Never>
        let end: DispatchGroup
    }

    init(
        _ store: SampleStore,
        _ client: HTTPClient,
        folder: String?,
        log: Logger,
        instruments: Instruments,
        metadata: @escaping RemoteWriter.Metadata
    ) {
        self.store = store
        self.client = client
        self.folder = folder
        self.log = log
        self.instruments = instruments
        self.metadata = metadata
    }

    /// Writes to these from now on and to no others. Those that stay the same go on undisturbed. Not on a loop: whoever ends is waited for.
    func apply(_ settings: [RemoteWriteSettings], externalLabels: Labels) {
        running.withLock { running in
            for (name, former) in running {
                let wanted = settings.first { $0.name == name }
                if wanted == former.writer.settings, former.writer.externalLabels == externalLabels { continue }
                Self.end(former)
                running[name] = nil
                if wanted == nil { former.meters.remove(from: instruments) }
            }
            for settings in settings where running[settings.name] == nil {
                running[settings.name] = begin(settings, externalLabels)
            }
        }
    }

    func stop() {
        running.withLock { running in
            for former in running.values { former.task.cancel() }
            for former in running.values { Self.end(former) }
            running = [:]
        }
    }

    private func begin(_ settings: RemoteWriteSettings, _ externalLabels: Labels) -> Running {
        let meters = RemoteWriteMeters(instruments, settings.name)
        let writer = RemoteWriter(
            settings,
            externalLabels: externalLabels,
            store: store,
            client: client,
            metadata: metadata,
            meters: meters,
            log: log,
            path: folder.map { "\($0)/\(Self.fileName(of: settings)).json" }
        )
        let end = DispatchGroup()
        end.enter()
        let task = Task.detached {
            await writer.run()
            end.leave()
        }
        return Running(writer: writer, meters: meters, task: task, end: end)
    }

    private static func end(_ running: Running) {
        running.task.cancel()
        _ = running.end.wait(timeout: .now() + patience)
    }

    /// A file for each server: another address is another server, whatever it is called.
    private static func fileName(of settings: RemoteWriteSettings) -> String {
        let labels = Labels([Label("name", settings.name), Label("url", settings.url)])
        return Fingerprint(labels).description
    }
}
