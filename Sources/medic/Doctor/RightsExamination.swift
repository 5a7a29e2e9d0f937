import Configuration
import Files

/// Looks whether the service's user may read what it is configured to read: root, who asks, may read everything and sees no difference.
struct RightsExamination {
    let user: UInt32
    let group: UInt32

    /// Nil where there is no user of the service.
    init?() {
        guard let user = HostGroups.user("medic"), let group = HostGroups.number("medic") else { return nil }
        self.user = user
        self.group = group
    }

    /// What the service is to read: its configuration, and the rules and playbooks that this names.
    static func paths(_ configurationPath: String?, _ configuration: MedicConfiguration?) -> [String] {
        var paths = [configurationPath].compactMap(\.self)
        paths += (try? FileSystem.matches("/etc/medic/medic.d/*.yml")) ?? []
        let named = (configuration?.ruleFiles ?? []) + (configuration?.playbookFiles ?? [])
        // Others are sought beside the configuration, where its own rights hold for them too.
        for pattern in named where pattern.path(from: "").hasPrefix("/") {
            paths += (try? FileSystem.matches(pattern.path(from: ""))) ?? []
        }
        return paths
    }

    func finding(_ paths: [String]) -> Finding {
        let closed = paths.filter { !mayRead($0) }
        guard let first = closed.first else {
            return Finding("files", .good, "the user medic may read the \(paths.count) files it is configured with")
        }
        let others = closed.count > 1 ? " and \(closed.count - 1) more" : ""
        return Finding(
            "files",
            .bad,
            "the user medic may not read \(first)\(others)",
            advice: "'sudo chmod a+r \(first)', and a+x for the folders above it; or give them to the group medic"
        )
    }

    private func mayRead(_ path: String) -> Bool {
        guard let status = try? FileSystem.status(path), allows(0o4, status) else { return false }
        var folder = FileSystem.parent(of: path)
        while folder.utf8.count > 1 {
            guard let status = try? FileSystem.status(folder), allows(0o1, status) else { return false }
            folder = FileSystem.parent(of: folder)
        }
        return true
    }

    private func allows(_ right: UInt32, _ status: FileStatus) -> Bool {
        if status.owner == user { return status.permissions & (right << 6) != 0 }
        if status.group == group { return status.permissions & (right << 3) != 0 }
        return status.permissions & right != 0
    }
}
