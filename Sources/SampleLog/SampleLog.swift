import Files
public import Metrics
import Storage
import Synchronization

/// Writes down what a store is told, so that a restart, clean or not, brings it back but for the last moments.
///
/// What the store's journal hears is put into a buffer at once, and into the newest log file by `flush`, which the owner calls
/// every second. A snapshot now and then makes older logs superfluous.
public final class SampleLog: Sendable {
    public struct Options: Hashable, Sendable {
        /// When a log file is this long, the next one is begun.
        public var fileBytes: Int
        /// When this much is waiting, `isFlushDue` asks for a flush before the second is over.
        public var flushBytes: Int
        /// The most that waits in memory while the disk takes nothing; beyond it samples are not logged.
        public var bufferBytes: Int
        /// How often the files are forced onto the device; what is written but not forced outlives the process, not the machine.
        public var syncInterval: Milliseconds

        public init(
            fileBytes: Int = 64 << 20,
            flushBytes: Int = 64 << 10,
            bufferBytes: Int = 32 << 20,
            syncInterval: Milliseconds = .seconds(5)
        ) {
            self.fileBytes = fileBytes
            self.flushBytes = flushBytes
            self.bufferBytes = bufferBytes
            self.syncInterval = syncInterval
        }
    }

    let options: Options
    let folder: LogFolder
    /// Gone once the log is closed: then the folder may be somebody else's.
    let lock: Mutex<FileLock?>
    /// What waits. Taken for moments, under the write locks of timelines.
    let pending: Mutex<Pending>
    /// The files. Taken before `pending`.
    let output: Mutex<Output>
    /// Snapshots that are not to be removed, because they are about to be set aside.
    let keptSnapshots = Mutex<Set<UInt64>>([])

    struct Pending: Sendable {
        var buffer = ByteBuffer()
        var codecs: [TimelineID: FrameCodec] = [:]
        var definitions: [TimelineID: UInt64]
        /// Whether what came last found no room and is missing from the log.
        var hasGap = false
        var droppedRecords: UInt64 = 0
    }

    struct Output: ~Copyable, Sendable {
        var file: AppendFile?
        /// The number of the newest file, open or about to be.
        var number: UInt64
        /// Taken from the buffer and not written yet.
        var chunk = ByteBuffer()
        var lastSync = Timestamp(rawValue: .min)
        var isSyncDue = false
        var bytesSinceSnapshot: Int
        var needsSnapshot: Bool
        var failures: UInt64 = 0
        var writtenBytes: UInt64 = 0
    }

    init(
        _ folder: LogFolder,
        _ options: Options,
        lock: consuming FileLock,
        definitions: [TimelineID: UInt64],
        nextNumber: UInt64,
        bytesSinceSnapshot: Int,
        needsSnapshot: Bool
    ) {
        self.folder = folder
        self.options = options
        self.lock = Mutex(consume lock)
        var first = Pending(definitions: definitions)
        Self.beginFile(nextNumber, &first)
        pending = Mutex(first)
        output = Mutex(
            Output(number: nextNumber, bytesSinceSnapshot: bytesSinceSnapshot, needsSnapshot: needsSnapshot)
        )
    }

    /// What has been written and what is waiting, for medic's own metrics.
    public struct Statistics: Hashable, Sendable {
        public var writtenBytes: UInt64 = 0
        public var waitingBytes = 0
        public var bytesSinceSnapshot = 0
        /// Writes, syncs and snapshots that failed.
        public var failures: UInt64 = 0
        /// Frames and definitions that are missing from the log, because the disk took nothing for too long.
        public var droppedRecords: UInt64 = 0
    }

    public var statistics: Statistics {
        var result = output.withLock { output in
            Statistics(
                writtenBytes: output.writtenBytes,
                waitingBytes: output.chunk.count,
                bytesSinceSnapshot: output.bytesSinceSnapshot,
                failures: output.failures
            )
        }
        pending.withLock { pending in
            result.waitingBytes += pending.buffer.count
            result.droppedRecords = pending.droppedRecords
        }
        return result
    }

    /// Whether so much is waiting that it should be flushed now.
    public var isFlushDue: Bool { pending.withLock { $0.buffer.count >= options.flushBytes } }

    /// Whether logs are missing something that only a snapshot can bring back: write one soon.
    public var needsSnapshot: Bool { output.withLock { $0.needsSnapshot } }
}
