import Metrics

/// What kinds of servers medic can look at.
enum ServerKind: String {
    case postgres
    case rabbitmq
    case redis

    /// What the names of its series begin with, as its exporter has them.
    var prefix: String { self == .postgres ? "pg" : rawValue }
}

/// One number that a server told.
struct ServerReading: Sendable {
    let name: String
    let labels: [Label]
    let value: Double

    init(_ name: String, _ labels: [Label] = [], _ value: Double) {
        self.name = name
        self.labels = labels
        self.value = value
    }
}

/// What came of a look at a server.
struct ServerReport: Sendable {
    var readings: [ServerReading] = []
    /// What is wrong with a server that works, a sentence each.
    var concerns: [String] = []
    /// Why there is no more: it cannot be reached, or does not answer.
    var complaint: String?
    /// How many numbers were left out for a limit.
    var leftOut = 0

    /// The value of a reading without labels.
    func value(_ name: String) -> Double? {
        readings.first { $0.labels.isEmpty && $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    /// Notes a concern where so many of those there may be are in use that soon there will be no more.
    mutating func notePressure(_ noun: String, used: Double?, most: Double?) {
        guard let used, let most, most > 0, used >= most * 0.9 else { return }
        concerns.append("\(Int(used)) of \(Int(most)) \(noun) are in use")
    }
}
