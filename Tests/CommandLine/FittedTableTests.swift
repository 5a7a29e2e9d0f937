import Diagnostics
import JSON
import Metrics
import Terminal
import Testing

@testable import medic

/// Tables without an agent and without a terminal.
@Suite struct FittedTableTests {
    private func terminal(width: Int, colour: Bool = false, unicode: Bool = true) -> Terminal {
        Terminal(isInteractive: true, width: width) { name in
            switch name {
            case "NO_COLOR": colour ? nil : "1"
            case "LANG": unicode ? "C.UTF-8" : "C"
            default: nil
            }
        }
    }

    private let columns: [FittedTable.Column] = [
        .init(title: "STATE"), .init(title: "NAME", givesWay: true), .init(title: "VALUE", isNumber: true),
        .init(title: "LABELS", givesWay: true),
    ]
    private let rows: [[FittedTable.Cell]] = [
        ["up", "a name that is rather long", "1", "{job=\"node\", instance=\"a-host.example:9100\"}"],
        ["down", "short", "1000", ""],
    ]

    @Test(arguments: [40, 60, 79])
    func `What does not fit is cut where it may be`(width: Int) {
        let lines = FittedTable(terminal: terminal(width: width), columns: columns).text(rows).split(separator: "\n")
        #expect(lines.allSatisfy { TextWidth.columns(String($0)) <= width })
        #expect(lines[1].contains("…"))
        #expect(lines[2].contains(/^down +short +1000$/))
    }

    @Test func `Two columns of the same width share what must be cut`() {
        let columns: [FittedTable.Column] = [
            .init(title: "ONE", givesWay: true), .init(title: "OTHER", givesWay: true),
        ]
        let rows: [[FittedTable.Cell]] = [["abcdefghijklmnopqrst", "ABCDEFGHIJKLMNOPQRST"]]
        let text = FittedTable(terminal: terminal(width: 31), columns: columns).text(rows)
        #expect(text.hasSuffix("\nabcdefghijklm…  ABCDEFGHIJKLMN…\n"))
    }

