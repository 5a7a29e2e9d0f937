/// Writes metrics in either format, so that `ExpositionParser` and Prometheus read back what was written.
///
/// Names that need quotes get them, as Prometheus 3 reads them. Nothing can be written that has no form in the
/// format: a name without characters or with a NUL in it, a help text of blanks only.
public struct ExpositionWriter {
    public let format: ExpositionFormat
    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []

    public init(_ format: ExpositionFormat) {
        self.format = format
    }

    /// Whole families and, for OpenMetrics, the end marker.
    public static func write(_ families: some Sequence<MetricFamily>, as format: ExpositionFormat) -> [UInt8] {
        var writer = ExpositionWriter(format)
        for family in families {
            writer.write(family.metadata)
            for sample in family.samples {
                writer.write(sample)
            }
        }
        writer.end()
        return writer.bytes
    }

    /// The lines that describe a metric. They come before its samples.
    public mutating func write(_ metadata: FamilyMetadata) {
        let name = Labels.isPlainMetricName(metadata.name) ? metadata.name : Self.quoted(metadata.name)
        if let help = metadata.help {
            append("# HELP \(name) \(Self.escaped(help, quotes: format == .openMetrics))\n")
        }
        if metadata.type != .unknown || metadata.help == nil {
            append("# TYPE \(name) \(metadata.type.word(in: format))\n")
        }
        if let unit = metadata.unit, format == .openMetrics, !unit.isEmpty, metadata.name.hasSuffix("_\(unit)") {
            append("# UNIT \(name) \(unit)\n")
        }
    }

    /// One sample. Prometheus text has no exemplars, so there they are left out.
    public mutating func write(_ sample: MetricFamily.Sample) {
        appendSeries(sample.labels)
        append(" \(number(sample.value))")
        if let timestamp = sample.timestamp { append(" \(time(timestamp))") }
        if let exemplar = sample.exemplar, format == .openMetrics {
            append(" # {\(exemplar.labels.map(Self.pair).joined(separator: ","))} \(number(exemplar.value))")
            if let timestamp = exemplar.timestamp { append(" \(time(timestamp))") }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The last line of an OpenMetrics text; nothing may follow it. Prometheus text needs none.
    public mutating func end() {
        if format == .openMetrics { append("# EOF\n") }
    }

    private mutating func appendSeries(_ labels: Labels) {
        let name = labels.metricName ?? ""
        var pairs = labels.filter { $0.name != Labels.metricName }.map(Self.pair)
        if Labels.isPlainMetricName(name) {
            append(name)
            if pairs.isEmpty { return }
        } else {
            pairs.insert(Self.quoted(name), at: 0)
        }
        append("{\(pairs.joined(separator: ","))}")
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }

    private static func pair(_ label: Label) -> String {
        (Labels.isPlainLabelName(label.name) ? label.name : quoted(label.name)) + "=" + quoted(label.value)
    }

    private static func quoted(_ text: String) -> String { "\"\(escaped(text, quotes: true))\"" }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): result += [byte, byte]
            case UInt8(ascii: "\n"): result += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
            case UInt8(ascii: "\"") where quotes: result += [UInt8(ascii: "\\"), byte]
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The shortest digits; in OpenMetrics never without a point or an exponent.
    private func number(_ value: Double) -> String {
        let text = Number.general(value)
        guard format == .openMetrics, value.isFinite else { return text }
        return text.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "e") } ? text : text + ".0"
    }

    /// Milliseconds in Prometheus text, which has no times before the epoch; seconds in OpenMetrics.
    private func time(_ timestamp: Timestamp) -> String {
        let milliseconds = timestamp.rawValue
        guard format == .openMetrics else { return String(Swift.max(milliseconds, 0)) }
        let fraction = String(milliseconds.magnitude % 1_000 + 1_000).dropFirst()
        return "\(milliseconds < 0 ? "-" : "")\(milliseconds.magnitude / 1_000)"
            + (fraction == "000" ? "" : ".\(fraction)")
    }
}
