import Files
import Foundation
import Testing

@Suite struct FileSystemTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `A file is read whole, as bytes and as text`() throws {
        let content = String(repeating: "ένα δύο\n", count: 20_000)
        let path = try folder.file("a", content)
        #expect(try FileSystem.read(path) == Array(content.utf8))
        #expect(try FileSystem.readText(path) == content)
        #expect(try FileSystem.read(try folder.file("empty", "")) == [])
    }

    @Test func `A file of proc, which has no size, is read whole`() throws {
        #expect(try FileSystem.readText("/proc/self/status").contains("VmRSS"))
    }

    @Test func `Text that is not UTF-8 is refused by name`() throws {
        let path = folder("latin")
        try Data([0x63, 0x61, 0x66, 0xe9]).write(to: URL(fileURLWithPath: path))
        #expect(throws: FileError(.read, path, .notText)) { try FileSystem.readText(path) }
    }

    @Test(arguments: [(3, true), (4, true), (5, false)]) func `A limit counts the bytes of the file`(
        limit: Int,
        refused: Bool
    ) throws {
        let path = try folder.file("five", "12345")
        if refused {
            #expect(throws: FileError(.read, path, .tooLarge)) { try FileSystem.read(path, limit: limit) }
        } else {
            #expect(try FileSystem.read(path, limit: limit).count == 5)
        }
    }

    @Test func `An endless file ends at the limit`() {
        #expect(throws: FileError(.read, "/dev/zero", .tooLarge)) { try FileSystem.read("/dev/zero", limit: 1 << 20) }
    }

    @Test func `An error tells deed, path and reason`() throws {
        let missing = folder("missing")
        let error = #expect(throws: FileError.self) { try FileSystem.read(missing) }
        #expect(error?.description == "cannot open \(missing): No such file or directory")
        #expect(error?.code == .notFound)
        #expect(throws: FileError(.read, folder.path, .isAFolder)) { try FileSystem.read(folder.path) }
    }

    @Test func `A path with a NUL inside names no file`() throws {
        let path = try folder.file("a", "x") + "\0.txt"
        #expect(throws: FileError(.open, path, .invalid)) { try FileSystem.read(path) }
        #expect(throws: FileError(.remove, path, .invalid)) { try FileSystem.remove(path) }
        #expect(throws: FileError(.list, path, .invalid)) { try FileSystem.list(path) }
        #expect(throws: FileError(.rename, path, .invalid)) { try FileSystem.rename(folder("a"), to: path) }
        #expect(try folder.names == ["a"])
    }

    @Test func `A listing is sorted by bytes and leaves out the folder itself`() throws {
        for name in ["b", "a", "B", "ä", ".hidden", "a10", "a2"] { _ = try folder.file(name, "") }
        #expect(try FileSystem.list(folder.path) == [".hidden", "B", "a", "a10", "a2", "b", "ä"])
        #expect(throws: FileError(.list, folder("b"), .notAFolder)) { try FileSystem.list(folder("b")) }
    }

    @Test func `A folder is made with those above it, and again without complaint`() throws {
        let deep = folder("one/two/three")
        try FileSystem.createFolder(deep, permissions: 0o700)
        try FileSystem.createFolder(deep)
        let status = try FileSystem.status(deep)
        #expect(status.kind == .folder)
        #expect(status.permissions == 0o700)
        let file = try folder.file("file", "")
        #expect(throws: FileError(.createFolder, file, .exists)) { try FileSystem.createFolder(file) }
        #expect(throws: FileError(.createFolder, file + "/x", .notAFolder)) { try FileSystem.createFolder(file + "/x") }
    }

    @Test func `Files are renamed and removed`() throws {
        let first = try folder.file("first", "1")
        let second = try folder.file("second", "2")
        try FileSystem.rename(first, to: second)
        try FileSystem.syncFolder(folder.path)
        #expect(try text(at: second) == "1")
        #expect(throws: FileError(.remove, folder.path, .isAFolder)) { try FileSystem.remove(folder.path) }
        #expect(throws: FileError(.remove, folder.path, .folderNotEmpty)) { try FileSystem.removeFolder(folder.path) }
        try FileSystem.remove(second)
        try FileSystem.removeFolder(folder.path)
        #expect(try FileSystem.statusIfPresent(folder.path) == nil)
    }

    @Test func `A status tells size, time, identity and kind`() throws {
        let path = try folder.file("a", "12345")
        let status = try FileSystem.status(path)
        #expect(status.size == 5)
        #expect(status.kind == .file)
        #expect(abs(Double(status.modified) / 1e9 - Date().timeIntervalSince1970) < 60)
        try FileSystem.rename(path, to: folder("b"))
        #expect(try FileSystem.status(folder("b")).inode == status.inode)
        #expect(try FileSystem.status(try folder.file("a", "12345")).inode != status.inode)

        try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: "b")
        #expect(try FileSystem.status(folder("link")).inode == status.inode)
        #expect(try FileSystem.status(folder("link"), followingLinks: false).kind == .symbolicLink)
        #expect(try FileSystem.status("/dev/null").kind == .other)
    }

    @Test func `Absence is no error where it is asked for, other failures are`() throws {
        #expect(try FileSystem.statusIfPresent(folder("missing")) == nil)
        #expect(try FileSystem.statusIfPresent(try folder.file("file", "") + "/below") == nil)
        let long = folder(String(repeating: "n", count: 300))
        #expect(throws: FileError.self) { try FileSystem.statusIfPresent(long) }
    }

    @Test func `Free space is at most the whole`() throws {
        let space = try FileSystem.freeSpace(at: folder.path)
        #expect(space.total > 0)
        #expect(space.available <= space.total)
        #expect(throws: FileError(.measureFreeSpace, folder("missing"), .notFound)) {
            try FileSystem.freeSpace(at: folder("missing"))
        }
    }

    @Test(arguments: [
        ("/a/b", "/a", "b"), ("/a", "/", "a"), ("a", ".", "a"), ("a/b/c", "a/b", "c"), ("/", "/", "/"),
        ("a//b", "a", "b"), ("/a/b/", "/a", "b"), ("", ".", ""), ("//", "/", "//"),
    ]) func `A path is parted by its text`(path: String, parent: String, name: String) {
        #expect(FileSystem.parent(of: path) == parent)
        #expect(FileSystem.name(of: path) == name)
    }
}
