import Configuration
import Files
import Secrets

/// Finds every secret of a configuration, wherever in it, so that none of them gets into a record.
enum SecretSearch {
    /// Sections are nested a few levels; a tree deeper than this is none of theirs.
    private static let depthMax = 40
    private static let fileBytesMax = 64 * 1024

    /// Reads the files of those that are in files.
    static func texts(in configuration: MedicConfiguration) -> [String] {
        var found: Set<String> = []
        collect(configuration, &found, depth: 0)
        return found.sorted()
    }

    private static func collect(_ value: Any, _ found: inout Set<String>, depth: Int) {
        if let secret = value as? Secret {
            if let text = secret.revealInline() { found.insert(text) }
            if let file = secret.file, let text = try? FileSystem.readText(file, limit: fileBytesMax) {
                let bare = text.drop { $0.isWhitespace }
                found.insert(String(bare.reversed().drop { $0.isWhitespace }.reversed()))
            }
            return
        }
        guard depth < depthMax else { return }
        for child in Mirror(reflecting: value).children { collect(child.value, &found, depth: depth + 1) }
    }
}
