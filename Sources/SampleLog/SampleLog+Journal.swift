import Metrics
public import Storage
import Synchronization

extension SampleLog: SampleJournal {
    public func timelineOpened(_ timeline: TimelineID, name: String, isSolo: Bool) {
        pending.withLock { pending in
            let name = Array(name.utf8)
            append(.timelineOpened, room: 32 + name.count, to: &pending) { writer in
                writer.number(UInt64(timeline.rawValue))
                writer.byte(isSolo ? 1 : 0)
                writer.field(name)
            }
        }
    }

    public func slotDefined(_ timeline: TimelineID, slot: Int, since: Int64, packedLabels: [UInt8]) {
        pending.withLock { pending in
            // Counted even when it is not written: so the frames that follow are known to lack it.
            let number = (pending.definitions[timeline] ?? 0) + 1
            pending.definitions[timeline] = number
            append(.slotDefined, room: 64 + packedLabels.count, to: &pending) { writer in
                writer.number(UInt64(timeline.rawValue))
                writer.number(number)
                writer.number(UInt64(slot))
                writer.signedNumber(since)
                writer.field(packedLabels)
            }
        }
    }

    public func frameAppended(_ timeline: TimelineID, at time: Int64, values: UnsafeBufferPointer<Double>) {
        pending.withLock { pending in
            guard hasRoom(&pending) else { return }
            let definitions = pending.definitions[timeline] ?? 0
            let room = 32 + FrameCodec.room(for: values.count)
            let buffered = pending.buffer.count
            Record.append(.frame, room: room, to: &pending.buffer) { writer in
                writer.number(UInt64(timeline.rawValue))
                writer.number(definitions)
                unsafe pending.codecs[timeline, default: FrameCodec()].write(values, at: time, to: &writer)
            }
            precondition(pending.buffer.count > buffered, "a record was written")
        }
    }

    public func frameAmended(_ timeline: TimelineID, at time: Int64, values: UnsafeBufferPointer<Double>) {
        unsafe frameAppended(timeline, at: time, values: values)
    }

    public func samplesDropped(before time: Int64) {
        pending.withLock { pending in
            append(.samplesDropped, room: 16, to: &pending) { $0.signedNumber(time) }
        }
    }

    private func append(
        _ kind: RecordKind,
        room: Int,
        to pending: inout Pending,
        _ body: (inout ByteWriter) -> Void
    ) {
        guard hasRoom(&pending) else { return }
        Record.append(kind, room: room, to: &pending.buffer, body)
    }

    /// Whether another record may wait. Once one had to be left out, nothing more is taken until a new file is begun.
    private func hasRoom(_ pending: inout Pending) -> Bool {
        if !pending.hasGap && pending.buffer.count < options.bufferBytes { return true }
        pending.hasGap = true
        pending.droppedRecords += 1
        return false
    }

    /// From here on records are for another file, which can be read without those before.
    static func beginFile(_ number: UInt64, _ pending: inout Pending) {
        pending.codecs.removeAll()
        Record.append(.logHeader, room: 64, to: &pending.buffer) { writer in
            writer.field(Record.formatName)
            writer.number(number)
        }
    }
}
