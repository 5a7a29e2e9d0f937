import CAllocations

/// Times an operation over several rounds and counts what it allocates.
struct Stopwatch {
    /// The median time of a round, in nanoseconds.
    let nanoseconds: Double
    /// Allocations of one round, the smallest seen: what the operation itself needs, without one-time growth.
    let allocations: Double

    /// Runs `operation` once to warm up and then `rounds` times. The median stands for the case, because other work on the
    /// machine only ever adds time.
    init(rounds: Int, _ operation: (_ round: Int) throws -> Void) rethrows {
        try operation(0)
        let clock = ContinuousClock()
        var times: [Double] = []
        var allocated: [UInt64] = []
        for round in 1...max(rounds, 1) {
            let before = allocations_count()
            let start = clock.now
            try operation(round)
            let elapsed = clock.now - start
            allocated.append(allocations_count() - before)
            times.append(elapsed.nanoseconds)
        }
        times.sort()
        nanoseconds = times[times.count / 2]
        allocations = Double(allocated.min() ?? 0)
    }
}

extension Duration {
    var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    }
}

/// Memory that the process holds now.
enum Memory {
    static var live: Double { Double(allocations_live()) }
    static var resident: Double { Double(allocations_resident()) }
}
