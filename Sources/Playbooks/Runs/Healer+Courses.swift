import JSON
import Metrics

// What a playbook has achieved with a subject: breaker, recurrence, chronic illness.
extension Healer {
    mutating func endCourse(_ run: Run, _ ending: RunEnding) {
        var course = memory.course(of: run.playbook, run.subject)
        guard ending != .blocked && ending != .unneeded || course.isTrial(run.id) else { return }
        if course.lastRun == run.id, course.lastEnding == ending {
            // It ended so before a restart, and its end did not reach the record.
            course.lastEnd = now
            commit(.course(course))
            return
        }
        course.lastRun = run.id
        course.lastEnding = ending
        course.lastAlert = run.alert.labels
        course.lastStartsAt = run.alert.startsAt
        course.terms = run.plan.terms.breaker
        course.tellsRecurrence = run.plan.page.occasions.contains(.recurrence)
        course.receiver = run.plan.page.receiver
        if run.progress.startedAt != nil { course.lastEnd = now }
        if ending == .healed {
            course.watchedSince = now
            course.heals.removeAll { $0.age(at: now) > .days(7) }
            course.heals.append(now)
            if course.heals.count > Course.healsKept { course.heals.removeFirst() }
            tellChronic(&course, run)
            commit(.course(course))
        } else if ending.isFailure && run.progress.startedAt != nil {
            course.watchedSince = nil
            fail(&course, run.id)
        } else {
            // A trial that proved nothing leaves the next one to try.
            if course.isTrial(run.id) { course.breaker = .open(since: now, for: .zero) }
            commit(.course(course))
        }
    }

    /// One failure more; at the threshold, or on trial, the breaker opens.
    private mutating func fail(_ course: inout Course, _ run: String) {
        course.failures += 1
        let wasTrial = course.isHalfOpen
        if case .openByHand = course.breaker { return void(commit(.course(course))) }
        guard wasTrial || course.failures >= course.terms.unhealed else { return void(commit(.course(course))) }
        course.openings += 1
        let doublings = Swift.min(course.openings - 1, 30)
        let (raw, overflow) = course.terms.open.rawValue.multipliedReportingOverflow(by: 1 << Int64(doublings))
        let span = overflow ? course.terms.max : Swift.min(course.terms.max, Milliseconds(raw))
        course.breaker = .open(since: now, for: span)
        commit(.course(course))
        notice(
            .breakerOpened,
            playbook: course.playbook,
            subject: course.subject,
            alerts: course.lastAlert.map { [$0] } ?? [],
            "\(course.playbook) has not healed \(course.failures) times in a row: its breaker is open for \(span.promQLText)",
            facts: [("failures", .integer(Int64(course.failures))), ("open_ms", .integer(span.rawValue))],
            run: run,
            receiver: course.receiver
        )
    }

    private func void(_: RecordID) {}

    private mutating func tellChronic(_ course: inout Course, _ run: Run) {
        let isTold = course.chronicToldAt.map { $0.age(at: now) < .days(7) } ?? false
        guard course.heals.count > run.plan.terms.weeklyHeals, !isTold else { return }
        course.chronicToldAt = now
        notify(.chronic, run, "\(run.playbook) healed the same subject \(course.heals.count) times within a week")
    }

    // MARK: Recurrence

    /// The alert is new: whoever healed its subject of late has not healed it for long.
    mutating func noteRecurrences(of alert: FiringAlert) {
        for playbook in playbooks where playbook.triggers.contains(where: { $0.matches(alert.labels) }) {
            let course = memory.course(of: playbook.name, playbook.patient(of: alert))
            guard course.watchedSince != nil, course.lastStartsAt != alert.startsAt || course.lastAlert != alert.labels
            else { continue }
            recur(course)
        }
    }

    /// The alert never ended, and is true when the playbook has rested: what was measured as well by another yardstick did not last.
    mutating func noteRecurrence(in run: Run, _ survey: Survey) {
        let course = memory.course(of: run.playbook, run.subject)
        guard course.watchedSince != nil, survey.evidence?.isTrue == true, let end = course.lastEnd,
            end.age(at: now) >= run.plan.terms.cooldown
        else { return }
        recur(course)
    }

    private mutating func recur(_ course: Course) {
        guard let since = course.watchedSince else { return }
        guard since.age(at: now) < course.terms.minHealthy else { return prove(course) }
        var course = course
        course.watchedSince = nil
        if course.tellsRecurrence {
            notice(
                .recurrence,
                playbook: course.playbook,
                subject: course.subject,
                alerts: course.lastAlert.map { [$0] } ?? [],
                "the illness is back \(since.age(at: now).promQLText) after \(course.playbook) healed it",
                run: course.lastRun,
                receiver: course.receiver
            )
        }
        fail(&course, course.lastRun ?? "")
    }

    /// The heal has lasted: whatever was before it is forgiven.
    private mutating func prove(_ course: Course) {
        var course = course
        course.watchedSince = nil
        course.failures = 0
        switch course.breaker {
        case .openByHand: break
        case .closed, .open, .halfOpen:
            course.breaker = .closed
            course.openings = 0
        }
        commit(.course(course))
    }

    /// Heals that have lasted long enough.
    mutating func proveHeals() {
        for course in memory.courses.values.filter({ $0.watchedSince != nil }).sorted(by: { $0.subject < $1.subject }) {
            if let since = course.watchedSince, since.age(at: now) >= course.terms.minHealthy { prove(course) }
        }
    }
}

extension Course {
    var isHalfOpen: Bool { if case .halfOpen = breaker { true } else { false } }

    func isTrial(_ run: String) -> Bool { breaker == .halfOpen(run: run) }
}
