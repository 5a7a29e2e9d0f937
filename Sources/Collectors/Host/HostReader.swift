import Configuration

/// Reads one part of what the host tells, and sets its lines. Used by one thread at a time.
protocol HostReader: AnyObject {
    /// The parts it reads, as node_exporter names its collectors.
    var parts: [HostPart] { get }

    /// False when there was nothing to be read.
    func read(_ sheet: SampleSheet) -> Bool
}

/// A number in a column of a table: its series, and what it is multiplied by.
struct HostColumn: Sendable {
    let name: String
    let factor: Double

    init(_ name: String, times factor: Double = 1) {
        self.name = name
        self.factor = factor
    }
}
