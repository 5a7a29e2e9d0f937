import Metrics
import PromQL
import Storage
import Templates
import YAML

/// The labels and annotations of an alerting rule: templates, ready to be expanded for each sample.
struct AlertTexts {
    /// What went wrong in the expansions of one evaluation.
    struct Expansion {
        var problems: [String] = []
    }

    /// What the templates of one sample see.
    struct Data {
        let input: RuleTemplate.Input
        let context: TemplateContext
    }

    private struct Entry {
        let name: String
        /// The template, or what stands for it where the text is none: as in Prometheus the alert itself must not be lost.
        let template: Result<RuleTemplate, TemplateError>
    }

    private let labelEntries: [Entry]
    private let annotationEntries: [Entry]
    private let externalLabels: [(name: String, value: String)]
    private let externalURL: String
    private let engine: Engine

    init(rule: AlertingRule, labels: [LabelTemplate], context: RuleContext, engine: Engine) {
        let name = "__alert_\(rule.name.value)"
        labelEntries = labels.map { Self.entry($0, name: name) }
        annotationEntries = rule.annotations.map { Self.entry($0, name: name) }
        externalLabels = context.externalLabels.map { ($0.name, $0.value) }
        externalURL = context.externalURL
        self.engine = engine
    }

    func data(for element: VectorElement, at now: Timestamp) -> Data {
        Data(
            input: RuleTemplate.Input(
                labels: element.labels.map { ($0.name, $0.value) },
                value: element.value.number,
                externalLabels: externalLabels,
                externalURL: externalURL
            ),
            context: TemplateContext(now: now, externalURL: externalURL, query: answer)
        )
    }

    func labels(_ data: Data, _ expansion: inout Expansion) -> [Label] {
        labelEntries.map { expand($0, data, &expansion) }
    }

    func annotations(_ data: Data, _ expansion: inout Expansion) -> [Label] {
        annotationEntries.map { expand($0, data, &expansion) }
    }

    private func expand(_ entry: Entry, _ data: Data, _ expansion: inout Expansion) -> Label {
        switch entry.template {
        case .success(let template):
            let result = template.expand(data.input, context: data.context)
            if let error = result.error { expansion.problems.append("\(entry.name): \(error)") }
            return Label(entry.name, result.text)
        case .failure(let error):
            expansion.problems.append("\(entry.name): \(error)")
            return Label(entry.name, RuleTemplate.placeholder(for: error))
        }
    }

    private static func entry(_ label: LabelTemplate, name: String) -> Entry {
        do throws(TemplateError) {
            return Entry(name: label.name.value, template: .success(try RuleTemplate(label.text.text, name: name)))
        } catch {
            return Entry(name: label.name.value, template: .failure(error))
        }
    }

    /// What `query` in a template answers.
    private func answer(_ text: String, _ time: Timestamp) throws(TemplateFailure) -> [TemplateSample] {
        let query = engine.prepare(try Self.read(text), text: text)
        do throws(RuleProblem) {
            return try query.vector(at: time).elements.map { element in
                TemplateSample(labels: element.labels.map { ($0.name, $0.value) }, value: element.value.number)
            }
        } catch {
            throw TemplateFailure("\(error)")
        }
    }

    private static func read(_ text: String) throws(TemplateFailure) -> Expression {
        do throws(ParseError) {
            return try parse(text)
        } catch {
            throw TemplateFailure(error.description(in: text))
        }
    }
}
