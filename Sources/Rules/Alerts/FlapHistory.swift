/// Whether an alert was true at its last 21 evaluations, and whether it changes its mind too often.
///
/// Recent changes weigh more than old ones, from 0.8 to 1.2, so that an alert that has calmed down is soon forgiven.
public struct FlapHistory: Sendable, Hashable {
    /// The evaluations that are remembered: enough for twenty changes.
    static let length = 21
    /// Flapping begins at this share of changes, in per cent.
    public static let beginsAt = 30.0
    /// Flapping ends below this share of changes, in per cent.
    public static let endsBelow = 25.0

    // The newest result is the lowest bit.
    private(set) var results: UInt32
    private(set) var count: Int
    public private(set) var isFlapping: Bool

    public init() {
        self.init(results: 0, count: 0, isFlapping: false)
    }

    init(results: UInt32, count: Int, isFlapping: Bool) {
        self.results = results
        self.count = Swift.min(Swift.max(count, 0), Self.length)
        self.isFlapping = isFlapping
    }

    /// The weighted share of changes among the remembered results, in per cent. Zero until all of them are known.
    public var changePercentage: Double {
        guard count == Self.length else { return 0 }
        let transitions = Self.length - 1
        var sum = 0.0
        for age in 0..<transitions where (results >> age) & 1 != (results >> (age + 1)) & 1 {
            sum += 1.2 - 0.4 * Double(age) / Double(transitions - 1)
        }
        return sum / Double(transitions) * 100
    }

    /// Whether nothing but the same result is remembered, so that the history can be forgotten.
    var isQuiet: Bool {
        results == 0 || results == (1 << UInt32(count)) - 1
    }

    mutating func record(_ isTrue: Bool) {
        results = ((results << 1) | (isTrue ? 1 : 0)) & ((1 << UInt32(Self.length)) - 1)
        count = Swift.min(count + 1, Self.length)
        let share = changePercentage
        isFlapping = isFlapping ? share >= Self.endsBelow : share >= Self.beginsAt
    }
}
