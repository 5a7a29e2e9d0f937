internal import Diagnostics

/// Builds the tree from libyaml's events: replaces aliases, merges, finds duplicate keys, and keeps the bounds.
struct Composer {
    /// Thrown after the reason went into the problems.
    struct Unreadable: Error {}

    /// What an alias stands for, and what it costs to put it in.
    private struct Anchored {
        let node: YAMLNode
        let nodes: Int
        let height: Int
    }

    private let reader: EventReader
    private let limits: YAMLLimits
    private let problems: Problems
    private let bytes: [UInt8]
    // A byte order mark is taken off before libyaml counts.
    private let shift: Int
    private var anchors: [ByteText: Anchored] = [:]
    private var unfinished: Set<ByteText> = []
    private var nodes = 0
    private var tallest = 0

    init?(_ source: SourceText, limits: YAMLLimits, problems: Problems) {
        let bytes = Array(source.text.utf8)
        guard bytes.count <= limits.bytes else {
            problems.error(
                "yaml/limit",
                "the file has \(bytes.count) bytes, more than the \(limits.bytes) allowed",
                at: 0..<0
            )
            return nil
        }
        shift = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        guard let reader = EventReader(shift == 0 ? bytes : Array(bytes.dropFirst(shift))) else {
            problems.error("yaml/limit", "out of memory", at: 0..<0)
            return nil
        }
        self.reader = reader
        self.limits = limits
        self.problems = problems
        self.bytes = bytes
    }

    /// The root of the next document, or nil at the end of the file.
    mutating func nextDocument() throws(Unreadable) -> YAMLNode? {
        guard case .documentStart = try next().event else { return nil }
        anchors = [:]
        let root = try node(from: try next(), depth: 0)
        _ = try next()
        return root
    }

    /// One document is expected. A '---' after which nothing comes begins none: tools that join files end them so.
    mutating func refuseFurtherDocument() throws(Unreadable) {
        let following = try next()
        guard case .documentStart = following.event, try !node(from: try next(), depth: 0).isNull else { return }
        problems.error(
            "yaml/documents",
            "a second document begins here; one is expected",
            at: following.range,
            help: "remove the '---', or put what follows into a file of its own"
        )
    }

    private mutating func next() throws(Unreadable) -> EventReader.Placed {
        do {
            let placed = try reader.next()
            let range = placed.range.lowerBound + shift..<placed.range.upperBound + shift
            return EventReader.Placed(event: placed.event, anchor: placed.anchor, tag: placed.tag, range: range)
        } catch {
            let offset = min(error.offset + shift, bytes.count)
            let problem = SyntaxProblem(error, found: offset < bytes.count ? bytes[offset] : nil)
            let began = error.contextOffset.map { $0 + shift }.flatMap { $0 < offset ? $0 : nil }
            problems.error(
                "yaml/syntax",
                problem.message + (began.map { "; it began at \(problems.place(of: $0))" } ?? ""),
                at: offset..<min(offset + 1, bytes.count),
                help: problem.help
            )
            throw Unreadable()
        }
    }

    private mutating func node(from first: EventReader.Placed, depth: Int) throws(Unreadable) -> YAMLNode {
        if case .alias(let name) = first.event {
            return try resolve(ByteText(name), at: first.range, depth: depth)
        }
        try count(1, height: depth, at: first.range)
        let name = first.anchor.map { ByteText($0) }
        let (nodesBefore, tallestBefore) = (nodes, tallest)
        tallest = depth
        if let name {
            anchors[name] = nil
            unfinished.insert(name)
        }
        let content = try content(from: first, depth: depth)
        let node = YAMLNode(
            content.content,
            range: content.range,
            tag: first.tag,
            anchor: first.anchor,
            isFlow: content.isFlow
        )
        if let name {
            unfinished.remove(name)
            anchors[name] = Anchored(node: node, nodes: nodes - nodesBefore + 1, height: tallest - depth)
        }
        tallest = max(tallest, tallestBefore)
        return node
    }

