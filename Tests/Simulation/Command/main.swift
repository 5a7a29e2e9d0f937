// medic-simulate [--seeds N] [--first N] [--canary NAME] [--trace]: lives so many worlds, says what went wrong in which.

import Foundation

var seeds: UInt64 = 10_000
var first: UInt64 = 0
var isTraced = false
var canary: World.Canary?
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--seeds": seeds = arguments.popFirst().flatMap { UInt64($0) } ?? seeds
    case "--first": first = arguments.popFirst().flatMap { UInt64($0) } ?? first
    case "--trace": isTraced = true
    case "--canary": canary = arguments.popFirst().flatMap { World.Canary(rawValue: $0) }
    default: print("usage: medic-simulate [--seeds N] [--first N] [--canary NAME] [--trace]")
    }
}

var events = 0
var deeds = 0
var failures = 0
for seed in first..<first + seeds {
    var world = World(seed: seed, canary: canary)
    world.isTraced = isTraced
    let violation = world.live()
    events += world.handled
    deeds += world.checker.deeds
    guard let violation else { continue }
    failures += 1
    print("seed \(seed): \(violation)")
    print("  repeat it with: MEDIC_SEED=\(seed) swift test --filter SimulationTests")
    if failures == 10 { break }
}
print("\(seeds) worlds, \(events) events, \(deeds) deeds")
print("\(seeds - UInt64(failures)) passed, \(failures) failed")
exit(failures > 0 ? 1 : 0)
