public import Metrics
public import PromQL
import Storage

/// What an alert rests on: how fresh its samples are, and how far back its rule looks. Whoever acts upon the alert must know
/// that the data is there and new enough; whoever only tells of it need not.
public struct Evidence: Sendable, Hashable {
    /// The series behind the alert that have samples at all.
    public let series: Int
    /// The newest sample among them; nil where none has any, as with an alert about something absent.
    public let newestSample: Timestamp?
    /// How often new samples may be expected: as often as the series with the newest one is really written, which its collector or
    /// scrape says, and not how often the rule looks. A rule that is evaluated whenever data arrives, or each second, over a collector
    /// that writes every five seconds has evidence that is up to five seconds old, and that is as good as it gets. A collector that
    /// writes whenever something changes writes at its interval besides, so that what has not changed for a day is fresh as long as the
    /// collector is alive. nil: nobody knows, and the rule's own interval has to do.
    public let interval: Milliseconds?
    /// How far back the rule's expression reaches. Until samples have come in for so long, the alert is a guess.
    public let reach: Milliseconds
    /// The longest range that the expression averages, counts or compares over; zero where it looks at the newest samples only. Until
    /// samples have come in for so long, what it says of a range is a guess.
    public let range: Milliseconds
    /// For how long samples have come in without a hole, up to the newest one; measured as far back as `range` only. They may have been
    /// restored: a restart that took no longer than a scrape or two leaves no hole.
    public let unbroken: Milliseconds
    /// Whether the expression speaks about absence, so that missing samples are no lack of evidence.
    public let isAboutAbsence: Bool

    /// How often something new can be known: no oftener than the rule looks, and no oftener than there are samples.
    public func interval(ofRule interval: Milliseconds) -> Milliseconds {
        Swift.max(interval, self.interval ?? .zero)
    }

    /// Whether the newest sample is at most two intervals old, or none is needed.
    public func isFresh(at now: Timestamp, interval: Milliseconds) -> Bool {
        guard let newestSample else { return isAboutAbsence }
        let between = self.interval(ofRule: interval)
        return isAboutAbsence || now - newestSample <= between + between
    }

    /// Whether a sample has come since the moment.
    public func isNewer(than moment: Timestamp) -> Bool {
        newestSample.map { $0 >= moment } ?? false
    }

    /// Whether samples have come in without a break for as long as the rule looks back.
    public func isWarm(at now: Timestamp, coveredSince: Timestamp) -> Bool {
        now - coveredSince >= reach
    }
}

extension Evidence {
    /// What an expression rests on that is asked by itself: every series that it selects.
    public init(of expression: Expression, askedOf engine: Engine) {
        self.init(for: .empty, of: expression, in: engine.store, lookback: engine.options.lookback)
    }

    /// What a datasource has answered: as fresh as its last answer. How its samples came about, only the datasource knows.
    init(answeredElsewhere answered: Timestamp?, every interval: Milliseconds) {
        series = answered == nil ? 0 : 1
        newestSample = answered
        self.interval = interval
        reach = .zero
        range = .zero
        unbroken = .zero
        isAboutAbsence = false
    }

    /// Gathers the evidence for an alert: of the series that the expression selects, those that agree with the labels of
    /// the sample behind the alert. A series that lacks such a label counts, for the expression may have joined it.
    init(for source: Labels, of expression: Expression, in store: SampleStore, lookback: Milliseconds) {
        let uses = expression.selectorUses
        var newest: (time: Timestamp, timeline: TimelineID, slot: Int)?
        var count = 0
        for use in uses {
            let homes = store.readIndex { index in
                index.select(use.selector.matchers).compactMap { series -> Home? in
                    index.labels(of: series).isCompatible(with: source) ? index.homes(of: series).last : nil
                }
            }
            for home in homes {
                guard let time = store.view(of: home.timeline).newestSample(slot: home.slot) else { continue }
                count += 1
                if newest.map({ $0.time < time }) ?? true { newest = (time, home.timeline, home.slot) }
            }
        }
        series = count
        newestSample = newest?.time
        let interval = newest.flatMap { store.rhythm(of: $0.timeline) }
        self.interval = interval
        reach = uses.map { $0.reach(lookback: lookback) }.max() ?? .zero
        range = uses.map { $0.reach(lookback: .zero) }.max() ?? .zero
        let span = range
        unbroken =
            newest.map { newest in
                store.view(of: newest.timeline).unbroken(slot: newest.slot, upTo: span, interval: interval ?? .zero)
            } ?? .zero
        isAboutAbsence = expression.isAboutAbsence
    }
}

