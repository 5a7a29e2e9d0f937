/// One figure of one case.
struct Measurement {
    /// `parse/repeating`, `append/10k`: what compares with what between two runs.
    let name: String
    let value: Double
    let unit: Unit

    enum Unit: String {
        case nanosecondsPerSample = "ns/sample"
        case nanosecondsPerSeries = "ns/series"
        case milliseconds = "ms"
        case gigabytesPerSecond = "GB/s"
        case bytesPerSample = "B/sample"
        case bytesPerSeries = "B/series"
        case commits = "commits"
        case allocations = "allocations/op"

        /// Whether a greater figure is a better one.
        var moreIsBetter: Bool { self == .gigabytesPerSecond }
    }
}
