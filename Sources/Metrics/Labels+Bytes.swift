extension Labels {
    /// The set as one run of bytes, for rooms that intern or save labels: for each label the length and the bytes of its
    /// name, then of its value; lengths in seven bits a byte, least significant first; sorted by name.
    package var packedBytes: [UInt8] { packed }

    /// Takes bytes that this process has packed itself.
    package init(packedBytes: [UInt8]) {
        self.init(packed: packedBytes)
    }

    /// Takes bytes from outside: nil unless they are exactly what packing a set would give.
    package init?(checkingPackedBytes bytes: [UInt8]) {
        var place = 0
        var previousName: ArraySlice<UInt8> = []
        while place < bytes.count {
            guard let name = Self.checkedField(of: bytes, at: &place), !name.isEmpty,
                previousName.lexicographicallyPrecedes(name),
                let value = Self.checkedField(of: bytes, at: &place), !value.isEmpty
            else { return nil }
            previousName = name
        }
        self.init(packed: bytes)
    }

    private static func checkedField(of bytes: [UInt8], at place: inout Int) -> ArraySlice<UInt8>? {
        var length = 0
        var shift = 0
        while true {
            guard place < bytes.count, shift < 35 else { return nil }
            let byte = bytes[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 {
                // The shortest form only, so that equal sets have equal bytes.
                guard byte != 0 || shift == 0 else { return nil }
                break
            }
            shift += 7
        }
        guard length <= bytes.count - place else { return nil }
        defer { place += length }
        let field = bytes[place..<place + length]
        return String(validating: field, as: UTF8.self) == nil ? nil : field
    }
}
