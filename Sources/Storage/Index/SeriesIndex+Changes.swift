extension SeriesIndex {
    /// The series with these packed labels.
    func find(packedLabels: [UInt8]) -> UInt32? {
        var numbers: [UInt32] = []
        let known = unsafe packedLabels.withUnsafeBufferPointer { packed in
            unsafe PairTable.forEachPair(in: packed) { pair, _ in
                guard let number = unsafe pairs.find(pair) else { return false }
                numbers.append(number)
                return true
            }
        }
        return known ? find(pairs: numbers, hash: Self.hash(numbers)) : nil
    }

    /// The series with these packed labels, made if there is none; nil when numbers have run out. A new series has no home
    /// until it is given one.
    mutating func intern(packedLabels: [UInt8]) -> (series: UInt32, isNew: Bool)? {
        var numbers: [UInt32] = []
        numbers.reserveCapacity(16)
        let interned = unsafe packedLabels.withUnsafeBufferPointer { packed in
            unsafe PairTable.forEachPair(in: packed) { pair, nameLength in
                guard let number = unsafe pairs.intern(pair, nameLength: nameLength) else { return false }
                numbers.append(number)
                return true
            }
        }
        guard interned, numbers.count <= Int(UInt16.max) else { return nil }
        let hash = Self.hash(numbers)
        if let known = find(pairs: numbers, hash: hash) { return (known, false) }
        guard nextSeries < UInt32.max else { return nil }
        let series = nextSeries
        nextSeries += 1
        add(series, pairs: numbers, hash: hash)
        return (series, true)
    }

    private mutating func add(_ series: UInt32, pairs numbers: [UInt32], hash: UInt32) {
        let page = Int(series >> SeriesPage.shift)
        while pages.count <= page { pages.append(SeriesPage()) }
        // The place of a series in its page is part of its number; number 0 stays a dead record.
        let place = Int(series) & (SeriesPage.size - 1)
        while pages[page]!.records.count < place {
            pages[page]!.records.append(Self.nobody)
        }
        var record = Self.nobody
        record.hash = hash
        record.firstPair = UInt32(pages[page]!.pairs.count)
        record.pairCount = UInt16(numbers.count)
        record.isAlive = true
        pages[page]!.records.append(record)
        pages[page]!.pairs.append(contentsOf: numbers)
        pages[page]!.liveCount += 1
        if pages[page]!.isFull {
            pages[page]!.trim()
            fullPageBytes += pages[page]!.byteCount
        }
        for pair in numbers { pairs.post(series, to: pair) }
        if metricNameNumber == 0 { metricNameNumber = pairs.number(ofName: "__name__") ?? 0 }
        let pages = pages
        cells.insert(series, hash: hash) { Self.hash(of: $0, in: pages) }
        seriesCount += 1
        noteChange(of: series)
    }

    private static let nobody = SeriesRecord(
        hash: 0,
        firstPair: 0,
        pairCount: 0,
        isAlive: false,
        hasMoved: false,
        timeline: 0,
        slot: 0,
        since: .min
    )

    /// Gives a series its first home or its next one.
    mutating func setHome(_ home: Home, of series: UInt32) {
        guard let record = record(series) else { return }
        let page = Int(series >> SeriesPage.shift)
        let place = Int(series) & (SeriesPage.size - 1)
        if record.timeline != 0 {
            let old = Home(
                timeline: TimelineID(rawValue: record.timeline),
                slot: Int(record.slot),
                since: record.since
            )
            earlierHomes[series, default: []].append(old)
            pages[page]!.records[place].hasMoved = true
            noteChange(of: series)
        }
        pages[page]!.records[place].timeline = home.timeline.rawValue
        pages[page]!.records[place].slot = UInt32(home.slot)
        pages[page]!.records[place].since = home.since
    }

    /// Forgets homes whose samples are gone; the present one stays.
    mutating func dropEarlierHomes(of series: UInt32, where isGone: (Home) -> Bool) {
        guard var homes = earlierHomes[series] else { return }
        let count = homes.count
        homes.removeAll(where: isGone)
        guard homes.count < count else { return }
        earlierHomes[series] = homes.isEmpty ? nil : homes
        if homes.isEmpty {
            pages[Int(series >> SeriesPage.shift)]!.records[Int(series) & (SeriesPage.size - 1)].hasMoved = false
        }
        noteChange(of: series)
    }

    /// Takes series out, and the label pairs that only they had.
    mutating func remove(_ removed: Set<UInt32>) {
        var affected: Set<UInt32> = []
        for series in removed {
            guard record(series) != nil else { continue }
            noteChange(of: series)
            affected.formUnion(pairNumbers(series))
            earlierHomes[series] = nil
        }
        let pages = pages
        cells.keep(where: { !removed.contains($0) }) { Self.hash(of: $0, in: pages) }
        for series in removed { removeRecord(series) }
        pairs.remove(series: { removed.contains($0) }, from: affected)
        for pair in affected where pairs.pairs[Int(pair)].seriesCount == 0 { metricChanges[pair] = nil }
        if pairs.number(ofName: "__name__") == nil { metricNameNumber = 0 }
    }

    private mutating func removeRecord(_ series: UInt32) {
        guard record(series) != nil else { return }
        let page = Int(series >> SeriesPage.shift)
        pages[page]!.records[Int(series) & (SeriesPage.size - 1)].isAlive = false
        pages[page]!.liveCount -= 1
        seriesCount -= 1
        if pages[page]!.liveCount == 0 && pages[page]!.isFull {
            fullPageBytes -= pages[page]!.byteCount
            pages[page] = nil
        }
    }
}

// MARK: - Hashing

extension SeriesIndex {
    private func find(pairs numbers: [UInt32], hash: UInt32) -> UInt32? {
        cells.find(hash) { candidate in
            guard let page = pages[Int(candidate >> SeriesPage.shift)] else { return false }
            let record = page.records[Int(candidate) & (SeriesPage.size - 1)]
            guard record.hash == hash, Int(record.pairCount) == numbers.count else { return false }
            let start = Int(record.firstPair)
            for index in numbers.indices where page.pairs[start + index] != numbers[index] { return false }
            return true
        }
    }

    private static func hash(_ numbers: [UInt32]) -> UInt32 {
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        for number in numbers { state = PairTable.mixed(state ^ UInt64(number)) }
        return UInt32(truncatingIfNeeded: state ^ state >> 32)
    }

    private static func hash(of series: UInt32, in pages: [SeriesPage?]) -> UInt32 {
        pages[Int(series >> SeriesPage.shift)]?.records[Int(series) & (SeriesPage.size - 1)].hash ?? 0
    }
}
