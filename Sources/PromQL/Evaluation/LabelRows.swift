import Metrics

/// Row numbers of sets of labels, in order of first appearance.
///
/// Keys are looked up by their packed bytes, so that of many series that fall into one row only the first costs memory.
struct LabelRows {
    private(set) var labels: [Labels] = []
    private var hashes: [Int] = []
    // Open addressing: a row's number plus one, or zero where a cell is free. A power of two cells, at most half of them full.
    private var cells = [Int32](repeating: 0, count: 16)
    private var scratch: [UInt8] = []

    /// The row of these labels, a new one where they are new.
    mutating func row(of key: Labels) -> Int32 {
        let hash = Self.hash(key.packedBytes)
        let cell = cell(hash) { $0 == key.packedBytes }
        return cells[cell] > 0 ? cells[cell] - 1 : insert(key, hash, cell)
    }

    /// The row of some of these labels.
    mutating func row(of labels: Labels, projectedBy projection: LabelProjection) -> Int32 {
        projection.write(labels, to: &scratch)
        let hash = Self.hash(scratch)
        let cell = cell(hash) { [scratch] in $0 == scratch }
        return cells[cell] > 0 ? cells[cell] - 1 : insert(Labels(packedBytes: scratch), hash, cell)
    }

    private static func hash(_ bytes: [UInt8]) -> Int {
        var hasher = Hasher()
        // The buffer is the array's own and is only read.
        unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
        return hasher.finalize()
    }

    /// The cell of a key, or the free one where it belongs.
    private func cell(_ hash: Int, isKey: ([UInt8]) -> Bool) -> Int {
        let mask = cells.count - 1
        var place = hash & mask
        while cells[place] > 0 {
            let row = Int(cells[place] - 1)
            if hashes[row] == hash && isKey(labels[row].packedBytes) { return place }
            place = (place + 1) & mask
        }
        return place
    }

    private mutating func insert(_ key: Labels, _ hash: Int, _ cell: Int) -> Int32 {
        let row = Int32(labels.count)
        labels.append(key)
        hashes.append(hash)
        cells[cell] = row + 1
        if labels.count * 2 > cells.count { grow() }
        return row
    }

    private mutating func grow() {
        let mask = cells.count * 2 - 1
        cells = [Int32](repeating: 0, count: mask + 1)
        for (row, hash) in hashes.enumerated() {
            var place = hash & mask
            while cells[place] > 0 { place = (place + 1) & mask }
            cells[place] = Int32(row) + 1
        }
    }
}
