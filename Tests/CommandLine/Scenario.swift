import Foundation
import Testing

/// A command line, what is given to it, and what must come of it: one text file each.
///
/// ```
/// What the scenario shows, in a sentence.
/// $ medic check expr -
/// --- stdin
/// sum(up
/// --- stdout
/// --- stderr
/// ...
/// --- exit 1
/// ```
/// Further sections `--- file NAME` are files in the folder where the command runs.
struct Scenario: Sendable, CustomTestStringConvertible {
    let name: String
    let title: String
    let command: String
    let stdin: String
    let files: [(name: String, content: String)]
    let expected: Outcome

    struct Outcome: Equatable, Sendable {
        var stdout = ""
        var stderr = ""
        var exit: Int32 = 0
    }

    struct Malformed: Error {
        let reason: String
    }

    var testDescription: String { name }

    // A section's content is whole lines; an output that lacks its last newline says so.
    private static let noNewline = "\\ no newline at the end\n"

    init(name: String, text: String) throws {
        self.name = name
        var title: [Substring] = []
        var command: Substring?
        var sections: [(head: Substring, content: String)] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            if line.hasPrefix("--- ") {
                sections.append((line.dropFirst(4), ""))
            } else if sections.isEmpty {
                if line.hasPrefix("$ ") { command = line.dropFirst(2) } else { title.append(line) }
            } else {
                sections[sections.count - 1].content += line + "\n"
            }
        }
        guard let command else { throw Malformed(reason: "\(name): no line begins with $") }
        self.title = title.joined(separator: "\n")
        self.command = String(command)
        func content(_ head: String) -> String {
            let content = sections.first { $0.head == head }?.content ?? ""
            return content.hasSuffix(Self.noNewline) ? String(content.dropLast(Self.noNewline.count + 1)) : content
        }
        stdin = content("stdin")
        files = sections.filter { $0.head.hasPrefix("file ") }.map { (String($0.head.dropFirst(5)), $0.content) }
        let exit = sections.last { $0.head.hasPrefix("exit ") }.flatMap { Int32($0.head.dropFirst(5)) }
        expected = Outcome(stdout: content("stdout"), stderr: content("stderr"), exit: exit ?? 0)
    }

    /// The file's text with this outcome in it.
    func recorded(_ outcome: Outcome) -> String {
        func section(_ head: String, _ content: String) -> String {
            let end = content.isEmpty || content.hasSuffix("\n") ? "" : "\n" + Self.noNewline
            return "--- \(head)\n\(content)\(end)"
        }
        var text = "\(title)\n$ \(command)\n"
        if !stdin.isEmpty { text += section("stdin", stdin) }
        for file in files { text += section("file \(file.name)", file.content) }
        return text + section("stdout", outcome.stdout) + section("stderr", outcome.stderr)
            + "--- exit \(outcome.exit)\n"
    }

    /// Runs the command in a folder of its own with the medic that was just built.
    func run() throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("medic-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for file in files + [("stdin", stdin)] {
            try file.content.write(to: folder.appendingPathComponent(file.name), atomically: false, encoding: .utf8)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "{ \(command)\n} < stdin > stdout 2> stderr"]
        process.currentDirectoryURL = folder
        process.environment = [
            "PATH": "\(Self.binaries.path):/usr/bin:/bin", "LANG": "C.UTF-8", "COLUMNS": "80", "TZ": "UTC",
            "HOME": folder.path,
        ]
        try process.run()
        process.waitUntilExit()
        func content(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
        }
        return Outcome(stdout: try content("stdout"), stderr: try content("stderr"), exit: process.terminationStatus)
    }

    /// Where the tests themselves were built, and medic beside them.
    static let binaries = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Scenarios")

    static func all() -> [Scenario] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".txt") }.sorted().compactMap { name in
            let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            return text.flatMap { try? Scenario(name: name, text: $0) }
        }
    }
}
