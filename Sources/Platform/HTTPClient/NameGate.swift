import CCurl
import EventLoop
import Files

/// Decides whether one more name may be looked up.
///
/// The library looks each name up on a thread of its own, and a thread whose name server is silent stays until the resolver gives
/// up, long after its transfer has. Without a bound, a dead name server would make a thread for each target.
struct NameGate {
    /// How many lookups may hang at once. As many as hardly ever are under way where names are answered.
    static let hangingMax = 64
    /// How long a lookup that was given up is taken to go on: the resolver asks several servers several times.
    private static let patience = Duration.seconds(30)
    /// Names are those of the configuration, apart from redirects, which a server may invent.
    private static let provenMax = 4_096

    private struct Lookup {
        let name: String
        let handle: CurlHandle

        var isFound: Bool { handle.size(CURLINFO_NAMELOOKUP_TIME_T) > 0 }
    }

    private var local: (names: Set<String>, until: MonotonicInstant) = ([], .now)
    private static let localAge = Duration.seconds(5)

    /// Names whose last transfer was answered: most have a connection that can be used again, and need no lookup.
    private var proven: Set<String> = []
    private var underWay: [UInt: Lookup] = [:]
    private var givenUp: [(name: String, until: MonotonicInstant)] = []

    /// Whether a transfer to this host may begin. Nobody is asked about addresses, and about the host itself.
    mutating func admits(_ host: String) -> Bool {
        guard Self.isLookedUp(host), !proven.contains(host) else { return true }
        guard underWay.count + givenUp.count >= Self.hangingMax / 2 else { return true }
        underWay = underWay.filter { !$0.value.isFound }
        let now = MonotonicInstant.now
        givenUp.removeAll { $0.until <= now }
        // Names that had no answer just now leave room for those that nobody has asked for yet.
        let limit = givenUp.contains { $0.name == host } ? Self.hangingMax / 2 : Self.hangingMax
        return underWay.count + givenUp.count < limit || isLocal(host)
    }

    /// What the host itself knows needs no name server.
    private mutating func isLocal(_ host: String) -> Bool {
        let now = MonotonicInstant.now
        if local.until <= now {
            let text = (try? FileSystem.readText("/etc/hosts", limit: 1 << 20)) ?? ""
            let words = text.split(separator: "\n").flatMap { line in
                line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.dropFirst()
            }
            local = (Set(words.map { $0.lowercased() }), now + Self.localAge)
        }
        return local.names.contains(host)
    }

    mutating func begin(_ host: String, _ handle: CurlHandle) {
        guard Self.isLookedUp(host), !proven.contains(host) else { return }
        underWay[handle.key] = Lookup(name: host, handle: handle)
    }

    /// The transfer has ended, with an answer or without one.
    mutating func end(_ host: String, _ handle: CurlHandle, isAnswered: Bool) {
        guard Self.isLookedUp(host) else { return }
        let lookup = underWay.removeValue(forKey: handle.key)
        if isAnswered {
            if proven.count >= Self.provenMax { proven = [] }
            proven.insert(host)
        } else {
            proven.remove(host)
        }
        if let lookup, !isAnswered, !lookup.isFound {
            givenUp.append((host, .now + Self.patience))
        } else {
            givenUp.removeAll { $0.name == host }
        }
    }

    private static func isLookedUp(_ host: String) -> Bool {
        if host.hasPrefix("[") || host == "localhost" { return false }
        return host.utf8.contains { $0 != UInt8(ascii: ".") && !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
