internal import SystemBus

/// What a program that systemd runs for medic can reach.
public struct Sandbox: Sendable, Hashable {
    /// Nothing of the file system can be written, but for `writablePaths` and a temporary folder of its own.
    public var protectsFiles: Bool
    /// Homes of users cannot be seen.
    public var hidesHomes: Bool
    /// No network but its own loopback.
    public var hidesNetwork: Bool
    /// No devices, no kernel settings, no new privileges, no namespaces, no clock.
    public var protectsKernel: Bool
    public var writablePaths: [String] = []

    public init(protectsFiles: Bool, hidesHomes: Bool, hidesNetwork: Bool, protectsKernel: Bool) {
        self.protectsFiles = protectsFiles
        self.hidesHomes = hidesHomes
        self.hidesNetwork = hidesNetwork
        self.protectsKernel = protectsKernel
    }

    /// Everything is shut but reading and the network.
    public static let strict = Sandbox(protectsFiles: true, hidesHomes: true, hidesNetwork: false, protectsKernel: true)
    /// The program may do what its user may.
    public static let none = Sandbox(
        protectsFiles: false,
        hidesHomes: false,
        hidesNetwork: false,
        protectsKernel: false
    )

    var properties: [UnitProperty] {
        var properties: [UnitProperty] = []
        if protectsFiles {
            properties.append(UnitProperty("ProtectSystem", .string("strict")))
            properties.append(UnitProperty("PrivateTmp", .boolean(true)))
        }
        if !writablePaths.isEmpty { properties.append(UnitProperty("ReadWritePaths", .strings(writablePaths))) }
        if hidesHomes { properties.append(UnitProperty("ProtectHome", .string("yes"))) }
        if hidesNetwork { properties.append(UnitProperty("PrivateNetwork", .boolean(true))) }
        guard protectsKernel else { return properties }
        let switches = [
            "NoNewPrivileges", "PrivateDevices", "ProtectClock", "ProtectControlGroups", "ProtectHostname",
            "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables", "LockPersonality", "RestrictRealtime",
            "RestrictSUIDSGID",
        ]
        properties += switches.map { UnitProperty($0, .boolean(true)) }
        // No kind of namespace is left to it.
        properties.append(UnitProperty("RestrictNamespaces", .uint64(0)))
        return properties
    }
}
