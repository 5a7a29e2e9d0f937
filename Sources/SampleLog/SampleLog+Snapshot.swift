public import Files
public import Storage
import Synchronization

extension SampleLog {
    /// Writes down all that the store holds, and then removes the logs and snapshots that this makes superfluous. Appends go
    /// on meanwhile. To be called when `needsSnapshot`, when much has been logged since the last one, and before a clean
    /// end; by one thread at a time.
    public func writeSnapshot(of store: SampleStore) throws(FileError) {
        var number: UInt64 = 0
        var definitions: [TimelineID: UInt64] = [:]
        var logged = 0
        let image = store.image {
            output.withLock { output in
                // If this fails, what could not be written is in the image.
                do { try write(&output, startingFile: true) } catch { output.failures += 1 }
                number = output.number
                logged = output.bytesSinceSnapshot
                output.bytesSinceSnapshot = 0
                output.needsSnapshot = false
            }
            definitions = pending.withLock { $0.definitions }
        }
        do {
            let path = folder.path(of: LogFolder.snapshotName(number))
            _ = try SnapshotWriter(path).write(image, of: store, number: number, definitions: definitions)
        } catch {
            output.withLock { output in
                output.failures += 1
                output.needsSnapshot = true
                output.bytesSinceSnapshot += logged
            }
            throw error
        }
        let living = Set(image.timelines.map(\.id))
        pending.withLock { pending in
            for id in definitions.keys where !living.contains(id) { pending.definitions[id] = nil }
        }
        try removeFiles(before: number)
    }

    /// Removes logs and snapshots of lower numbers.
    private func removeFiles(before number: UInt64) throws(FileError) {
        let contents = try folder.contents()
        let kept = keptSnapshots.withLock { $0 }
        for old in contents.snapshots where old < number && !kept.contains(old) {
            try FileSystem.remove(folder.path(of: LogFolder.snapshotName(old)))
        }
        for old in contents.logs where old < number {
            try FileSystem.remove(folder.path(of: LogFolder.logName(old)))
        }
        try FileSystem.syncFolder(folder.path)
    }
}
