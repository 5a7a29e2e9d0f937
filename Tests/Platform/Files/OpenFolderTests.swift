import Foundation
import Testing

@testable import Files

@Suite struct OpenFolderTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "medic-beneath-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: root.appending(path: "a/b"), withIntermediateDirectories: true)
        try "text".write(to: root.appending(path: "a/b/file"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(atPath: root.path + "/a/link", withDestinationPath: "/etc")
        try FileManager.default.createSymbolicLink(
            atPath: root.path + "/a/b/passwd",
            withDestinationPath: "/etc/passwd"
        )
    }

    private func shell(_ command: String) -> Bool { unsafe system(command) == 0 }

    @Test func `Files below are read; links and ways out are not taken`() throws {
        let folder = try OpenFolder(root.path)
        let below = try folder.folder(["a", "b"])
        #expect(try below.read("file", limit: 100) == Array("text".utf8))
        #expect(try Set(below.names()) == ["file", "passwd"])
        #expect(try below.status("passwd").kind == .symbolicLink)
        for parts in [["a", "link"], ["a", ".."], ["a/b"], [""], ["a", "b\u{0}"]] {
            #expect(throws: FileError.self) { _ = try folder.folder(parts) }
        }
        for name in ["passwd", "../b/file", "/etc/passwd", "..", ".", "", "file\u{0}"] {
            #expect(throws: FileError.self) { _ = try below.read(name, limit: 1 << 20) }
            if name != "passwd" { #expect(throws: FileError.self) { try below.remove(name) } }
        }
        #expect(throws: FileError.self) { _ = try below.read("file", limit: 3) }
        try below.remove("passwd")
        #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
    }

    @Test func `A candidate has what the file has, and takes its place in one step`() throws {
        let path = root.path + "/a/b/file"
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
        if geteuid() == 0 { #expect(shell("chown 65534:65534 '\(path)'")) }
        let hasAttributes = shell("setfattr -n user.medic -v kept '\(path)' 2> /dev/null")
        let folder = try OpenFolder(root.path).folder(["a", "b"])
        let candidate = try Candidate(for: "file", in: folder, content: Array("new".utf8))
        #expect(try FileSystem.read(candidate.path) == Array("new".utf8))
        #expect(try FileSystem.read(path) == Array("text".utf8))
        try candidate.commit()
        #expect(try FileSystem.read(path) == Array("new".utf8))
        let status = try FileSystem.status(path)
        #expect(status.permissions & 0o7777 == 0o604)
        if geteuid() == 0 { #expect((status.owner, status.group) == (65534, 65534)) }
        if hasAttributes { #expect(shell("getfattr -n user.medic --only-values '\(path)' | grep -q kept")) }
    }

    @Test func `A candidate that is not wanted leaves nothing`() throws {
        let folder = try OpenFolder(root.path).folder(["a", "b"])
        do { _ = try Candidate(for: "file", in: folder, content: [1]) }
        #expect(try OpenFolder(root.path).folder(["a", "b"]).names().count == 2)
        #expect(throws: FileError.self) {
            _ = try Candidate(for: "passwd", in: OpenFolder(root.path).folder(["a", "b"]), content: [1])
        }
    }
}
