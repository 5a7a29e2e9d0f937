public import Metrics

/// What holds for the whole host, whatever a playbook says. Left alone these are the defaults.
public struct HealingSettings: Sendable, Hashable {
    /// `actions.mode`: no playbook goes further.
    public var ceiling = Playbook.Mode.auto
    public var hostLimit = Guards.Limit(runs: 20, within: .hours(1))
    /// The host itself must have been up for so long.
    public var bootGrace = Milliseconds.minutes(2)
    public var storm = StormTerms()
    public var approvalExpires = Milliseconds.minutes(30)
    /// Units that no playbook touches unless it says `i_know_what_i_do`; a name that ends in `*` stands for all that begin so.
    public var protectedUnits = HealingSettings.protectedByDefault
    /// The host's turn among ten when the fleet's store cannot be reached and the playbook only prefers it.
    public var fleetSlot: Int64 = 0

    public init() {}

    /// When too many fall ill at once to be ill each by itself.
    public struct StormTerms: Sendable, Hashable {
        public var subjects = 5
        /// In per cent of the job. A share of a handful says nothing, so that it counts from three subjects on.
        public var share = 40
        public var within = Milliseconds.minutes(10)

        public init() {}
    }

    public static let protectedByDefault =
        [
            "medic.service", "init.scope", "-.slice", "system.slice", "user.slice", "dbus.service", "dbus.socket",
            "dbus-broker.service", "systemd-journald*", "systemd-udevd*", "systemd-logind.service", "ssh.service",
            "ssh.socket", "ssh@*", "sshd.service", "sshd.socket", "sshd@*", "NetworkManager.service",
            "systemd-networkd*",
            "networking.service", "connman.service", "dhcpcd*", "wpa_supplicant*", "systemd-resolved.service",
            // Who is logged in, and may be about to help.
            "session-*", "user@*",
        ] + endsOfTheHost

    /// What boots the host, and what ends, halts or suspends it when it is started.
    private static let endsOfTheHost = [
        "poweroff.target", "reboot.target", "halt.target", "kexec.target", "soft-reboot.target", "exit.target",
        "shutdown.target", "umount.target", "final.target", "rescue.*", "emergency.*", "ctrl-alt-del.target",
        "runlevel*",
        "suspend*", "hibernate*", "hybrid-sleep.target", "sleep.target", "systemd-poweroff.service",
        "systemd-reboot.service", "systemd-halt.service", "systemd-kexec.service", "systemd-soft-reboot.service",
        "systemd-exit.service", "systemd-suspend*", "systemd-hibernate*", "systemd-hybrid-sleep.service", "initrd*",
        "sysinit.target", "basic.target", "local-fs.target", "multi-user.target", "graphical.target", "default.target",
        "-.mount",
    ]

    /// Whether no playbook touches the unit unless it says that it knows what it does.
    public func isProtected(_ unit: String) -> Bool {
        protectedUnits.contains { pattern in
            guard pattern.utf8.last == UInt8(ascii: "*") else { return pattern.utf8.elementsEqual(unit.utf8) }
            return unit.utf8.starts(with: pattern.utf8.dropLast())
        }
    }
}
