import Configuration
import Diagnostics
import Files
import JSON
import Metrics
import YAML

/// Lists of target groups as files and servers write them, in YAML or JSON.
enum TargetFile {
    /// Why a list cannot be used.
    struct Refusal: Error, Hashable {
        let reason: String

        init(_ reason: String) {
            self.reason = reason
        }
    }

    /// More is no list of targets.
    static let bytesMax = 64 << 20

    static func read(_ path: String) throws(Refusal) -> [TargetGroup] {
        let text: String
        do throws(FileError) {
            text = try FileSystem.readText(path, limit: bytesMax)
        } catch {
            throw Refusal(error.description)
        }
        let isJSON = path.lowercased().hasSuffix(".json")
        return try isJSON ? parseJSON(Array(text.utf8)) : parseYAML(text, named: path)
    }

    static func parseYAML(_ text: String, named path: String) throws(Refusal) -> [TargetGroup] {
        let source = SourceText(name: path, text: text)
        let problems = Problems(in: source)
        guard let document = YAMLDocument(source, problems: problems) else { throw Refusal(first(of: problems)) }
        if document.root.isNull { return [] }
        let shape = Shape<[DiscoverySettings.StaticGroup]>.list(of: .staticGroup(checkingTargets: false))
        guard let groups = shape.decode(document.root, problems), !problems.hasErrors else {
            throw Refusal(first(of: problems))
        }
        return groups.map { TargetGroup(addresses: $0.targets, labels: $0.labels) }
    }

    private static func first(of problems: Problems) -> String {
        guard let problem = problems.diagnostics.first else { return "it cannot be read" }
        return "\(problem.start.line):\(problem.start.column): \(problem.message)"
    }

    static func parseJSON(_ bytes: [UInt8]) throws(Refusal) -> [TargetGroup] {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes.span)
        } catch {
            throw Refusal(error.description)
        }
        guard let items = value.array else {
            throw Refusal("expected a list of groups of targets, found \(value.kind)")
        }
        var groups: [TargetGroup] = []
        for item in items { groups.append(try group(item)) }
        return groups
    }

    private static func group(_ value: JSONValue) throws(Refusal) -> TargetGroup {
        guard let object = value.object else { throw Refusal("expected a group of targets, found \(value.kind)") }
        var addresses: [String] = []
        var labels: [Label] = []
        for member in object.members {
            switch member.name {
            case "targets":
                guard let list = member.value.array else {
                    throw Refusal("'targets' is no list but \(member.value.kind)")
                }
                addresses = list.compactMap(\.string)
                guard addresses.count == list.count else { throw Refusal("a target is no text") }
            case "labels":
                guard let pairs = member.value.object else {
                    throw Refusal("'labels' is no object but \(member.value.kind)")
                }
                labels = pairs.members.compactMap { pair in pair.value.string.map { Label(pair.name, $0) } }
                guard labels.count == pairs.members.count else { throw Refusal("the value of a label is no text") }
            default: throw Refusal("unknown key \(Labels.quoted(member.name)): known here: targets, labels")
            }
        }
        return TargetGroup(addresses: addresses, labels: Labels(labels))
    }
}
