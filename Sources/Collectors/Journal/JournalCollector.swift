public import Configuration
public import EventLoop
public import Instruments
import Journal
public import Logging
public import Metrics
import RegularExpressions
public import Storage

/// Counts the journal's entries by unit and priority, and the lines that match patterns.
///
/// Unchecked: confined to its loop, which every entry checks or moves to.
public final class JournalCollector: @unchecked Sendable {
    /// Where entries of units beyond the limit are counted.
    static let otherUnits = "other"

    private let settings: JournalCollectorSettings
    private let loop: EventLoop
    private let log: Logger
    private let landed: @Sendable (TimelineID, Timestamp) -> Void
    private let sheet: SampleSheet
    private let up: SampleSheet.Line
    private let unitFilter: UnitFilter
    private let patterns: [LinePattern]
    private var units: Set<String> = []
    private var counters: [CounterName: LineCounter] = [:]
    private var follower: JournalFollower?
    private var interval: TimerToken?
    private let readEntries: Counter
    private let otherEntries: Counter

    private struct CounterName: Hashable {
        let unit: String
        /// The priority's word, or the pattern's name.
        let kind: String
        let isPattern: Bool
    }

    private struct LineCounter {
        let line: SampleSheet.Line
        var count: Double
    }

    private struct LinePattern {
        let name: String
        let text: Pattern
        let unit: Pattern?
    }

    /// - Parameter labels: those of all series, `job` and `instance` among them.
    public init(
        _ settings: JournalCollectorSettings,
        labels: Labels,
        loop: EventLoop,
        store: SampleStore,
        instruments: Instruments,
        log: Logger,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        self.settings = settings
        self.loop = loop
        self.log = log
        self.landed = landed
        sheet = try SampleSheet(store, named: "journal", labels: labels, every: settings.basics.interval)
        up = sheet.line("up")
        unitFilter = try UnitFilter(include: settings.include, exclude: settings.exclude)
        patterns = try settings.patterns.map { pattern in
            LinePattern(
                name: pattern.name,
                text: try Pattern(pattern.regex, anchored: false),
                unit: try pattern.unit.map { try Pattern($0, anchored: true) }
            )
        }
        readEntries = instruments.counter(
            "medic_collectors_journal_entries_total",
            help: "Entries of the journal read."
        )
        otherEntries = instruments.counter(
            "medic_collectors_journal_entries_of_other_units_total",
            help: "Entries counted under the name other, because more units wrote than max_units."
        )
    }

    public func start() {
        loop.submit { [self] in
            guard follower == nil else { return }
            sheet.set(up, 0)
            let follower = JournalFollower(loop: loop, log: log) { [weak self] in self?.note($0) }
            self.follower = follower
            follower.begin()
            tick()
        }
    }

    /// Ends all its series.
    public func stop() {
        loop.submit { [self] in
            follower?.stop()
            follower = nil
            interval?.cancel()
            counters = [:]
            sheet.close(at: now)
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: WallClock.now) }

    private func tick() {
        interval = loop.after(.milliseconds(settings.basics.interval.rawValue)) { [weak self] in self?.tick() }
        commit()
    }

    private func commit() {
        if let time = sheet.commit(at: now) { landed(sheet.timeline, time) }
    }

    private func note(_ event: JournalFollower.Event) {
        switch event {
        case .opened:
            sheet.set(up, 1)
            commit()
        case .failed:
            sheet.set(up, 0)
            commit()
        case .entries(let entries):
            count(entries)
        }
    }

    /// Lines that match a pattern are samples at once; mere counts wait for the interval.
    private func count(_ entries: [JournalEntry]) {
        readEntries.add(UInt64(entries.count))
        var growth: [CounterName: Double] = [:]
        var isUrgent = false
        for entry in entries {
            guard unitFilter.takes(entry.unit) else { continue }
            let unit = name(of: entry.unit)
            growth[CounterName(unit: unit, kind: entry.priorityWord, isPattern: false), default: 0] += 1
            for pattern in patterns where pattern.unit?.matches(entry.unit) ?? true {
                guard pattern.text.matches(entry.message) else { continue }
                growth[CounterName(unit: unit, kind: pattern.name, isPattern: true), default: 0] += 1
                isUrgent = true
            }
        }
        begin(growth.keys)
        for (name, amount) in growth {
            guard var counter = counters[name] else { continue }
            counter.count += amount
            sheet.set(counter.line, counter.count)
            counters[name] = counter
        }
        if isUrgent { commit() }
    }

    /// A count begins at zero, as a sample of its own: otherwise what it begins with would be no increase.
    private func begin(_ names: some Sequence<CounterName>) {
        var areNew = false
        for name in names where counters[name] == nil {
            let line =
                name.isPattern
                ? sheet.line("systemd_journal_matches_total", [Label("name", name.unit), Label("pattern", name.kind)])
                : sheet.line("systemd_journal_entries_total", [Label("name", name.unit), Label("priority", name.kind)])
            sheet.set(line, 0)
            counters[name] = LineCounter(line: line, count: 0)
            areNew = true
        }
        if areNew { commit() }
    }

    /// The name under which a unit's entries are counted.
    private func name(of unit: String) -> String {
        if units.contains(unit) { return unit }
        guard units.count < settings.maxUnits else {
            otherEntries.add()
            return Self.otherUnits
        }
        units.insert(unit)
        return unit
    }
}

/// Which units are looked at.
struct UnitFilter {
    private let include: Pattern
    private let exclude: Pattern

    init(include: String, exclude: String) throws(PatternError) {
        self.include = try Pattern(include, anchored: true)
        self.exclude = try Pattern(exclude, anchored: true)
    }

    /// Entries without a unit belong to none that could be named.
    func takes(_ unit: String) -> Bool {
        include.matches(unit) && !exclude.matches(unit)
    }
}
