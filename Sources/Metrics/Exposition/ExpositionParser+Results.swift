/// What the entries mean, worked out for those who ask.
extension ExpositionParser {
    /// The labels of the sample that `next` returned last.
    public var labels: Labels {
        unsafe fields.build(base, boundName: boundName)
    }

    /// Whether the sample that `next` returned last was written with this label, even with an empty value: so a target can
    /// insist that the label be absent.
    public func isWritten(_ name: String) -> Bool {
        fields.labels.contains { label in
            let written = unsafe UnsafeBufferPointer(
                start: base + label.nameStart,
                count: label.nameEnd - label.nameStart
            )
            return unsafe written.elementsEqual(name.utf8)
        }
    }

    /// The exemplar of the sample that `next` returned last; meaningful where it has one.
    public var exemplar: Exemplar {
        Exemplar(
            labels: unsafe exemplarFields.build(base, boundName: nil),
            value: exemplarValue,
            timestamp: exemplarTimestamp
        )
    }

    /// The name in a metadata entry.
    public func name(_ range: Range<Int>) -> String {
        unsafe Unescaped.text(UnsafeBufferPointer(rebasing: bytes[range]))
    }

    /// The text of a help entry. OpenMetrics escapes quotes in it, Prometheus text does not.
    public func helpText(_ range: Range<Int>) -> String {
        unsafe Unescaped.text(UnsafeBufferPointer(rebasing: bytes[range]), quotes: format == .openMetrics)
    }

    private var boundName: StaticString? {
        guard unifiesBounds else { return nil }
        switch type {
        case .histogram: return "le"
        case .summary: return "quantile"
        default: return nil
        }
    }
}
