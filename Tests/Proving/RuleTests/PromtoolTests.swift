import Foundation
import Testing

@testable import Proving

private let promtool = "/usr/bin/promtool"

/// Runs every fixture through promtool, one process for all, and compares verdicts test by test.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: promtool)))
struct PromtoolTests {

    @Test func `Promtool's verdict on each test is ours`() throws {
        let cases = Fixtures.cases.filter { !Fixtures.newer.contains($0.file) }
        #expect(cases.count >= 80)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("rule-tests-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Fixtures.folder + "/rules",
            toPath: folder.appendingPathComponent("rules").path
        )
        var paths: [String] = []
        for (number, fixture) in cases.enumerated() {
            let path = folder.appendingPathComponent("\(number).yml").path
            try fixture.text.write(toFile: path, atomically: true, encoding: .utf8)
            paths.append(path)
        }
        let verdicts = try Self.verdicts(on: paths)
        for (fixture, path) in zip(cases, paths) {
            #expect(verdicts[path] == fixture.mustPass, "\(fixture.file): \(fixture.name)")
        }
    }

    @Test func `Promtool's verdict on each file is ours`() throws {
        let paths = Fixtures.files.map { Fixtures.folder + "/files/" + $0 }
        let verdicts = try Self.verdicts(on: paths)
        for path in paths {
            let isGood = URL(fileURLWithPath: path).lastPathComponent.hasPrefix("good")
            #expect(verdicts[path] == isGood, "\(path)")
        }
    }

    @Test func `Promtool's verdict on the rules that are shipped is ours`() throws {
        let folder = Fixtures.repository + "/rules"
        let paths = Fixtures.names(in: folder, ending: "_test.yml").map { folder + "/" + $0 }
        #expect(try Self.verdicts(on: paths) == Dictionary(uniqueKeysWithValues: paths.map { ($0, true) }))
    }

    /// Whether each file passes.
    private static func verdicts(on paths: [String]) throws -> [String: Bool] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: promtool)
        process.arguments = ["test", "rules"] + paths
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        var verdicts: [String: Bool] = [:]
        var path = ""
        for line in output.split(separator: "\n") {
            if line.hasPrefix("Unit Testing:  ") { path = String(line.dropFirst("Unit Testing:  ".count)) }
            if line == "  SUCCESS" { verdicts[path] = true }
            if line == "  FAILED:" { verdicts[path] = false }
        }
        return verdicts
    }
}
