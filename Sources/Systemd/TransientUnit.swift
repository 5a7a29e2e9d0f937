public import SystemBus

/// A property of a unit, under systemd's name and in the type that systemd wants.
public struct UnitProperty: Sendable, Hashable {
    public let name: String
    public let value: BusValue

    public init(_ name: String, _ value: BusValue) {
        self.name = name
        self.value = value
    }

    static func list(_ properties: [UnitProperty]) -> BusValue {
        .array("(sv)", properties.map { .structure([.string($0.name), .variant($0.value)]) })
    }
}

/// A unit without a file, and the units that are made with it.
public struct TransientUnit: Sendable, Hashable {
    /// With its ending: `medic-undo-17.timer`.
    public var name: String
    public var properties: [UnitProperty]
    public var auxiliary: [TransientUnit]

    public init(name: String, properties: [UnitProperty], auxiliary: [TransientUnit] = []) {
        self.name = name
        self.properties = properties
        self.auxiliary = auxiliary
    }

    var propertyList: BusValue { UnitProperty.list(properties) }

    /// A timer that runs a service once, after a delay: it fires even when whoever made it is gone.
    ///
    /// Stopping the timer before that takes both away.
    public static func timer(_ name: String, after delay: Duration, runs service: TransientService) -> TransientUnit {
        var service = service
        service.name = name
        let properties = [
            UnitProperty("Description", .string(service.description)),
            UnitProperty(
                "TimersMonotonic",
                .array("(st)", [.structure([.string("OnActiveSec"), .uint64(delay.microseconds)])])
            ),
            UnitProperty("AccuracyUSec", .uint64(1_000)),
            UnitProperty("RemainAfterElapse", .boolean(false)),
            UnitProperty("CollectMode", .string("inactive-or-failed")),
        ]
        return TransientUnit(name: name + ".timer", properties: properties, auxiliary: [service.unit])
    }
}

extension Duration {
    /// Whole microseconds, at least 1: zero means "never" to systemd.
    var microseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 1 }
        let (scaled, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000)
        guard !overflow else { return .max - 1 }
        return Swift.max(1, scaled &+ UInt64(attoseconds / 1_000_000_000_000))
    }
}

/// A program that systemd runs once, apart from medic: in a control group of its own, limited, and confined unless said otherwise.
public struct TransientService: Sendable, Hashable {
    /// Where a stream of the program goes.
    public enum Output: Sendable, Hashable {
        case journal
        case discarded
        /// An open file, such as the writing end of a pipe.
        case descriptor(BusDescriptor)
    }

    /// Without an ending.
    public var name: String
    public var description: String
    /// The program's absolute path and its arguments. No shell sees them.
    public var command: [String]
    public var environment: [String] = []
    public var user: String?
    public var workingDirectory: String?
    public var output = Output.journal
    public var errors = Output.journal
    public var sandbox = Sandbox.strict
    /// After this the program is killed; nil: it may run for ever.
    public var runtimeMax: Duration?
    public var memoryMaxBytes: UInt64?
    public var tasksMax: UInt64? = 512
    /// In percent of one processor.
    public var cpuPercent: UInt64?
    /// Kept until `forget`, so that how it ended can be read.
    public var isKept = false

    public init(name: String, description: String, command: [String]) {
        self.name = name
        self.description = description
        self.command = command
    }

    public var unitName: String { name + ".service" }

    /// The unit that systemd is asked for.
    public var unit: TransientUnit {
        TransientUnit(name: unitName, properties: basics + streams + limits + sandbox.properties)
    }

    private var basics: [UnitProperty] {
        // Without the flag systemd would replace `$NAME` in the arguments.
        let flags = BusValue.strings(["no-env-expand"])
        let program: BusValue = .structure([.string(command.first ?? ""), .strings(command), flags])
        var properties = [
            UnitProperty("Description", .string(description)),
            // Started when the program is, not when systemd has forked for it: a program that is not there is told.
            UnitProperty("Type", .string("exec")),
            UnitProperty("ExecStartEx", .array("(sasas)", [program])),
            UnitProperty("CollectMode", .string("inactive-or-failed")),
        ]
        if !environment.isEmpty { properties.append(UnitProperty("Environment", .strings(environment))) }
        if let user { properties.append(UnitProperty("User", .string(user))) }
        if let workingDirectory { properties.append(UnitProperty("WorkingDirectory", .string(workingDirectory))) }
        if isKept { properties.append(UnitProperty("AddRef", .boolean(true))) }
        return properties
    }

    private var streams: [UnitProperty] {
        [
            UnitProperty("StandardInput", .string("null")),
            Self.stream("StandardOutput", output),
            Self.stream("StandardError", errors),
        ]
    }

    private static func stream(_ name: String, _ output: Output) -> UnitProperty {
        switch output {
        case .journal: UnitProperty(name, .string("journal"))
        case .discarded: UnitProperty(name, .string("null"))
        case .descriptor(let descriptor): UnitProperty(name + "FileDescriptor", .unixDescriptor(descriptor))
        }
    }

    private var limits: [UnitProperty] {
        var properties: [UnitProperty] = []
        if let runtimeMax { properties.append(UnitProperty("RuntimeMaxUSec", .uint64(runtimeMax.microseconds))) }
        if let memoryMaxBytes { properties.append(UnitProperty("MemoryMax", .uint64(memoryMaxBytes))) }
        if let tasksMax { properties.append(UnitProperty("TasksMax", .uint64(tasksMax))) }
        if let cpuPercent {
            let (perSecond, overflow) = cpuPercent.multipliedReportingOverflow(by: 10_000)
            properties.append(UnitProperty("CPUQuotaPerSecUSec", .uint64(overflow ? .max : perSecond)))
        }
        return properties
    }
}
