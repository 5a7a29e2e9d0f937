public import Metrics
import Rules
public import YAML

/// What is kept of samples, and how much of it there may be.
public struct StorageSettings: Sendable, Hashable {
    public enum Keep: String, Sendable, Hashable, CaseIterable {
        /// Every sample that comes in.
        case all
        /// Of what is scraped, only what rules, playbooks, texts of notifications and medic's own page read; other lines are skipped.
        case referenced
    }

    public var keep = Keep.all
    public var retention = Milliseconds.hours(24)
    public var maxSeries = 1_000_000
    /// The most that samples may take in memory, in bytes.
    public var maxBytes = ByteCount(1 << 30)
    /// Whether samples outlive a restart, in the data folder.
    public var persists = true

    public init() {}

    public static var shape: Shape<StorageSettings> {
        .structure("storage settings") { fields in
            var settings = StorageSettings()
            settings.keep = fields.value("keep", .choice, default: settings.keep)
            settings.retention = fields.value("retention", .milliseconds, default: settings.retention)
            settings.maxSeries = fields.value("max_series", .integer(in: 1...100_000_000), default: settings.maxSeries)
            settings.maxBytes = fields.value("max_bytes", .byteCount, default: settings.maxBytes)
            settings.persists = fields.value("persist", .boolean, default: settings.persists)
            for key in ["tsdb", "exemplars"] {
                fields.refuseUnsupported(
                    key,
                    because: "samples are kept in another way, which 'retention', 'max_series' and 'max_bytes' bound"
                )
            }
            return settings
        }
    }
}
