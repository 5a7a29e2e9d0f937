import Collectors
import Configuration
import EventLoop
import Files
import History
import Metrics
import Rules
import Storage
import Synchronization
import Web
import YAML

/// How the agent is, found out by trying: each part is asked to do something small, and for how long it takes.
struct HealthChecks: Sendable {
    typealias Check = HealthReport.Check

    let agent: Agent

    // Whoever asks must get an answer, also when a part gives none any more.
    static let patience = Duration.seconds(3)
    // A core that takes so long to answer is late with everything.
    private static let slowCore = Duration.milliseconds(500)
    private static let slowHistory = Duration.seconds(1)
    private static let waitingMax = 10_000
    // Below these the data folder's disk is nearly full, and full.
    private static let scarceShare = 0.05
    private static let scarceBytes: UInt64 = 1 << 30
    private static let fullBytes: UInt64 = 32 << 20

    func report() async -> HealthReport {
        let checks = [core, rules, healing, history, integrity, samples, disk, configuration, series]
        var results: [Check] = []
        for check in checks { results.append(await check()) }
        results += watched
        return HealthReport(checks: results)
    }

    // MARK: What decides

    private func core() async -> Check {
        let (answer, latency) = await timed {
            await within(Self.patience) { done in
                agent.ground.core.submit { done(true) }
            }
        }
        guard answer != nil else {
            return Check(
                name: "core",
                condition: .unhealthy,
                message: Self.silence("the core", latency),
                latency: latency
            )
        }
        let isSlow = latency > Self.slowCore
        return Check(
            name: "core",
            condition: isSlow ? .degraded : .healthy,
            message: isSlow ? "the core took \(Self.milliseconds(latency)) to answer" : "",
            latency: latency
        )
    }

    /// What the rules are like at a moment, as plain values.
    private struct RulesSeen: Sendable {
        var failing: [String] = []
        var late: [String] = []
    }

    private func rules() async -> Check {
        let agent = agent
        let (seen, latency) = await timed {
            await within(Self.patience) { done in
                agent.ground.core.submit { done(Self.look(at: agent.rules.groups, now: agent.ground.now)) }
            }
        }
        guard let seen else {
            return Check(
                name: "rules",
                condition: .unhealthy,
                message: Self.silence("the core", latency),
                latency: latency
            )
        }
        var messages: [String] = []
        if !seen.failing.isEmpty { messages.append("cannot be evaluated: \(Self.list(seen.failing))") }
        if !seen.late.isEmpty { messages.append("groups that are late: \(Self.list(seen.late))") }
        return Check(
            name: "rules",
            condition: messages.isEmpty ? .healthy : .degraded,
            message: messages.joined(separator: "; "),
            latency: latency
        )
    }

    private static func look(at groups: [LiveGroup], now: Timestamp) -> RulesSeen {
        var seen = RulesSeen()
        for group in groups {
            for (rule, state) in zip(group.group.rules, group.rules) where state.problem != nil {
                seen.failing.append(rule.name.value)
            }
            // One evaluation may be late by chance; two are not.
            let interval = group.evaluator.interval
            if now - group.due > interval + interval { seen.late.append(group.group.name.value) }
        }
        return seen
    }

    // MARK: What remembers

    private func history() async -> Check {
        let store = agent.ground.history
        let (outcome, latency) = await timed {
            await within(Self.patience) { done in
                // Nothing to write, behind everything that waits: answered when the writer has got through.
                store.writer.submit([], durability: .synced) { done($0) }
            }
        }
        let waiting = store.writer.pendingCount
        func check(_ condition: HealthReport.Condition, _ message: String = "") -> Check {
            Check(name: "history", condition: condition, message: message, latency: latency)
        }
        switch outcome {
        case nil: return check(.unhealthy, Self.silence("the history", latency) + ", \(waiting) changes wait")
        case .failure(let error): return check(.unhealthy, "\(error)")
        case .success: break
        }
        if store.isInMemory, agent.ground.options.dataFolder != nil {
            return check(.degraded, "the history is in memory alone and ends with the process: its file cannot be used")
        }
        if waiting > Self.waitingMax { return check(.degraded, "\(waiting) changes wait to be written") }
        if latency > Self.slowHistory {
            return check(.degraded, "the history took \(Self.milliseconds(latency)) to write")
        }
        return check(.healthy)
    }

