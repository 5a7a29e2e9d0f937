import Glibc

/// How many files and connections the process may have open.
enum DescriptorLimit {
    // A thousand targets, as many clients, files of samples and of history: far below this. What is started inherits no more.
    private static let wanted: UInt = 65_536

    /// Raises the limit as far as the host lets it and medic can use; answers with what holds then. Distributions start services with
    /// 1024, so that programs that still use `select` do not break.
    static func raise() -> UInt {
        var limits = rlimit()
        // The kernel fills in and reads the structure within the call.
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return 0 }
        let target = Swift.min(UInt(limits.rlim_max), wanted)
        guard UInt(limits.rlim_cur) < target else { return UInt(limits.rlim_cur) }
        limits.rlim_cur = rlim_t(target)
        guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else {
            return UInt(limits.rlim_cur)
        }
        return target
    }
}
