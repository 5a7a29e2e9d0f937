import Metrics
public import PromQL

/// Which labels the result of an expression may have, as far as its text tells.
///
/// Never claims that a label is gone when it may be there: where the text leaves it open, the label may be there.
/// Nothing is ever said of the metric's name.
public struct OutputLabels: Sendable, Hashable {
    // Names are told apart by bytes, as everything Prometheus names.
    typealias Name = [UInt8]

    enum Extent: Sendable, Hashable {
        /// Nothing but these.
        case only(Set<Name>)
        /// Any but these.
        case anyBut(Set<Name>)
    }

    let extent: Extent

    init(_ extent: Extent) {
        self.extent = extent
    }

    static let nothing = OutputLabels(.only([]))
    static let anything = OutputLabels(.anyBut([]))

    static func only(_ names: some Sequence<String>) -> OutputLabels {
        OutputLabels(.only(Set(names.map { Array($0.utf8) })))
    }

    /// The labels of an expression's result.
    public init(of expression: Expression) {
        self = expression.outputLabels
    }

    /// Whether a series of the result may have the label.
    public func mayHave(_ name: String) -> Bool {
        if name.utf8.elementsEqual(Labels.metricName.utf8) { return true }
        return switch extent {
        case .only(let names): names.contains(Array(name.utf8))
        case .anyBut(let names): !names.contains(Array(name.utf8))
        }
    }

    /// The names where no others are possible, in order; nil where the text leaves it open.
    public var names: [String]? {
        guard case .only(let names) = extent else { return nil }
        return names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
    }

    // MARK: Putting together

    func keeping(_ names: [String]) -> OutputLabels { intersection(.only(names)) }

    func dropping(_ names: [String]) -> OutputLabels {
        let gone = Set(names.map { Array($0.utf8) })
        return switch extent {
        case .only(let names): OutputLabels(.only(names.subtracting(gone)))
        case .anyBut(let names): OutputLabels(.anyBut(names.union(gone)))
        }
    }

    func adding(_ names: [String]) -> OutputLabels { union(.only(names)) }

    func union(_ other: OutputLabels) -> OutputLabels {
        switch (extent, other.extent) {
        case (.only(let left), .only(let right)): OutputLabels(.only(left.union(right)))
        case (.anyBut(let left), .anyBut(let right)): OutputLabels(.anyBut(left.intersection(right)))
        case (.only(let some), .anyBut(let gone)), (.anyBut(let gone), .only(let some)):
            OutputLabels(.anyBut(gone.subtracting(some)))
        }
    }

    func intersection(_ other: OutputLabels) -> OutputLabels {
        switch (extent, other.extent) {
        case (.only(let left), .only(let right)): OutputLabels(.only(left.intersection(right)))
        case (.anyBut(let left), .anyBut(let right)): OutputLabels(.anyBut(left.union(right)))
        case (.only(let some), .anyBut(let gone)), (.anyBut(let gone), .only(let some)):
            OutputLabels(.only(some.subtracting(gone)))
        }
    }
}
