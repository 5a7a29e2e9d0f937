public import Diagnostics
import Secrets
import YAML

/// A configuration as it may be shown to whoever may look: everything that is said in it, and no secret.
///
/// It is written anew from what was read, so that what somebody left in a comment is not shown either. Hidden is every value that is
/// decoded as a secret, and besides every value whose key sounds like one, and the passwords in URLs: a secret that ends up in the wrong place
/// of the file is a secret all the same. References such as `${env:NAME}` are shown as they are written, and never what they stand for.
public enum ShownConfiguration {
    /// - Parameter references: what references stand for, as when the configuration was read.
    public static func text(_ layers: [SourceText], references: ReferenceLookup) -> String {
        layers.map { layer in
            let heading = layer.name.map { "# \($0)\n" } ?? ""
            return heading + (text(of: layer, references) ?? "# this file cannot be read as YAML\n")
        }
        .joined(separator: "---\n")
    }

    private static func text(of layer: SourceText, _ references: ReferenceLookup) -> String? {
        let problems = Problems(in: layer)
        guard let document = YAMLDocument(layer, problems: problems) else { return nil }
        let hidden = hidden(in: document, references, problems)
        return document.root.text { node, scalar in
            if hidden.contains(node.range) { return scalar.text.isEmpty ? nil : Secret.mask }
            return withoutPassword(scalar.text)
        }
    }

    /// The places of what must not be shown.
    static func hidden(
        in document: YAMLDocument,
        _ references: ReferenceLookup,
        _ problems: Problems
    ) -> Set<Range<Int>> {
        // Decoded once more for the sake of the places that are noted on the way.
        let resolved = document.resolvingReferences(references, problems)
        _ = ConfigurationLayer(resolved, former: nil, zones: { _ in nil }, problems)
        return problems.hiddenRanges.union(soundingSecret(document.root))
    }

    // MARK: Keys that sound like a secret

    private static let words = [
        "password", "passwd", "secret", "token", "credentials", "api_key", "apikey", "private_key", "service_key",
        "routing_key", "access_key", "authorization", "cookie", "passphrase", "dsn", "connection_string",
    ]

    /// The places of all scalars at or below a key that sounds like a secret.
    private static func soundingSecret(_ root: YAMLNode) -> Set<Range<Int>> {
        var found: Set<Range<Int>> = []
        collect(root, isSecret: false, &found)
        return found
    }

    private static func collect(_ node: YAMLNode, isSecret: Bool, _ found: inout Set<Range<Int>>) {
        switch node.content {
        case .scalar: if isSecret { found.insert(node.range) }
        case .sequence(let nodes): for node in nodes { collect(node, isSecret: isSecret, &found) }
        case .mapping(let mapping):
            for entry in mapping.entries {
                // The path of a file with a secret tells nothing. Whole sections are called `authorization`, whose members are
                // looked at by themselves.
                let isPath = entry.key.hasSuffix("_file") || entry.key.hasSuffix("_files")
                let isSection = entry.value.mapping != nil
                let sounds = !isPath && !isSection && soundsSecret(entry.key)
                collect(entry.value, isSecret: sounds || (isSecret && !isPath), &found)
            }
        }
    }

    private static func soundsSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return words.contains { key.contains($0) }
    }

    // MARK: URLs

    /// The text without what stands between the user's name and the host of a URL in it; nil where nothing does.
    static func withoutPassword(_ text: String) -> String? {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        var isChanged = false
        while let start = rest.firstRange(of: Array("://".utf8)) {
            result += rest[..<start.upperBound]
            rest = rest[start.upperBound...]
            let authority = rest.prefix { !"/?# \t\n\"'".utf8.contains($0) }
            guard let end = authority.lastIndex(of: UInt8(ascii: "@")) else { continue }
            let user = authority[..<end].prefix { $0 != UInt8(ascii: ":") }
            // A name alone may be a token.
            result += (user.endIndex < end ? Array(user) + Array(":".utf8) : []) + Array(Secret.mask.utf8)
            rest = rest[end...]
            isChanged = true
        }
        return isChanged ? String(decoding: result + rest, as: UTF8.self) : nil
    }
}
