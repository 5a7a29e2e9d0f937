import Collectors
import Metrics
import Storage
import Testing

@Suite struct SampleSheetTests {
    let store = SampleStore()

    private func sheet() throws -> SampleSheet {
        try SampleSheet(store, named: "test", labels: ["job": "test", "instance": "here"])
    }

    @Test func `Values hold until they are set again, and carry the common labels`() throws {
        let sheet = try sheet()
        let (first, second) = (sheet.line("a", [Label("x", "1")]), sheet.line("b"))
        sheet.set(first, 1)
        #expect(sheet.commit(at: Timestamp(milliseconds: 1_000)) == Timestamp(milliseconds: 1_000))
        #expect(store.newest("b").isEmpty)
        sheet.set(second, 2)
        _ = sheet.commit(at: Timestamp(milliseconds: 2_000))
        #expect(store.newest("a") == [["__name__": "a", "instance": "here", "job": "test", "x": "1"]: 1])
        #expect(store.value("b", ["job": "test"]) == 2)
        #expect(sheet.line("a", [Label("x", "1")]) == first)
        #expect(store.view(of: sheet.timeline).endFrame == 2)
    }

    @Test func `A line that is dropped ends, and may come back`() throws {
        let sheet = try sheet()
        let line = sheet.line("a")
        sheet.set(line, 1)
        _ = sheet.commit(at: Timestamp(milliseconds: 1_000))
        sheet.drop(line)
        _ = sheet.commit(at: Timestamp(milliseconds: 2_000))
        #expect(store.newest("a").values.first?.isStaleMarker == true)
        let again = sheet.line("a")
        _ = sheet.commit(at: Timestamp(milliseconds: 3_000))
        #expect(store.value("a") == nil)
        sheet.set(again, 3)
        sheet.drop(again)
        sheet.set(sheet.line("a"), 4)
        _ = sheet.commit(at: Timestamp(milliseconds: 4_000))
        #expect(store.value("a") == 4)
        sheet.close(at: Timestamp(milliseconds: 5_000))
        #expect(store.value("a") == nil)
    }

    @Test func `Rows of one millisecond follow each other; a clock that was set back is told`() throws {
        let sheet = try sheet()
        let line = sheet.line("a")
        let moment = Timestamp(milliseconds: 10_000)
        var written: [Timestamp?] = []
        for value in 0..<3 {
            sheet.set(line, Double(value))
            written.append(sheet.commit(at: moment))
        }
        #expect(written == [moment, moment + Milliseconds(1), moment + Milliseconds(2)])
        #expect(sheet.commit(at: Timestamp(milliseconds: 5_000)) == nil)
        #expect(sheet.refusedRows == 1)
        #expect(sheet.commit(at: Timestamp(milliseconds: 11_000)) == Timestamp(milliseconds: 11_000))
    }

    @Test func `A store that is full costs the line and nothing else`() throws {
        let small = SampleStore(limits: StorageLimits(maxSeries: 1))
        let sheet = try SampleSheet(small, named: "test", labels: .empty)
        let (first, second) = (sheet.line("a"), sheet.line("b"))
        sheet.set(first, 1)
        sheet.set(second, 2)
        sheet.drop(second)
        #expect(sheet.refusedLines == 1)
        #expect(sheet.commit(at: Timestamp(milliseconds: 1_000)) != nil)
        #expect(small.value("a") == 1)
    }
}