    private mutating func content(
        from first: EventReader.Placed,
        depth: Int
    ) throws(Unreadable) -> (content: YAMLNode.Content, range: Range<Int>, isFlow: Bool) {
        let start = ScalarScanner.endOfProperties(
            of: first.range,
            in: bytes,
            present: first.anchor != nil || first.tag != nil
        )
        switch first.event {
        case .sequenceStart(let isFlow):
            let (elements, end) = try sequence(depth: depth + 1)
            let upper = isFlow ? end : elements.last?.endOfWriting ?? start
            return (.sequence(elements), start..<max(start, upper), isFlow)
        case .mappingStart(let isFlow):
            let (mapping, end, last) = try mapping(depth: depth + 1)
            return (.mapping(mapping), start..<max(start, isFlow ? end : last ?? start), isFlow)
        case .scalar(let scalar):
            var range = start..<max(start, first.range.upperBound)
            if scalar.style == .literal || scalar.style == .folded {
                range = BlockScalarScanner.trimmed(range, in: bytes)
            }
            return (.scalar(scalar), range, false)
        default:
            return (.scalar(YAMLScalar(text: "", style: .plain)), first.range, false)
        }
    }

    private mutating func sequence(depth: Int) throws(Unreadable) -> (elements: [YAMLNode], end: Int) {
        var elements: [YAMLNode] = []
        while true {
            let first = try next()
            if case .collectionEnd = first.event { return (elements, first.range.upperBound) }
            elements.append(try node(from: first, depth: depth))
        }
    }

    private mutating func mapping(depth: Int) throws(Unreadable) -> (mapping: YAMLMapping, end: Int, last: Int?) {
        var builder = MappingBuilder(problems: problems)
        var last: Int?
        while true {
            let first = try next()
            if case .collectionEnd = first.event {
                let written = builder.count
                let mapping = builder.finish()
                try count(mapping.entries.count - written, height: depth, at: first.range)
                return (mapping, first.range.upperBound, last)
            }
            let key = try node(from: first, depth: depth)
            let value = try node(from: try next(), depth: depth)
            last = max(value.endOfWriting, key.endOfWriting)
            builder.add(key, value)
        }
    }

    private mutating func resolve(
        _ name: ByteText,
        at range: Range<Int>,
        depth: Int
    ) throws(Unreadable) -> YAMLNode {
        guard let anchored = anchors[name] else {
            let isOpen = unfinished.contains(name)
            problems.error(
                isOpen ? "yaml/endless-alias" : "yaml/unknown-anchor",
                isOpen
                    ? "'*\(name.text)' stands inside the value it stands for"
                    : "no '&\(name.text)' before '*\(name.text)'",
                at: range,
                help: isOpen
                    ? nil : nearest(to: name.text, among: anchors.keys.map(\.text)).map { "did you mean '*\($0)'?" }
            )
            // A null keeps the tree whole, so that what else is wrong can be told as well.
            return YAMLNode(.scalar(YAMLScalar(text: "", style: .plain)), range: range, alias: range)
        }
        try count(anchored.nodes, height: depth + anchored.height, at: range)
        return anchored.node.reached(through: range)
    }

    /// Counts nodes as they are after aliases are replaced.
    private mutating func count(_ more: Int, height: Int, at range: Range<Int>) throws(Unreadable) {
        nodes += more
        tallest = max(tallest, height)
        if nodes > limits.nodes {
            problems.error("yaml/limit", "the file holds more than \(limits.nodes) values, aliases counted", at: range)
            throw Unreadable()
        }
        if height > limits.depth {
            problems.error("yaml/limit", "values are nested deeper than \(limits.depth) levels", at: range)
            throw Unreadable()
        }
    }
}

extension YAMLNode {
    /// Where its text in the file ends: that of the alias, where it was reached through one.
    fileprivate var endOfWriting: Int { alias?.upperBound ?? range.upperBound }
}
