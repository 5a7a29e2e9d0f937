import JSON
import Testing

@testable import Logging

@Suite struct LoggingTests {
    private let entry = LogEntry(
        level: .warning,
        component: "scraping",
        message: "the target is down",
        fields: [.init(name: "job", value: "api"), .init(name: "error", value: "refused by \"peer\"\nlevel=error")]
    )

    @Test
    func `A line of text shows time, level, component, message and fields, and stays one line whatever is in them`() {
        let line = String(decoding: entry.textLine(at: 1_767_323_045_678), as: UTF8.self)
        #expect(
            line
                == "2026-01-02T03:04:05.678Z warning scraping: the target is down job=api "
                + #"error="refused by \"peer\"\nlevel=error""# + "\n"
        )
    }

    @Test func `A line for a terminal is short, and coloured where something is wrong`() {
        let plain = String(decoding: entry.terminalLine(at: 0, inColour: false), as: UTF8.self)
        #expect(plain.contains(/^\d\d:00:00 warning scraping: the target is down job=api error=/))
        #expect(plain.utf8.filter { $0 == 0x0A }.count == 1)
        let coloured = String(decoding: entry.terminalLine(at: 0, inColour: true), as: UTF8.self)
        #expect(coloured.contains("\u{1B}[33mwarning\u{1B}[0m"))
    }

    @Test func `A line of JSON has the fields beside what every line has`() throws {
        let line = String(decoding: entry.jsonLine(at: 0), as: UTF8.self)
        let value = try JSONValue(parsing: line)
        #expect(value["time"]?.string == "1970-01-01T00:00:00.000Z")
        #expect(value["level"]?.string == "warning")
        #expect(value["component"]?.string == "scraping")
        #expect(value["job"]?.string == "api")
        #expect(line.hasSuffix("\n"))
    }

    @Test func `A field cannot take the place of what every line has`() throws {
        let hostile = LogEntry(level: .info, component: "a", message: "b", fields: [.init(name: "level", value: "x")])
        let value = try JSONValue(parsing: String(decoding: hostile.jsonLine(at: 0), as: UTF8.self))
        #expect(value["level"]?.string == "info")
    }

    @Test func `What is below the level is not even put together`() {
        let sink = LogSink.recording(level: .warning)
        let log = Logger(sink, component: "test")
        log.info(
            "routine",
            [
                "cost": { () -> String in
                    Issue.record("was evaluated"); return ""
                }()
            ]
        )
        log.error("gave up", ["reason": 7])
        #expect(sink.entries.map(\.message) == ["gave up"])
        #expect(sink.entries.first?["reason"] == "7")
        sink.level = .debug
        log.named("other").debug("seen")
        #expect(sink.entries.last?.component == "other")
    }

    @Test func `The journal is told values with line breaks by their length`() {
        var datagram: [UInt8] = []
        JournalSocket.append("A", "x", to: &datagram)
        JournalSocket.append("B", "y\nz", to: &datagram)
        #expect(datagram == Array("A=x\nB\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + Array("y\nz\n".utf8))
        #expect(JournalSocket.fieldName("remote-addr é") == "MEDIC_REMOTE_ADDR___")
    }
}
