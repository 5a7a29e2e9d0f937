import Dispatch
import Synchronization
import Terminal
import Testing

@testable import medic

@Suite struct ProgressTests {
    private final class Screen: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func write(_ text: String) { texts.withLock { $0.append(text) } }

        /// Waits until something that was written says so.
        func shows(_ wanted: String) async -> Bool {
            for _ in 0..<500 {
                if all.contains(where: { $0.contains(wanted) }) { return true }
                try? await Task.sleep(for: .milliseconds(20))
            }
            return false
        }
    }

    private func terminal(isInteractive: Bool) -> Terminal {
        Terminal(isInteractive: isInteractive, width: 40) { $0 == "NO_COLOR" ? "1" : nil }
    }

    @Test func `What lasts is told of on one line that fits, with how far it is, and the line is gone afterwards`()
        async
    {
        let screen = Screen()
        let name = "reading a file of a name that is longer than the window"
        let progress = Progress("short", terminal(isInteractive: true), after: .milliseconds(1)) { screen.write($0) }
        progress.reached(0.4312)
        #expect(await screen.shows("short: 43%, 0s"))
        progress.end()
        #expect(screen.all.last == "\r\u{1B}[2K")
        let long = Progress(name, terminal(isInteractive: true), after: .milliseconds(1)) { screen.write($0) }
        #expect(await screen.shows("reading a file"))
        long.end()
        #expect(screen.all.allSatisfy { $0.count <= 44 && !$0.contains("\n") })
    }

    @Test func `What is done soon, or what nobody looks at, is not told of`() async {
        let screen = Screen()
        let quick = Progress("quick", terminal(isInteractive: true), after: .seconds(100)) { screen.write($0) }
        quick.end()
        let unseen = Progress("unseen", terminal(isInteractive: false), after: .milliseconds(1)) { screen.write($0) }
        try? await Task.sleep(for: .milliseconds(50))
        unseen.reached(.nan)
        unseen.end()
        #expect(screen.all.isEmpty)
    }
}
