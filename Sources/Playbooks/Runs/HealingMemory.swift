import Metrics

/// Everything the machine must not forget, which is exactly what its records say: it changes by a record and in no other way.
struct HealingMemory: Sendable, Hashable {
    struct CourseKey: Sendable, Hashable {
        let playbook: String
        let subject: Labels
    }

    /// Runs that are open, or whose aftercare is not over.
    private(set) var runs: [String: Run] = [:]
    private(set) var starts: [StartMark] = []
    private(set) var attempts: [AttemptMark] = []
    private(set) var identities = UnitIdentities()
    private(set) var storm: Storm?
    private(set) var killSwitch: KillSwitch?
    private(set) var courses: [CourseKey: Course] = [:]
    /// The newest beginning of each webhook's alert that has had its run.
    private(set) var webhooks: [Labels: Timestamp] = [:]
    /// The number of the newest run.
    private(set) var newestRun: Int64 = 0

    /// A fleet of ten thousand alerts behind one webhook is far more than one host treats.
    static let webhooksKept = 20_000
    static let coursesKept = 10_000
    /// Limits are about tens of runs; whoever needs more than this many in a window has no limit.
    static let startsKept = 5_000
    static let attemptsKept = 2_000
    static let startsRemembered = Guards.Limit.longestWindow

    mutating func apply(_ record: HealingRecord) {
        switch record {
        case .opened(let run):
            count(run.id)
            runs[run.id] = run.isForgettable ? nil : run
            // The run is the mark: there is no moment at which one is durable and the other is not.
            if run.alert.isFromWebhook && run.requestedBy == nil && run.progress.phase.ending != .blocked {
                noteWebhook(run.alert.labels, run.alert.startsAt)
            }
        case .progress(let id, let progress):
            runs[id]?.progress = progress
            if runs[id]?.isForgettable == true { runs[id] = nil }
        case .started(let mark):
            count(mark.run)
            starts.append(mark)
            if starts.count > Self.startsKept { starts.removeFirst() }
        case .intent(let id, let step), .outcome(let id, let step):
            runs[id]?.note(step)
        case .course(let course):
            if let run = course.lastRun { count(run) }
            courses[CourseKey(playbook: course.playbook, subject: course.subject)] = course
            if courses.count > Self.coursesKept { forgetACourse() }
        case .attempt(let mark):
            attempts.removeAll { $0.subject == mark.subject }
            attempts.append(mark)
            if attempts.count > Self.attemptsKept { attempts.removeFirst() }
        case .identity(let identity): identities.note(identity)
        case .storm(let storm): self.storm = storm
        case .killSwitch(let killSwitch): self.killSwitch = killSwitch
        case .webhook(let labels, let startsAt):
            noteWebhook(labels, startsAt)
        case .measured, .act: break
        }
    }

    private mutating func noteWebhook(_ labels: Labels, _ startsAt: Timestamp) {
        webhooks[labels] = Swift.max(startsAt, webhooks[labels] ?? startsAt)
        if webhooks.count > Self.webhooksKept, let oldest = webhooks.min(by: { $0.value < $1.value })?.key {
            webhooks[oldest] = nil
        }
    }

    func course(of playbook: String, _ subject: Labels) -> Course {
        let patient = identities.patient(subject)
        return courses[CourseKey(playbook: playbook, subject: patient)] ?? Course(playbook: playbook, subject: patient)
    }

    private mutating func count(_ run: String) {
        newestRun = Swift.max(newestRun, Int64(run) ?? 0)
    }

    /// The least telling one goes: closed, without failures, longest ago.
    private mutating func forgetACourse() {
        let rank = { (course: Course) -> (Int, Int64) in
            (course.breaker == .closed && course.failures == 0 ? 0 : 1, course.lastEnd?.wall.rawValue ?? 0)
        }
        if let least = courses.min(by: { rank($0.value) < rank($1.value) })?.key { courses[least] = nil }
    }

    /// Forgets what no guard looks at any longer.
    mutating func prune(at now: Moment, storm terms: HealingSettings.StormTerms) {
        if let first = starts.first, first.at.age(at: now) > Self.startsRemembered {
            starts.removeAll { $0.at.age(at: now) > Self.startsRemembered }
        }
        if let first = attempts.first, first.at.age(at: now) > terms.within {
            attempts.removeAll { $0.at.age(at: now) > terms.within }
        }
    }

    /// The fewest records that lead to this very memory: what a store may keep in place of all former ones.
    var checkpoint: [HealingRecord] {
        var records = runs.values.sorted { (Int64($0.id) ?? 0) < (Int64($1.id) ?? 0) }.map(HealingRecord.opened)
        records += starts.map(HealingRecord.started)
        records += attempts.map(HealingRecord.attempt)
        records += identities.all.map(HealingRecord.identity)
        if let storm { records.append(.storm(storm)) }
        if let killSwitch { records.append(.killSwitch(killSwitch)) }
        records += courses.values.sorted { ($0.playbook, $0.subject) < ($1.playbook, $1.subject) }
            .map(HealingRecord.course)
        records += webhooks.sorted { $0.key < $1.key }.map { .webhook($0.key, startsAt: $0.value) }
        return records
    }

    /// Puts every moment on the clocks of the present boot.
    mutating func rebase(at now: Moment) {
        starts = starts.map {
            StartMark(run: $0.run, playbook: $0.playbook, subject: $0.subject, at: $0.at.rebased(at: now))
        }
        attempts = attempts.map { AttemptMark(subject: $0.subject, job: $0.job, at: $0.at.rebased(at: now)) }
        storm = storm.map { Storm(since: $0.since.rebased(at: now), reason: $0.reason) }
        killSwitch = killSwitch.map {
            KillSwitch(by: $0.by, reason: $0.reason, at: $0.at.rebased(at: now), duration: $0.duration)
        }
        courses = courses.mapValues { $0.rebased(at: now) }
        runs = runs.mapValues { run in
            var run = run
            run.progress = run.progress.rebased(at: now)
            return run
        }
    }
}

extension Course {
    fileprivate func rebased(at now: Moment) -> Course {
        var course = self
        course.lastEnd = lastEnd?.rebased(at: now)
        course.watchedSince = watchedSince?.rebased(at: now)
        course.heals = heals.map { $0.rebased(at: now) }
        course.chronicToldAt = chronicToldAt?.rebased(at: now)
        if case .open(let since, let span) = breaker {
            course.breaker = .open(since: since.rebased(at: now), for: span)
        }
        return course
    }
}

extension RunProgress {
    fileprivate func rebased(at now: Moment) -> RunProgress {
        var progress = self
        switch phase {
        case .waiting(let since): progress.phase = .waiting(since: since.rebased(at: now))
        case .verifying(let since): progress.phase = .verifying(since: since.rebased(at: now))
        case .considered, .running, .ended: break
        }
        progress.startedAt = startedAt?.rebased(at: now)
        progress.endedAt = endedAt?.rebased(at: now)
        progress.armed = armed.map { ArmedRollback(step: $0.step, at: $0.at.rebased(at: now), within: $0.within) }
        // Nobody renewed it while the machine was down.
        if let lease, lease.expires.boot != now.boot { progress.lease = nil }
        return progress
    }
}
