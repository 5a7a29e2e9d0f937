import Testing

@testable import Compression

@Suite struct SnappyBlockTests {
    /// Reads the format as it is described, with all its kinds of elements.
    private func unpack(_ packed: [UInt8]) throws -> [UInt8] {
        var place = 0
        func byte() throws -> Int {
            try #require(place < packed.count)
            defer { place += 1 }
            return Int(packed[place])
        }
        func number(_ count: Int) throws -> Int {
            var value = 0
            for index in 0..<count { value |= try byte() << (8 * index) }
            return value
        }
        var (length, shift) = (0, 0)
        while true {
            let part = try byte()
            length |= (part & 0x7f) << shift
            shift += 7
            if part < 0x80 { break }
        }
        var output: [UInt8] = []
        while place < packed.count {
            let tag = try byte()
            switch tag & 3 {
            case 0:
                let count = tag >> 2 < 60 ? tag >> 2 : try number((tag >> 2) - 59)
                for _ in 0...count { output.append(UInt8(try byte())) }
            case 1:
                let offset = (tag >> 5) << 8 | (try byte())
                try copy(offset, ((tag >> 2) & 7) + 4, &output)
            case 2: try copy(try number(2), (tag >> 2) + 1, &output)
            default: try copy(try number(4), (tag >> 2) + 1, &output)
            }
        }
        #expect(output.count == length)
        return output
    }

    private func copy(_ offset: Int, _ count: Int, _ output: inout [UInt8]) throws {
        try #require(offset > 0 && offset <= output.count)
        for _ in 0..<count { output.append(output[output.count - offset]) }
    }

    @Test(arguments: [0, 1, 3, 4, 59, 60, 61, 255, 256, 257, 65_535, 65_536, 65_537, 300_000])
    func `Bytes of every length come back, whether they repeat or not`(_ count: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(try unpack(SnappyBlock.pack(random)) == random)
        let words = Array("node_cpu_seconds_total{cpu=\"0\",mode=\"idle\"} ".utf8)
        let repeated = (0..<count).map { words[$0 % words.count] &+ UInt8($0 / 997 % 3) }
        let packed = SnappyBlock.pack(repeated)
        #expect(try unpack(packed) == repeated)
        if count > 10_000 { #expect(packed.count < count / 8) }
        #expect(SnappyBlock.pack(random).count <= count + count / 6 + 32)
    }
}
