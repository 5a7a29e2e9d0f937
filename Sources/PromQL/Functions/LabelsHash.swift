import Metrics

/// The hash by which `limit_ratio` samples series: the one of Prometheus, that both choose the same.
enum LabelsHash {
    /// xxHash64 over the labels as Prometheus keeps them: each name and value behind its length, which is one byte, or
    /// from 255 on 0xff and three bytes, lowest first.
    static func of(_ labels: Labels) -> UInt64 {
        var bytes: [UInt8] = []
        for label in labels {
            append(label.name, to: &bytes)
            append(label.value, to: &bytes)
        }
        return XXHash64.hash(bytes.span)
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let count = text.utf8.count
        if count < 255 {
            bytes.append(UInt8(count))
        } else {
            bytes.append(255)
            for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: count >> shift)) }
        }
        bytes.append(contentsOf: text.utf8)
    }
}

/// Whether `limit_ratio` keeps a series. A ratio and the ratio less one split the series in two without overlap.
enum RatioSampler {
    static func keeps(_ labels: Labels, ratio: Double) -> Bool {
        keeps(hash: LabelsHash.of(labels), ratio: ratio)
    }

    static func keeps(hash: UInt64, ratio: Double) -> Bool {
        let place = Double(hash) / 0x1p64
        return ratio >= 0 ? place < ratio : place >= 1 + ratio
    }
}

/// The 64-bit xxHash with seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md).
enum XXHash64 {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    static func hash(_ bytes: Span<UInt8>) -> UInt64 {
        var place = 0
        var hash = stripes(bytes, &place) &+ UInt64(bytes.count)
        while place + 8 <= bytes.count {
            hash = rotate(hash ^ round(0, word(bytes, place, 8)), 27) &* prime1 &+ prime4
            place += 8
        }
        if place + 4 <= bytes.count {
            hash = rotate(hash ^ (word(bytes, place, 4) &* prime1), 23) &* prime2 &+ prime3
            place += 4
        }
        while place < bytes.count {
            hash = rotate(hash ^ (UInt64(bytes[place]) &* prime5), 11) &* prime1
            place += 1
        }
        hash = (hash ^ (hash >> 33)) &* prime2
        hash = (hash ^ (hash >> 29)) &* prime3
        return hash ^ (hash >> 32)
    }

    /// Takes in whole blocks of 32 bytes in four lanes.
    private static func stripes(_ bytes: Span<UInt8>, _ place: inout Int) -> UInt64 {
        guard bytes.count >= 32 else { return prime5 }
        var (lane1, lane2, lane3, lane4) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
        while place + 32 <= bytes.count {
            lane1 = round(lane1, word(bytes, place, 8))
            lane2 = round(lane2, word(bytes, place + 8, 8))
            lane3 = round(lane3, word(bytes, place + 16, 8))
            lane4 = round(lane4, word(bytes, place + 24, 8))
            place += 32
        }
        var hash = rotate(lane1, 1) &+ rotate(lane2, 7) &+ rotate(lane3, 12) &+ rotate(lane4, 18)
        for lane in [lane1, lane2, lane3, lane4] {
            hash = (hash ^ round(0, lane)) &* prime1 &+ prime4
        }
        return hash
    }

    private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
        rotate(lane &+ input &* prime2, 31) &* prime1
    }

    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        (value << count) | (value >> (64 - count))
    }

    private static func word(_ bytes: Span<UInt8>, _ place: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<count {
            value |= UInt64(bytes[place + index]) << UInt64(8 * index)
        }
        return value
    }
}
