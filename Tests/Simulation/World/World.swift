import JSON
import Metrics
import Playbooks

/// A host on which everything that can go wrong does: the machine's effects are carried out late, out of order, or not at all, its
/// records reach the disk or do not, and it is killed at any moment.
struct World {
    /// Ways to break the machine, to see that it is noticed.
    enum Canary: String, CaseIterable, Sendable {
        case actsBeforeTheRecordIsDurable
        case forgetsItsStarts
        case takesEverythingForRepeatable
        case deafToTheKillSwitch
        case believesTheWallClock
        case neverReleases
        case takesWebhooksForRules
        case forgetsEnds
        case takesNamesForUnits
    }

    enum Happening {
        case tell(HealingEvent)
        case flush(RecordID, through: Int)
        case failRecord(RecordID, through: Int)
        /// A former plan to wake that a newer one has replaced is nothing.
        case wake(number: Int)
        case fallIll(Int)
        case getWell(Int)
        case deedDone(ActionRequest, ActionOutcome)
        case command
        case restart
        case setClock
        case background
    }

    let seed: UInt64
    let canary: Canary?
    var chance: Chance
    var faults: Faults
    let wards: Wards
    var checker: Checker

    /// True time since the world began, which nobody in it can read.
    var time: Int64 = 0
    var bootedAt: Int64 = -3_600_000
    var boot: Int64 = 1
    var wallOffset: Int64 = 1_700_000_000_000
    /// Counts the lives of the process: what was meant for a former one is lost.
    var life = 0

    private var agenda: [(time: Int64, order: Int, life: Int?, what: Happening)] = []
    private var order = 0
    var healer: Healer
    var durable: [HealingRecord] = []
    var buffered: [HealingRecord] = []
    /// Records given so far; those below `durable.count` are on the disk.
    var isDraining = false
    var illSince: [Int: Timestamp] = [:]
    var commandNumber: Int64 = 0
    var wakesInARow = 0
    /// Prints what happens, to read a world by.
    var isTraced = false
    private var lastWake: Int64 = 0
    private var plannedWake: (time: Int64, number: Int)?
    var handled = 0

    init(seed: UInt64, canary: Canary? = nil) {
        self.seed = seed
        self.canary = canary
        var chance = Chance(seed: seed)
        faults = Faults(&chance)
        wards = Wards(&chance)
        self.chance = chance
        checker = Checker(wards: wards)
        healer = Healer(
            playbooks: wards.playbooks(repeatable: canary == .takesEverythingForRepeatable),
            settings: wards.settings,
            seed: seed,
            at: Moment(wall: Timestamp(milliseconds: wallOffset), monotonic: Milliseconds(3_600_000), boot: 1)
        )
        if canary == .believesTheWallClock { faults.clockForward = 60 }
    }

    var playbooks: [PreparedPlaybook] { wards.playbooks(repeatable: canary == .takesEverythingForRepeatable) }

    var now: Moment {
        let wall = time + wallOffset
        // The broken machine takes the wall's reading for both.
        let monotonic = canary == .believesTheWallClock ? wall : time - bootedAt
        return Moment(wall: Timestamp(milliseconds: wall), monotonic: Milliseconds(monotonic), boot: boot)
    }

    mutating func plan(_ what: Happening, after delay: Int64, everyLife: Bool = false) {
        order += 1
        let entry = (time: time + delay, order: order, life: everyLife ? nil : life, what: what)
        let place = agenda.firstIndex { ($0.time, $0.order) > (entry.time, entry.order) } ?? agenda.count
        agenda.insert(entry, at: place)
    }

    /// Lives the world to its end; nil, or what went wrong.
    mutating func live() -> String? {
        tell(.started)
        for patient in wards.patients.indices {
            plan(.fallIll(patient), after: chance.within(0...600_000), everyLife: true)
        }
        for _ in 0..<3 + chance.below(12) { plan(.command, after: chance.within(0...7_200_000), everyLife: true) }
        let end: Int64 = 7_200_000
        while checker.violation == nil, time < end || !isAtRest, handled < 20_000 {
            if time >= end && !isDraining { drain() }
            guard !agenda.isEmpty, agenda[0].time < end + 172_800_000 else { break }
            let entry = agenda.removeFirst()
            time = Swift.max(time, entry.time)
            if let life = entry.life, life != self.life { continue }
            happen(entry.what)
        }
        checkTheEnd()
        return checker.violation
    }

    /// From here on nothing goes wrong any more, everybody gets well, and whatever was begun must end.
    private mutating func drain() {
        isDraining = true
        faults.lostAnswer = 0
        faults.deedLost = 0
        faults.recordFails = 0
        faults.restart = 0
        faults.inconclusive = 0
        faults.clockBack = 0
        faults.clockForward = 0
        order += 1
        command(.init(.resumeHealing, by: "operator"))
        for patient in illSince.keys.sorted() { plan(.getWell(patient), after: 1_000, everyLife: true) }
        // Also of those whose last message was a late one that they are ill.
        for patient in wards.patients { plan(.tell(.resolved(patient.labels)), after: 90_000) }
    }

