import Files
import Foundation
import Testing

@Suite struct ByteStreamTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func lines(_ text: String, limit: Int = 1 << 20) throws -> [String] {
        var stream = try ByteStream(try folder.file("lines", text))
        var lines: [String] = []
        while let line = try stream.nextLine(limit: limit) { lines.append(String(decoding: line, as: UTF8.self)) }
        #expect(try stream.nextLine() == nil)
        return lines
    }

    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]), ("a\r\nb\n", ["a\r", "b"]),
    ]) func `Lines come without their newline`(text: String, expected: [String]) throws {
        #expect(try lines(text) == expected)
    }

    @Test func `Lines longer than a chunk are put together`() throws {
        let expected = [70_000, 1, 65_536, 200_000].map { String(repeating: "x", count: $0) }
        #expect(try lines(expected.joined(separator: "\n")) == expected)
    }

    @Test func `A line beyond the limit is refused`() throws {
        let long = String(repeating: "x", count: 300_000)
        #expect(throws: FileError(.read, folder("lines"), .tooLarge)) { try lines("a\n\(long)\n", limit: 100_000) }
    }

    @Test func `What follows the lines read so far is read to its end`() throws {
        var stream = try ByteStream(try folder.file("lines", "head\nrest\nof it"))
        #expect(try stream.nextLine() == Array("head".utf8))
        #expect(try stream.readToEnd() == Array("rest\nof it".utf8))
        #expect(try stream.readToEnd() == [])
    }

    @Test func `A line is given out as soon as it is complete`() throws {
        let path = folder("pipe")
        #expect(unsafe mkfifo(path, 0o600) == 0)
        // Opened for both directions, so that neither end waits for the other.
        let writer = unsafe open(path, O_RDWR)
        defer { close(writer) }
        var stream = try ByteStream(path)
        #expect(unsafe write(writer, "one\ntw", 6) == 6)
        #expect(try stream.nextLine() == Array("one".utf8))
        #expect(unsafe write(writer, "o\n", 2) == 2)
        #expect(try stream.nextLine() == Array("two".utf8))
    }
}

@Suite struct MappedFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `The content is there after the name is gone`() throws {
        let content = String(repeating: "0123456789", count: 10_000)
        let path = try folder.file("a", content)
        let file = try MappedFile(path)
        try FileSystem.remove(path)
        file.willReadInOrder()
        #expect(file.count == 100_000)
        #expect(unsafe file.withBytes { unsafe Array($0) } == Array(content.utf8))
    }

    @Test func `An empty file maps to no bytes`() throws {
        let file = try MappedFile(try folder.file("a", ""))
        file.willReadInOrder()
        let isEmpty = unsafe file.withBytes { unsafe $0.isEmpty }
        #expect(isEmpty)
    }

    @Test func `Only files are mapped`() {
        #expect(throws: FileError(.map, "/dev/null", .invalid)) { _ = try MappedFile("/dev/null") }
        #expect(throws: FileError(.map, folder.path, .invalid)) { _ = try MappedFile(folder.path) }
    }
}
