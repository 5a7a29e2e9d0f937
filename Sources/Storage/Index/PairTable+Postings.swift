extension PairTable {
    /// Adds a series to the posting list of a pair. Series are numbered upwards, so it goes to the end.
    mutating func post(_ series: UInt32, to pair: UInt32) {
        let record = pairs[Int(pair)]
        switch record.seriesCount {
        case 0:
            pairs[Int(pair)].posting = series
        case 1:
            let place: UInt32
            if let free = freeLists.popLast() {
                place = free
            } else {
                place = UInt32(lists.count)
                lists.append([])
            }
            lists[Int(place)] = [record.posting, series]
            listBytes += Self.bytesOf(list: lists[Int(place)])
            pairs[Int(pair)].posting = place
        default:
            append(series, toList: Int(record.posting))
        }
        pairs[Int(pair)].seriesCount += 1
    }

    /// Long lists grow by an eighth: there are as many entries as labels of all series, and doubling would waste a third.
    private mutating func append(_ series: UInt32, toList place: Int) {
        let count = lists[place].count
        if count == lists[place].capacity {
            listBytes -= Self.bytesOf(list: lists[place])
            lists[place].reserveCapacity(count + Swift.max(4, count / 8))
            listBytes += Self.bytesOf(list: lists[place])
        }
        lists[place].append(series)
    }

    static func bytesOf(list: [UInt32]) -> Int { 32 + list.capacity * MemoryLayout<UInt32>.stride }

    /// The ascending numbers of the series that have the pair.
    func series(of pair: UInt32) -> [UInt32] {
        let record = pairs[Int(pair)]
        switch record.seriesCount {
        case 0: return []
        case 1: return [record.posting]
        default: return lists[Int(record.posting)]
        }
    }

    /// Takes series out of the posting lists of the given pairs; pairs that nobody has any more are forgotten.
    mutating func remove(series isRemoved: (UInt32) -> Bool, from affected: Set<UInt32>) {
        var forgotten: Set<UInt32> = []
        for pair in affected {
            let record = pairs[Int(pair)]
            let remaining = series(of: pair).filter { !isRemoved($0) }
            if record.seriesCount > 1 { dropList(record.posting) }
            pairs[Int(pair)].seriesCount = UInt32(remaining.count)
            switch remaining.count {
            case 0: forgotten.insert(pair)
            case 1: pairs[Int(pair)].posting = remaining[0]
            default:
                let place = freeLists.popLast() ?? record.posting
                lists[Int(place)] = remaining
                listBytes += Self.bytesOf(list: remaining)
                pairs[Int(pair)].posting = place
            }
        }
        forget(forgotten)
    }

    private mutating func dropList(_ place: UInt32) {
        listBytes -= Self.bytesOf(list: lists[Int(place)])
        lists[Int(place)] = []
        freeLists.append(place)
    }

    private mutating func forget(_ forgotten: Set<UInt32>) {
        guard !forgotten.isEmpty else { return }
        let (seed, allPairs, allBytes) = (seed, pairs, bytes)
        cells.keep(where: { !forgotten.contains($0) }) {
            Self.hash(of: $0, seed: seed, pairs: allPairs, bytes: allBytes)
        }
        let nameNumbersAffected = Set(forgotten.map { pairs[Int($0)].name })
        for name in nameNumbersAffected {
            names[Int(name)].pairs.removeAll { forgotten.contains($0) }
            if names[Int(name)].pairs.isEmpty {
                nameNumbers[Self.field(names[Int(name)].text)] = nil
                names[Int(name)].text = ""
                freeNames.append(name)
            }
        }
        for pair in forgotten {
            wastedBytes += Int(pairs[Int(pair)].length)
            pairs[Int(pair)] = Pair(start: 0, length: 0, name: 0, seriesCount: 0, posting: 0)
            freePairs.append(pair)
        }
        if wastedBytes > bytes.count / 2 { packBytes() }
    }

    private mutating func packBytes() {
        var packed: [UInt8] = []
        packed.reserveCapacity(bytes.count - wastedBytes)
        for number in pairs.indices where pairs[number].length > 0 {
            let start = UInt32(packed.count)
            packed.append(contentsOf: packedBytes(of: UInt32(number)))
            pairs[number].start = start
        }
        bytes = packed
        wastedBytes = 0
    }
}
