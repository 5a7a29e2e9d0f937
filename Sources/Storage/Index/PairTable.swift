/// Labels interned as pairs of name and value: a pair's bytes are kept once, packed as in `Labels`, and it has a number.
///
/// Each pair also heads its posting list: the ascending numbers of the series that have it. A pair that only one series has
/// needs no list of its own.
struct PairTable: ~Copyable, Sendable {
    struct Pair {
        /// Where the packed bytes begin.
        var start: UInt32
        /// How many packed bytes there are.
        var length: UInt32
        /// The number of the name.
        var name: UInt32
        /// Series that have the pair; 0 when the number is free.
        var seriesCount: UInt32
        /// The only series, or the place of the posting list.
        var posting: UInt32
    }

    struct Name {
        var text: String
        var pairs: [UInt32] = []
    }

    var pairs: [Pair] = [Pair(start: 0, length: 0, name: 0, seriesCount: 0, posting: 0)]
    var names: [Name] = [Name(text: "")]
    var lists: [[UInt32]] = []
    var bytes: [UInt8] = []
    var wastedBytes = 0
    var listBytes = 0
    var freeNames: [UInt32] = []
    var freePairs: [UInt32] = []
    var freeLists: [UInt32] = []
    var cells = ProbeTable()
    var nameNumbers: [[UInt8]: UInt32] = [:]
    // Hash values depend on it, so that no target can choose labels that collide.
    let seed = UInt64.random(in: 1...UInt64.max)

    var byteCount: Int {
        pairs.capacity * MemoryLayout<Pair>.stride + names.count * 160 + bytes.capacity + cells.byteCount + listBytes
            + lists.capacity * 8 + names.reduce(0) { $0 + $1.pairs.capacity * 4 }
    }
}

// MARK: - Finding and adding

extension PairTable {
    /// The number of the pair whose packed bytes these are, or nil.
    func find(_ packed: UnsafeBufferPointer<UInt8>) -> UInt32? {
        unsafe find(packed, hash: hash(packed))
    }

    /// The number of the pair whose packed bytes these are; a new one if need be. Nil when numbers have run out.
    mutating func intern(_ packed: UnsafeBufferPointer<UInt8>, nameLength: Int) -> UInt32? {
        let hash = unsafe hash(packed)
        if let known = unsafe find(packed, hash: hash) { return known }
        guard bytes.count + packed.count < Int(UInt32.max), pairs.count < Int(UInt32.max >> 1) else { return nil }
        let name = unsafe number(ofName: UnsafeBufferPointer(rebasing: packed[..<nameLength]))
        let pair = Pair(
            start: UInt32(bytes.count),
            length: UInt32(packed.count),
            name: name,
            seriesCount: 0,
            posting: 0
        )
        unsafe bytes.append(contentsOf: packed)
        let number: UInt32
        if let free = freePairs.popLast() {
            number = free
            pairs[Int(free)] = pair
        } else {
            number = UInt32(pairs.count)
            pairs.append(pair)
        }
        names[Int(name)].pairs.append(number)
        let (seed, pairs, bytes) = (seed, pairs, bytes)
        cells.insert(number, hash: hash) { Self.hash(of: $0, seed: seed, pairs: pairs, bytes: bytes) }
        return number
    }

    /// The number of a name, or nil when no series has it.
    func number(ofName text: String) -> UInt32? {
        nameNumbers[Self.field(text)]
    }

    /// The number of the pair, or nil when no series has it.
    func number(ofName name: String, value: String) -> UInt32? {
        let packed = Self.field(name) + Self.field(value)
        return unsafe packed.withUnsafeBufferPointer { packed in unsafe find(packed) }
    }

    /// A text as it stands in packed labels: its length, then its bytes.
    static func field(_ text: String) -> [UInt8] {
        var packed: [UInt8] = []
        var length = text.utf8.count
        while length >= 0x80 {
            packed.append(UInt8(truncatingIfNeeded: length) | 0x80)
            length >>= 7
        }
        packed.append(UInt8(length))
        packed.append(contentsOf: text.utf8)
        return packed
    }

    private mutating func number(ofName packed: UnsafeBufferPointer<UInt8>) -> UInt32 {
        let key = unsafe Array(packed)
        if let known = nameNumbers[key] { return known }
        let name = Name(text: Self.text(ofField: key[...]))
        let number: UInt32
        if let free = freeNames.popLast() {
            number = free
            names[Int(free)] = name
        } else {
            number = UInt32(names.count)
            names.append(name)
        }
        nameNumbers[key] = number
        return number
    }

    @inline(__always)
    private func find(_ packed: UnsafeBufferPointer<UInt8>, hash: UInt32) -> UInt32? {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            cells.find(hash) { number in
                let pair = pairs[Int(number)]
                guard Int(pair.length) == packed.count else { return false }
                return unsafe Self.areEqual(bytes, from: Int(pair.start), packed)
            }
        }
    }
}
