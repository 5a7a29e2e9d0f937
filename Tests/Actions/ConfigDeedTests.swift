import Configuration
import Foundation
import JSON
import Metrics
import Playbooks
import Testing

@testable import Actions

@Suite struct FileHistoryTests {
    private func at(_ minutes: Int64) -> Timestamp { Timestamp(milliseconds: minutes * 60_000) }

    @Test func `A version is good after it was quiet for long enough, and not before`() {
        var history = FileHistory(path: "/etc/a")
        func judge(_ minutes: Int64, isTroubled: Bool = false) -> Bool {
            history.judge(isTroubled: isTroubled, goodAfter: .minutes(10), at: at(minutes))
        }
        func see(_ digest: String, _ minutes: Int64) -> Bool { history.see(digest, size: 1, at: at(minutes)) }
        let isNew = [see("a", 0), see("a", 1)]
        #expect(isNew == [true, false])
        let verdicts = [judge(9), judge(9, isTroubled: true), judge(15), judge(24), judge(25), judge(26)]
        #expect(verdicts == [false, false, false, false, true, false])
        #expect(history.isCurrentGood && history.lastKnownGood == nil)
        _ = see("b", 30)
        #expect(history.lastKnownGood?.digest == "a" && !history.isCurrentGood)
        // A clock that steps back makes nothing good.
        let after = [judge(20), judge(29), judge(30)]
        #expect(after == [false, false, true])
    }

    @Test func `What was rolled back from is not gone back to until it has proven itself again`() throws {
        var history = FileHistory(path: "/etc/a")
        for (digest, minute) in [("a", Int64(0)), ("b", 20)] {
            _ = history.see(digest, size: 1, at: at(minute))
            _ = history.judge(isTroubled: false, goodAfter: .zero, at: at(minute))
        }
        #expect(history.isCurrentGood && history.lastKnownGood?.digest == "a")
        history.condemn("b", size: 1, at: at(30))
        _ = history.see("a", size: 1, at: at(31))
        #expect(history.lastKnownGood == nil && history.isCurrentGood)
        #expect(history.versions.first?.bad == at(30))
        #expect(FileHistory(json: try JSONValue(parsing: history.json.description)) == history)
        _ = history.see("b", size: 1, at: at(40))
        _ = history.judge(isTroubled: false, goodAfter: .zero, at: at(41))
        #expect(history.isCurrentGood && history.versions.last?.bad == nil)
        // One that came and went between two looks is remembered as bad all the same.
        history.condemn("c", size: 1, at: at(50))
        #expect(history.versions.map(\.digest) == ["a", "c", "b"] && history.current == "b")
    }

    @Test func `What nobody watched was not quiet`() {
        var history = FileHistory(path: "/etc/a")
        _ = history.see("a", size: 1, at: at(0))
        history.beginAnew()
        let verdicts = [60, 69, 70].map { minutes in
            history.judge(isTroubled: false, goodAfter: .minutes(10), at: at(minutes))
        }
        #expect(verdicts == [false, false, true])
    }

    @Test func `It survives as JSON, and old versions go, but never the good ones and the present one`() throws {
        var history = FileHistory(path: "/etc/a")
        _ = history.see("good", size: 1, at: at(0))
        _ = history.judge(isTroubled: false, goodAfter: .zero, at: at(0))
        for number in 1...10 { _ = history.see("v\(number)", size: number, at: at(Int64(number))) }
        let gone = history.prune(keep: 3)
        #expect(gone == (1...8).map { "v\($0)" })
        #expect(history.versions.map(\.digest) == ["good", "v9", "v10"])
        #expect(FileHistory(json: try JSONValue(parsing: history.json.description)) == history)
    }
}

@Suite struct ConfigDeedTests {
    private func world(_ units: [String] = []) throws -> (World, String) {
        let folder = FileManager.default.temporaryDirectory.path + "/medic-deeds-\(UUID().uuidString.prefix(8))"
        let file = TrackedFile(path: folder + "/yard/api.yaml", units: units, goodAfter: .minutes(10))
        let world = try World(files: [file], at: folder) { $0.programs = ["/bin/sh", "/bin/false"] }
        return (world, file.path)
    }

    private func look(_ world: World, _ minutes: Int64) -> [ConfigChange] {
        world.tools.versions.look(at: Timestamp(milliseconds: minutes * 60_000)) { _ in false }
    }

