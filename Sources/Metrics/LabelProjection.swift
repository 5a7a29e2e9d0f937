/// A choice of labels by name, to be made of many sets: the labels of some names, or all but those.
public struct LabelProjection: Sendable, Hashable {
    /// The names as they stand in packed labels, length first.
    private let names: [[UInt8]]
    private let isKeeping: Bool

    public static func keeping(_ names: [String]) -> LabelProjection {
        LabelProjection(names, isKeeping: true)
    }

    public static func removing(_ names: [String]) -> LabelProjection {
        LabelProjection(names, isKeeping: false)
    }

    private init(_ names: [String], isKeeping: Bool) {
        self.names = names.map { name in
            var field: [UInt8] = []
            Labels.append(field: name.utf8, to: &field)
            return field
        }
        self.isKeeping = isKeeping
    }

    /// The set with only the chosen labels. Copies runs of bytes; no label becomes a string.
    public func apply(_ labels: Labels) -> Labels {
        if labels.isEmpty || names.isEmpty { return isKeeping ? .empty : labels }
        var kept: [UInt8] = []
        write(labels, to: &kept)
        return kept.count == labels.packed.count ? labels : Labels(packed: kept)
    }

    /// Writes the packed bytes of the chosen labels, in place of what was in the array.
    package func write(_ labels: Labels, to kept: inout [UInt8]) {
        kept.removeAll(keepingCapacity: true)
        kept.reserveCapacity(labels.packed.count)
        // The buffer is the array's own; every range comes from the packed form, which is well made.
        unsafe labels.packed.withUnsafeBufferPointer { source in
            var place = 0
            while place < source.count {
                let start = place
                let nameEnd = unsafe Self.fieldEnd(source, place)
                place = unsafe Self.fieldEnd(source, nameEnd)
                if unsafe isNamed(source, start, nameEnd) == isKeeping {
                    unsafe kept.append(contentsOf: UnsafeBufferPointer(rebasing: source[start..<place]))
                }
            }
        }
    }

    @inline(__always)
    private static func fieldEnd(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        var place = start
        var length = 0
        var shift = 0
        while true {
            let byte = unsafe bytes[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 { return place + length }
            shift += 7
        }
    }

    @inline(__always)
    private func isNamed(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for name in names where name.count == end - start {
            var index = 0
            while index < name.count, unsafe bytes[start + index] == name[index] { index += 1 }
            if index == name.count { return true }
        }
        return false
    }
}
