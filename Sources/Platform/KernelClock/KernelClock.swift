internal import CClock

/// What the kernel knows of its own clock and how far it believes it to be off, in the units of adjtimex(2).
public struct KernelClock: Sendable, Hashable {
    public let state: Int
    public let status: Int
    public let offset: Int
    public let frequency: Int
    public let maxError: Int
    public let estimatedError: Int
    public let constant: Int
    public let tick: Int
    public let pulseFrequency: Int
    public let jitter: Int
    public let shift: Int
    public let stability: Int
    public let jitterCount: Int
    public let calibrationCount: Int
    public let errorCount: Int
    public let stabilityCount: Int
    public let atomicOffset: Int

    /// Reads it, changing nothing; nil where the kernel does not tell.
    public static func read() -> KernelClock? {
        var clock = timex()
        // The call fills in what it is given.
        let state = unsafe medic_read_clock(&clock)
        return state < 0 ? nil : KernelClock(Int(state), clock)
    }

    private init(_ state: Int, _ clock: timex) {
        self.state = state
        status = Int(clock.status)
        offset = Int(clock.offset)
        frequency = Int(clock.freq)
        maxError = Int(clock.maxerror)
        estimatedError = Int(clock.esterror)
        constant = Int(clock.constant)
        tick = Int(clock.tick)
        pulseFrequency = Int(clock.ppsfreq)
        jitter = Int(clock.jitter)
        shift = Int(clock.shift)
        stability = Int(clock.stabil)
        jitterCount = Int(clock.jitcnt)
        calibrationCount = Int(clock.calcnt)
        errorCount = Int(clock.errcnt)
        stabilityCount = Int(clock.stbcnt)
        atomicOffset = Int(clock.tai)
    }
}
