import Metrics
import Configuration
import Foundation
import Playbooks
import Testing

@testable import Actions

@Suite struct FilesCleanTests {
    private func entry(_ name: String, size: Int64 = 10, modified: Int64, inode: UInt64 = 0) -> CleaningPlan.Entry {
        CleaningPlan.Entry(parts: [name], size: size, modified: modified, inode: inode, device: 1)
    }

    @Test func `Age, the newest that stay, and the total decide`() {
        let entries = (1...5).map { entry("f\($0)", modified: Int64($0)) }
        func names(_ plan: CleaningPlan) -> [String] { plan.doomed(entries, now: 10).map { $0.parts[0] } }
        #expect(names(CleaningPlan()) == ["f1", "f2", "f3", "f4", "f5"])
        #expect(names(CleaningPlan(olderThan: 8)) == ["f1", "f2"])
        #expect(names(CleaningPlan(keepNewest: 4)) == ["f1"])
        #expect(names(CleaningPlan(maxTotal: 25)) == ["f1", "f2", "f3"])
        #expect(names(CleaningPlan(olderThan: 9, keepNewest: 1, maxTotal: 0)) == ["f1"])
        #expect(names(CleaningPlan(keepNewest: 100)) == [])
    }

    @Test(arguments: [
        ("*.log", "a.log", true), ("*.log", ".log", false), ("a?c", "abc", true), ("a?c", "ac", false),
        ("*", ".hidden", false),
        ("a*b*c", "aXbYc", true), ("*.old", "a.old.gz", false), ("", "a", false),
    ])
    func `Wildcards mean parts of one name`(pattern: String, name: String, matches: Bool) {
        #expect(PathPattern.matches(pattern, name) == matches)
    }

    @Test func `A pattern made to be slow is not`() {
        let pattern = String(repeating: "a*", count: 50) + "b"
        #expect(!PathPattern.matches(pattern, String(repeating: "a", count: 20_000)))
    }

    @Test func `Old files go, links and what they lead to stay`() async throws {
        let world = try World()
        for name in ["app-1", "app-2", "other", "log/a.log.old", "log/b.log", "log/deep/c.log.old"] {
            try world.write(name, "xxxx")
        }
        let outside = try world.write("../outside", "keep")
        try FileManager.default.createSymbolicLink(atPath: world.path("app-link"), withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(atPath: world.path("way"), withDestinationPath: world.folder)
        let outcome = await world.perform(
            "files.clean",
            ["paths": [.text(world.path("app-*")), .text(world.path("log/*.log.old")), .text(world.path("*/outside"))]]
        )
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(outcome.message == "deleted 3 files, 12 bytes")
        let left = try FileManager.default.subpathsOfDirectory(atPath: world.folder + "/yard").sorted()
        #expect(left == ["app-link", "log", "log/b.log", "log/deep", "log/deep/c.log.old", "other", "way"])
        #expect(FileManager.default.fileExists(atPath: outside))
        let recursive = await world.perform(
            "files.clean",
            ["paths": [.text(world.path("log"))], "recursive": true, "max_total": .size(4)]
        )
        #expect(recursive.message == "deleted 1 file, 4 bytes", "\(recursive.message)")
        let young = await world.perform(
            "files.clean",
            ["paths": [.text(world.path("other"))], "older_than": .duration(.hours(1))]
        )
        #expect(young.message == "deleted 0 files, 0 bytes")
    }

    @Test(arguments: Hostile.texts) func `A hostile path deletes nothing outside`(text: String) async throws {
        let world = try World()
        try world.write("inside", "x")
        try world.write("../outside", "x")
        for path in [text, world.path(text), world.path("../" + text), "/" + text]
        where !text.utf8.elementsEqual("*".utf8) {
            _ = await world.perform("files.clean", ["paths": [.text(path)], "recursive": true])
        }
        #expect(FileManager.default.fileExists(atPath: world.path("inside")))
        #expect(FileManager.default.fileExists(atPath: world.folder + "/outside"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/medic-was-here"))
    }

    @Test func `medic's own files stay, though they lie in a folder that may be cleaned`() async throws {
        let world = try World()
        for name in ["data/history.db", "old"] {
            try FileManager.default.createDirectory(
                atPath: world.path("data"),
                withIntermediateDirectories: true
            )
            try "x".write(toFile: world.path(name), atomically: false, encoding: .utf8)
        }
        var tools = world.tools
        let granted = tools.currentPermits()
        let own = [world.path("data")]
        tools.currentPermits = {
            var permits = granted
            permits.own = own
            return permits
        }
        let outcome = await Deeds.perform(
            world.request("files.clean", ["paths": [.text(world.path("*"))], "recursive": true]),
            tools
        )
        #expect(outcome.message.hasPrefix("deleted 1 file"), "\(outcome)")
        #expect(FileManager.default.fileExists(atPath: world.path("data/history.db")))
        let inside = await Deeds.perform(world.request("files.clean", ["paths": [.text(world.path("data/*"))]]), tools)
        #expect(inside.message.contains("is medic's own"), "\(inside)")
    }
}
