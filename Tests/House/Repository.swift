import Foundation

/// The files of the project as they are in the working copy: what is committed, and what is about to be.
struct Repository {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File: Sendable {
        /// Relative to the root.
        let path: String
        let text: String

        /// The lines with their numbers, from 1. Split by bytes: to Swift, CR LF is one character.
        var lines: [(number: Int, text: Substring)] {
            text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().map {
                ($0.offset + 1, Substring($0.element))
            }
        }

        /// The lines with these words in them. Most files have none, which is found out at once.
        func lines(with words: String) -> [(number: Int, text: Substring)] {
            let wanted = Data(words.utf8)
            guard Data(text.utf8).range(of: wanted) != nil else { return [] }
            return lines.filter { Data($0.text.utf8).range(of: wanted) != nil }
        }

        var isSource: Bool { path.hasPrefix("Sources/") && path.hasSuffix(".swift") }

        var isOfThePage: Bool { path.hasPrefix("Sources/PageFiles/") }
    }

    let files: [File]

    init() throws {
        let listing = try run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
        files = listing.output.split(separator: "\0").compactMap { path in
            let place = Self.root.appending(path: String(path))
            // A file that is deleted but not yet committed is still listed; one that is no text is nobody's prose.
            guard let text = try? String(contentsOf: place, encoding: .utf8) else { return nil }
            return File(path: String(path), text: text)
        }
    }

    static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: root.appending(path: path).path)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }
}

struct Outcome: Sendable {
    let status: Int32
    let output: String
    let errors: String
}

/// Runs a program in the root of the project to its end, with nothing to read.
func run(_ command: String..., environment: [String: String] = [:]) throws -> Outcome {
    let folder = FileManager.default.temporaryDirectory.appending(path: "medic-house-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Files rather than pipes: no program waits for a reader.
    let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
    for file in [output, errors] { try Data().write(to: file) }

    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.currentDirectoryURL = Repository.root
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
        status: process.terminationStatus,
        output: try String(contentsOf: output, encoding: .utf8),
        errors: try String(contentsOf: errors, encoding: .utf8)
    )
}
