import Dispatch
import Instruments
import Logging
import SQLite
import Synchronization

/// Writes changes in the order in which they were submitted, many in one transaction, on a queue of its own.
///
/// What is submitted while a commit runs goes into the next one. Grouped changes wait up to fifty milliseconds for company;
/// a synced one takes along what waits. Callbacks come on the writer's queue, in order, and should be short.
public final class HistoryWriter: Sendable {
    /// The most that one change may carry: more is a mistake, and would hold up everything behind it.
    public static let changeBytesMax = 8 << 20

    private struct State {
        var pending: PendingChanges
        // Which of the wake-ups that were arranged is the one that counts; nil while none is.
        var wakeUp: Int?
        var wakeUps = 0
        var isUrgent = false
        var isClosed = false
        // After a failure: grouped changes are not tried again before this.
        var pause: Duration?
    }

    private let queue: DispatchQueue
    private let state: Mutex<State>
    private let desk: WriterDesk
    private let instruments: WriterInstruments
    private let groupingTime: Duration

    // One transaction holds so many changes and no more, so that a synced one never waits long for those before it.
    private static let batchMax = 2_000
    private static let firstPause = Duration.seconds(1)
    private static let longestPause = Duration.seconds(30)

    init(
        _ desk: WriterDesk,
        queue: DispatchQueue,
        limits: PendingChanges.Limits,
        groupingTime: Duration,
        _ instruments: WriterInstruments
    ) {
        self.desk = desk
        self.queue = queue
        self.groupingTime = groupingTime
        self.instruments = instruments
        state = Mutex(State(pending: PendingChanges(limits: limits)))
    }

    /// How many changes wait to be written.
    public var pendingCount: Int { state.withLock { $0.pending.count } }

    /// Writes the changes: all or none of them, after everything that was submitted before.
    ///
    /// `then` is called once: with success when they are as durable as asked for, otherwise with the reason. After a failure that
    /// passes, such as a full disk, grouped changes are kept and tried again and their callbacks wait; synced ones fail at once.
    public func submit(
        _ changes: [HistoryChange],
        durability: Durability,
        then: @escaping @Sendable (Result<Void, HistoryError>) -> Void = { _ in }
    ) {
        let submission = Submission(changes, durability, then: then)
        guard changes.allSatisfy({ $0.size <= Self.changeBytesMax }) else {
            let largest = changes.reduce(0) { max($0, $1.size) }
            return answer([submission], .failure(.tooLarge(bytes: largest, limit: Self.changeBytesMax)))
        }
        let (refusal, shed): (HistoryError?, [Submission]) = state.withLock { state in
            if state.isClosed { return (.closed, []) }
            let (isAccepted, shed) = state.pending.add(submission)
            if isAccepted { arrange(&state) }
            return (isAccepted ? nil : submission.importance == .deciding ? .queueFull : .shed, shed)
        }
        let shedCount = shed.reduce(0) { $0 + $1.changes.count }
        if shedCount > 0 { instruments.shed.add(UInt64(shedCount)) }
        answer(shed, .failure(.shed))
        if let refusal {
            let counter = refusal == .shed ? instruments.shed : instruments.refused
            counter.add(UInt64(changes.count))
            answer([submission], .failure(refusal))
        }
    }

    /// Callbacks always come on the queue, also those of what never got there.
    private func answer(_ submissions: [Submission], _ result: Result<Void, HistoryError>) {
        if submissions.isEmpty { return }
        queue.async { for submission in submissions { submission.then(result) } }
    }

    /// Sees to it that what waits is written: now where somebody waits for the device, else in a while.
    private func arrange(_ state: inout State) {
        if state.pending.isEmpty { return }
        if state.pending.hasSynced {
            if state.isUrgent { return }
            state.isUrgent = true
        } else if state.wakeUp != nil || state.isUrgent {
            return
        }
        state.wakeUps &+= 1
        let number = state.wakeUps
        state.wakeUp = number
        if state.isUrgent {
            queue.async { [self] in wake(number) }
        } else {
            queue.asyncAfter(deadline: .now() + (state.pause ?? groupingTime).interval) { [self] in wake(number) }
        }
    }

    private func wake(_ number: Int) {
        let batch = state.withLock { state -> [Submission] in
            // An earlier wake-up was overtaken by an urgent one.
            guard state.wakeUp == number else { return [] }
            return state.pending.take(upTo: Self.batchMax)
        }
        if !batch.isEmpty { commit(batch) }
        state.withLock { state in
            guard state.wakeUp == number else { return }
            (state.wakeUp, state.isUrgent) = (nil, false)
            arrange(&state)
        }
        desk.tidyLog(isIdle: state.withLock { $0.pending.isEmpty })
    }

    private func commit(_ batch: [Submission]) {
        do throws(HistoryError) {
            try desk.commit(batch)
            succeed(batch)
        } catch {
            if error.isPassing {
                retain(batch, error)
            } else if batch.count > 1 {
                // One of them is at fault: the others shall not suffer for it.
                for submission in batch { commit([submission]) }
            } else {
                desk.report(error)
                for submission in batch { submission.then(.failure(error)) }
            }
        }
    }

    private func succeed(_ batch: [Submission]) {
        state.withLock { $0.pause = nil }
        for submission in batch { submission.then(.success(())) }
    }

    /// Keeps what may well be written later; whoever waits for the device is told that it is not there.
    private func retain(_ batch: [Submission], _ error: HistoryError) {
        desk.report(error)
        let kept = batch.filter { $0.durability == .grouped }
        state.withLock { state in
            state.pending.putBack(kept)
            state.pause = min((state.pause ?? Self.firstPause / 2) * 2, Self.longestPause)
        }
        for submission in batch where submission.durability == .synced { submission.then(.failure(error)) }
    }

    /// Writes what waits, on the device, and closes the database. What is submitted later fails.
    ///
    /// Not to be called from a callback: it waits for them.
    func close() {
        let isFirst = state.withLock { state in
            defer { state.isClosed = true }
            return !state.isClosed
        }
        guard isFirst else { return }
        queue.sync {
            while true {
                let batch = state.withLock { $0.pending.take(upTo: Self.batchMax) }
                if batch.isEmpty { break }
                do throws(HistoryError) {
                    try desk.commit(batch, synced: true)
                    for submission in batch { submission.then(.success(())) }
                } catch {
                    desk.report(error)
                    for submission in batch { submission.then(.failure(error)) }
                }
            }
            desk.close()
        }
    }

    /// Runs the body on the writer's queue, between commits.
    func onQueue(after delay: Duration = .zero, _ body: @escaping @Sendable (WriterDesk) -> Void) {
        queue.asyncAfter(deadline: .now() + delay.interval) { [self] in
            if !state.withLock({ $0.isClosed }) { body(desk) }
        }
    }
}

extension Duration {
    var interval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        return .nanoseconds(Int(clamping: seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000))
    }
}
