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
        let packed = labels.packed
        if packed.isEmpty || names.isEmpty { return isKeeping ? .empty : labels }
        var isWhole = true
        // The buffers are those of the two arrays; every range below comes from the packed form, which is well made.
        let kept = unsafe packed.withUnsafeBufferPointer { source in
            unsafe [UInt8](unsafeUninitializedCapacity: source.count) { target, count in
                var place = 0
                while place < source.count {
                    let start = place
                    let nameEnd = unsafe Self.fieldEnd(source, place)
                    let end = unsafe Self.fieldEnd(source, nameEnd)
                    if unsafe isNamed(source, start, nameEnd) == isKeeping {
                        for index in start..<end { unsafe target[count + index - start] = source[index] }
                        count += end - start
                    } else {
                        isWhole = false
                    }
                    place = end
                }
            }
        }
        return isWhole ? labels : Labels(packed: kept)
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
