import Metrics

/// The body of one remote write, version 1: the protocol buffer `prometheus.WriteRequest`, written as it grows.
///
/// https://prometheus.io/docs/specs/prw/remote_write_spec/
struct WriteRequest {
    private(set) var bytes: [UInt8] = []
    private(set) var sampleCount = 0
    private(set) var familyCount = 0
    /// The newest time in it.
    private(set) var newest = Int64.min

    var isEmpty: Bool { bytes.isEmpty }

    /// A series and samples of it, oldest first.
    mutating func add(_ labels: Labels, _ samples: [Sample]) {
        guard let last = samples.last else { return }
        var series: [UInt8] = []
        for label in labels {
            var pair: [UInt8] = []
            Self.append(label.name, field: 1, to: &pair)
            Self.append(label.value, field: 2, to: &pair)
            Self.append(pair, field: 1, to: &series)
        }
        for sample in samples {
            var pair: [UInt8] = []
            // Field 1, eight bytes; a zero would be left out by others, and is the same.
            pair.append(0x09)
            var bits = sample.value.bitPattern
            for _ in 0..<8 {
                pair.append(UInt8(truncatingIfNeeded: bits))
                bits >>= 8
            }
            pair.append(0x10)
            Self.append(number: UInt64(bitPattern: sample.timestamp.rawValue), to: &pair)
            Self.append(pair, field: 2, to: &series)
        }
        Self.append(series, field: 1, to: &bytes)
        sampleCount += samples.count
        newest = Swift.max(newest, last.timestamp.rawValue)
    }

    /// What is known of a metric.
    mutating func add(_ family: FamilyMetadata) {
        var entry: [UInt8] = [0x08]
        Self.append(number: family.type.remoteNumber, to: &entry)
        Self.append(family.name, field: 2, to: &entry)
        if let help = family.help, !help.isEmpty { Self.append(help, field: 4, to: &entry) }
        if let unit = family.unit, !unit.isEmpty { Self.append(unit, field: 5, to: &entry) }
        Self.append(entry, field: 3, to: &bytes)
        familyCount += 1
    }

    private static func append(_ text: String, field: UInt8, to output: inout [UInt8]) {
        append(Array(text.utf8), field: field, to: &output)
    }

    private static func append(_ content: [UInt8], field: UInt8, to output: inout [UInt8]) {
        output.append(field << 3 | 2)
        append(number: UInt64(content.count), to: &output)
        output += content
    }

    private static func append(number: UInt64, to output: inout [UInt8]) {
        var rest = number
        while rest >= 0x80 {
            output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        output.append(UInt8(truncatingIfNeeded: rest))
    }
}

extension MetricType {
    /// The number of the type in the protocol.
    fileprivate var remoteNumber: UInt64 {
        switch self {
        case .counter: 1
        case .gauge: 2
        case .histogram: 3
        case .gaugeHistogram: 4
        case .summary: 5
        case .info: 6
        case .stateSet: 7
        case .unknown: 0
        }
    }
}
