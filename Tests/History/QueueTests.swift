import Metrics
import Testing

@testable import History

@Suite struct `The queue before the writer` {
    private func submission(_ importance: Importance, _ name: Int = 0, _ durability: Durability = .grouped)
        -> Submission
    {
        let change: HistoryChange =
            switch importance {
            case .explaining: .record(HistoryRecord(at: time(0), kind: .verdict, name: "\(name)"))
            case .telling: .record(HistoryRecord(at: time(0), kind: .transition, name: "\(name)"))
            case .deciding: .intent(StepIntent(run: "\(name)", step: 0, attempt: 0, action: "x", at: time(0)))
            }
        return Submission([change], durability) { _ in }
    }

    private func name(_ submission: Submission) -> String {
        switch submission.changes[0] {
        case .record(let record): record.name
        case .intent(let intent): intent.run
        default: ""
        }
    }

    @Test func `What goes in comes out in order`() {
        var pending = PendingChanges()
        for number in 0..<10 { _ = pending.add(submission(.telling, number)) }
        let first = pending.take(upTo: 4)
        #expect(first.map(name) == ["0", "1", "2", "3"])
        pending.putBack(Array(first.dropFirst(2)))
        let rest = pending.take(upTo: 100)
        #expect(rest.map(name) == ["2", "3", "4", "5", "6", "7", "8", "9"])
        #expect(pending.isEmpty)
        #expect(pending.count == 0 && pending.bytes == 0)
    }

    @Test func `A submission larger than a batch is taken all the same`() {
        var pending = PendingChanges()
        _ = pending.add(Submission(Array(repeating: .keepGroups([]), count: 50), .grouped) { _ in })
        let taken = pending.take(upTo: 10)
        #expect(taken.count == 1)
    }

    @Test func `Explanations are given up first, decisions never`() {
        var pending = PendingChanges(limits: .init(changes: 10, bytes: 1 << 20, reserve: 2))
        for number in 0..<5 { _ = pending.add(submission(.explaining, number)) }
        for number in 5..<10 { _ = pending.add(submission(.telling, number)) }
        let another = pending.add(submission(.explaining, 10))
        #expect(!another.isAccepted && another.shed.isEmpty)
        let telling = pending.add(submission(.telling, 11))
        #expect(telling.isAccepted)
        #expect(telling.shed.map(name) == ["0"])
        var shed: [String] = []
        for number in 20..<40 {
            let (isAccepted, given) = pending.add(submission(.deciding, number))
            #expect(isAccepted)
            shed += given.map(name)
        }
        #expect(shed == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "11"])
        let refused = pending.add(submission(.deciding, 40))
        #expect(!refused.isAccepted && refused.shed.isEmpty)
        let taken = pending.take(upTo: 100)
        #expect(taken.map(name) == (20..<40).map { "\($0)" })
    }

    @Test func `Bytes are bounded too`() {
        var pending = PendingChanges(limits: .init(changes: 1_000, bytes: 10_000, reserve: 1))
        let large = HistoryRecord(at: time(0), kind: .transition, name: "x", text: String(repeating: "x", count: 6_000))
        let first = pending.add(Submission([.record(large)], .grouped) { _ in })
        let second = pending.add(Submission([.record(large)], .grouped) { _ in })
        #expect(first.isAccepted && !second.isAccepted)
    }

    @Test func `Somebody who waits for the device is seen`() {
        var pending = PendingChanges()
        _ = pending.add(submission(.explaining))
        #expect(!pending.hasSynced)
        _ = pending.add(submission(.explaining, 1, .synced))
        #expect(pending.hasSynced)
        _ = pending.take(upTo: 10)
        #expect(!pending.hasSynced)
    }
}
