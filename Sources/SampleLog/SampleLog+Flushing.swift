public import Files
public import Metrics
import Synchronization

extension SampleLog {
    /// Writes what is waiting, and forces it onto the device when that is due. To be called every second.
    ///
    /// When the disk takes nothing, all is kept for the next attempt, as far as `bufferBytes` allow.
    public func flush(now: Timestamp) throws(FileError) {
        try output.withLock { output throws(FileError) in
            try counting(&output) { output throws(FileError) in
                try write(&output, startingFile: false)
                let isDue = output.lastSync > now || now - output.lastSync >= options.syncInterval
                guard output.isSyncDue, isDue else { return }
                try output.file?.sync()
                output.isSyncDue = false
                output.lastSync = now
            }
        }
    }

    /// Writes all that is waiting, forces it onto the device and lets go of the folder. Nothing may be written afterwards.
    public func close() throws(FileError) {
        defer { lock.withLock { $0 = nil } }
        try output.withLock { output throws(FileError) in
            try counting(&output) { output throws(FileError) in
                try write(&output, startingFile: false)
                try output.file?.sync()
                output.isSyncDue = false
            }
        }
    }

    func counting(
        _ output: inout Output,
        _ body: (inout Output) throws(FileError) -> Void
    ) throws(FileError) {
        do {
            try body(&output)
        } catch {
            output.failures += 1
            throw error
        }
    }

    /// Writes what is waiting to the newest file, and begins another one when that is long enough, or was asked for.
    func write(_ output: inout Output, startingFile: Bool) throws(FileError) {
        try writeChunk(&output)
        let length = Int(output.file?.length ?? 0)
        let isNext = pending.withLock { pending in
            swap(&pending.buffer, &output.chunk)
            let isNext = startingFile || pending.hasGap || length + output.chunk.count >= options.fileBytes
            if isNext {
                if pending.hasGap { output.needsSnapshot = true }
                pending.hasGap = false
                Self.beginFile(output.number + 1, &pending)
            }
            return isNext
        }
        if isNext {
            // The number counts even if the file cannot be made now: what is in the buffer belongs to it.
            defer { output.number += 1 }
            try finishFile(&output)
        } else {
            try writeChunk(&output)
        }
    }

    private func finishFile(_ output: inout Output) throws(FileError) {
        do {
            try writeChunk(&output)
            try output.file?.sync()
        } catch {
            // What could not be written belongs to a file that is over.
            output.chunk.removeAll()
            output.needsSnapshot = true
            output.file = nil
            throw error
        }
        output.file = nil
    }

    private func writeChunk(_ output: inout Output) throws(FileError) {
        guard output.chunk.count > 0 else { return }
        if output.file == nil {
            output.file = try AppendFile(folder.path(of: LogFolder.logName(output.number)))
            try FileSystem.syncFolder(folder.path)
        }
        do {
            try output.chunk.withSpan { bytes throws(FileError) in try output.file?.append(bytes) }
        } catch {
            // Opened again for the next attempt: whatever was wrong with it may be over by then.
            output.file = nil
            throw error
        }
        let count = output.chunk.count
        output.writtenBytes += UInt64(count)
        output.bytesSinceSnapshot += count
        output.isSyncDue = true
        output.chunk.removeAll()
        // What a flush needs differs little from one to the next, save the first ones, which define all series.
        output.chunk.shrink(to: Swift.max(64 << 10, 4 * count))
    }
}