extension Labels {
    /// Whether no label contradicts the other set; the name does not count.
    fileprivate func isCompatible(with other: Labels) -> Bool {
        other.allSatisfy { label in
            guard label.name != Labels.metricName, let own = self[label.name] else { return true }
            return own.utf8.elementsEqual(label.value.utf8)
        }
    }
}

extension TimelineView {
    /// What a restart may take without leaving a hole in a range.
    private static let holeMin = Milliseconds.seconds(30)

    /// How far back from its newest sample the slot has samples no further apart than two intervals.
    fileprivate func unbroken(slot: Int, upTo span: Milliseconds, interval: Milliseconds) -> Milliseconds {
        let hole = Swift.max(interval + interval, Self.holeMin).rawValue
        var (newest, oldest): (Int64?, Int64?) = (nil, nil)
        var frame = endFrame - 1
        while frame >= firstFrame {
            let value = value(slot: slot, frame: frame)
            let time = timestamp(of: frame)
            if let oldest, oldest - time > hole { break }
            if !value.isAbsent, !value.isStaleMarker {
                newest = newest ?? time
                oldest = time
            }
            if let newest, newest - time > span.rawValue { break }
            frame -= 1
        }
        guard let newest, let oldest else { return .zero }
        return Milliseconds(newest - oldest)
    }

    /// The time of the slot's newest sample that is no marker.
    fileprivate func newestSample(slot: Int) -> Timestamp? {
        var frame = endFrame - 1
        while frame >= firstFrame {
            let value = value(slot: slot, frame: frame)
            if !value.isAbsent, !value.isStaleMarker { return Timestamp(milliseconds: timestamp(of: frame)) }
            frame -= 1
        }
        return nil
    }
}

extension SelectorUse {
    /// How far before the moment of evaluation the oldest sample may lie that this selector reads.
    fileprivate func reach(lookback: Milliseconds) -> Milliseconds {
        var total = window.map(\.milliseconds) ?? lookback
        total = total + (selector.offset.map(\.milliseconds) ?? .zero)
        for subquery in subqueries {
            total = total + subquery.window.milliseconds + (subquery.offset.map(\.milliseconds) ?? .zero)
        }
        return Swift.max(.zero, total)
    }
}

extension DurationExpression {
    /// The duration as an instant query has it; one that makes no sense counts as none.
    fileprivate var milliseconds: Milliseconds {
        let seconds = seconds(step: 0, range: 0)
        // A hundred years: beyond what any store keeps, and far from the ends of the integers.
        guard seconds.isFinite, seconds.magnitude < 3.2e9 else { return .zero }
        return Milliseconds(Int64(seconds * 1_000))
    }
}

extension Expression {
    /// Whether the expression asks for something to be missing or down: `absent(...)`, or `up == 0`.
    fileprivate var isAboutAbsence: Bool {
        var found = false
        walk { expression in
            switch expression {
            case .call(let call): found = found || call.function == .absent || call.function == .absentOverTime
            case .binary(let node) where node.operation == .equal:
                let isUp = node.left.selectorUses.contains { $0.selector.metricName == "up" }
                if case .number(let number) = node.right, number.value == 0, isUp { found = true }
            default: break
            }
        }
        return found
    }
}