    private var isAtRest: Bool { isDraining && illSince.isEmpty && healer.openRuns.isEmpty && checker.holds.isEmpty }

    private mutating func happen(_ what: Happening) {
        switch what {
        case .tell(let event): tell(event)
        case .flush(let id, let count):
            flush(through: count)
            tell(.recorded(id))
        case .failRecord(let id, let count):
            // Nothing from there on reaches the disk; the machine hears of it.
            let kept = Swift.max(0, count - 1 - durable.count)
            flush(through: durable.count + Swift.min(kept, buffered.count))
            tell(.recordFailed(id, reason: "the disk is full"))
        case .wake(let number):
            guard plannedWake?.number == number else { return }
            plannedWake = nil
            tell(.wake)
        case .background:
            flush(through: durable.count + buffered.count)
        case .deedDone(let request, let outcome):
            checker.outcomeDelivered(request.key, outcome)
            tell(.finished(request.key, outcome))
        case .fallIll(let patient): fallIll(patient)
        case .getWell(let patient): getWell(patient)
        case .command: operate()
        case .restart: restart()
        case .setClock: setClock()
        }
        guard !isDraining else { return }
        if chance.happens(faults.restart) { plan(.restart, after: chance.within(0...50)) }
        if chance.happens(faults.clockBack) || chance.happens(faults.clockForward) { plan(.setClock, after: 1) }
    }

    mutating func flush(through count: Int) {
        let moving = Swift.min(Swift.max(0, count - durable.count), buffered.count)
        durable += buffered.prefix(moving)
        buffered.removeFirst(moving)
        checker.durable = durable.count
    }

    // MARK: The machine

    mutating func tell(_ event: HealingEvent) {
        guard checker.violation == nil else { return }
        handled += 1
        let isWake = if case .wake = event { true } else { false }
        let before = now
        let effects = healer.handle(event, at: before)
        checker.time = time
        if isTraced {
            print("\(time) \(event)")
            for effect in effects { print("    \(effect)") }
        }
        if effects.count > 2_000 { checker.fail("one event has \(effects.count) effects") }
        for effect in effects { carryOut(effect) }
        checker.holdsAreDue(at: now)
        wakesInARow = isWake && effects.isEmpty && time - lastWake < 2 ? wakesInARow + 1 : 0
        lastWake = time
        if wakesInARow > 50 { checker.fail("it wakes again and again and does nothing") }
        sleep()
    }

    private mutating func sleep() {
        guard let wake = healer.nextWake else { return }
        let delay = Swift.max(wakesInARow > 0 ? 1 : 0, wake.rawValue - now.monotonic.rawValue)
        let at = time + delay
        if let plannedWake, plannedWake.time == at { return }
        plannedWake = (at, order + 1)
        plan(.wake(number: order + 1), after: delay)
    }

    /// Where the process is killed: what it had given to be written may be on the disk or not, what it waited for is lost.
    mutating func restart() {
        let kept = buffered.isEmpty ? 0 : chance.below(buffered.count + 1)
        flush(through: durable.count + kept)
        buffered = []
        life += 1
        plannedWake = nil
        time += chance.within(100...60_000)
        if faults.reboots && chance.happens(300) {
            boot += 1
            bootedAt = time
            if chance.happens(200) { wallOffset -= chance.within(1_000...7_200_000) }
        }
        if chance.happens(15) {
            for record in durable where HealingRecord(json: record.json) != record {
                checker.fail("\(record.kind) does not survive JSON")
            }
        }
        healer = Healer(
            restoring: durable,
            playbooks: playbooks,
            settings: wards.settings,
            seed: seed ^ UInt64(life),
            at: now
        )
        if chance.happens(100) { compact() }
        checker.restarted(healer)
        tell(.started)
        for patient in illSince.keys.sorted() { announce(patient, after: chance.within(0...2_000)) }
        plan(.tell(.caughtUp), after: 3_000)
        // The operator had no answer, and asks again.
        if isDraining { command(.init(.resumeHealing, by: "operator")) }
    }

    /// Old records may be replaced by what they come to.
    private mutating func compact() {
        let checkpoint = healer.checkpoint
        let again = Healer(
            restoring: checkpoint,
            playbooks: playbooks,
            settings: wards.settings,
            seed: seed,
            at: now
        )
        if again.checkpoint != checkpoint { checker.fail("a checkpoint does not lead to itself") }
    }

    private mutating func setClock() {
        if faults.clockForward > 0 && (faults.clockBack == 0 || chance.happens(500)) {
            wallOffset += chance.within(1_000...86_400_000)
        } else {
            wallOffset -= chance.within(1_000...86_400_000)
        }
    }
}
