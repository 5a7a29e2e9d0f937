import Diagnostics
import Files
import Terminal

/// Where a command reads and writes.
struct Console: Sendable {
    let output = Terminal(.output)
    let errors = Terminal(.error)

    func write(_ text: String) throws(FileError) {
        try StandardStream.output.write(text)
    }

    func write(_ bytes: [UInt8]) throws(FileError) {
        try StandardStream.output.write(bytes)
    }

    func writeLine(_ text: String) throws(FileError) {
        try write(text + "\n")
    }

    func writeError(_ text: String) throws(FileError) {
        try StandardStream.error.write(text + "\n")
    }

    /// The content of a file, or of standard input for `-`.
    func read(_ path: String) throws(FileError) -> [UInt8] {
        guard path == "-" else { return try FileSystem.read(path) }
        var stream = ByteStream.standardInput()
        return try stream.readToEnd()
    }

    func readText(_ path: String) throws(FileError) -> String {
        guard path == "-" else { return try FileSystem.readText(path) }
        guard let text = String(validating: try read(path), as: UTF8.self) else {
            throw FileError(.read, "standard input", .notText)
        }
        return text
    }
}
