public import Metrics

/// Labels as somebody wrote them: sorted by name, told apart by their bytes, and with empty values kept. A `Labels` drops
/// those, but an annotation may be empty, and an expected label that is empty must not pass for none.
public struct LabelList: Sendable, Hashable, Comparable {
    public let labels: [Label]

    public init(_ labels: some Sequence<Label>) {
        self.labels = labels.sorted { Self.order($0.name, $1.name) < 0 }
    }

    public static let empty = LabelList([])

    /// The value of a label; nil when it is not in the list.
    public subscript(name: String) -> String? {
        labels.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// The list with one label set, whatever it was.
    public func setting(_ name: String, _ value: String) -> LabelList {
        LabelList(labels.filter { !$0.name.utf8.elementsEqual(name.utf8) } + [Label(name, value)])
    }

    /// The labels that the other list has too, with the same values.
    public func common(with other: LabelList) -> LabelList {
        LabelList(labels.filter { label in other[label.name].map { Self.order($0, label.value) == 0 } ?? false })
    }

    /// The labels that the other list lacks or has with other values.
    public func differing(from other: LabelList) -> LabelList {
        LabelList(labels.filter { label in other[label.name].map { Self.order($0, label.value) != 0 } ?? true })
    }

    public static func == (left: Self, right: Self) -> Bool { compare(left, right) == 0 }

    public static func < (left: Self, right: Self) -> Bool { compare(left, right) < 0 }

    public func hash(into hasher: inout Hasher) {
        for label in labels {
            label.name.utf8.forEach { hasher.combine($0) }
            label.value.utf8.forEach { hasher.combine($0) }
        }
    }

    private static func compare(_ left: Self, _ right: Self) -> Int {
        for (one, other) in zip(left.labels, right.labels) {
            let byName = order(one.name, other.name)
            if byName != 0 { return byName }
            let byValue = order(one.value, other.value)
            if byValue != 0 { return byValue }
        }
        return left.labels.count - right.labels.count
    }

    private static func order(_ left: String, _ right: String) -> Int {
        if left.utf8.elementsEqual(right.utf8) { return 0 }
        return left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    }
}

extension LabelList: CustomStringConvertible {
    /// `{instance="a", severity="page"}`.
    public var description: String {
        let parts = labels.map { label in
            let name = Labels.isPlainLabelName(label.name) ? label.name : Labels.quoted(label.name)
            return "\(name)=\(Labels.quoted(label.value))"
        }
        return "{\(parts.joined(separator: ", "))}"
    }
}
