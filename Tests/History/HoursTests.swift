import Metrics
import Testing

@testable import History

/// The calendar of quiet and loud hours.
@Suite struct HoursTests {
    @Test func `Hours count what fired, what resolved and what was healed, and quiet ones are left out`() throws {
        let place = try Place()
        let store = try place.open()
        defer { store.close() }
        let healed = HistoryRecord(at: time(7_300), kind: .run, name: "healed", text: "well")
        let records = [
            transition(1, at: time(10), name: "pending"), transition(2, at: time(20)), transition(3, at: time(3_599)),
            transition(2, at: time(7_200), name: "resolved"), healed,
        ]
        try store.put(records.map { .record($0) })
        let hours = try store.read { reader throws(HistoryError) in
            try reader.hours(since: .epoch, until: time(10_000))
        }
        #expect(hours.map(\.start) == [time(0), time(7_200)])
        #expect(hours.map(\.fired) == [2, 0])
        #expect(hours.map(\.resolved) == [0, 1])
        #expect(hours.map(\.healed) == [0, 1])
    }
}
