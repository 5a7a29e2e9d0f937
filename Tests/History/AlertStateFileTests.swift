import Foundation
import Metrics
import Rules
import Testing

@testable import History

@Suite struct `The file of alerts` {
    static func path() -> String {
        NSTemporaryDirectory() + "medic-alerts-\(UUID().uuidString).json"
    }

    static func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000 + 7) }

    static func alert(_ name: String, _ state: Alert.State, value: Double = 1) -> Alert {
        Alert(
            labels: ["alertname": name, "path": "a \"b\"\n\u{e9}"],
            source: ["__name__": "up"],
            annotations: [Label("empty", ""), Label("summary", "x")],
            value: value,
            state: state,
            acknowledgement: Acknowledgement(by: "ann", at: time(9), comment: "on it")
        )
    }

    static let group = SavedGroup(
        key: "a.yml;g",
        evaluatedAt: time(100),
        rules: [
            SavedGroup.Rule(
                name: "A",
                alerts: [
                    alert("A", .pending(since: time(1), missed: 2), value: 0.1),
                    alert("B", .firing(activeSince: time(1), since: time(2), keptSince: nil), value: -.infinity),
                    alert("C", .firing(activeSince: time(1), since: time(2), keptSince: time(3)), value: -0.0),
                    alert(
                        "D",
                        .resolved(activeSince: time(1), firedAt: time(2), at: time(3)),
                        value: .leastNonzeroMagnitude
                    ),
                ]
            )
        ]
    )

    @Test func `What is saved is what another process reads`() throws {
        let path = Self.path()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = AlertStateFile(path)
        #expect(try file.load().isEmpty)
        try file.save(Self.group)
        try file.save(SavedGroup(key: "b.yml;h", evaluatedAt: nil, rules: []))
        #expect(
            try AlertStateFile(path).load() == [Self.group, SavedGroup(key: "b.yml;h", evaluatedAt: nil, rules: [])]
        )
        try file.keepOnly(keys: ["a.yml;g"])
        #expect(try AlertStateFile(path).load() == [Self.group])
    }

    @Test(arguments: ["", "{", "{}", "[{}]", "[1]", "\u{0}"])
    func `A damaged file is set aside and told of, once`(content: String) throws {
        let path = Self.path()
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".damaged")
        }
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        let file = AlertStateFile(path)
        #expect(throws: AlertStateFile.Damage.self) { try file.load() }
        #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
        #expect(try file.load().isEmpty)
        try file.save(Self.group)
        #expect(try AlertStateFile(path).load() == [Self.group])
    }
}
