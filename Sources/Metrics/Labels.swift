/// One name and its value.
public struct Label: Hashable, Sendable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The identity of a series: a set of labels, sorted by name, without empty values.
///
/// Kept as one run of bytes (length, name, length, value, ...), so that a set is one allocation, equality is one
/// comparison of memory, and names are told apart byte by byte as Prometheus does, not by Unicode equivalence.
public struct Labels: Hashable, Sendable {
    /// The label that holds a metric's name.
    public static let metricName = "__name__"

    /// No labels at all.
    public static let empty = Labels()

    let packed: [UInt8]

    public init() {
        packed = []
    }

    init(packed: [UInt8]) {
        self.packed = packed
    }

    /// Takes labels in any order. Empty values are left out; of a repeated name the last value counts.
    public init(_ labels: some Sequence<Label>) {
        var builder = LabelsBuilder()
        for label in labels {
            builder.set(label.name, label.value)
        }
        self = builder.build()
    }

    /// The set with this metric name and these labels.
    public init(name: String, _ labels: some Sequence<Label> = []) {
        self.init(Array(labels) + [Label(Labels.metricName, name)])
    }

    /// Hashes all bytes in one go; an array would feed them one by one.
    public func hash(into hasher: inout Hasher) {
        // The buffer is the array's own and is only read.
        unsafe packed.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    }

    public var isEmpty: Bool { packed.isEmpty }

    /// The value of the label, or nil when the set has no such label.
    public subscript(name: String) -> String? {
        var name = name
        return name.withUTF8 { wanted in
            var place = 0
            while place < packed.count {
                let nameRange = field(at: &place)
                let valueRange = field(at: &place)
                let order = unsafe compare(nameRange, wanted)
                if order == 0 { return text(valueRange) }
                if order > 0 { return nil }
            }
            return nil
        }
    }

    /// The metric's name, if it has one.
    public var metricName: String? { self[Labels.metricName] }

    /// The labels as an array, sorted by name.
    public var array: [Label] { Array(self) }

    private func compare(_ range: Range<Int>, _ wanted: UnsafeBufferPointer<UInt8>) -> Int {
        let common = Swift.min(range.count, wanted.count)
        for index in 0..<common {
            let left = packed[range.lowerBound + index]
            let right = unsafe wanted[index]
            if left != right { return Int(left) - Int(right) }
        }
        return range.count - wanted.count
    }

    fileprivate func text(_ range: Range<Int>) -> String {
        String(decoding: packed[range], as: UTF8.self)
    }

    /// The bytes of the field whose length stands at `place`; moves `place` behind it.
    fileprivate func field(at place: inout Int) -> Range<Int> {
        var length = 0
        var shift = 0
        while true {
            let byte = packed[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        let range = place..<place + length
        place += length
        return range
    }

    static func append(field: some Collection<UInt8>, to packed: inout [UInt8]) {
        var length = field.count
        while length >= 0x80 {
            packed.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        packed.append(UInt8(length))
        packed.append(contentsOf: field)
    }
}

extension Labels: Sequence {
    public struct Iterator: IteratorProtocol {
        let labels: Labels
        var place = 0

        public mutating func next() -> Label? {
            guard place < labels.packed.count else { return nil }
            let name = labels.field(at: &place)
            let value = labels.field(at: &place)
            return Label(labels.text(name), labels.text(value))
        }
    }

    public func makeIterator() -> Iterator { Iterator(labels: self) }
}

extension Labels: Comparable {
    /// Orders by the first label that differs, by name and then by value, in byte order; a prefix comes first.
    public static func < (left: Labels, right: Labels) -> Bool {
        var leftPlace = 0
        var rightPlace = 0
        while leftPlace < left.packed.count && rightPlace < right.packed.count {
            let leftField = left.packed[left.field(at: &leftPlace)]
            let rightField = right.packed[right.field(at: &rightPlace)]
            if leftField.elementsEqual(rightField) { continue }
            return leftField.lexicographicallyPrecedes(rightField)
        }
        return leftPlace >= left.packed.count && rightPlace < right.packed.count
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}
