import Metrics

/// How durable changes must be before their callback is called.
public enum Durability: Sendable, Hashable {
    /// Written within about fifty milliseconds, together with others: a power failure may take it, a crash of medic after the
    /// callback may not.
    case grouped
    /// On the device, and with it everything submitted before.
    case synced
}

/// Changes that belong together: all are written in one transaction or none.
struct Submission: Sendable {
    let changes: [HistoryChange]
    let durability: Durability
    let size: Int
    let importance: Importance
    let then: @Sendable (Result<Void, HistoryError>) -> Void

    init(
        _ changes: [HistoryChange],
        _ durability: Durability,
        then: @escaping @Sendable (Result<Void, HistoryError>) -> Void
    ) {
        self.changes = changes
        self.durability = durability
        size = changes.reduce(0) { $0 &+ $1.size }
        // What somebody waits for to be durable is never given up for something else.
        let highest = changes.reduce(Importance.explaining) { max($0, $1.importance) }
        importance = durability == .synced ? .deciding : highest
        self.then = then
    }
}

/// The queue before the writer: bounded, in order, and what matters least is given up first.
struct PendingChanges: Sendable {
    /// How much may wait.
    struct Limits: Sendable {
        /// Beyond these, changes are given up.
        var changes = 20_000
        var bytes = 16 << 20
        /// Changes that are never given up are refused only beyond so many times the others' limits.
        var reserve = 2
    }

    private(set) var count = 0
    private(set) var bytes = 0
    private var syncedCount = 0
    // How many submissions wait, by importance.
    private var waiting = [0, 0, 0]
    private var submissions: [Submission] = []
    // The first that still waits; those before it were taken.
    private var head = 0
    private let limits: Limits

    init(limits: Limits = Limits()) {
        self.limits = limits
    }

    var isEmpty: Bool { head == submissions.count }
    /// Whether somebody waits for the device.
    var hasSynced: Bool { syncedCount > 0 }

    /// Adds to the end, giving up others for it where there is no room; refuses it where that does not help.
    mutating func add(_ submission: Submission) -> (isAccepted: Bool, shed: [Submission]) {
        var shed: [Submission] = []
        if !fits(submission, times: 1) { shed = makeRoom(for: submission) }
        let isRoom = fits(submission, times: submission.importance == .deciding ? limits.reserve : 1)
        if isRoom { append(submission) }
        return (isRoom, shed)
    }

    private func fits(_ submission: Submission, times: Int) -> Bool {
        count &+ submission.changes.count <= limits.changes &* times
            && bytes &+ submission.size <= limits.bytes &* times
    }

    private mutating func append(_ submission: Submission) {
        submissions.append(submission)
        count &+= submission.changes.count
        bytes &+= submission.size
        if submission.durability == .synced { syncedCount &+= 1 }
        waiting[submission.importance.rawValue] &+= 1
    }

    /// Gives up what is less important, the least important and the oldest first; at once a tenth of the queue, since going through
    /// it for every newcomer would take long when it is needed most.
    private mutating func makeRoom(for newcomer: Submission) -> [Submission] {
        var shed: [Submission] = []
        for importance in [Importance.explaining, .telling]
        where importance < newcomer.importance && waiting[importance.rawValue] > 0 {
            let goal = limits.changes / 10
            var kept: [Submission] = []
            for submission in submissions[head...] {
                if submission.importance == importance && shed.count < goal {
                    shed.append(submission)
                } else {
                    kept.append(submission)
                }
            }
            if !shed.isEmpty {
                refill(kept)
                if fits(newcomer, times: 1) { break }
            }
        }
        return shed
    }

    private mutating func refill(_ kept: [Submission]) {
        submissions = []
        (head, count, bytes, syncedCount) = (0, 0, 0, 0)
        waiting = [0, 0, 0]
        for submission in kept { append(submission) }
    }

    /// Takes from the front: at least one submission, and as many as make up to `limit` changes.
    mutating func take(upTo limit: Int) -> [Submission] {
        var taken: [Submission] = []
        var sum = 0
        while head < submissions.count {
            let next = submissions[head]
            sum &+= next.changes.count
            if !taken.isEmpty && sum > limit { break }
            taken.append(next)
            head &+= 1
            count &-= next.changes.count
            bytes &-= next.size
            if next.durability == .synced { syncedCount &-= 1 }
            waiting[next.importance.rawValue] &-= 1
        }
        if head == submissions.count {
            submissions.removeAll(keepingCapacity: submissions.capacity < 1_024)
            head = 0
        } else if head > 4_096 {
            submissions.removeFirst(head)
            head = 0
        }
        return taken
    }

    /// Puts what could not be written back to the front.
    mutating func putBack(_ retained: [Submission]) {
        refill(retained + submissions[head...])
    }
}
