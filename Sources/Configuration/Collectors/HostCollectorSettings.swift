public import YAML

/// A part of what the host tells, by the name of node_exporter's collector.
public enum HostPart: String, CaseIterable, Sendable, Hashable {
    case cpu
    case diskstats
    case entropy
    case filefd
    case filesystem
    case loadavg
    case meminfo
    case netdev
    case pressure
    case stat
    case time
    case timex
    case uname
    case vmstat
}

/// What is collected of the machine itself. Everything left out is what node_exporter leaves out.
public struct HostCollectorSettings: Sendable, Hashable {
    public var basics = CollectorBasics()
    public var parts = HostPart.allCases
    /// Mount points that have no series, as a regular expression for a part of the path.
    public var excludedMountPoints =
        #"^/(dev|proc|run/credentials/.+|sys|var/lib/docker/.+|var/lib/containers/storage/.+)($|/)"#
    /// Types of filesystems that have none.
    public var excludedTypes =
        "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|iso9660|mqueue|nsfs"
        + "|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tracefs)$"
    /// Disks that have none.
    public var excludedDisks = #"^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$"#
    /// Network interfaces that have none.
    public var excludedInterfaces = ""

    public init() {}

    public static var shape: Shape<HostCollectorSettings> {
        .structure("what is collected of the host") { fields in
            var settings = HostCollectorSettings()
            settings.basics = CollectorBasics.read(&fields)
            settings.parts = fields.value("parts", .list(of: .choice), default: settings.parts)
            settings.excludedMountPoints = fields.value(
                "exclude_mount_points",
                .partPattern,
                default: settings.excludedMountPoints
            )
            settings.excludedTypes = fields.value("exclude_types", .partPattern, default: settings.excludedTypes)
            settings.excludedDisks = fields.value("exclude_disks", .partPattern, default: settings.excludedDisks)
            settings.excludedInterfaces = fields.value(
                "exclude_interfaces",
                .partPattern,
                default: settings.excludedInterfaces
            )
            return settings
        }
    }
}