    private func samples() async -> Check {
        let (problem, latency) = await timed { agent.samples.problem }
        return Check(
            name: "samples",
            condition: problem == nil ? .healthy : .degraded,
            message: problem ?? "",
            latency: latency
        )
    }

    private func disk() async -> Check {
        guard let folder = agent.ground.options.dataFolder else {
            return Check(name: "disk", condition: .healthy, message: "there is no data folder", latency: .zero)
        }
        let (space, latency) = await timed {
            await offload { Result { () throws(FileError) in try FileSystem.freeSpace(at: folder) } }
        }
        func check(_ condition: HealthReport.Condition, _ message: String = "") -> Check {
            Check(name: "disk", condition: condition, message: message, latency: latency)
        }
        switch space {
        case .failure(let error): return check(.unhealthy, "\(error)")
        case .success(let space):
            let left = "\(ByteCount(Int64(clamping: space.available / (1 << 20) * (1 << 20)))) left for \(folder)"
            if space.available < Self.fullBytes { return check(.unhealthy, "the disk is full: \(left)") }
            let isScarce = Double(space.available) < Double(space.total) * Self.scarceShare
            if isScarce, space.available < Self.scarceBytes {
                return check(.degraded, "the disk is nearly full: \(left)")
            }
            return check(.healthy)
        }
    }

    // MARK: What was asked for

    private func configuration() async -> Check {
        let (state, latency) = await timed { agent.state.current }
        return Check(
            name: "configuration",
            condition: state.lastReloadSucceeded ? .healthy : .degraded,
            message: state.lastReloadSucceeded
                ? "" : "the last reload failed and the former configuration stays: see 'medic check config'",
            latency: latency
        )
    }

    private func series() async -> Check {
        let store = agent.samples.store
        let ((count, limit, isFull), latency) = await timed {
            (store.statistics.series, store.limits.maxSeries, !store.takesSeries)
        }
        let isNear = isFull || Double(count) >= Double(limit) * 0.9
        return Check(
            name: "series",
            condition: isFull ? .unhealthy : isNear ? .degraded : .healthy,
            message: isNear
                ? "\(count) of \(limit) series are there, and further ones \(isFull ? "are" : "will be") refused: see storage.max_series"
                : "",
            latency: latency
        )
    }

    /// Servers that medic looks at, and what it cannot look at, as the last look found them.
    private var watched: [Check] {
        agent.perception.conditions.map { seen in
            let condition: HealthReport.Condition =
                switch seen.level {
                case .healthy: .healthy
                case .degraded: .degraded
                case .unhealthy: .unhealthy
                }
            var check = Check(name: seen.name, condition: condition, message: seen.message, latency: seen.latency)
            check.isOwn = false
            return check
        }
    }

    // MARK: Helpers

    func timed<Value>(_ work: () async -> Value) async -> (Value, Duration) {
        let began = MonotonicInstant.now
        let value = await work()
        return (value, .now - began)
    }

    /// What the work hands over; nil when it has not in time. What comes later is let go.
    func within<Value: Sendable>(
        _ span: Duration,
        _ work: (@escaping @Sendable (Value) -> Void) -> Void
    ) async -> Value? {
        let senses = agent.ground.senses
        return await withCheckedContinuation { continuation in
            let once = Once<Value>(continuation)
            senses.submit { _ = senses.after(span) { once.give(nil) } }
            work { once.give($0) }
        }
    }

    static func silence(_ part: String, _ latency: Duration) -> String {
        "\(part) has not answered for \(milliseconds(latency))"
    }

    static func milliseconds(_ span: Duration) -> String { "\(span.wholeNanoseconds / 1_000_000)ms" }

    /// The first few names; there may be hundreds.
    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}

/// Resumes whoever waits with the first thing that is given.
private final class Once<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
        self.continuation = Mutex(continuation)
    }

    func give(_ value: Value?) {
        continuation.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }?.resume(returning: value)
    }
}
