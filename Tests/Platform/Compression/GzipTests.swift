import Foundation
import Testing

@testable import Compression

@Suite struct GzipTests {
    private func text(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { $0 % 7 == 0 ? UInt8.random(in: 0...255, using: &generator) : UInt8(ascii: "a") }
    }

    @Test(arguments: [0, 1, 100, 32 << 10, 300_000])
    func `What is packed unpacks to itself`(count: Int) throws {
        let original = text(count)
        let packed = try GzipPacker.pack(original)
        #expect(try GzipUnpacker.unpack(packed, limit: count) == original)
    }

    @Test func `Pieces make one stream`() throws {
        let original = text(200_000)
        let packer = try GzipPacker()
        var packed: [UInt8] = []
        for start in stride(from: 0, to: original.count, by: 7_777) {
            packed += packer.pack(Array(original[start..<min(start + 7_777, original.count)]))
        }
        packed += packer.finish()
        #expect(packer.pack([1, 2, 3]) == [])
        let unpacker = try GzipUnpacker(limit: original.count)
        var unpacked: [UInt8] = []
        for start in stride(from: 0, to: packed.count, by: 100) {
            unpacked += try unpacker.unpack(Array(packed[start..<min(start + 100, packed.count)]))
        }
        try unpacker.finish()
        #expect(unpacked == original)
    }

    @Test func `After a flush the reader has everything so far`() throws {
        let packer = try GzipPacker()
        let unpacker = try GzipUnpacker(limit: 100)
        #expect(try unpacker.unpack(packer.flush(Array("event".utf8))) == Array("event".utf8))
        #expect(try unpacker.unpack(packer.flush(Array(" two".utf8))) == Array(" two".utf8))
    }

    @Test func `A bomb is refused at the limit`() throws {
        let bomb = try GzipPacker.pack([UInt8](repeating: 0, count: 20 << 20))
        #expect(bomb.count < 100_000)
        #expect(throws: CompressionError.tooLong(limit: 1 << 20)) { try GzipUnpacker.unpack(bomb, limit: 1 << 20) }
    }

    @Test func `Broken, cut and foreign streams are told apart`() throws {
        let packed = try GzipPacker.pack(text(10_000))
        #expect(throws: CompressionError.truncated) { try GzipUnpacker.unpack([], limit: 10) }
        #expect(throws: CompressionError.truncated) {
            try GzipUnpacker.unpack(Array(packed.dropLast(3)), limit: 20_000)
        }
        #expect(throws: CompressionError.self) { try GzipUnpacker.unpack(Array("plain text".utf8), limit: 100) }
        var damaged = packed
        damaged[packed.count - 5] ^= 0xff
        #expect(throws: CompressionError.self) { try GzipUnpacker.unpack(damaged, limit: 20_000) }
    }

    @Test func `Streams one behind the other are one text`() throws {
        let two = try GzipPacker.pack([1, 2]) + GzipPacker.pack([3])
        #expect(try GzipUnpacker.unpack(two, limit: 3) == [1, 2, 3])
    }

    @Test func `The gzip program reads it`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(try GzipPacker.pack(text(50_000))).write(to: file)
        let process = try Process.run(URL(fileURLWithPath: "/bin/gzip"), arguments: ["-t", file.path])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }
}
