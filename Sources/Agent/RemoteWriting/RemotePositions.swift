import Files
import JSON
import Metrics
import Storage

/// How far a server has got everything: for each timeline the time of the last frame that it took, or that was given up.
///
/// Kept in a file, so that what comes in while the server or the agent is away is sent afterwards, as long as the samples are there.
struct RemotePositions: Sendable, Equatable {
    private static let bytesMax = 16 << 20

    /// What was there before the server was first written to is not sent.
    private(set) var since: Int64
    private(set) var sent: [UInt32: Int64] = [:]

    init(since: Timestamp) {
        self.since = since.rawValue
    }

    subscript(timeline: TimelineID) -> Int64 { sent[timeline.rawValue] ?? since }

    mutating func reach(_ time: Int64, of timeline: TimelineID) {
        sent[timeline.rawValue] = Swift.max(time, self[timeline])
    }

    /// Forgets the timelines that are gone.
    mutating func keep(_ timelines: [SampleStore.TimelineFacts]) {
        guard sent.count > timelines.count else { return }
        let known = Set(timelines.map(\.id.rawValue))
        sent = sent.filter { known.contains($0.key) }
    }

    // MARK: The file

    init?(file path: String) {
        guard let bytes = try? FileSystem.read(path, limit: Self.bytesMax),
            let tree = try? JSONValue(parsing: bytes.span), let since = tree["since"]?.string.flatMap({ Int64($0) })
        else { return nil }
        self.since = since
        for member in tree["sent"]?.object?.members ?? [] {
            guard let id = UInt32(member.name), let time = member.value.string.flatMap({ Int64($0) }) else { continue }
            sent[id] = time
        }
    }

    func write(to path: String) throws(FileError) {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("since", String(since))
            writer.member("sent") { writer in
                writer.object { writer in
                    for (id, time) in sent.sorted(by: { $0.key < $1.key }) { writer.member(String(id), String(time)) }
                }
            }
        }
        try FileSystem.createFolder(FileSystem.parent(of: path))
        try FileSystem.replace(path, with: writer.takeBytes())
    }
}
