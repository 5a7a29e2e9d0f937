/// Changes a set of labels one label at a time and builds the result once.
public struct LabelsBuilder {
    /// The labels as they are now, sorted by the bytes of the name; few enough that inserting into the middle is cheap.
    public private(set) var labels: [Label] = []

    public init() {}

    public init(_ base: Labels) {
        labels = base.array
    }

    /// Sets a label; an empty value removes it.
    public mutating func set(_ name: String, _ value: String) {
        let place = position(of: name)
        let exists = place < labels.count && labels[place].name.utf8.elementsEqual(name.utf8)
        switch (exists, value.isEmpty) {
        case (true, true): labels.remove(at: place)
        case (true, false): labels[place].value = value
        case (false, true): break
        case (false, false): labels.insert(Label(name, value), at: place)
        }
    }

    public mutating func remove(_ name: String) {
        set(name, "")
    }

    /// The value the label has now.
    public subscript(name: String) -> String? {
        let place = position(of: name)
        guard place < labels.count, labels[place].name.utf8.elementsEqual(name.utf8) else { return nil }
        return labels[place].value
    }

    /// Removes every label that fails the test.
    public mutating func keep(where predicate: (Label) -> Bool) {
        labels.removeAll { !predicate($0) }
    }

    public func build() -> Labels {
        var packed: [UInt8] = []
        packed.reserveCapacity(labels.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 2 })
        for label in labels {
            Labels.append(field: label.name.utf8, to: &packed)
            Labels.append(field: label.value.utf8, to: &packed)
        }
        return Labels(packed: packed)
    }

    private func position(of name: String) -> Int {
        labels.firstIndex { !$0.name.utf8.lexicographicallyPrecedes(name.utf8) } ?? labels.count
    }
}
