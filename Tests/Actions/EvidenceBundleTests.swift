import Foundation
import Testing

@testable import Actions

/// What runs have kept, as it is shown to whoever looks at them.
@Suite struct EvidenceBundleTests {
    private let folder = FileManager.default.temporaryDirectory.appendingPathComponent("medic-\(UUID().uuidString)")
        .path

    private func put(_ path: String, _ content: Data) throws {
        let whole = URL(fileURLWithPath: "\(folder)/evidence/\(path)")
        try FileManager.default.createDirectory(
            at: whole.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try content.write(to: whole)
    }

    @Test func `Files are listed by step and name, and shown without secrets`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try put("7/step-10/b.txt", Data("the last".utf8))
        try put("7/step-2/a.txt", Data("user hunter2 said\npassword: x\nload 1".utf8))
        try put("7/step-2/heap.pb", Data([0, 1, 2, 255]))
        try put("8/step-0/other.txt", Data())
        let bundle = EvidenceBundle(folder: folder, run: "7", secrets: ["hunter2"])
        #expect(
            bundle.items().map { "\($0.step)/\($0.name) \($0.bytes)" } == ["2/a.txt 36", "2/heap.pb 4", "10/b.txt 8"]
        )
        let shown = try #require(bundle.text(step: 2, name: "a.txt", limit: 1_000))
        #expect(shown.text == "user <secret> said\npassword: <secret>\nload 1" && !shown.isCut)
        #expect(bundle.text(step: 2, name: "heap.pb", limit: 1_000) == nil)
    }

    @Test func `A secret is struck out before the text is cut, and no letter is cut in two`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try put("7/step-0/a.txt", Data("it is hunter2 \u{e9}\u{e9}".utf8))
        let bundle = EvidenceBundle(folder: folder, run: "7", secrets: ["hunter2"])
        for limit in 0...40 {
            let shown = try #require(bundle.text(step: 0, name: "a.txt", limit: limit))
            #expect(!shown.text.contains("hunt") && !shown.text.contains("\u{FFFD}"))
            #expect(shown.text.utf8.count <= limit)
            #expect(shown.isCut == (limit < 19))
        }
    }

    @Test(arguments: ["../7", "..", "7/../../secret", "/etc", "", "7\0", ".", "nowhere"])
    func `No name of a run leads anywhere else`(run: String) throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try put("7/step-0/a.txt", Data("x".utf8))
        try put("../secret/step-0/a.txt", Data("x".utf8))
        #expect(EvidenceBundle(folder: folder, run: run).items().isEmpty)
    }

    @Test func `A link is no evidence, wherever it leads`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try put("7/step-0/a.txt", Data("x".utf8))
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/evidence/7/step-0/link.txt",
            withDestinationPath: "/etc/passwd"
        )
        try FileManager.default.createSymbolicLink(atPath: "\(folder)/evidence/7/step-1", withDestinationPath: "/etc")
        let bundle = EvidenceBundle(folder: folder, run: "7")
        #expect(bundle.items().map(\.name) == ["a.txt"])
        #expect(bundle.text(step: 0, name: "link.txt", limit: 100) == nil)
        #expect(bundle.text(step: 1, name: "passwd", limit: 100) == nil)
    }
}
