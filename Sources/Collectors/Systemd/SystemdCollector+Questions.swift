import EventLoop
import SystemBus
import Systemd

/// Something about a unit that systemd does not tell by itself.
struct UnitQuestion: Sendable {
    enum Subject: Sendable {
        case serviceType
        case restarts
        case activeEnter
        case controlGroup
        case lastTrigger
        case acceptsConnections
        case accepted
        case connections
        case refused
    }

    let record: UnitRecord
    let subject: Subject

    /// The D-Bus interface and the name of the property.
    var property: (interface: String, name: String) {
        switch subject {
        case .serviceType: (UnitUpdate.Part.service.interface, "Type")
        case .restarts: (UnitUpdate.Part.service.interface, "NRestarts")
        case .activeEnter: (UnitUpdate.Part.unit.interface, "ActiveEnterTimestamp")
        case .controlGroup: ("org.freedesktop.systemd1." + record.kindInterface, "ControlGroup")
        case .lastTrigger: (UnitUpdate.Part.timer.interface, "LastTriggerUSec")
        case .acceptsConnections: (UnitUpdate.Part.socket.interface, "Accept")
        case .accepted: (UnitUpdate.Part.socket.interface, "NAccepted")
        case .connections: (UnitUpdate.Part.socket.interface, "NConnections")
        case .refused: (UnitUpdate.Part.socket.interface, "NRefused")
        }
    }
}

extension UnitRecord {
    /// `Service` for `service`.
    var kindInterface: String { kind.prefix(1).uppercased() + kind.dropFirst() }

    /// Units of other kinds have no processes of their own.
    var hasControlGroup: Bool {
        switch kind {
        case "service", "socket", "mount", "swap", "slice", "scope": true
        default: false
        }
    }
}

// Questions wait in line: a few at a time, so that neither systemd nor the loop is flooded by a host of thousands of units.
extension SystemdCollector {
    func ask(_ record: UnitRecord, _ subject: UnitQuestion.Subject) {
        if case .controlGroup = subject, !record.hasControlGroup { return }
        questions.append(UnitQuestion(record: record, subject: subject))
        askNext()
    }

    private func askNext() {
        while openQuestions < Self.questionsMax, nextQuestion < questions.count {
            let question = questions[nextQuestion]
            nextQuestion += 1
            if nextQuestion == questions.count {
                questions = []
                nextQuestion = 0
            }
            // A question about a unit that has gone would make systemd load it again.
            guard units[question.record.name] === question.record else { continue }
            openQuestions += 1
            let property = question.property
            manager.property(property.name, of: question.record.name, interface: property.interface) {
                [weak self] result in
                guard let self else { return }
                openQuestions -= 1
                if case .success(let value) = result, units[question.record.name] === question.record {
                    note(question, value)
                }
                askNext()
            }
        }
    }

    private func note(_ question: UnitQuestion, _ value: BusValue) {
        let record = question.record
        switch question.subject {
        case .serviceType:
            guard record.serviceType == nil else { return }
            record.serviceType = value.text ?? ""
            furnish(record)
        case .restarts:
            record.series?.set(.restarts, value.unsigned.map { Double($0) })
        case .activeEnter:
            record.activeSince = Double(value.unsigned ?? 0) / 1_000_000
            record.series?.setState(record.active, since: record.activeSince)
        case .controlGroup:
            record.controlGroup = value.text.flatMap { ControlGroup($0) }
            readGroup(record)
        case .lastTrigger:
            record.series?.set(.lastTrigger, Double(value.unsigned ?? 0) / 1_000_000)
        case .acceptsConnections:
            record.acceptsConnections = value.boolean ?? false
            // What takes no connections itself counts none, for ever.
            for metric in [UnitMetric.accepted, .connections, .refused] { record.series?.set(metric, 0) }
            if record.acceptsConnections { askConnections(record) }
        case .accepted: record.series?.set(.accepted, value.unsigned.map { Double($0) })
        case .connections: record.series?.set(.connections, value.unsigned.map { Double($0) })
        case .refused: record.series?.set(.refused, value.unsigned.map { Double($0) })
        }
        changed(record)
    }

    func askConnections(_ record: UnitRecord) {
        ask(record, .accepted)
        ask(record, .connections)
        ask(record, .refused)
    }

    /// Whether the system is running as it should. systemd does not tell when that changes; failed units are what mostly changes it.
    func askSystemState() {
        guard !isAsking else { return }
        isAsking = true
        manager.bus.loop.after(.milliseconds(10)) { [weak self] in
            self?.manager.managerProperty("SystemState") { [weak self] result in
                guard let self else { return }
                isAsking = false
                guard case .success(let value) = result, let text = value.text else { return }
                overview.set(isRunning: text.utf8.elementsEqual("running".utf8))
                commitSoon()
            }
        }
    }
}
