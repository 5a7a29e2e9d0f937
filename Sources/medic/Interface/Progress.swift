import Diagnostics
import Dispatch
import Files
import Metrics
import Synchronization
import Terminal

/// Says on the error stream how far something is that takes more than a second, to somebody who looks on: one line, which is gone when it
/// is done. Where nobody looks on, nothing is said.
///
/// Unchecked: the timer is made once, and Dispatch takes its calls from any thread.
final class Progress: @unchecked Sendable {
    private let what: String
    private let terminal: Terminal
    private let write: @Sendable (String) -> Void
    private let began = ContinuousClock().now
    /// Thousandths of the whole; below zero where nobody can tell.
    private let thousandths = Atomic<Int>(-1)
    private let queue = DispatchQueue(label: "medic.progress")
    /// Nil where nobody looks on: a service starts no thread for it.
    private let timer: (any DispatchSourceTimer)?
    private let isShown = Atomic<Bool>(false)

    /// Nobody waits for what takes less.
    private static let patience = DispatchTimeInterval.milliseconds(1_000)
    private static let pace = DispatchTimeInterval.milliseconds(250)
    private static let cleared = "\r\u{1B}[2K"

    init(
        _ what: String,
        _ terminal: Terminal,
        after patience: DispatchTimeInterval = patience,
        write: @escaping @Sendable (String) -> Void
    ) {
        self.what = what.onOneLine
        self.terminal = terminal
        self.write = write
        timer = terminal.isInteractive ? DispatchSource.makeTimerSource(queue: queue) : nil
        timer?.setEventHandler { [weak self] in self?.show() }
        timer?.schedule(deadline: .now() + patience, repeating: Self.pace)
        timer?.activate()
    }

    /// Does something while it is told how far that is.
    static func during<Value>(_ what: String, _ console: Console, _ body: (Progress) throws -> Value) rethrows -> Value
    {
        let progress = Progress(what, console.errors) { try? StandardStream.error.write($0) }
        defer { progress.end() }
        return try body(progress)
    }

    /// How far it is, as a part of one. From any thread, as often as anybody likes.
    func reached(_ share: Double) {
        guard share.isFinite else { return }
        thousandths.store(Int((min(max(share, 0), 1) * 1_000).rounded(.down)), ordering: .relaxed)
    }

    /// Takes the line away.
    func end() {
        guard let timer else { return }
        timer.cancel()
        queue.sync { if isShown.load(ordering: .relaxed) { write(Self.cleared) } }
    }

    private func show() {
        isShown.store(true, ordering: .relaxed)
        let seconds = Milliseconds((ContinuousClock().now - began).components.seconds &* 1_000)
        let share = thousandths.load(ordering: .relaxed)
        var text = "\(what): \(Span.text(seconds))"
        if share >= 0 { text = "\(what): \(share / 10)%, \(Span.text(seconds))" }
        let sign = terminal.drawsUnicode ? "…" : "..."
        write(Self.cleared + terminal.styled(TextWidth.shortened(text, to: terminal.width - 1, sign: sign), .faint))
    }
}
