import EventLoop
import Metrics
import PromQL

/// Asks whether it is medic itself that is ill, and not those it looks at: scrapes that fail everywhere, names that do not resolve, a
/// clock that is wrong or jumps, no time to evaluate rules.
///
/// It is asked when a patient is surveyed and answered for the next one, so that no run waits for it. A storm has several.
///
/// Unchecked: everything belongs to the core's loop.
final class ObserverCheck: @unchecked Sendable {
    private let engine: Engine
    private let loop: EventLoop
    private var problems: [String] = []
    private var looked: MonotonicInstant?
    /// The wall clock against the monotonic one, in milliseconds.
    private var offset: Int64?
    private var jump: (span: Milliseconds, at: MonotonicInstant)?

    private static let interval = Duration.seconds(2)
    private static let jumpMin = Milliseconds.seconds(2)
    private static let jumpRemembered = Duration.seconds(600)
    /// Of fewer scrapes that fail nobody can say whose fault it is.
    private static let failingMin = 3.0

    init(_ engine: Engine, on loop: EventLoop) {
        self.engine = engine
        self.loop = loop
    }

    /// What was wrong when it was last looked at; and has it looked at again soon.
    func ask() -> [String] {
        precondition(loop.isCurrent, "the observer is asked on the core's loop")
        if looked.map({ $0 + Self.interval < .now }) ?? true {
            looked = .now
            loop.submit { [weak self] in self?.look() }
        }
        return problems
    }

    private func look() {
        let now = Timestamp(milliseconds: WallClock.now)
        problems = [scrapes(now), names(now), clock(now), haste(now)].compactMap { $0 }
    }

    private func scrapes(_ now: Timestamp) -> String? {
        let failing = number("count(up == 0)", now)
        let jobs = number("count(count by (job) (up == 0))", now)
        let all = number("count(up)", now)
        // Half of all, and not one job alone: what they share is who looks.
        guard failing >= Self.failingMin, jobs >= 2, failing * 2 >= all else { return nil }
        return "\(Int(failing)) of \(Int(all)) scrapes fail, in \(Int(jobs)) jobs"
    }

    private func names(_ now: Timestamp) -> String? {
        number("count(probe_dns_query_succeeded == 0)", now) > 0 ? "names do not resolve" : nil
    }

    private func clock(_ now: Timestamp) -> String? {
        let instant = MonotonicInstant.now
        let present = now.rawValue - instant.nanoseconds / 1_000_000
        if let offset, (present - offset).magnitude > UInt64(Self.jumpMin.rawValue) {
            jump = (Milliseconds(present - offset), instant)
        }
        offset = present
        if let jump, instant < jump.at + Self.jumpRemembered { return "the clock was set by \(jump.span.promQLText)" }
        return number("max(node_timex_sync_status == bool 0)", now) > 0 ? "the clock follows no time server" : nil
    }

    private func haste(_ now: Timestamp) -> String? {
        number("increase(medic_rules_missed_evaluations_total[5m])", now) >= 1
            ? "rules are evaluated late: medic has too little processor time" : nil
    }

    /// The one number that the expression returns; zero where it returns none.
    private func number(_ text: String, _ now: Timestamp) -> Double {
        guard let tree = try? parse(text), let result = try? engine.prepare(tree, text: text).instant(at: now),
            case .vector(let elements) = result.value
        else { return 0 }
        return elements.map(\.value.number).max() ?? 0
    }
}
