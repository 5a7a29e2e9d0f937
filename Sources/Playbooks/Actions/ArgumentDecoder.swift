import YAML

/// Makes arguments of what a playbook wrote: at check time those that no alert changes, for a run all of them.
struct ArgumentDecoder {
    /// What is known of a text.
    enum Reading {
        case known(FilledText)
        /// Not before there is an alert.
        case unknown
        /// It is already told why not.
        case failed
    }

    /// Something wrong, with the way to it from the action: `files`, `0`.
    struct Fault {
        let code: String
        let path: [String]
        let message: String
        let help: String?
        let range: Range<Int>
    }

    private let read: (PlaybookTemplate, ArgumentDeclaration) -> Reading
    private(set) var faults: [Fault] = []

    init(_ read: @escaping (PlaybookTemplate, ArgumentDeclaration) -> Reading) {
        self.read = read
    }

    /// The arguments of an action, with what holds where the playbook says nothing. Then what the action itself says of them.
    mutating func arguments(_ template: ArgumentTemplate, of action: ActionDeclaration, at place: Range<Int>)
        -> ActionArguments
    {
        guard case .record(let members, _) = template else { return ActionArguments() }
        let arguments = record(members, action.arguments, [], of: "'\(action.name)'", at: place)
        guard faults.isEmpty else { return arguments }
        for complaint in action.complaints(arguments) {
            let range = Self.range(of: complaint.path[...], in: template) ?? place
            fault("playbook/refused-argument", complaint.path, complaint.message, complaint.help, range)
        }
        return arguments
    }

    private mutating func record(
        _ members: [ArgumentTemplate.Member],
        _ declarations: [ArgumentDeclaration],
        _ path: [String],
        of owner: String,
        at place: Range<Int>
    ) -> ActionArguments {
        for member in members where !declarations.contains(where: { Names.isSame($0.name, member.name.value) }) {
            let free = declarations.map(\.name).filter { name in !members.contains { Names.isSame($0.name.value, name) }
            }
            fault(
                "playbook/unknown-argument",
                path + [member.name.value],
                "\(owner) has no argument '\(Names.shown(member.name.value))'",
                declarations.isEmpty
                    ? "it has none"
                    : Names.suggestion(for: member.name.value, among: free.isEmpty ? declarations.map(\.name) : free),
                member.name.range
            )
        }
        var found: [ActionArguments.Member] = []
        for declaration in declarations {
            guard let member = members.first(where: { Names.isSame($0.name.value, declaration.name) }) else {
                if declaration.isRequired { tellMissing(declaration, path, of: owner, members, at: place) }
                if let standard = declaration.standard { found.append(.init(name: declaration.name, value: standard)) }
                continue
            }
            if let value = value(member.value, declaration.kind, declaration, path + [declaration.name]) {
                found.append(.init(name: declaration.name, value: value))
            }
        }
        return ActionArguments(found)
    }

    private mutating func tellMissing(
        _ declaration: ArgumentDeclaration,
        _ path: [String],
        of owner: String,
        _ members: [ArgumentTemplate.Member],
        at place: Range<Int>
    ) {
        // A name misspelt is one mistake and not two.
        let isMisspelt = members.contains {
            Names.suggestion(for: $0.name.value, among: [declaration.name]).hasPrefix("did")
        }
        guard !isMisspelt else { return }
        fault(
            "playbook/missing-argument",
            path + [declaration.name],
            "\(owner) needs '\(declaration.name)'",
            "\(declaration.name): \(declaration.help)",
            place
        )
    }

    // MARK: Values

    private mutating func value(
        _ template: ArgumentTemplate,
        _ kind: ArgumentKind,
        _ declaration: ArgumentDeclaration,
        _ path: [String]
    ) -> ArgumentValue? {
        switch (kind, template) {
        case (.list(let element), .list(let values, _)), (.oneOrMore(let element), .list(let values, _)):
            return list(values, element, declaration, path).map { .list($0) }
        case (.matchers, .list(let values, _)):
            // Each of them may hold several.
            return list(values, .matchers, declaration, path).map { .list($0.flatMap(Self.elements)) }
        case (.oneOrMore(let element), _):
            return value(template, element, declaration, path).map { .list([$0]) }
        case (.map(let element), .record(let members, _)):
            return map(members, element, declaration, path)
        case (.record(let declarations), .record(let members, let range)):
            let faultsBefore = faults.count
            let record = record(members, declarations, path, of: "'\(declaration.name)'", at: range)
            return faults.count == faultsBefore ? .record(record) : nil
        case (_, .text(let text)): return scalar(text, kind, declaration, path)
        default:
            let found = if case .list = template { "a list" } else { "a mapping" }
            fault("playbook/bad-argument", path, "expected \(kind.expectation), found \(found)", nil, template.range)
            return nil
        }
    }

    private static func elements(_ value: ArgumentValue) -> [ArgumentValue] {
        if case .list(let values) = value { values } else { [value] }
    }

    private mutating func list(
        _ values: [ArgumentTemplate],
        _ element: ArgumentKind,
        _ declaration: ArgumentDeclaration,
        _ path: [String]
    ) -> [ArgumentValue]? {
        var found: [ArgumentValue] = []
        for (index, template) in values.enumerated() {
            if let value = value(template, element, declaration, path + ["\(index)"]) { found.append(value) }
        }
        return found.count == values.count ? found : nil
    }

    private mutating func map(
        _ members: [ArgumentTemplate.Member],
        _ element: ArgumentKind,
        _ declaration: ArgumentDeclaration,
        _ path: [String]
    ) -> ArgumentValue? {
        var found: [ActionArguments.Member] = []
        for member in members {
            let name = member.name.value
            guard let value = value(member.value, element, declaration, path + [name]) else { continue }
            found.append(.init(name: name, value: value))
        }
        return found.count == members.count ? .record(ActionArguments(found)) : nil
    }

    private mutating func scalar(
        _ template: PlaybookTemplate,
        _ kind: ArgumentKind,
        _ declaration: ArgumentDeclaration,
        _ path: [String]
    ) -> ArgumentValue? {
        if declaration.isLiteral, !template.isLiteral {
            fault(
                "playbook/bad-argument",
                path,
                "'\(declaration.name)' must stand as it is, without templates",
                "no label may find its way into it",
                template.text.range
            )
            return nil
        }
        switch read(template, declaration) {
        case .unknown, .failed: return nil
        case .known(let filled):
            switch ArgumentText.read(filled, as: kind) {
            case .success(let value): return value
            case .failure(let reason):
                let part = template.isLiteral ? reason.range : nil
                let range = part.map { template.text.range(of: $0) } ?? template.text.range
                let code = if case .expression = kind { "promql/parse" } else { "playbook/bad-argument" }
                fault(code, path, reason.message, reason.help, range)
                return nil
            }
        }
    }

    // MARK: Faults

    mutating func fault(_ code: String, _ path: [String], _ message: String, _ help: String?, _ range: Range<Int>) {
        faults.append(Fault(code: code, path: path, message: message, help: help, range: range))
    }

    /// Where a part of the arguments stands.
    private static func range(of path: ArraySlice<String>, in template: ArgumentTemplate) -> Range<Int>? {
        guard let first = path.first else { return template.range }
        switch template {
        case .text: return template.range
        case .list(let values, _):
            guard let index = Int(first), values.indices.contains(index) else { return template.range }
            return range(of: path.dropFirst(), in: values[index])
        case .record(let members, _):
            return members.first { Names.isSame($0.name.value, first) }
                .flatMap { range(of: path.dropFirst(), in: $0.value) }
        }
    }
}
