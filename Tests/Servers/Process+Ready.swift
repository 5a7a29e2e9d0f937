public import Foundation

extension Process {
    /// Starts a server and waits until it has said, on either of its outputs, that it is ready. Throws with all that it said when it
    /// ends before.
    public func start(untilItSays words: String) async throws {
        let output = Pipe()
        standardOutput = output
        standardError = output
        try run()
        let reading = output.fileHandleForReading
        try await aside {
            var said = ""
            while !said.contains(words) {
                let piece = reading.availableData
                guard !piece.isEmpty else { throw Host.Failure(description: "no '\(words)' in: \(said)") }
                said += String(decoding: piece, as: UTF8.self)
            }
        }
        // A full pipe would hold the server up.
        reading.readabilityHandler = { handle in
            if handle.availableData.isEmpty { handle.readabilityHandler = nil }
        }
    }
}
