/// A name or a value among the bytes, without its quotes.
struct EscapedRange {
    var start: Int
    var end: Int
    /// Whether it has a backslash, so that its bytes are not yet its text.
    var isEscaped: Bool
}

/// Where a label's name and value lie among the bytes.
struct LabelField {
    var nameStart: Int
    var nameEnd: Int
    var valueStart: Int
    var valueEnd: Int
}

/// The labels of one series as ranges of bytes, from which `Labels` are built when somebody wants them.
///
/// Unsafe inside because it reads the bytes that the parser has walked over, by the ranges that the parser found.
struct LabelFields {
    private(set) var labels: [LabelField] = []
    private(set) var name = 0..<0
    private(set) var hasName = false
    // Whether some name or value has a backslash, so that ranges are not yet the text.
    private var isEscaped = false

    mutating func removeAll() {
        labels.removeAll(keepingCapacity: true)
        name = 0..<0
        hasName = false
        isEscaped = false
    }

    mutating func setName(_ range: Range<Int>, isEscaped: Bool) {
        name = range
        hasName = true
        self.isEscaped = self.isEscaped || isEscaped
    }

    @inline(__always)
    mutating func append(name: EscapedRange, value: EscapedRange) {
        labels.append(
            LabelField(nameStart: name.start, nameEnd: name.end, valueStart: value.start, valueEnd: value.end)
        )
        isEscaped = isEscaped || name.isEscaped || value.isEscaped
    }

    /// The name of a label that stands twice, the metric's name counted as one.
    func duplicate(in bytes: UnsafePointer<UInt8>) -> String? {
        if isEscaped || labels.count > 16 {
            var seen: Set<[UInt8]> = hasName ? [Array(Labels.metricName.utf8)] : []
            for label in labels {
                let name = unsafe Unescaped.bytes(
                    of: UnsafeBufferPointer(start: bytes + label.nameStart, count: label.nameEnd - label.nameStart)
                )
                if !seen.insert(name).inserted { return String(decoding: name, as: UTF8.self) }
            }
            return nil
        }
        for (index, label) in labels.enumerated() {
            let length = label.nameEnd - label.nameStart
            if hasName && length == MetricNameLabel.count,
                unsafe MetricNameLabel.compare(bytes + label.nameStart, length, MetricNameLabel.start) == 0
            {
                return Labels.metricName
            }
            for other in labels[..<index] where other.nameEnd - other.nameStart == length {
                let order = unsafe MetricNameLabel.compare(bytes + label.nameStart, length, bytes + other.nameStart)
                if order == 0 {
                    return unsafe String(
                        decoding: UnsafeBufferPointer(start: bytes + label.nameStart, count: length),
                        as: UTF8.self
                    )
                }
            }
        }
        return nil
    }

    /// Builds the set. `boundName` names the label whose value is a bound to be written in one way, if there is one.
    func build(_ bytes: UnsafePointer<UInt8>, boundName: StaticString?) -> Labels {
        let bound = boundName.flatMap { name in
            labels.firstIndex { label in
                let length = label.nameEnd - label.nameStart
                return unsafe length == name.utf8CodeUnitCount
                    && MetricNameLabel.compare(bytes + label.nameStart, length, name.utf8Start) == 0
            }
        }
        if isEscaped || bound.map({ unsafe needsRewriting(labels[$0], bytes) }) ?? false {
            return unsafe buildThroughText(bytes, bound: bound)
        }
        return unsafe buildPacked(bytes, bound: bound)
    }

    private func needsRewriting(_ label: LabelField, _ bytes: UnsafePointer<UInt8>) -> Bool {
        let text = unsafe UnsafeBufferPointer(start: bytes + label.valueStart, count: label.valueEnd - label.valueStart)
        return unsafe BoundText.form(of: text) == .other
    }

    private func buildThroughText(_ bytes: UnsafePointer<UInt8>, bound: Int?) -> Labels {
        func text(_ start: Int, _ end: Int) -> String {
            unsafe Unescaped.text(UnsafeBufferPointer(start: bytes + start, count: end - start))
        }
        var builder = LabelsBuilder()
        for (index, label) in labels.enumerated() {
            let value = text(label.valueStart, label.valueEnd)
            builder.set(text(label.nameStart, label.nameEnd), index == bound ? BoundText.unified(value) : value)
        }
        if hasName { builder.set(Labels.metricName, text(name.lowerBound, name.upperBound)) }
        return builder.build()
    }

    /// Copies the bytes as they are into their order.
    private func buildPacked(_ bytes: UnsafePointer<UInt8>, bound: Int?) -> Labels {
        unsafe withUnsafeTemporaryAllocation(of: PackedLabel.self, capacity: labels.count + 1) { pieces in
            var count = 0
            func add(_ piece: PackedLabel) {
                unsafe pieces.initializeElement(at: count, to: piece)
                count += 1
            }
            if hasName {
                unsafe add(
                    PackedLabel(
                        name: MetricNameLabel.start,
                        nameCount: MetricNameLabel.count,
                        value: bytes + name.lowerBound,
                        valueCount: name.count,
                        isWhole: false
                    )
                )
            }
            for index in labels.indices where labels[index].valueEnd > labels[index].valueStart {
                let label = labels[index]
                let value = unsafe UnsafeBufferPointer(
                    start: bytes + label.valueStart,
                    count: label.valueEnd - label.valueStart
                )
                unsafe add(
                    PackedLabel(
                        name: bytes + label.nameStart,
                        nameCount: label.nameEnd - label.nameStart,
                        value: bytes + label.valueStart,
                        valueCount: value.count,
                        isWhole: index == bound && BoundText.form(of: value) == .whole
                    )
                )
            }
            return unsafe PackedLabel.pack(UnsafeMutableBufferPointer(rebasing: pieces[..<count]))
        }
    }
}

/// The label that holds the metric's name, as bytes.
enum MetricNameLabel {
    private static let text: StaticString = "__name__"
    static var start: UnsafePointer<UInt8> { unsafe text.utf8Start }
    static let count = 8

    /// Compares two runs of the same length, byte by byte.
    @inline(__always)
    static func compare(_ left: UnsafePointer<UInt8>, _ count: Int, _ right: UnsafePointer<UInt8>) -> Int {
        for index in 0..<count {
            let difference = unsafe Int(left[index]) - Int(right[index])
            if difference != 0 { return difference }
        }
        return 0
    }
}
