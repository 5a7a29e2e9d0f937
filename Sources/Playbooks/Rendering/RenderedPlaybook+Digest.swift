import Metrics
import Secrets

extension RenderedPlaybook {
    /// What an approval is bound to: every step with all its arguments and bounds, whom it treats, and the evidence that was shown with it.
    ///
    /// Every text goes in with its length before it, so that no two different runs can look the same. 64 hexadecimal digits.
    public func digest(evidence: [String]) -> String {
        var writer = DigestWriter()
        writer.text("medic approval 1")
        writer.text(name)
        writer.labels(subject)
        writer.count(rungs.count)
        for rung in rungs { writer.steps(rung) }
        writer.steps(onUnhealed)
        writer.steps(onResolved)
        writer.texts([verification?.text ?? ""])
        writer.texts(require.map(\.text))
        writer.texts(evidence)
        return writer.digest
    }
}

private struct DigestWriter {
    private var hash = SHA256()

    var digest: String { hash.hexadecimal() }

    mutating func count(_ number: Int) { text("\(number)") }

    mutating func text(_ text: String) {
        hash.update("\(text.utf8.count):".utf8)
        hash.update(text.utf8)
    }

    mutating func texts(_ texts: [String]) {
        count(texts.count)
        for text in texts { self.text(text) }
    }

    mutating func labels(_ labels: Labels) {
        texts(labels.flatMap { [$0.name, $0.value] })
    }

    mutating func steps(_ steps: [RenderedStep]) {
        count(steps.count)
        for step in steps {
            texts([step.name, step.action, step.onError.rawValue])
            arguments(step.arguments)
            texts([
                "\(step.timeout.rawValue)", "\(step.confirmWithin?.rawValue ?? -1)", "\(step.isRepeatable)",
                "\(step.isSkipped)", "\(step.retry?.attempts ?? 1)",
                "\(step.retry?.backoff.lowerBound.rawValue ?? 0)", "\(step.retry?.backoff.upperBound.rawValue ?? 0)",
            ])
            texts(step.conditions.map(\.text))
        }
    }

    private mutating func arguments(_ arguments: ActionArguments) {
        count(arguments.members.count)
        for member in arguments.members {
            text(member.name)
            value(member.value)
        }
    }

    /// The kind goes in too: the text `1` is not the number 1.
    private mutating func value(_ value: ArgumentValue) {
        switch value {
        case .text(let text): texts(["text", text])
        case .integer(let number): texts(["integer", "\(number)"])
        case .number(let number): texts(["number", "\(number)"])
        case .flag(let flag): texts(["flag", "\(flag)"])
        case .duration(let span): texts(["duration", "\(span.rawValue)"])
        case .size(let bytes): texts(["size", "\(bytes)"])
        case .list(let values):
            texts(["list", "\(values.count)"])
            for value in values { self.value(value) }
        case .record(let record):
            text("record")
            arguments(record)
        }
    }
}
