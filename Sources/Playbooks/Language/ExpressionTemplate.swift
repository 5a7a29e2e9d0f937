import Diagnostics
public import PromQL
public import YAML

/// A PromQL expression of a playbook; labels and variables may stand in it as templates.
public struct ExpressionTemplate: Sendable {
    let template: PlaybookTemplate
    /// The tree, where no template stands in it.
    public let tree: Expression?

    public var text: PlacedText { template.text }
}

/// An expression with everything filled in.
public struct PlaybookExpression: Sendable, Hashable {
    public let text: String
    public let tree: Expression
}

extension Shape where Value == ExpressionTemplate {
    static func expression(_ scope: TemplateScope) -> Shape<ExpressionTemplate> {
        Shape("a PromQL expression") { node, problems in
            guard let template = Shape<PlaybookTemplate>.template(scope).decode(node, problems) else { return nil }
            return ExpressionTemplate(template, scope, problems)
        }
    }
}

extension ExpressionTemplate {
    /// Reads an expression; what is wrong inside it is told at its place in the file. One with templates in it is tried with values that
    /// labels may have.
    init?(_ template: PlaybookTemplate, _ scope: TemplateScope, _ problems: Problems) {
        self.template = template
        guard template.isLiteral else {
            tree = nil
            if let reason = scope.whyNoExpression(template) {
                problems.error(
                    "promql/parse",
                    "whatever is filled in, this is no expression: \(reason)",
                    at: template.text.range,
                    help: "put templates in the quotes of a matcher: up{instance=\"{{ .Labels.instance }}\"}"
                )
                return nil
            }
            return
        }
        do throws(ParseError) {
            tree = try parse(template.text.text)
        } catch {
            for problem in error.diagnostics(in: SourceText(text: template.text.text)) {
                problems.add(template.text.placed(problem, in: problems.source))
            }
            return nil
        }
    }
}
