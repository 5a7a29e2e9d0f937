import Diagnostics
import JSON
import Metrics
import PromQL
import RegularExpressions
import Rules
import Templates
import YAML

extension FuzzTarget {
    static let promql = FuzzTarget("promql", "what is printed, on a line or on many, parses back to the same tree") {
        input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let expression: Expression
        do throws(ParseError) {
            expression = try parse(text)
        } catch {
            hold(!error.problems.isEmpty, "an error without a problem")
            for problem in error.problems {
                let range = problem.range
                hold(0 <= range.lowerBound && range.upperBound <= text.utf8.count, "\(range) lies outside \(text)")
            }
            _ = error.description(in: text)
            return
        }
        for printed in [expression.description, expression.pretty()] {
            guard let again = try? parse(printed) else { broken("does not parse: \(printed)") }
            hold(again.isEquivalent(to: expression), "\(text)\nis printed as\n\(printed)")
            hold(again.description == expression.description, "\(printed)\nis printed as\n\(again)")
        }
    }

    static let durations = FuzzTarget("durations", "a duration is printed as one that reads back", inputMax: 64) {
        input in
        guard let text = String(validating: input, as: UTF8.self), let span = try? Milliseconds(promQL: text) else {
            return
        }
        let printed = span.promQLText
        hold((try? Milliseconds(promQL: printed)) == span, "\(text) is printed as \(printed)")
    }

    static let expressions = FuzzTarget(
        "expressions",
        "the short cuts for label expressions answer as the regular expression would",
        inputMax: 128
    ) { input in
        var bytes = Bytes(input)
        guard let source = String(validating: bytes.piece(), as: UTF8.self), let text = bytes.text(),
            let expression = try? LabelExpression(source)
        else { return }
        guard let pattern = try? Pattern(source, anchored: true, dotMatchesNewline: true) else {
            broken("the label expression \(source) is no pattern")
        }
        // The text is tried with its neighbours, because chance rarely meets a literal exactly.
        for candidate in [text, "", source, source + text, text + source, String(source.dropLast(2)) + text] {
            let shortcut = expression.matches(candidate)
            hold(shortcut == pattern.matches(candidate), "\(source) of shape \(expression.shape) on \(candidate)")
        }
    }

    static let json = FuzzTarget("json", "what is read and written again reads back the same") { input in
        guard let text = String(validating: input, as: UTF8.self), let value = try? JSONValue(parsing: text) else {
            return
        }
        // A number may be read as another kind of number than it was written; its text does not change again.
        let once = written(value)
        guard let again = try? JSONValue(parsing: once) else { broken("does not read back: \(once)") }
        hold(written(again) == once, "\(once)\nis written as\n\(written(again))")
    }

    private static func written(_ value: JSONValue) -> String {
        var writer = JSONWriter()
        writer.value(value)
        return String(decoding: writer.takeBytes(), as: UTF8.self)
    }

    static let templates = FuzzTarget(
        "templates",
        "a template is carried out within its limits, or refused",
        inputMax: 512
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        do throws(TemplateError) {
            let template = try RuleTemplate(text, name: "fuzz")
            let values = RuleTemplate.Input(
                labels: [("instance", "a:1"), ("job", "api")],
                value: 0.3,
                externalLabels: [("region", "here")],
                externalURL: "http://localhost"
            )
            let expansion = template.expand(values, context: TemplateContext())
            if let error = expansion.error { hold(!error.description.isEmpty, "no words") }
        } catch {
            hold(!error.description.isEmpty, "no words")
            hold(error.line >= 1 && error.column >= 0, "\(error)")
        }
    }

    static let yaml = FuzzTarget("yaml", "a file is read or refused with problems that lie inside it", inputMax: 512) {
        input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let source = SourceText(name: "fuzz.yml", text: text)
        let problems = Problems(in: source)
        let document = YAMLDocument(source, problems: problems)
        hold(document != nil || problems.hasErrors, "refused without a reason")
        check(problems, inside: source)
    }

    static let rules = FuzzTarget(
        "rules",
        "a rule file is read or refused with problems that lie inside it",
        inputMax: 512
    ) { input in
        guard let text = String(validating: input, as: UTF8.self) else { return }
        let source = SourceText(name: "fuzz.yml", text: text)
        let problems = Problems(in: source)
        _ = RuleFile(source, problems: problems)
        check(problems, inside: source)
    }

    /// Every range lies in the text, and its place can be told.
    static func check(_ problems: Problems, inside source: SourceText) {
        for diagnostic in problems.diagnostics {
            let range = diagnostic.range
            hold(0 <= range.lowerBound && range.upperBound <= source.text.utf8.count, "\(range): \(diagnostic.message)")
            _ = source.line(source.place(of: range.lowerBound).line)
        }
    }
}
