import Files
import Playbooks

/// Where a step keeps what people want to see later: one folder for each run, readable by medic's user alone. Blocking.
struct EvidenceFolder: Sendable {
    private let folder: String
    private let scrubber: Scrubber

    init(_ order: Order) {
        folder =
            "\(order.tools.folder)/evidence/\(Evidence.name(for: order.request.key.run))/step-\(order.request.key.step)"
        scrubber = order.tools.scrubber
    }

    var path: String { folder }

    /// Keeps the bytes as they are; where it is.
    func keep(_ name: String, _ bytes: [UInt8]) throws -> String {
        try FileSystem.createFolder(folder, permissions: 0o700)
        let path = "\(folder)/\(Evidence.name(for: name))"
        try FileSystem.replace(path, with: bytes, permissions: .exactly(0o600))
        return path
    }

    /// Keeps a text without the secrets in it.
    func keep(_ name: String, text: String) throws -> String {
        try keep(name, scrubber.scrub(Array(text.utf8)))
    }
}
