import Terminal
import Testing

@Suite struct TerminalTests {
    private func terminal(
        _ environment: [String: String],
        isInteractive: Bool = true,
        width: Int? = nil
    ) -> Terminal {
        Terminal(isInteractive: isInteractive, width: width) { environment[$0] }
    }

    @Test func `Colour needs a terminal that does not refuse it`() {
        #expect(terminal([:]).hasColour)
        #expect(!terminal([:], isInteractive: false).hasColour)
        #expect(!terminal(["NO_COLOR": "1"]).hasColour)
        #expect(terminal(["NO_COLOR": ""]).hasColour)
        #expect(!terminal(["TERM": "dumb"]).hasColour)
        #expect(terminal([:]).styled("x", .red) == "\u{1B}[31mx\u{1B}[0m")
        #expect(terminal(["NO_COLOR": "1"]).styled("x", .red) == "x")
    }

    @Test func `The width is the terminal's, then the environment's, then eighty`() {
        #expect(terminal(["COLUMNS": "100"], width: 120).width == 120)
        #expect(terminal(["COLUMNS": "100"]).width == 100)
        #expect(terminal(["COLUMNS": "many"]).width == 80)
        #expect(terminal([:]).width == 80)
        #expect(terminal([:], width: 0).width == 20)
        #expect(terminal(["COLUMNS": "999999999"]).width == 1_000)
    }

    @Test func `Only a locale without UTF-8 forbids drawing`() {
        #expect(terminal([:]).drawsUnicode)
        #expect(terminal(["LANG": "en_US.UTF-8"]).drawsUnicode)
        #expect(terminal(["LC_ALL": "C.utf8", "LANG": "C"]).drawsUnicode)
        #expect(!terminal(["LC_ALL": "POSIX", "LANG": "en_US.UTF-8"]).drawsUnicode)
    }
}