    @Test func `The last known good version comes back with mode and owner, and the bad one is kept`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "rate: 1\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
        #expect(look(world, 0).count == 1)
        #expect(look(world, 11).map(\.kind).count == 1)
        try world.write("api.yaml", "rate: broken\npassword: hunter2\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o604], ofItemAtPath: path)
        let changes = look(world, 12)
        #expect(changes.first?.difference.contains("+rate: broken") == true)
        #expect(changes.first?.difference.contains("hunter2") == false)
        let check: ArgumentValue = ["/bin/sh", "-c", "grep -q '^rate: 1$' \"$0\"", "{{ .Candidate }}"]
        let outcome = await world.perform("config.rollback", ["file": .text(path), "check": check])
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(try world.read(path) == "rate: 1\n")
        #expect(outcome.output.contains("-rate: broken") && !outcome.output.contains("hunter2"))
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o604)
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder + "/yard") == ["api.yaml"])
        // Twice is the same as once.
        #expect(await world.perform("config.rollback", ["file": .text(path)]).result == .succeeded)
        #expect(try world.read(path) == "rate: 1\n")
        #expect(try await world.undo(outcome).hasPrefix("put the former content"))
        #expect(try world.read(path).hasPrefix("rate: broken"))
    }

    @Test func `What is known survives a restart of medic`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "one\n")
        _ = (look(world, 0), look(world, 11))
        let again = ConfigVersions(folder: world.folder + "/data/config", files: [], log: world.tools.log)
        #expect(again.history(of: path)?.isCurrentGood == true)
    }

    @Test func `A rollback is told by the next look, and two versions can be compared`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "rate: 1\n")
        _ = (look(world, 0), look(world, 11))
        try world.write("api.yaml", "rate: 2\ntoken: hunter2\n")
        _ = (look(world, 12), look(world, 30))
        #expect(world.tools.versions.history(of: path)?.isCurrentGood == true)
        #expect(await world.perform("config.rollback", ["file": .text(path)]).result == .succeeded)
        let versions = try #require(world.tools.versions.history(of: path)).versions
        let kinds = look(world, 31).map(\.kind)
        #expect(kinds.first == .bad(versions[1].digest) && kinds.count == 2)
        let difference = try world.tools.versions.difference(
            path,
            from: String(versions[0].digest.prefix(8)),
            to: versions[1].digest
        )
        #expect(difference.contains("-rate: 1") && difference.contains("+rate: 2"))
        #expect(!difference.contains("hunter2"))
        // The version that was rolled back from had been good for a while; the next rollback does not go forward to it.
        #expect(await world.perform("config.rollback", ["file": .text(path)]).message.contains("in place already"))
        #expect(try world.read(path) == "rate: 1\n")
        #expect(throws: DeedFailure.self) {
            try world.tools.versions.difference(path, from: "../../../etc/passwd", to: versions[1].digest)
        }
    }

    @Test func `A check that does not agree leaves everything as it was`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "one\n")
        _ = (look(world, 0), look(world, 11))
        try world.write("api.yaml", "two\n")
        let outcome = await world.perform("config.rollback", ["file": .text(path), "check": ["/bin/false"]])
        #expect(outcome.message.contains("does not agree (exit status 1); nothing was changed"))
        #expect(try world.read(path) == "two\n")
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder + "/yard") == ["api.yaml"])
    }

    @Test func `Without a known good version the step fails and says so`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "one\n")
        #expect(await world.perform("config.rollback", ["file": .text(path)]).message.contains("no version of"))
        _ = look(world, 0)
        let outcome = await world.perform("config.rollback", ["file": .text(path)])
        #expect(outcome.message.contains("known to be good yet"))
        #expect(!outcome.result.isSuccess)
    }

    @Test func `A version that was damaged on the disk is not put in place`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "one\n")
        _ = (look(world, 0), look(world, 11))
        try world.write("api.yaml", "two\n")
        let digest = ConfigVersions.digest(of: Array("one\n".utf8))
        try Data("evil\n".utf8).write(to: URL(fileURLWithPath: world.folder + "/data/config/contents/" + digest))
        let outcome = await world.perform("config.rollback", ["file": .text(path)])
        #expect(outcome.message.contains("damaged"))
        #expect(try world.read(path) == "two\n")
    }

    @Test func `A value is set once its check agrees, and computed ones are bounded`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", ConfigTextTests.collector)
        let place: ArgumentValue = "processors.batch.send_batch_size"
        let outcome = await world.perform(
            "config.set",
            ["file": .text(path), "path": place, "multiply": 0.8, "min": 1000.0, "max": 8192.0]
        )
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(outcome.before == "8192" && outcome.after == "6554")
        for _ in 0..<20 {
            _ = await world.perform(
                "config.set",
                ["file": .text(path), "path": place, "multiply": 0.8, "min": 1000.0, "max": 8192.0]
            )
        }
        #expect(try world.read(path) == ConfigTextTests.collector.replacing("8192", with: "1000"))
        let unbounded = await world.perform("config.set", ["file": .text(path), "path": place, "multiply": 0.8])
        #expect(unbounded.message.contains("bound"))
    }

    @Test func `An undo leaves alone what somebody else has changed since`() async throws {
        let (world, path) = try world()
        try world.write("api.yaml", "a: 1\n")
        let outcome = await world.perform("config.set", ["file": .text(path), "path": "a", "value": 2])
        #expect(outcome.result == .succeeded)
        try world.write("api.yaml", "a: 3\n")
        await #expect(throws: DeedFailure.self) { try await world.undo(outcome) }
        #expect(try world.read(path) == "a: 3\n")
        try world.write("api.yaml", "a: 2\n")
        _ = try await world.undo(outcome)
        #expect(try world.read(path) == "a: 1\n")
    }

    @Test func `Links, ways out and what is not permitted are refused at the deed`() async throws {
        let (world, _) = try world()
        try FileManager.default.createSymbolicLink(
            atPath: world.path("link.yaml"),
            withDestinationPath: "/etc/hostname"
        )
        try FileManager.default.createSymbolicLink(atPath: world.path("folder"), withDestinationPath: "/etc")
        for path in [
            world.path("link.yaml"), world.path("folder/hostname"), world.path("../../etc/hostname"), "/etc/hostname",
        ] {
            let outcome = await world.perform("config.set", ["file": .text(path), "path": "A", "value": "x"])
            #expect(!outcome.result.isSuccess, "\(path)")
        }
        #expect(
            await world.perform("config.set", ["file": "/etc/x.yaml", "path": "a", "value": 1]).message.contains(
                "paths: {write:"
            )
        )
    }
}

extension ActionOutcome.Result {
    var isSuccess: Bool { self == .succeeded }
}
