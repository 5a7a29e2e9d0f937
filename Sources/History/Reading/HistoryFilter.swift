public import Metrics
import SQLite

/// Which records or runs are wanted. Nil and empty mean: all.
public struct HistoryFilter: Sendable, Hashable {
    /// The first moment that counts.
    public var since: Timestamp?
    /// The moment before which it must lie.
    public var until: Timestamp?
    public var alert: String?
    public var fingerprint: String?
    public var playbook: String?
    public var unit: String?
    public var run: String?
    public var kinds: [HistoryRecord.Kind]
    /// Must occur in the sentence or in the details, whatever the case of its letters from A to Z.
    public var text: String?

    public init(
        since: Timestamp? = nil,
        until: Timestamp? = nil,
        alert: String? = nil,
        fingerprint: String? = nil,
        playbook: String? = nil,
        unit: String? = nil,
        run: String? = nil,
        kinds: [HistoryRecord.Kind] = [],
        text: String? = nil
    ) {
        self.since = since
        self.until = until
        self.alert = alert
        self.fingerprint = fingerprint
        self.playbook = playbook
        self.unit = unit
        self.run = run
        self.kinds = kinds
        self.text = text
    }
}

/// A place in a list that goes from the newest to the oldest: what comes after it is older.
public struct HistoryCursor: Sendable, Hashable, CustomStringConvertible {
    let at: Int64
    let id: String

    init(at: Timestamp, id: String) {
        self.at = at.rawValue
        self.id = id
    }

    /// As it is handed to people and programs, to be given back.
    public var description: String { "\(at)-\(id)" }

    public init?(_ text: String) {
        // A moment before 1970 has a sign of its own.
        guard let dash = text.dropFirst().firstIndex(of: "-"), let at = Int64(text[..<dash]) else { return nil }
        self.at = at
        id = String(text[text.index(after: dash)...])
    }
}

/// A part of a list, and where the next part begins.
public struct HistoryPage<Element: Sendable>: Sendable {
    public let elements: [Element]
    /// Nil when there is no more.
    public let next: HistoryCursor?

    public init(elements: [Element], next: HistoryCursor?) {
        self.elements = elements
        self.next = next
    }
}

extension HistoryPage: Equatable where Element: Equatable {}

/// A question with as many conditions as were asked for.
struct Conditions {
    private(set) var clauses: [String] = []
    private(set) var values: [SQLValue] = []

    mutating func add(_ clause: String, _ value: SQLValue) {
        clauses.append(clause)
        values.append(value)
    }

    mutating func add(_ column: String, is text: String?) {
        if let text { add("\(column) = ?", .text(text)) }
    }

    mutating func add(_ clause: String, _ several: [SQLValue]) {
        clauses.append(clause)
        values += several
    }

    /// ` WHERE ...`, or nothing.
    var text: String { clauses.isEmpty ? "" : " WHERE " + clauses.joined(separator: " AND ") }

    mutating func add(since: Timestamp?, until: Timestamp?, in column: String) {
        if let since { add("\(column) >= ?", .time(since)) }
        if let until { add("\(column) < ?", .time(until)) }
    }

    mutating func addText(_ text: String?, in columns: [String]) {
        guard let text, !text.isEmpty else { return }
        let parts = columns.map { "instr(lower(\($0)), lower(?)) > 0" }
        add("(\(parts.joined(separator: " OR ")))", Array(repeating: SQLValue.text(text), count: columns.count))
    }
}
