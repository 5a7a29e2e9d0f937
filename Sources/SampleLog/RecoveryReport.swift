/// What was found when a log was opened: what came back, and what did not.
public struct RecoveryReport: Hashable, Sendable {
    public struct Damage: Hashable, Sendable {
        /// The name in the log's folder.
        public var file: String
        /// Where the sound part ends.
        public var offset: Int
        /// The name it has now; nil when it could not be renamed, or was not there.
        public var setAsideAs: String?
        public var reason: Reason
    }

    public enum Reason: Hashable, Sendable {
        case wrongRecord
        case incompleteSnapshot
        case missing
        case unreadable(String)
    }

    /// The snapshot that was read, by its name.
    public var snapshot: String?
    public var logs = 0
    public var frames = 0
    public var series = 0
    public var samples = 0
    /// The newest timestamp (ms) that came back.
    public var newestTime: Int64?
    /// Bytes of a record at the end of the newest log that was never finished.
    public var tornBytes = 0
    /// Sound records that had no place: what they belong to was lost, or the limits refuse it.
    public var skippedRecords = 0
    public var damages: [Damage] = []

    public init() {}
}

extension RecoveryReport.Damage: CustomStringConvertible {
    public var description: String {
        let what =
            switch reason {
            case .wrongRecord: "\(file): damaged at byte \(offset); what stands before was used"
            case .incompleteSnapshot: "\(file): not complete; what is sound in it was used"
            case .missing: "\(file): missing; the samples in it are lost"
            case .unreadable(let why): "\(file): cannot be read: \(why)"
            }
        return setAsideAs.map { "\(what); kept as \($0)" } ?? what
    }
}
