import Foundation
import Testing

private let promtool = "/usr/bin/promtool"

/// Rule files, found by folder: those named good can be used, those named lint hold a rule twice, those named bad cannot
/// be used.
private enum RuleFixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("RuleFiles")
    static let repository = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func names() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    struct Outcome: Equatable {
        var exit: Int32
        /// As the line tells: `  SUCCESS: 2 rules found`.
        var counts: [Substring]
    }

    static func check(_ tool: String, _ arguments: [String]) throws -> (outcome: Outcome, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tool)
        process.arguments = ["check", "rules"] + arguments
        process.currentDirectoryURL = folder
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let counts = output.split(separator: "\n").filter { $0.hasPrefix("  SUCCESS") }
        return (Outcome(exit: process.terminationStatus, counts: counts), output)
    }

    static let medic = Scenario.binaries.appendingPathComponent("medic").path
}

@Suite struct CheckRulesTests {
    private static let flags: [[String]] = [[], ["--lint-fatal"], ["--lint=none", "--lint-fatal"]]

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool)), arguments: RuleFixtures.names())
    func `Exit codes and counts of rules are promtool's`(name: String) throws {
        for flags in Self.flags {
            let theirs = try RuleFixtures.check(promtool, flags + [name]).outcome
            let ours = try RuleFixtures.check(RuleFixtures.medic, flags + [name]).outcome
            #expect(ours == theirs, "\(flags)")
        }
    }

    @Test(arguments: RuleFixtures.names())
    func `The exit code is that of the name`(name: String) throws {
        let expected: Int32 = name.hasPrefix("good") ? 0 : name.hasPrefix("lint") ? 3 : 1
        #expect(try RuleFixtures.check(RuleFixtures.medic, ["--lint-fatal", name]).outcome.exit == expected)
    }

    @Test func `There are enough files of each kind`() {
        let names = RuleFixtures.names()
        #expect(names.count >= 25)
        for kind in ["good-", "lint-", "bad-"] { #expect(names.count { $0.hasPrefix(kind) } >= 4) }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool)))
    func `Several files at once end as with promtool`() throws {
        let groups = [["good-alerts.yml", "lint-duplicate-alert.yml"], RuleFixtures.names()]
        for names in groups {
            let theirs = try RuleFixtures.check(promtool, ["--lint-fatal"] + names).outcome
            #expect(try RuleFixtures.check(RuleFixtures.medic, ["--lint-fatal"] + names).outcome == theirs)
        }
    }

    @Test func `The rules that are shipped are above suspicion`() throws {
        let folder = RuleFixtures.repository.appendingPathComponent("rules")
        let paths = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { folder.appendingPathComponent($0).path }
        let tests = paths.filter { $0.hasSuffix("_test.yml") }
        let rules = paths.filter { $0.hasSuffix(".yml") && !tests.contains($0) }
        #expect(rules.count >= 6)
        let flags = ["--format", "github", "--interval", "15s"] + tests.flatMap { ["--tests", $0] }
        let (outcome, output) = try RuleFixtures.check(RuleFixtures.medic, flags + rules)
        #expect(output == "")
        #expect(outcome.exit == 0)
    }

    @Test(arguments: ["Sources/Rules/Checks", "Sources/Rules/Files", "Sources/Platform/YAML", "Sources/medic/Checking"])
    func `Every code is explained`(folder: String) throws {
        let root = RuleFixtures.repository.appendingPathComponent(folder)
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
        var codes: Set<String> = []
        for path in paths {
            let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
            codes.formUnion(text.matches(of: /"((?:promql|rules|template|yaml)\/[a-z-]+)"/).map { String($0.1) })
        }
        #expect(!codes.isEmpty)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: RuleFixtures.medic)
        process.arguments = ["explain"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let list = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let known = list.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(codes.subtracting(known) == [])
    }
}
