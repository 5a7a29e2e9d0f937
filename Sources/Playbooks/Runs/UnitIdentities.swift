import Metrics

/// What systemd calls the units that playbooks and alerts name by another name. Whoever goes by several names is one patient: locks,
/// cooldowns, limits and breakers are his, whichever of them somebody used.
public struct UnitIdentities: Sendable, Hashable {
    private var names: [String: String] = [:]

    /// Aliases are made by hand; more than one host has.
    static let most = 2_000

    public init() {}

    /// The unit's own name, as far as it is known.
    public func name(of unit: String) -> String { names[unit] ?? unit }

    mutating func note(_ identity: UnitIdentity) {
        names[identity.alias] = identity.isAlias ? identity.name : nil
        if names.count > Self.most, let first = names.keys.min() { names[first] = nil }
    }

    /// The labels with the units' own names in them: the key of everything that is remembered about a patient.
    func patient(_ subject: Labels) -> Labels {
        guard !names.isEmpty, subject.contains(where: { names[$0.value] != nil }) else { return subject }
        return Labels(subject.map { Label($0.name, name(of: $0.value)) })
    }

    /// The lock as whoever uses the unit's own name asks for it.
    func lock(_ lock: String) -> String {
        guard !names.isEmpty, let unit = Self.unit(in: lock) else { return lock }
        return Self.unitLocks + name(of: unit)
    }

    /// What they are, so that they can be recorded.
    var all: [UnitIdentity] { names.sorted { $0.key < $1.key }.map { UnitIdentity(alias: $0.key, name: $0.value) } }

    private static let unitLocks = "unit/"

    /// The unit that a lock is about; nil: it is about something else.
    static func unit(in lock: String) -> String? {
        guard lock.utf8.starts(with: unitLocks.utf8) else { return nil }
        return try? UnitName.read(String(lock.dropFirst(unitLocks.count))).get()
    }

    /// The units of which a run speaks without treating them.
    static func mentioned(by run: Run) -> [String] {
        let words = run.plan.locks.compactMap(unit) + run.subject.compactMap { try? UnitName.read($0.value).get() }
        return Set(words).subtracting(run.plan.units).sorted()
    }
}

/// That systemd calls a unit so.
public struct UnitIdentity: Sendable, Hashable {
    public let alias: String
    public let name: String

    public init(alias: String, name: String) {
        self.alias = alias
        self.name = name
    }

    /// Whether these are two names.
    var isAlias: Bool { !alias.utf8.elementsEqual(name.utf8) }
}
