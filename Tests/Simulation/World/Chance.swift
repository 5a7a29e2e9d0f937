import Metrics

/// One seed, one world.
struct Chance {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9e37_79b9_7f4a_7c15 &+ 0x1234_5678_9abc_def1
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// From zero to one below the bound.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// True so many times in a thousand.
    mutating func happens(_ perMille: Int) -> Bool { below(1_000) < perMille }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// What can go wrong in a world, in so many cases of a thousand. Drawn once per world, so that some faults are off and others extreme.
struct Faults {
    var lostAnswer: Int
    var deedFails: Int
    var deedUnknown: Int
    var deedLost: Int
    var recordFails: Int
    var restart: Int
    var reboots: Bool
    var inconclusive: Int
    var clockBack: Int
    var clockForward: Int
    var healsByItself: Int

    init(_ chance: inout Chance) {
        lostAnswer = chance.pick([0, 0, 20, 100])
        deedFails = chance.pick([0, 100, 300, 900])
        deedUnknown = chance.pick([0, 0, 50, 200])
        deedLost = chance.pick([0, 0, 30, 150])
        recordFails = chance.pick([0, 0, 0, 20, 100])
        restart = chance.pick([0, 10, 30, 80])
        reboots = chance.happens(400)
        inconclusive = chance.pick([0, 50, 300])
        clockBack = chance.pick([0, 0, 15])
        // A clock set forward and then a boot leave nothing to tell the time by: there the wall is believed.
        clockForward = reboots ? 0 : chance.pick([0, 0, 15])
        healsByItself = chance.pick([0, 50, 300])
    }
}
