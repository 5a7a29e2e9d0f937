extension YAMLDocument {
    /// The document with the texts of some scalars replaced, each in its place: for `${env:NAME}`. Nil leaves a scalar as it is.
    public func replacingScalars(_ replacement: (YAMLNode, YAMLScalar) -> String?) -> YAMLDocument {
        YAMLDocument(source: source, root: root.replacingScalars(replacement))
    }
}

extension YAMLNode {
    func replacingScalars(_ replacement: (YAMLNode, YAMLScalar) -> String?) -> YAMLNode {
        switch content {
        case .scalar(let scalar):
            guard let text = replacement(self, scalar) else { return self }
            // In the style it had: a plain `${env:PORT}` is a number where a number is expected.
            return with(.scalar(YAMLScalar(text: text, style: scalar.style)))
        case .sequence(let nodes):
            return with(.sequence(nodes.map { $0.replacingScalars(replacement) }))
        case .mapping(let mapping):
            let entries = mapping.entries.map { entry in
                YAMLMapping.Entry(
                    key: entry.key,
                    keyRange: entry.keyRange,
                    value: entry.value.replacingScalars(replacement),
                    isMerged: entry.isMerged
                )
            }
            return with(.mapping(YAMLMapping(entries: entries)))
        }
    }

    private func with(_ content: Content) -> YAMLNode {
        YAMLNode(content, range: range, tag: tag, anchor: anchor, alias: alias, isFlow: isFlow)
    }
}
