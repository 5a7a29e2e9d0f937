import Foundation
import Testing

@testable import Proving

/// The files of the test folder, or of any other on disk.
struct DiskLibrary: RuleTestLibrary {
    func read(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
    func names(in folder: String) -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}

/// Files that exist only in a test.
struct TableLibrary: RuleTestLibrary {
    struct NoSuchFile: Error, CustomStringConvertible {
        let description = "no such file"
    }

    let files: [String: String]

    func read(_ path: String) throws -> String {
        guard let text = files[path] else { throw NoSuchFile() }
        return text
    }

    func names(in folder: String) -> [String] {
        files.keys.compactMap { path in
            guard folder == "." else {
                return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : nil
            }
            return path.contains("/") ? nil : path
        }
    }

    func exists(_ path: String) -> Bool { files[path] != nil }
}

/// One test out of a fixture, as a file of its own. The verdict it must get is the first word of its name.
struct FixtureCase: CustomTestStringConvertible, Sendable {
    let file: String
    let name: String
    let text: String

    var mustPass: Bool { name.hasPrefix("passes") }
    var testDescription: String { "\(file): \(name)" }
}

enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
        .path
    static let repository = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/")

    /// Those that promtool 2.42 cannot read, since what they test is newer.
    static let newer: Set<String> = ["fuzzy_test.yml", "start_test.yml", "interval_test.yml"]

    static let cases: [FixtureCase] = names(in: folder, ending: "_test.yml").flatMap(cases(in:))

    /// Files that are good or bad as a whole, by the first word of their names.
    static let files: [String] = names(in: folder + "/files", ending: ".yml")

    static func names(in folder: String, ending: String) -> [String] {
        DiskLibrary().names(in: folder).filter { $0.hasSuffix(ending) }.sorted()
    }

    private static func cases(in file: String) -> [FixtureCase] {
        guard let text = try? DiskLibrary().read(folder + "/" + file) else { return [] }
        let parts = text.components(separatedBy: "\n  - name: '")
        return parts.dropFirst().map { part in
            FixtureCase(
                file: file,
                name: String(part.prefix { $0 != "'" }),
                text: parts[0] + "\n  - name: '" + part + "\n"
            )
        }
    }
}

/// Runs texts as files beside the fixtures' rules.
func run(_ text: String, rules: [String: String] = [:], options: RuleTestRunner.Options = .init()) -> RuleTestFileReport
{
    var files = rules
    files["test.yml"] = text
    var runner = RuleTestRunner(library: TableLibrary(files: files), options: options)
    return runner.run("test.yml")
}

extension RuleTestFileReport {
    /// Every failure as a reader sees it.
    var lines: [String] {
        verdicts.flatMap { verdict in verdict.failures.flatMap { [$0.headline] + $0.rows.map(\.drawn) } }
    }
}

extension EvaluationFailure.Row {
    var drawn: String {
        switch self {
        case .same(let text), .remark(let text): "  " + text
        case .expected(let text): "- " + text
        case .got(let text): "+ " + text
        }
    }
}
