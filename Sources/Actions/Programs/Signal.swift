/// The signals that make sense to send to somebody else's process, with Linux's numbers for them.
enum Signal {
    private static let numbers: [(name: String, number: Int32)] = [
        ("SIGHUP", 1), ("SIGINT", 2), ("SIGQUIT", 3), ("SIGABRT", 6), ("SIGKILL", 9), ("SIGUSR1", 10),
        ("SIGUSR2", 12), ("SIGTERM", 15), ("SIGCONT", 18), ("SIGSTOP", 19), ("SIGWINCH", 28),
    ]

    /// With and without `SIG`, as people write both.
    static let names = numbers.flatMap { [$0.name, String($0.name.dropFirst(3))] }

    static func number(of name: String) -> Int32? {
        numbers.first { $0.name == name || $0.name.dropFirst(3) == name }?.number
    }
}
