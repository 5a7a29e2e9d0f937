import Files
import Foundation
import Testing

@Suite struct ReplacementFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `A new file gets the permissions asked for, whatever the umask`() throws {
        try FileSystem.replace(folder("a"), with: Array("one".utf8), permissions: .exactly(0o666))
        #expect(try FileSystem.status(folder("a")).permissions == 0o666)
        try FileSystem.replace(folder("b"), with: [], permissions: .kept(orElse: 0o604))
        #expect(try FileSystem.status(folder("b")).permissions == 0o604)
    }

    @Test func `A replaced file keeps its permissions and leaves nothing beside it`() throws {
        let path = try folder.file("a", "old")
        _ = unsafe chmod(path, 0o4751)
        try FileSystem.replace(path, with: Array("new".utf8))
        #expect(try text(at: path) == "new")
        #expect(try FileSystem.status(path).permissions == 0o4751)
        #expect(try folder.names == ["a"])
    }

    @Test(.enabled(if: getuid() == 0, "needs root")) func `A replaced file keeps its owner and group`() throws {
        let path = try folder.file("a", "old")
        #expect(unsafe chown(path, 65_534, 65_533) == 0)
        try FileSystem.replace(path, with: Array("new".utf8))
        let status = try FileSystem.status(path)
        #expect((status.owner, status.group) == (65_534, 65_533))
    }

    @Test func `Readers keep the old content until the commit`() throws {
        let path = try folder.file("a", "old")
        let reader = try MappedFile(path)
        var file = try ReplacementFile(of: path)
        try file.write(Array("new ".utf8))
        try file.write(Array("content".utf8))
        #expect(try text(at: path) == "old")
        try file.commit()
        #expect(try text(at: path) == "new content")
        #expect(unsafe reader.withBytes { unsafe Array($0) } == Array("old".utf8))
    }

    @Test func `What is not committed leaves no trace`() throws {
        let path = try folder.file("a", "old")
        do {
            var file = try ReplacementFile(of: path)
            try file.write(Array("new".utf8))
            #expect(try folder.names.count == 2)
        }
        #expect(try folder.names == ["a"])
        #expect(try text(at: path) == "old")
    }

    @Test func `A symbolic link stays one, and its target is replaced`() throws {
        let real = try folder.file("real", "old")
        try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: "real")
        try FileSystem.replace(folder("link"), with: Array("new".utf8))
        #expect(try text(at: real) == "new")
        #expect(try FileSystem.status(folder("link"), followingLinks: false).kind == .symbolicLink)
    }

    @Test func `A folder cannot be replaced by a file, and nothing is left beside it`() throws {
        try FileSystem.createFolder(folder("sub"))
        let error = #expect(throws: FileError.self) { try FileSystem.replace(folder("sub"), with: []) }
        #expect(error?.operation == .rename)
        #expect(try folder.names == ["sub"])
    }
}

@Suite struct AppendFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `Appends add up, across openings`() throws {
        var file = try AppendFile(folder("log"))
        try file.append(Array("one ".utf8))
        try file.append(Array("two ".utf8).span)
        try file.sync()
        try file.close()
        var again = try AppendFile(folder("log"))
        #expect(again.length == 8)
        try again.append(Array("three".utf8))
        #expect(again.length == 13)
        #expect(try text(at: folder("log")) == "one two three")
        #expect(try FileSystem.status(folder("log")).permissions & 0o137 == 0)
    }

    @Test func `A torn tail is cut and appending goes on behind the cut`() throws {
        var file = try AppendFile(try folder.file("log", "good torn"))
        try file.truncate(to: 5)
        try file.append(Array("end".utf8))
        #expect(try text(at: folder("log")) == "good end")
        #expect(file.length == 8)
    }

    @Test func `A file that must be new refuses one that is there`() throws {
        let path = try folder.file("log", "")
        let error = #expect(throws: FileError.self) { _ = try AppendFile(path, mustBeNew: true) }
        #expect(error == FileError(.open, path, .exists))
    }
}

@Suite struct FileLockTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `A second holder is refused until the first lets go`() throws {
        let path = folder("lock")
        let first = try FileLock(path)
        let error = #expect(throws: FileError.self) { _ = try FileLock(path) }
        #expect(error?.code == .locked)
        #expect(error?.description == "cannot lock \(path): another process holds it")
        try first.release()
        _ = try FileLock(path)
    }

    @Test func `A process that dies lets go`() async throws {
        // The child takes the lock, says so, and ends without letting go of it.
        let path = folder("lock")
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        child.arguments = [path, "sh", "-c", "echo held; exec cat"]
        let (input, output) = (Pipe(), Pipe())
        (child.standardInput, child.standardOutput) = (input, output)
        try child.run()
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        let error = #expect(throws: FileError.self) { _ = try FileLock(path) }
        #expect(error?.code == .locked)
        input.fileHandleForWriting.closeFile()
        child.waitUntilExit()
        _ = try FileLock(path)
    }
}
