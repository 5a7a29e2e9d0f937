import Dispatch
import Foundation
import Instruments
import JSON
import Logging
import Metrics
import SQLite
import Synchronization

@testable import History

/// A folder with a history in it, which goes with its owner.
final class Place: Sendable {
    let folder: String
    let sink = LogSink.recording()
    let instruments = Instruments()
    /// The time of day in this place.
    let clock = Mutex(Timestamp(milliseconds: 1_700_000_000_000))

    init(in parent: String = NSTemporaryDirectory()) throws {
        folder = parent + "/medic-history-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    var path: String { folder + "/history.db" }

    func open(_ change: (inout HistoryStore.Options) -> Void = { _ in }) throws -> HistoryStore {
        var options = HistoryStore.Options(path: path)
        options.tidiesByItself = false
        change(&options)
        return try HistoryStore.open(options, log: Logger(sink, component: "history"), instruments: instruments) {
            [self] in clock.withLock { $0 }
        }
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    func bytes(_ suffix: String = "") throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + suffix)))
    }

    func write(_ bytes: [UInt8], _ suffix: String = "") throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + suffix))
    }

    func value(of name: String) -> Double? {
        instruments.families().first { $0.name == name }?.samples.reduce(0) { $0 + $1.value }
    }
}

func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

func transition(_ number: Int, at moment: Timestamp? = nil, name: String = "firing") -> HistoryRecord {
    HistoryRecord(
        at: moment ?? time(Int64(number)),
        kind: .transition,
        name: name,
        alert: "Alert\(number % 7)",
        fingerprint: "f\(number)",
        unit: number % 2 == 0 ? "api.service" : nil,
        text: "Alert\(number % 7) is firing: \(number)",
        payload: ["labels": ["instance": .string("host-\(number)")], "value": .number(Double(number) + 0.5)]
    )
}

extension HistoryStore {
    /// Writes the changes and waits until they are durable.
    func put(_ changes: [HistoryChange]) throws { try submitAndWait(changes) }

    func records(_ filter: HistoryFilter = HistoryFilter(), limit: Int = 100) throws -> [StoredRecord] {
        try read { reader throws(HistoryError) in try reader.records(filter, limit: limit).elements }
    }

    func count() throws -> Int {
        try read { reader throws(HistoryError) in
            try reader.asked { () throws(SQLiteError) in
                Int(try reader.database.integer("SELECT count(*) FROM records") ?? -1)
            }
        }
    }
}

/// Collects what comes back from callbacks on other threads.
final class Answers: Sendable {
    private let answers = Mutex<[Result<Void, HistoryError>]>([])
    private let given = DispatchSemaphore(value: 0)

    func give(_ answer: Result<Void, HistoryError>) {
        answers.withLock { $0.append(answer) }
        given.signal()
    }

    /// Waits until there are that many more, with a generous bound; returns all.
    func wait(for count: Int) -> [Result<Void, HistoryError>] {
        for _ in 0..<count where given.wait(timeout: .now() + 60) != .success { break }
        return all
    }

    var all: [Result<Void, HistoryError>] { answers.withLock { $0 } }
}

extension Result where Success == Void, Failure == HistoryError {
    var error: HistoryError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
