import Diagnostics
import Metrics
import Templates
public import YAML

/// A text of a playbook that may be a template, read once.
public struct PlaybookTemplate: Sendable {
    public let text: PlacedText
    /// nil for most texts, which are their own rendering.
    let template: Template?
    /// What it reads of its data.
    let fields: [TemplateFields.Path]

    /// Whether it stands for itself.
    public var isLiteral: Bool { template == nil }

    /// The variables that are declared before the text begins, and the fields they stand for; as rules have them.
    static let aliases = [
        ("$labels", "Labels"), ("$annotations", "Annotations"), ("$externalLabels", "ExternalLabels"),
        ("$externalURL", "ExternalURL"), ("$value", "Value"), ("$vars", "Vars"),
    ]

    /// Far above what an argument needs: a text that becomes one word of a command line may have 128 KiB on Linux.
    static let limits: TemplateLimits = {
        var limits = TemplateLimits()
        limits.source = 1 << 16
        limits.steps = 100_000
        limits.output = 1 << 17
        return limits
    }()

    /// Go's functions and those of rules, but none that looks into the samples: what is rendered depends on the alert alone, so that an
    /// approval covers what is done.
    static let functions: TemplateFunctions = {
        let unfit: Set<String> = [
            "query", "first", "value", "label", "sortByLabel", "graphLink", "tableLink", "now", "safeHtml",
        ]
        let all = TemplateFunctions.prometheus
        var table: [String: TemplateFunction] = [:]
        for name in all.names where !unfit.contains(name) { table[name] = all[name] }
        return TemplateFunctions(table)
    }()

    /// Reads a text. What is wrong with it goes into `problems`.
    init?(_ text: PlacedText, problems: Problems) {
        self.text = text
        guard text.text.utf8.contains(UInt8(ascii: "{")), Self.holdsAction(text.text) else {
            template = nil
            fields = []
            return
        }
        do throws(TemplateError) {
            let template = try Template.parse(
                text.text,
                name: "playbook",
                functions: Self.functions,
                variables: Self.aliases.map(\.0),
                limits: Self.limits
            )
            self.template = template
            fields = TemplateFields(template, aliases: Dictionary(uniqueKeysWithValues: Self.aliases)).paths
        } catch {
            problems.error(
                "template/parse",
                "the template cannot be read: \(error.message)",
                at: text.range(of: error.range),
                help: error.help
            )
            return nil
        }
    }

    private static func holdsAction(_ text: String) -> Bool {
        let bytes = text.utf8
        return zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "{") && $1 == UInt8(ascii: "{") }
    }
}

extension Shape where Value == PlaybookTemplate {
    /// A text that is read and not yet looked at.
    static var template: Shape<PlaybookTemplate> {
        Shape("a text, which may be a template") { node, problems in
            Shape<PlacedText>.placedText.decode(node, problems).flatMap { PlaybookTemplate($0, problems: problems) }
        }
    }

    /// A text whose templates read what there is.
    static func template(_ scope: TemplateScope) -> Shape<PlaybookTemplate> {
        Shape(template.expectation) { node, problems in
            guard let template = Shape<PlaybookTemplate>.template.decode(node, problems) else { return nil }
            scope.check(template, problems)
            return template
        }
    }
}
