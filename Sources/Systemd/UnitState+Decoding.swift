internal import SystemBus

extension UnitState {
    /// Reads what systemd tells under the names of its properties. What is missing (another kind of unit, another version) keeps its
    /// default.
    init(_ properties: [String: BusValue]) {
        let read = PropertyReader(properties)
        name = read.text("Id")
        description = read.text("Description")
        load = LoadState(word: read.text("LoadState"))
        loadProblem = properties["LoadError"]?.elements?.last?.text ?? ""
        active = ActiveState(word: read.text("ActiveState"))
        sub = read.text("SubState")
        fileState = read.text("UnitFileState")
        fragmentPath = read.text("FragmentPath")
        dropIns = read.texts("DropInPaths")
        needsDaemonReload = read.flag("NeedDaemonReload")
        freezer = read.text("FreezerState")
        job = properties["Job"]?.elements?.first?.unsigned.flatMap { $0 == 0 ? nil : UInt32(exactly: $0) }
        invocation = read.identifier("InvocationID")
        activeEnter = read.moment("ActiveEnterTimestamp")
        inactiveEnter = read.moment("InactiveEnterTimestamp")
        stateChange = read.moment("StateChangeTimestamp")
        controlGroup = read.text("ControlGroup")
        canStart = read.flag("CanStart")
        canStop = read.flag("CanStop")
        canReload = read.flag("CanReload")
        canFreeze = read.flag("CanFreeze")
        dependencies = UnitDependencies(read)
        decodeService(read)
    }

    private mutating func decodeService(_ read: PropertyReader) {
        result = read.text("Result")
        serviceType = read.text("Type")
        restartPolicy = read.text("Restart")
        mainPID = read.number("MainPID").flatMap { $0 == 0 ? nil : UInt32(exactly: $0) }
        restarts = read.number("NRestarts").flatMap { UInt32(exactly: $0) } ?? 0
        exitCode = read.signed("ExecMainCode")
        exitStatus = read.signed("ExecMainStatus")
        statusText = read.text("StatusText")
        memoryBytes = read.amount("MemoryCurrent")
        memoryMaxBytes = read.amount("MemoryMax")
        cpuNanoseconds = read.amount("CPUUsageNSec")
        tasks = read.amount("TasksCurrent")
        tasksMax = read.amount("TasksMax")
    }
}

extension UnitDependencies {
    init(_ read: PropertyReader) {
        requires = read.texts("Requires")
        requisite = read.texts("Requisite")
        wants = read.texts("Wants")
        bindsTo = read.texts("BindsTo")
        partOf = read.texts("PartOf")
        after = read.texts("After")
        before = read.texts("Before")
        requiredBy = read.texts("RequiredBy")
        boundBy = read.texts("BoundBy")
        consistsOf = read.texts("ConsistsOf")
        triggers = read.texts("Triggers")
        triggeredBy = read.texts("TriggeredBy")
    }
}

/// Properties under the forms in which systemd writes them.
struct PropertyReader {
    private let properties: [String: BusValue]

    init(_ properties: [String: BusValue]) {
        self.properties = properties
    }

    func text(_ name: String) -> String { properties[name]?.text ?? "" }
    func texts(_ name: String) -> [String] { properties[name]?.texts ?? [] }
    func flag(_ name: String) -> Bool { properties[name]?.boolean ?? false }
    func number(_ name: String) -> UInt64? { properties[name]?.unsigned }

    func signed(_ name: String) -> Int32 {
        properties[name]?.integer.flatMap { Int32(exactly: $0) } ?? 0
    }

    /// A number whose greatest value stands for "not known" or "no limit".
    func amount(_ name: String) -> UInt64? {
        number(name).flatMap { $0 == .max ? nil : $0 }
    }

    func moment(_ name: String) -> UnitMoment? {
        guard let wall = number(name), wall != 0 else { return nil }
        return UnitMoment(wall: wall, monotonic: number(name + "Monotonic") ?? 0)
    }

    /// Sixteen bytes as 32 hexadecimal digits.
    func identifier(_ name: String) -> String? {
        guard let bytes = properties[name]?.bytes, !bytes.isEmpty, bytes.contains(where: { $0 != 0 }) else {
            return nil
        }
        return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension UnitSummary {
    /// Reads a line of `ListUnits`; nil when it is none.
    init?(_ value: BusValue) {
        guard let fields = value.elements, fields.count == 10, let name = fields[0].text else { return nil }
        self.name = name
        description = fields[1].text ?? ""
        load = LoadState(word: fields[2].text ?? "")
        active = ActiveState(word: fields[3].text ?? "")
        sub = fields[4].text ?? ""
        job = fields[7].unsigned.flatMap { $0 == 0 ? nil : UInt32(exactly: $0) }
    }
}
