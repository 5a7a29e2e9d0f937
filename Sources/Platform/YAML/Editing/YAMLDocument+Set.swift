internal import Diagnostics

extension YAMLDocument {
    /// The text of the file with one value changed and every other byte as it was: comments, indentation, line ends.
    ///
    /// The way of quoting stays where the new value allows. The result was read again and holds the new value, and for the
    /// rest what it held before; where that cannot be had, nothing is changed and the error says why.
    public func setting(_ path: YAMLPath, to value: YAMLValue) throws(YAMLEditError) -> String {
        let node = try scalar(at: path)
        let bytes = Array(source.text.utf8)
        // An empty value begins right behind the colon or dash.
        let gap = node.range.isEmpty ? " " : ""
        for candidate in ScalarWriter(value: value, node: node, bytes: bytes).candidates() {
            let edited =
                bytes[..<node.range.lowerBound] + Array((gap + candidate).utf8) + bytes[node.range.upperBound...]
            let text = String(decoding: edited, as: UTF8.self)
            if holds(text, value, at: path) { return text }
        }
        throw YAMLEditError(
            kind: .unwritable,
            message: "the new value of '\(path)' cannot be written there so that it reads back the same",
            range: node.range
        )
    }

    /// The scalar a path leads to, if it stands there itself and nowhere else.
    private func scalar(at path: YAMLPath) throws(YAMLEditError) -> YAMLNode {
        let shared = SharedRanges(of: root)
        var node = root
        for (number, step) in path.steps.enumerated() {
            let so = YAMLPath(Array(path.steps[...number]))
            node = try child(of: node, step, so)
            if let alias = node.alias {
                throw YAMLEditError(
                    kind: .shared,
                    message: "'\(so)' is an alias: change the value it stands for",
                    range: alias
                )
            }
            if let use = shared.use(of: node.range) {
                throw YAMLEditError(
                    kind: .shared,
                    message: "'\(so)' is used in other places too, through an alias at \(place(of: use))",
                    range: node.range
                )
            }
        }
        guard node.scalar != nil else {
            throw YAMLEditError(
                kind: .notScalar,
                message: "'\(path)' is \(node.kindInWords), not a single value",
                range: node.headline
            )
        }
        return node
    }

    private func child(of node: YAMLNode, _ step: YAMLPath.Step, _ path: YAMLPath) throws(YAMLEditError) -> YAMLNode {
        switch (step, node.content) {
        case (.key(let key), .mapping(let mapping)):
            guard let entry = mapping.entry(for: key) else {
                let near = nearest(to: key, among: mapping.entries.map(\.key)).map { "; did you mean '\($0)'?" } ?? ""
                throw YAMLEditError(kind: .missing, message: "there is no '\(path)'\(near)", range: node.headline)
            }
            guard !entry.isMerged else {
                throw YAMLEditError(
                    kind: .shared,
                    message: "'\(path)' comes from a merge: it stands at \(place(of: entry.keyRange.lowerBound))",
                    range: entry.keyRange
                )
            }
            return entry.value
        case (.index(let index), .sequence(let nodes)):
            guard nodes.indices.contains(index) else {
                throw YAMLEditError(
                    kind: .missing,
                    message: "there is no '\(path)': the list has \(nodes.count) elements",
                    range: node.headline
                )
            }
            return nodes[index]
        case (.key, _), (.index, _):
            throw YAMLEditError(
                kind: .missing,
                message: "there is no '\(path)': what is before it is \(node.kindInWords)",
                range: node.headline
            )
        }
    }

    private func place(of offset: Int) -> String {
        let place = source.place(of: offset)
        return "\(place.line):\(place.column)"
    }

    /// Whether a text is this document with one value changed.
    private func holds(_ text: String, _ value: YAMLValue, at path: YAMLPath) -> Bool {
        let problems = Problems(in: SourceText(name: source.name, text: text))
        guard let edited = YAMLDocument(problems.source, problems: problems) else { return false }
        return Self.agree(root, edited.root, exceptAt: path.steps[...], value)
    }

    /// Compares two trees without their places. `steps` is nil where nothing may differ.
    private static func agree(
        _ old: YAMLNode,
        _ new: YAMLNode,
        exceptAt steps: ArraySlice<YAMLPath.Step>?,
        _ value: YAMLValue
    ) -> Bool {
        guard old.tag == new.tag, old.anchor == new.anchor, (old.alias == nil) == (new.alias == nil) else {
            return false
        }
        if let steps, steps.isEmpty { return isSame(new.value, value) }
        switch (old.content, new.content) {
        case (.scalar(let old), .scalar(let new)): return steps == nil && old == new
        case (.sequence(let old), .sequence(let new)):
            guard old.count == new.count else { return false }
            return zip(old, new).enumerated().allSatisfy { index, pair in
                let inside = steps?.first == .index(index) ? steps?.dropFirst() : nil
                return agree(pair.0, pair.1, exceptAt: inside, value)
            }
        case (.mapping(let old), .mapping(let new)):
            guard old.entries.count == new.entries.count else { return false }
            return zip(old.entries, new.entries).allSatisfy { old, new in
                let inside = isStep(steps?.first, to: old.key) ? steps?.dropFirst() : nil
                return old.key.utf8.elementsEqual(new.key.utf8) && old.isMerged == new.isMerged
                    && agree(old.value, new.value, exceptAt: inside, value)
            }
        default: return false
        }
    }

    private static func isStep(_ step: YAMLPath.Step?, to key: String) -> Bool {
        if case .key(let wanted) = step { wanted.utf8.elementsEqual(key.utf8) } else { false }
    }

    private static func isSame(_ found: YAMLValue?, _ wanted: YAMLValue) -> Bool {
        switch (found, wanted) {
        case (.string(let found), .string(let wanted)): found.utf8.elementsEqual(wanted.utf8)
        case (.float(let found), .float(let wanted)): found == wanted || (found.isNaN && wanted.isNaN)
        case (.integer(let found), .float(let wanted)): Double(found) == wanted
        default: found == wanted
        }
    }
}

/// The values of a document that aliases and merges use a second time.
private struct SharedRanges {
    // From the range of a value to the first place that uses it.
    private var uses: [Range<Int>: Int] = [:]

    init(of root: YAMLNode) {
        collect(root)
    }

    func use(of range: Range<Int>) -> Int? { uses[range] }

    private mutating func collect(_ node: YAMLNode) {
        if let alias = node.alias {
            if uses[node.range] == nil { uses[node.range] = alias.lowerBound }
            return
        }
        switch node.content {
        case .scalar: break
        case .sequence(let nodes):
            for node in nodes { collect(node) }
        case .mapping(let mapping):
            for entry in mapping.entries {
                if entry.isMerged {
                    uses[entry.value.range] = uses[entry.value.range] ?? node.headline.lowerBound
                } else {
                    collect(entry.value)
                }
            }
        }
    }
}
