/// Why a property cannot be set.
struct UnitLimitError: Error {
    let message: String
    let help: String?
}

/// A resource limit as unit files write it, and as systemd's bus takes it.
struct UnitLimit: Sendable, Hashable {
    enum Value: Sendable, Hashable {
        case unsigned(UInt64)
        case flag(Bool)
    }

    /// The name on the bus: `CPUQuotaPerSecUSec` for `CPUQuota`.
    let name: String
    let value: Value

    private enum Kind {
        case size
        case weight
        case count
        case quota
        case flag
    }

    // What may be changed while a unit runs and does no more than bound it.
    private static let kinds: [(name: String, kind: Kind)] = [
        ("MemoryMin", .size), ("MemoryLow", .size), ("MemoryHigh", .size), ("MemoryMax", .size),
        ("MemorySwapMax", .size), ("MemoryZSwapMax", .size), ("TasksMax", .count), ("CPUWeight", .weight),
        ("StartupCPUWeight", .weight), ("IOWeight", .weight), ("StartupIOWeight", .weight), ("CPUQuota", .quota),
        ("CPUAccounting", .flag), ("MemoryAccounting", .flag), ("IOAccounting", .flag), ("TasksAccounting", .flag),
    ]

    static let infinity = UInt64.max

    init(_ name: String, written text: String) throws(UnitLimitError) {
        guard let kind = Self.kinds.first(where: { $0.name == name })?.kind else {
            throw UnitLimitError(
                message: "the property '\(Wording.shown(name))' cannot be set by a playbook",
                help: "known here: " + Self.kinds.map(\.name).joined(separator: ", ")
            )
        }
        self.name = kind == .quota ? "CPUQuotaPerSecUSec" : name
        guard let value = Self.value(of: text, kind) else {
            throw UnitLimitError(
                message: "'\(Wording.shown(text))' is not \(Self.expectation(kind))",
                help: nil
            )
        }
        self.value = value
    }

    private static func expectation(_ kind: Kind) -> String {
        switch kind {
        case .size: "a size such as 500M or 2G, or infinity"
        case .weight: "a weight from 1 to 10000"
        case .count: "a whole number, or infinity"
        case .quota: "a share of one processor such as 50%, or infinity"
        case .flag: "yes or no"
        }
    }

    private static func value(of text: String, _ kind: Kind) -> Value? {
        if text == "infinity", kind != .weight, kind != .flag { return .unsigned(infinity) }
        switch kind {
        case .size: return size(text).map { .unsigned($0) }
        case .weight: return UInt64(text).flatMap { (1...10_000).contains($0) ? .unsigned($0) : nil }
        case .count: return UInt64(text).flatMap { $0 > 0 ? .unsigned($0) : nil }
        case .quota:
            guard text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 1e6 else { return nil }
            return .unsigned(UInt64((share * 10_000).rounded()))
        case .flag:
            switch text {
            case "yes", "true", "on", "1": return .flag(true)
            case "no", "false", "off", "0": return .flag(false)
            default: return nil
            }
        }
    }

    /// systemd counts in powers of 1024, with one letter.
    private static func size(_ text: String) -> UInt64? {
        let units: [(UInt8, UInt64)] = [
            (UInt8(ascii: "K"), 1 << 10), (UInt8(ascii: "M"), 1 << 20), (UInt8(ascii: "G"), 1 << 30),
            (UInt8(ascii: "T"), 1 << 40),
        ]
        guard let last = text.utf8.last else { return nil }
        let unit = units.first { $0.0 == last }?.1 ?? 1
        let digits = unit == 1 ? text[...] : text.dropLast()
        guard let number = Double(digits), number > 0, number.isFinite else { return nil }
        let total = (number * Double(unit)).rounded()
        return total < 0x1p63 ? UInt64(total) : nil
    }
}
