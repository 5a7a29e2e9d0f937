import Foundation
import Synchronization
import TestServers
import Testing

/// `--watch` on a terminal of the test's own.
@Suite struct WatchTests {
    private static let begin = "\u{1B}[?1049h\u{1B}[?25l"
    private static let end = "\u{1B}[?25h\u{1B}[?1049l"

    /// A medic that believes that somebody looks on.
    private final class Screen: Sendable {
        let process: Process
        private let master: FileHandle
        private let drawn = Mutex<String>("")

        init(_ arguments: [String], columns: UInt16) throws {
            // What grantpt, unlockpt and ptsname would do (ioctl_tty(2)): TIOCSPTLCK and TIOCGPTN.
            var (lock, place) = (Int32(0), Int32(0))
            let number = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
            guard number >= 0, unsafe ioctl(number, 0x4004_5431, &lock) == 0,
                unsafe ioctl(number, 0x8004_5430, &place) == 0
            else { throw POSIXError(.ENOTTY) }
            master = FileHandle(fileDescriptor: number, closeOnDealloc: true)
            let slave = unsafe open("/dev/pts/\(place)", O_RDWR | O_NOCTTY | O_CLOEXEC)
            process = Process()
            process.executableURL = Scenario.binaries.appendingPathComponent("medic")
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
            process.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"]
            resize(to: columns)
            try process.run()
            master.readabilityHandler = { [self] handle in
                let bytes = handle.availableData
                if bytes.isEmpty { handle.readabilityHandler = nil }
                drawn.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
            }
        }

        func resize(to columns: UInt16) {
            var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
            _ = unsafe ioctl(master.fileDescriptor, UInt(TIOCSWINSZ), &size)
        }

        func tell(_ signal: Int32) { kill(process.processIdentifier, signal) }

        func count(_ words: String) -> Int { drawn.withLock { $0.components(separatedBy: words).count - 1 } }

        /// Whether it stands still, as a shell sees it.
        var isStopped: Bool {
            let path = "/proc/\(process.processIdentifier)/stat"
            return (try? String(contentsOfFile: path, encoding: .utf8))?.contains(") T ") == true
        }
    }

    @Test func `A screen is drawn anew for another window, leaves the terminal to the shell, and is gone in the end`()
        throws
    {
        let agent = try RunningAgent.shared.get()
        let screen = try Screen(["alerts", "--watch", "--every", "1h", "--socket", agent.socket], columns: 200)
        defer { screen.process.terminate() }
        #expect(soon { screen.count("UnitFailed") == 1 })
        #expect(screen.count(Self.begin) == 1)
        // An hour is not waited for.
        screen.resize(to: 40)
        screen.tell(SIGWINCH)
        #expect(soon { screen.count("UnitFailed") == 2 })
        screen.tell(SIGTSTP)
        #expect(soon { screen.isStopped })
        #expect(soon { screen.count(Self.end) == 1 })
        screen.tell(SIGCONT)
        #expect(soon { screen.count(Self.begin) == 2 && screen.count("UnitFailed") == 3 })
        screen.tell(SIGINT)
        screen.process.waitUntilExit()
        #expect(screen.process.terminationStatus == 0)
        #expect(soon { screen.count(Self.end) == 2 })
    }
}
