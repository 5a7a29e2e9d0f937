extension YAMLNode {
    /// The node written anew, in blocks: comments, anchors and the way in which it was written are gone.
    ///
    /// - Parameter replacement: for every scalar, the text to write in its place, or nil for its own.
    public func text(replacing replacement: (YAMLNode, YAMLScalar) -> String? = { _, _ in nil }) -> String {
        switch written(replacement) {
        case .line(let line): line + "\n"
        case .block(let lines): lines.map { $0 + "\n" }.joined()
        }
    }

    /// A text in double quotes, with escapes for what cannot stand in them.
    public static func doubleQuoted(_ text: String) -> String { ScalarWriter.doubleQuoted(text) }

    /// A node on a line of its own or behind its key, or the lines of it, which are indented by whoever holds it.
    private enum Written {
        case line(String)
        case block([String])
    }

    // As deep as the reader goes.
    private func written(_ replacement: (YAMLNode, YAMLScalar) -> String?) -> Written {
        switch content {
        case .scalar(let scalar):
            if let text = replacement(self, scalar) { return .line(ScalarWriter.oneLine(text)) }
            // What is no text, such as a number, means the same only as it was written.
            if scalar.style == .plain { return .line(scalar.text) }
            return .line(ScalarWriter.oneLine(scalar.text))
        case .sequence(let nodes) where nodes.isEmpty: return .line("[]")
        case .mapping(let mapping) where mapping.entries.isEmpty: return .line("{}")
        case .sequence(let nodes):
            return .block(
                nodes.flatMap { node in
                    switch node.written(replacement) {
                    case .line(let line): return ["- \(line)"]
                    case .block(let lines):
                        return lines.enumerated().map { ($0.offset == 0 ? "- " : "  ") + $0.element }
                    }
                }
            )
        case .mapping(let mapping):
            return .block(
                mapping.entries.flatMap { entry in
                    let key = ScalarWriter.oneLine(entry.key)
                    switch entry.value.written(replacement) {
                    case .line(let line): return [line.isEmpty ? "\(key):" : "\(key): \(line)"]
                    case .block(let lines): return ["\(key):"] + lines.map { "  " + $0 }
                    }
                }
            )
        }
    }
}
