import Alerting
public import Diagnostics
import Metrics
import Secrets
import YAML

/// What the configuration says in the terms of alertmanager.yml, as an Alertmanager shows its own: what is not given is filled in, secrets are
/// hidden, and what only medic knows is left out, so that Alertmanager's tools can read it.
public enum ShownAlertmanager {
    /// - Parameter references: what references stand for, as when the configuration was read.
    public static func text(_ layers: [SourceText], references: ReferenceLookup) -> String {
        var sections: [String: [Layer.Place]] = [:]
        for source in layers {
            let problems = Problems(in: source)
            guard let document = YAMLDocument(source, problems: problems) else { continue }
            let layer = Layer(hidden: ShownConfiguration.hidden(in: document, references, problems))
            for entry in document.root.mapping?.entries ?? [] {
                sections[entry.key, default: []].append(Layer.Place(node: entry.value, layer: layer))
            }
        }
        return Composition(sections).tree.lines.map { $0 + "\n" }.joined()
    }

    /// A file, as far as it matters for showing what is in it.
    fileprivate struct Layer {
        struct Place {
            let node: YAMLNode
            let layer: Layer
        }

        let hidden: Set<Range<Int>>
    }

    private struct Composition {
        private let sections: [String: [Layer.Place]]
        private let global: [String: GoYAML]

        init(_ sections: [String: [Layer.Place]]) {
            self.sections = sections
            let first = FormFiller(global: [:])
            // Of one key the last layer's word counts.
            var members: [String: GoYAML] = [:]
            for place in sections["global"] ?? [] {
                for case (let key, let value) in first.members(AlertmanagerForm.global, place.node, place.layer.hidden)
                {
                    let isGiven = place.node.mapping?[key] != nil
                    if isGiven || members[key] == nil { members[key] = value }
                }
            }
            if sections["global"] == nil {
                for (key, value) in first.members(AlertmanagerForm.global, nil, []) { members[key] = value }
            }
            global = members
        }

        var tree: GoYAML {
            var result: [(key: String, value: GoYAML)] = []
            let keys = AlertmanagerForm.global.map(\.key)
            result.append(("global", .map(keys.compactMap { key in global[key].map { (key, $0) } })))
            let filler = FormFiller(global: global)
            // Without a route nobody is told, which Alertmanager has no words for.
            let route = sections["route"]?.last.map { filler.route($0.node, $0.layer.hidden) }
            result.append(("route", route ?? .map([("receiver", .text("nobody")), ("continue", .literal("false"))])))
            add("inhibit_rules", AlertmanagerForm.inhibitRule, filler, &result)
            if route == nil {
                result.append(("receivers", .list([.map([("name", .text("nobody"))])])))
            } else {
                add("receivers", AlertmanagerForm.receiver, filler, &result)
            }
            let templates = (sections["templates"] ?? []).flatMap { $0.node.sequence ?? [] }.compactMap(\.scalar?.text)
            result.append(("templates", .list(templates.map { .text($0) })))
            add("mute_time_intervals", AlertmanagerForm.interval, filler, &result)
            add("time_intervals", AlertmanagerForm.interval, filler, &result)
            return .map(result)
        }

        /// A list that goes on from file to file.
        private func add(
            _ key: String,
            _ form: [AlertmanagerForm.Member],
            _ filler: FormFiller,
            _ result: inout [(key: String, value: GoYAML)]
        ) {
            let elements = (sections[key] ?? []).flatMap { place in
                (place.node.sequence ?? []).map { GoYAML.map(filler.members(form, $0, place.layer.hidden)) }
            }
            if !elements.isEmpty { result.append((key, .list(elements))) }
        }
    }
}

/// Fills in a form with what a file says.
private struct FormFiller {
    typealias Members = [(key: String, value: GoYAML)]

    /// What holds for all receivers that say nothing else.
    let global: [String: GoYAML]

    func members(_ form: [AlertmanagerForm.Member], _ node: YAMLNode?, _ hidden: Set<Range<Int>>) -> Members {
        form.compactMap { member in
            if case .headers = member.kind { return (member.key, headers(beside: node, hidden)) }
            if let given = node?.mapping?[member.key], let value = value(member.kind, given, hidden) {
                return (member.key, value)
            }
            return standard(of: member).map { (member.key, $0) }
        }
    }

    // Routes in a file are nested as deep as its reader allows.
    func route(_ node: YAMLNode, _ hidden: Set<Range<Int>>) -> GoYAML {
        var members = members(AlertmanagerForm.route.filter { $0.key != "routes" }, node, hidden)
        let children = (node.mapping?["routes"]?.sequence ?? []).map { route($0, hidden) }
        if !children.isEmpty {
            let place = members.firstIndex { $0.key == "continue" }.map { $0 + 1 } ?? members.count
            members.insert(("routes", .list(children)), at: place)
        }
        return .map(members)
    }