    @Test func `What fits is left alone`() {
        let text = FittedTable(terminal: terminal(width: 200), columns: columns).text(rows)
        #expect(
            text == """
                STATE  NAME                        VALUE  LABELS
                up     a name that is rather long      1  {job="node", instance="a-host.example:9100"}
                down   short                        1000

                """
        )
    }

    @Test func `A column in which nothing stands, or for which there is no room, is left out`() {
        let columns: [FittedTable.Column] = [
            .init(title: "NAME", givesWay: true), .init(title: "GROUP", isLeftOut: true), .init(title: "NOTHING"),
            .init(title: "AGE", isLeftOut: true),
        ]
        let rows: [[FittedTable.Cell]] = [["a name that is rather long", "of some group", "", "in the year 2026"]]
        func heading(_ terminal: Terminal) -> Substring? {
            FittedTable(terminal: terminal, columns: columns).text(rows).split(separator: "\n").first
        }
        #expect(heading(terminal(width: 80)) == "NAME                        GROUP          AGE")
        #expect(heading(terminal(width: 50)) == "NAME                        GROUP")
        #expect(heading(terminal(width: 30)) == "NAME")
        #expect(heading(Terminal(isInteractive: false, width: 30) { _ in nil })?.contains("NOTHING") == true)
    }

    @Test func `Nothing is cut for another program`() {
        let pipe = Terminal(isInteractive: false, width: 40) { _ in nil }
        #expect(FittedTable(terminal: pipe, columns: columns).text(rows).contains("a-host.example:9100\"}"))
    }

    @Test func `Without Unicode the sign of a cut is plain`() {
        let text = FittedTable(terminal: terminal(width: 40, unicode: false), columns: columns).text(rows)
        #expect(text.contains("...") && text.utf8.allSatisfy { $0 < 0x80 })
    }

    @Test func `Colours do not count as columns, and nothing sent reaches the terminal`() {
        let cell = FittedTable.Cell("fi\u{1B}[2Jring\nx", .red)
        let text = FittedTable(terminal: terminal(width: 60, colour: true), columns: columns)
            .text([[cell, "n", "1", "l"]])
        #expect(text.contains("\u{1B}[31mfi\u{FFFD}[2Jring x\u{1B}[0m  n"))
    }

    @Test(
        arguments: [
            (0, "0s"), (999, "999ms"), (45_900, "45s"), (190_000, "3m10s"), (3_600_000, "1h"), (7_384_000, "2h3m"),
            (90_000_000, "1d1h"), (400 * 86_400_000, "400d"), (14 * 86_400_000 + 7_200_000, "14d2h"),
        ] as [(Int64, String)]
    )
    func `Spans have two units at the most`(milliseconds: Int64, text: String) {
        #expect(Span.text(Milliseconds(milliseconds)) == text)
    }

    @Test func `Moments are told from now`() {
        let now = Timestamp(milliseconds: 1_000_000)
        #expect(Span.ago(now, from: now) == "now")
        #expect(Span.ago(now - .seconds(90), from: now) == "1m30s ago")
        #expect(Span.ago(now - Milliseconds(2_359), from: now) == "2s ago")
        #expect(Span.ago(now + Milliseconds(999), from: now) == "now")
        #expect(Span.ago(now + .seconds(90), from: now) == "in 1m30s")
        #expect(Span.ago(nil, from: now) == "")
    }

    @Test(
        arguments: [(0.000_082, "82us"), (0.0041, "4.1ms"), (0.25, "250ms"), (2.5, "2.5s"), (0, ""), (.nan, "")]
            as [(Double, String)]
    )
    func `Short times have a fitting unit`(seconds: Double, text: String) {
        #expect(Took.text(seconds: seconds) == text)
    }

    @Test(arguments: [(512, "512B"), (1_536, "1.5K"), (314_572_800, "300M"), (5e12, "4.5T")] as [(Double, String)])
    func `Bytes have a fitting unit`(bytes: Double, text: String) {
        #expect(UnitTable.bytes(bytes) == text)
    }

    @Test(arguments: [
        (["api"], #"api\.service"#), (["a*", "b.socket"], #"a.*|b\.socket"#), (["x?.timer"], #"x.\.timer"#),
        (["getty@tty1"], #"getty@tty1\.service"#),
    ])
    func `Patterns are those of systemctl`(patterns: [String], expression: String) {
        #expect(UnitPattern.expression(patterns) == expression)
    }

    @Test func `A screen that is drawn in place fits the window`() {
        let drawn = Watch.inPlace("a\nb\nc\nd\n", rows: 3)
        #expect(drawn == "\u{1B}[Ha\u{1B}[K\r\nb\u{1B}[K\r\nand 2 more lines\u{1B}[K\u{1B}[J")
        #expect(Watch.inPlace("a\n", rows: nil).contains("a"))
    }

    @Test(arguments: AlertOrder.cases)
    func `What fires and what is worse comes first`(order: AlertOrder) {
        #expect(AlertTable.goesBefore(order.first, order.second))
        #expect(!AlertTable.goesBefore(order.second, order.first))
    }
}

struct AlertOrder: Sendable {
    let first: AlertReport
    let second: AlertReport

    private static func alert(_ state: String, _ severity: String, _ activeAt: String = "2026-01-01T00:00:00Z")
        -> AlertReport
    {
        AlertReport([
            "labels": ["alertname": "A", "severity": .string(severity)], "state": .string(state),
            "activeAt": .string(activeAt), "value": "1e+00",
        ])
    }

    static let cases = [
        AlertOrder(first: alert("firing", "info"), second: alert("pending", "critical")),
        AlertOrder(first: alert("firing", "critical"), second: alert("firing", "warning")),
        AlertOrder(first: alert("firing", "warning"), second: alert("firing", "warning", "2026-01-02T00:00:00Z")),
    ]
}
