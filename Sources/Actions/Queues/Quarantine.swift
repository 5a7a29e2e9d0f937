import Files
import JSON
import Playbooks

/// A file into which the entries of a queue go before they leave the queue: a line of JSON for each. Blocking.
///
/// Entries leave the queue only after `sync`, so a crash in between leaves them in both places and in none too few.
struct Quarantine: ~Copyable {
    private var file: AppendFile
    private let folder: String
    private let bytesMax: Int64
    private(set) var count = 0
    private(set) var bytes: Int64 = 0

    var path: String { file.path }
    /// The next entries might not fit.
    var isFull: Bool { bytes >= bytesMax }

    /// `settings` say where the entries came from, so that they can be put back; no passwords among them.
    init(_ order: Order, backend: String, settings: JSONObject) throws {
        folder = "\(order.tools.folder)/quarantine"
        bytesMax = order.arguments.integer("most_bytes") ?? 1 << 30
        let header: JSONValue = [
            "medic": "quarantine", "version": 1, "backend": .string(backend), "settings": .object(settings),
            "run": .string(order.request.key.run),
        ]
        file = try Self.begin("\(folder)/\(order.mark)-\(backend).jsonl", in: folder, header)
    }

    private static func begin(_ path: String, in folder: String, _ header: JSONValue) throws -> AppendFile {
        try FileSystem.createFolder(folder, permissions: 0o700)
        var file = try AppendFile(path, permissions: 0o600)
        // An attempt that was cut short has begun the file already.
        if file.length == 0 { try file.append(Array(header.description.utf8) + [0x0A]) }
        return file
    }

    mutating func append(_ entry: JSONValue) throws {
        let line = Array(entry.description.utf8) + [0x0A]
        try file.append(line)
        count += 1
        bytes += Int64(line.count)
    }

    /// Returns when all entries so far outlive a crash of the machine.
    func sync() throws {
        try file.sync()
        try FileSystem.syncFolder(folder)
    }

    // MARK: Bytes in JSON

    /// Text where it is text; else its bytes in hexadecimal digits.
    static func json(_ bytes: [UInt8]) -> JSONValue {
        if let text = String(validating: bytes, as: UTF8.self) { return .string(text) }
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return ["hex": .string(String(decoding: hexadecimal, as: UTF8.self))]
    }

    static func bytes(_ json: JSONValue) -> [UInt8]? {
        if let text = json.string { return Array(text.utf8) }
        guard let digits = json["hex"]?.string.map({ Array($0.utf8) }), digits.count.isMultiple(of: 2) else {
            return nil
        }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