    private func standard(of member: AlertmanagerForm.Member) -> GoYAML? {
        switch (member.kind, member.standard) {
        case (.section(let form), .literal): .map(members(form, nil, []))
        case (_, .literal(let text)): .literal(text)
        case (_, .text(let text)): .text(text)
        case (_, .global(let key)): global[key]
        case (.pairs(let known), nil): pairs(known, [], [])
        default: nil
        }
    }

    private func value(
        _ kind: AlertmanagerForm.Kind,
        _ node: YAMLNode,
        _ hidden: Set<Range<Int>>
    ) -> GoYAML? {
        switch kind {
        case .scalar: scalar(node, hidden)
        case .duration: duration(node)
        case .address: address(node)
        case .texts: filled(.list((node.sequence ?? []).map { scalar($0, hidden) ?? .text("") }))
        case .row: filled(.row((node.sequence ?? []).compactMap(\.scalar?.text)))
        case .matchers: filled(.list(matchers(node)))
        case .pairs(let known): pairs(known, node.mapping?.entries ?? [], hidden)
        case .headers: nil
        case .section(let form): .map(members(form, node, hidden))
        case .list(let form): filled(.list((node.sequence ?? []).map { .map(members(form, $0, hidden)) }))
        }
    }

    /// Nil for a list without anything in it.
    private func filled(_ value: GoYAML) -> GoYAML? {
        switch value {
        case .list(let elements) where elements.isEmpty: nil
        case .row(let texts) where texts.isEmpty: nil
        default: value
        }
    }

    private func scalar(_ node: YAMLNode, _ hidden: Set<Range<Int>>) -> GoYAML? {
        guard let scalar = node.scalar, !scalar.text.isEmpty else { return nil }
        if hidden.contains(node.range) { return .text(Secret.mask) }
        switch node.value {
        case .string(let text): return .text(ShownConfiguration.withoutPassword(text) ?? text)
        case .boolean(let flag): return .literal(flag ? "true" : "false")
        default: return .literal(scalar.text)
        }
    }

    private func duration(_ node: YAMLNode) -> GoYAML? {
        node.scalar.map { scalar in .literal((try? Milliseconds(promQL: scalar.text))?.promQLText ?? scalar.text) }
    }

    /// Paths and users in the addresses of webhooks are secrets more often than not. What is left must still be an address, since
    /// Alertmanager's tools check it.
    private func address(_ node: YAMLNode) -> GoYAML? {
        guard let text = node.scalar?.text, let scheme = text.firstRange(of: "://") else { return .text(Secret.mask) }
        let rest = text[scheme.upperBound...]
        let authority = rest.prefix { !"/?#".contains($0) }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        let path = rest.dropFirst(authority.count)
        let isBare = (path.isEmpty || path == "/") && host.count == authority.count
        return .text(isBare ? text : "\(text[..<scheme.upperBound])\(host)/\(Secret.mask)")
    }

    private func matchers(_ node: YAMLNode) -> [GoYAML] {
        let texts = (node.sequence ?? []).compactMap(\.scalar?.text)
        let matchers = texts.flatMap { (try? MatcherList.parse($0))?.matchers ?? [] }
        return MatcherList(matchers).matchers.map { .text($0.matcherText) }
    }

    private func headers(beside node: YAMLNode?, _ hidden: Set<Range<Int>>) -> GoYAML {
        var values: [String: GoYAML] = ["Subject": .text(#"{{ template "email.default.subject" . }}"#)]
        values["From"] = node?.mapping?["from"].flatMap { scalar($0, hidden) } ?? global["smtp_from"]
        values["To"] = node?.mapping?["to"].flatMap { scalar($0, hidden) }
        for entry in node?.mapping?["headers"]?.mapping?.entries ?? [] {
            let words = entry.key.split(separator: "-", omittingEmptySubsequences: false)
            let name = words.map { $0.prefix(1).uppercased() + $0.dropFirst().lowercased() }.joined(separator: "-")
            values[name] = scalar(entry.value, hidden) ?? .text("")
        }
        return .map(values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) })
    }

    private func pairs(
        _ known: [(String, String)],
        _ entries: [YAMLMapping.Entry],
        _ hidden: Set<Range<Int>>
    ) -> GoYAML? {
        var values: [String: GoYAML] = [:]
        for (key, text) in known { values[key] = .text(text) }
        for entry in entries { values[entry.key] = scalar(entry.value, hidden) ?? .text("") }
        guard !values.isEmpty else { return nil }
        return .map(values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) })
    }
}
