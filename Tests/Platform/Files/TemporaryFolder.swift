import Foundation

/// A folder that lasts as long as its owner.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "medic-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a name inside.
    func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

    /// A file inside, with this content.
    func file(_ name: String, _ text: String) throws -> String {
        try text.write(toFile: self(name), atomically: false, encoding: .utf8)
        return self(name)
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

func text(at path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
