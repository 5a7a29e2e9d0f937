public import Metrics
import Rules
public import YAML

/// Where the record of what happened is kept, and how much of it.
public struct HistorySettings: Sendable, Hashable {
    /// The database file; nil for `history.db` in the data folder.
    public var path: String?
    /// What is older is deleted.
    public var keepAge = Milliseconds.days(90)
    /// What the database may hold; beyond it the oldest is deleted.
    public var keepSize = ByteCount(256 << 20)

    public init() {}

    // Less than this holds too little to explain anything, and deleting would never end.
    private static let sizeMin: Int64 = 1 << 20

    public static var shape: Shape<HistorySettings> {
        .structure("history settings") { fields in
            var settings = HistorySettings()
            settings.path = fields.optional("path", .nonEmptyString)
            if let keep = fields.optional("keep", keepShape) {
                settings.keepAge = keep.age ?? settings.keepAge
                settings.keepSize = keep.size ?? settings.keepSize
            }
            return settings
        }
    }

    private struct Keep: Sendable {
        var age: Milliseconds?
        var size: ByteCount?
    }

    private static var keepShape: Shape<Keep> {
        .structure("an age and a size") { fields in
            let age = fields.optional(
                "age",
                Shape<Milliseconds>.milliseconds.narrowed(to: "a duration longer than zero") { $0 > .zero ? $0 : nil }
            )
            let size = fields.optional(
                "size",
                Shape<ByteCount>.byteCount.narrowed(to: "a size of at least 1MB") { $0.rawValue >= sizeMin ? $0 : nil }
            )
            return Keep(age: age, size: size)
        }
    }
}
