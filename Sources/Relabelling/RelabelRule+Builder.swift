import Metrics
import RegularExpressions

extension RelabelRule {
    /// Does the rule to a set that is being built; false where the set is dropped.
    func apply(to labels: inout LabelsBuilder) -> Bool {
        switch action {
        case .keep: return pattern.matches(subject(labels))
        case .drop: return !pattern.matches(subject(labels))
        case .keepequal: return isEqual(subject(labels), labels[targetLabel])
        case .dropequal: return !isEqual(subject(labels), labels[targetLabel])
        case .replace: replace(&labels)
        case .hashmod:
            // Decoding refuses zero; a rule made otherwise leaves the labels alone.
            guard modulus > 0 else { return true }
            labels.set(targetLabel, String(MD5.lastEightBytes(of: Array(subject(labels).utf8)) % modulus))
        case .lowercase: labels.set(targetLabel, SimpleCase.lower(subject(labels)))
        case .uppercase: labels.set(targetLabel, SimpleCase.upper(subject(labels)))
        case .labelmap: map(&labels)
        case .labeldrop: labels.keep { !pattern.matches($0.name) }
        case .labelkeep: labels.keep { pattern.matches($0.name) }
        }
        return true
    }

    private func subject(_ labels: LabelsBuilder) -> String {
        if sourceLabels.count == 1 { return labels[sourceLabels[0]] ?? "" }
        return sourceLabels.map { labels[$0] ?? "" }.joined(separator: separator)
    }

    private func isEqual(_ subject: String, _ value: String?) -> Bool {
        subject.utf8.elementsEqual((value ?? "").utf8)
    }

    private func replace(_ labels: inout LabelsBuilder) {
        let subject = subject(labels)
        guard let match = pattern.firstMatch(in: subject) else { return }
        let target = targetTemplate.expanded(match, in: subject)
        guard !target.isEmpty else { return }
        labels.set(target, replacementTemplate.expanded(match, in: subject))
    }

    private func map(_ labels: inout LabelsBuilder) {
        for label in labels.labels {
            guard let match = pattern.firstMatch(in: label.name) else { continue }
            let name = replacementTemplate.expanded(match, in: label.name)
            if !name.isEmpty { labels.set(name, label.value) }
        }
    }
}
