import Foundation
import Playbooks
import Testing

/// The run machine in worlds where everything goes wrong.
@Suite struct SimulationTests {
    /// How many worlds: `MEDIC_SEEDS` and `MEDIC_SEED` say otherwise, and Tests/Simulation/run lives many more of them, optimised.
    static let environment = ProcessInfo.processInfo.environment
    static let seeds = environment["MEDIC_SEEDS"].flatMap { Int($0) } ?? 160
    static let lots = 8

    @Test(arguments: 0..<lots)
    func `No bound is ever broken, every run ends, and every deed has its intent`(lot: Int) {
        if let seed = Self.environment["MEDIC_SEED"].flatMap({ UInt64($0) }) {
            guard lot == 0 else { return }
            return expectPeace(seed)
        }
        for number in stride(from: lot, to: Self.seeds, by: Self.lots) { expectPeace(UInt64(number)) }
    }

    private func expectPeace(_ seed: UInt64) {
        var world = World(seed: seed)
        guard let violation = world.live() else { return }
        Issue.record(
            "seed \(seed): \(violation)\nrepeat it with: MEDIC_SEED=\(seed) swift test --filter SimulationTests"
        )
    }

    @Test(arguments: World.Canary.allCases)
    func `A machine that is broken on purpose is noticed`(canary: World.Canary) {
        for seed in 0..<2_000 {
            var world = World(seed: UInt64(seed), canary: canary)
            if world.live() != nil { return }
        }
        Issue.record("nobody noticed that the machine \(canary.rawValue)")
    }

    @Test func `One seed is one world`() {
        for seed in 0..<20 {
            var one = World(seed: UInt64(seed))
            var other = World(seed: UInt64(seed))
            #expect(one.live() == other.live())
            #expect(one.handled == other.handled)
            #expect(one.healer.checkpoint == other.healer.checkpoint)
        }
    }
}
