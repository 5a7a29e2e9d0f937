import Diagnostics
import Metrics
import Testing
import YAML

@testable import Configuration

@Suite struct `The settings of history` {
    private func decode(_ text: String) throws -> (settings: HistorySettings?, problems: [String]) {
        let source = SourceText(text: text)
        let problems = Problems(in: source)
        let document = YAMLDocument(source, problems: problems)
        let settings = document?.decode(HistorySettings.shape, problems: problems)
        return (settings, problems.diagnostics.map(\.message))
    }

    @Test func `Nothing said is a file in the data folder, three months and 256 MB`() throws {
        let (settings, problems) = try decode("")
        #expect(problems == [])
        #expect(settings == HistorySettings())
        #expect(settings?.path == nil)
        #expect(settings?.keepAge == .days(90))
        #expect(settings?.keepSize.rawValue == 256 << 20)
    }

    @Test func `Everything can be said`() throws {
        let (settings, problems) = try decode("path: /var/lib/medic/h.db\nkeep: {age: 30d, size: 64MB}")
        #expect(problems == [])
        #expect(settings?.path == "/var/lib/medic/h.db")
        #expect(settings?.keepAge == .days(30))
        #expect(settings?.keepSize.rawValue == 64 << 20)
    }

    @Test func `Everything wrong is told at once`() throws {
        let (_, problems) = try decode("path: ''\nkeep: {age: 0, size: 10KB, days: 3}\nsize: 5")
        #expect(problems.count == 5)
        #expect(problems.contains { $0.contains("a duration longer than zero") })
        #expect(problems.contains { $0.contains("a size of at least 1MB") })
    }
}
