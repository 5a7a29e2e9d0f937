import Instruments
import TestServers
import Testing

@testable import Scraping

/// The memory that answers share while they arrive.
@Suite struct `Room for answers` {
    private static let megabyte = 1 << 20

    /// Lets this many targets send until none gets more; what each was let send.
    private func fill(_ room: inout AnswerRoom, targets: Int) -> [Int] {
        var sent = [Int](repeating: 0, count: targets)
        while true {
            let before = sent
            for target in sent.indices where room.take(Self.megabyte, after: sent[target]) {
                sent[target] += Self.megabyte
            }
            if sent == before { return sent }
        }
    }

    @Test(arguments: [1, 2, 5, 90]) func `Those that never end share it, and leave some`(targets: Int) {
        var room = AnswerRoom()
        let sent = fill(&room, targets: targets)
        let fair = room.size / (targets + 1)
        let hasMore = room.take(fair / 2, after: 0)
        #expect(sent.allSatisfy { abs($0 - fair) <= Self.megabyte })
        #expect(hasMore, "an ordinary answer finds room")
        #expect(room.taken == sent.reduce(0, +) + fair / 2)
    }

    @Test func `What is given back serves others`() {
        var room = AnswerRoom()
        let first = fill(&room, targets: 1)[0]
        let isTaken = room.take(Self.megabyte, after: first)
        #expect(!isTaken)
        room.giveBack(first)
        #expect(room.taken == 0)
        let again = fill(&room, targets: 1)
        #expect(again == [first])
    }

    @Test func `An answer that a job says may be larger fits`() {
        var room = AnswerRoom()
        room.makeRoom(forAnswersOf: 500 * Self.megabyte)
        let large = fill(&room, targets: 1)
        #expect(large == [500 * Self.megabyte])
        room.makeRoom(forAnswersOf: .max)
        #expect(room.size == .max)
        room.makeRoom(forAnswersOf: 0)
        #expect(room.size == AnswerRoom().size)
    }

    private func isNothingUnderWay(_ world: ScrapeWorld) -> Bool {
        world.instruments.families().first { $0.name == "medic_scraping_answer_bytes" }?.samples.first?.value == 0
    }

    @Test func `Targets that send without end are told apart from those that are only slow`() async throws {
        let world = try ScrapeWorld()
        let server = try ServerProcess.awkward()
        defer { server.stop() }
        func job(_ name: String, _ path: String) -> String {
            """
            - job_name: \(name)
              scrape_interval: 4s
              metrics_path: \(path)
              static_configs: [{targets: ['127.0.0.1:\(server.port)'], labels: {instance: i}}]

            """
        }
        try world.apply(job("a", "/endless") + job("b", "/endless") + job("c", "/metrics"))
        let ending = "if it is meant to be, set body_size_limit of its job to what it may have"
        #expect(
            await world.until {
                world.manager.targets.active.prefix(2).allSatisfy { $0.status.lastError.hasSuffix(ending) }
            }
        )
        #expect(await world.until { world.value("up{instance=\"i\", job=\"c\"}") == 1 })
        try world.apply(job("c", "/metrics"))
        #expect(await world.until { isNothingUnderWay(world) })
    }
}
