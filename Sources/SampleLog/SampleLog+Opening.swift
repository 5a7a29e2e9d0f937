public import Files
public import Storage
import Synchronization

extension SampleLog {
    /// Brings back into an empty store what the folder holds, and logs into it from now on what the store is told.
    ///
    /// Damage never keeps it from opening: torn ends are cut, damaged files are set aside under another name, and the report
    /// says what was lost. It throws when the folder cannot be used at all, or when another process uses it (`locked`).
    public static func open(
        _ path: String,
        options: Options = Options(),
        into store: SampleStore
    ) throws(FileError) -> (log: SampleLog, report: RecoveryReport) {
        try FileSystem.createFolder(path)
        let lock = try FileLock(path + "/lock")
        let folder = LogFolder(path: path)
        var recovery = Recovery(folder, into: store)
        try recovery.run()
        let isDamaged = !recovery.report.damages.isEmpty
        let log = SampleLog(
            folder,
            options,
            lock: lock,
            definitions: recovery.definitions,
            nextNumber: recovery.nextNumber,
            bytesSinceSnapshot: recovery.logBytes,
            needsSnapshot: isDamaged
        )
        store.journal = log
        if isDamaged {
            // What was lost must not be missed again, and what was saved must not be lost after all.
            log.keptSnapshots.withLock { $0 = recovery.damagedSnapshots }
            do {
                try log.writeSnapshot(of: store)
                recovery.setAsideSnapshots()
            } catch {
                // The damaged files are still there, and `needsSnapshot` says what to do.
            }
            log.keptSnapshots.withLock { $0 = [] }
        }
        return (log, recovery.report)
    }
}
