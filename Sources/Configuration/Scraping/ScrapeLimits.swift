import Metrics
import YAML

/// How much a scrape and a job may bring; zero for any amount. Beyond a limit the whole scrape fails, as with Prometheus.
public struct ScrapeLimits: Hashable, Sendable {
    /// Bytes of an answer, after it is unpacked.
    public var bodyBytes = 0
    /// Samples of a scrape that are left after relabelling.
    public var samples = 0
    /// Targets of a job.
    public var targets = 0
    /// Labels of a series.
    public var labels = 0
    /// Bytes of a label's name.
    public var labelNameBytes = 0
    /// Bytes of a label's value.
    public var labelValueBytes = 0
    /// Targets dropped by relabelling that are remembered, to be shown.
    public var keptDroppedTargets = 0

    public init() {}

    /// Reads the keys, which `global` and each job have alike; a job takes what it lacks, or sets to zero, from `global`.
    init(_ fields: inout Fields, orElse global: ScrapeLimits = ScrapeLimits()) {
        func limit(_ key: String, _ fallback: Int, _ fields: inout Fields) -> Int {
            let value = fields.value(key, .integer(in: 0...Int(UInt32.max)), default: 0)
            return value == 0 ? fallback : value
        }
        let size = fields.value("body_size_limit", .byteCount, default: ByteCount(0))
        bodyBytes = size == ByteCount(0) ? global.bodyBytes : Int(size.rawValue)
        samples = limit("sample_limit", global.samples, &fields)
        targets = limit("target_limit", global.targets, &fields)
        labels = limit("label_limit", global.labels, &fields)
        labelNameBytes = limit("label_name_length_limit", global.labelNameBytes, &fields)
        labelValueBytes = limit("label_value_length_limit", global.labelValueBytes, &fields)
        keptDroppedTargets = limit("keep_dropped_targets", global.keptDroppedTargets, &fields)
    }
}
