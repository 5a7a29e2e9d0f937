import Foundation
import JSON
import Testing

@testable import Agent

/// What happens to tracked files is in the record.
@Suite(.serialized) struct ConfigRecordTests {
    @Test func `A tracked file that changes is in the history, with what changed and without secrets`() async throws {
        let place = FileManager.default.temporaryDirectory.appending(
            path: "medic-tracked-\(UUID().uuidString.prefix(8))"
        )
        defer { try? FileManager.default.removeItem(at: place) }
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let file = place.appending(path: "api.yaml").path
        try "limit: 5\npassword: hunter2\n".write(toFile: file, atomically: true, encoding: .utf8)
        let live = try LiveAgent([
            "medic.yml": """
            collectors: {}
            log: {level: error}
            config: {track: [{file: \(file), units: [api.service]}]}
            """
        ])
        func records(_ count: Int) async throws -> [JSONValue] {
            let path = "/medic/v1/history?kind=config"
            return try await live.wait(path) { $0["records"]?.array?.count == count }?["records"]?.array ?? []
        }
        #expect(try await records(1).first?["name"]?.string == "changed")
        try "limit: 9\npassword: hunter3\n".write(toFile: file, atomically: true, encoding: .utf8)
        let change = try #require(try await records(2).first)
        #expect(change["text"]?.string?.hasPrefix("\(file) changed from ") == true)
        let difference = try #require(change["details"]?["difference"]?.string)
        #expect(difference.contains("-limit: 5") && difference.contains("+limit: 9"), "\(difference)")
        #expect(!difference.contains("hunter"))
        try FileManager.default.removeItem(atPath: file)
        #expect(try await records(3).first?["name"]?.string == "missing")
        await live.end()
    }
}
