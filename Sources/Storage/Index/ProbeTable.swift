/// A hash table of numbers whose keys are kept elsewhere: open addressing, linear probing, four bytes a cell.
struct ProbeTable {
    // 0 marks a free cell, so numbers start at 1.
    private(set) var cells: [UInt32] = Array(repeating: 0, count: 16)
    private(set) var count = 0

    var byteCount: Int { cells.capacity * MemoryLayout<UInt32>.stride }

    @inline(__always)
    func find(_ hash: UInt32, where isEqual: (UInt32) -> Bool) -> UInt32? {
        let mask = cells.count - 1
        var place = Int(hash) & mask
        while cells[place] != 0 {
            if isEqual(cells[place]) { return cells[place] }
            place = (place + 1) & mask
        }
        return nil
    }

    @inline(__always)
    mutating func insert(_ number: UInt32, hash: UInt32, hashOf: (UInt32) -> UInt32) {
        if (count + 1) * 5 > cells.count * 4 {
            resize(to: cells.count * 2, hashOf: hashOf)
        }
        place(number, hash: hash)
        count += 1
    }

    /// Takes out every number that fails the test, and gives back room that is no longer needed.
    mutating func keep(where isKept: (UInt32) -> Bool, hashOf: (UInt32) -> UInt32) {
        let kept = cells.filter { $0 != 0 && isKept($0) }
        var size = 16
        while kept.count * 5 > size * 4 { size *= 2 }
        cells = Array(repeating: 0, count: size)
        count = kept.count
        for number in kept { place(number, hash: hashOf(number)) }
    }

    private mutating func resize(to size: Int, hashOf: (UInt32) -> UInt32) {
        let old = cells
        cells = Array(repeating: 0, count: size)
        for number in old where number != 0 { place(number, hash: hashOf(number)) }
    }

    private mutating func place(_ number: UInt32, hash: UInt32) {
        let mask = cells.count - 1
        var place = Int(hash) & mask
        while cells[place] != 0 { place = (place + 1) & mask }
        cells[place] = number
    }
}
