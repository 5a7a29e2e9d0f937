/// What a sample in an answer is: a number, and nothing else yet.
///
/// Native histograms will be the second case. Whoever reads an answer then says, at the compiler's demand, what becomes of one. With
/// one case a value is as large and as fast as its number. Columns and windows of the store hold numbers; a column of
/// histograms would be a kind of segment beside them.
public enum SampleValue: Sendable, Equatable {
    case float(Double)

    /// The number that comparisons, tables and graphs take the sample for.
    @inlinable
    public var number: Double {
        switch self {
        case .float(let number): number
        }
    }
}
