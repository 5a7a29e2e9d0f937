import Files
import Glibc
import HTTPClient

/// Why an agent gives no answer, or not the one that was asked for.
enum AgentFailure: Error, Hashable, CustomStringConvertible {
    /// Nobody answers; what is the matter, and what to do.
    case unreachable(String)
    /// It answers that it will not or cannot.
    case refused(status: Int, message: String)
    /// What answers is neither an agent nor a Prometheus.
    case notUnderstood(String)
    /// It answers more than is read.
    case tooLong(String)

    var description: String {
        switch self {
        case .unreachable(let text): text
        case .refused(_, let message): message
        case .notUnderstood(let text), .tooLong(let text): text
        }
    }

    var exit: ExitCode {
        if case .unreachable = self { .unreachable } else { .notFine }
    }
}

extension AgentFailure {
    /// What is wrong with the way to the agent, found out after a request did not get through.
    init(_ error: HTTPClientError, at address: AgentAddress) {
        switch (address, error) {
        case (_, .bodyTooLarge(let limit)):
            self = .tooLong("the answer has more than \(limit) bytes: ask for less")
        case (_, .timeout): self = .unreachable("\(address) does not answer in time")
        case (.socket(let path), _): self = .unreachable(Self.problem(ofSocket: path, error))
        case (.url(let url), .badURL): self = .unreachable("'\(url)' is no URL such as http://127.0.0.1:9120")
        case (.url, _):
            self = .unreachable("\(address) cannot be reached: \(error)")
        }
    }

    private static func problem(ofSocket path: String, _ error: HTTPClientError) -> String {
        if case .unavailable = error { return "\(error)" }
        let others = "--socket PATH and --url URL name another."
        let advice = "'medic doctor' finds out why; \(others)"
        do throws(FileError) {
            guard let status = try FileSystem.statusIfPresent(path) else {
                return "no agent runs here: there is no socket \(path). 'medic run' starts one, \(others)"
            }
            guard status.kind == .other else { return "\(path) is no socket. \(advice)" }
            if !mayUse(path) { return denial(path, group: status.group) }
        } catch {
            guard error.code == .permissionDenied else { return "\(error). \(advice)" }
            let folder = try? FileSystem.status(FileSystem.parent(of: path))
            return denial(path, group: folder?.group)
        }
        return "no agent listens on \(path), though the socket is there: it has ended or hangs. \(advice)"
    }

    private static func mayUse(_ path: String) -> Bool {
        // Looks with the rights of this process and changes nothing.
        unsafe access(path, R_OK | W_OK) == 0
    }

    private static func denial(_ path: String, group: UInt32?) -> String {
        let name = group.flatMap(HostGroups.name) ?? "medic"
        // Nobody should join the group of root for this: the agent gives the socket to its group where there is one.
        guard group != 0 else {
            return """
                permission denied: only root may use \(path), since this host has no group medic that it could belong to. \
                Use sudo, or make the group with 'sudo groupadd --system medic' and restart the agent.
                """
        }
        return """
            permission denied: you are not in the group \(name), whose members may use \(path). Become a member with \
            'sudo usermod -aG \(name) \(HostGroups.ownUser)' and log in again, or use sudo.
            """
    }
}

/// Who is who on this host.
enum HostGroups {
    /// The name of a group; nil where nobody has given it one.
    static func name(_ number: UInt32) -> String? {
        // The C library's own memory, copied at once; one thread asks.
        unsafe getgrgid(number).map { unsafe String(cString: $0.pointee.gr_name) }
    }

    static func number(_ name: String) -> UInt32? {
        unsafe getgrnam(name).map { unsafe $0.pointee.gr_gid }
    }

    static func user(_ name: String) -> UInt32? {
        unsafe getpwnam(name).map { unsafe $0.pointee.pw_uid }
    }

    static func userName(_ number: UInt32) -> String {
        unsafe getpwuid(number).map { unsafe String(cString: $0.pointee.pw_name) } ?? "\(number)"
    }

    /// Who runs this process.
    static var ownUser: String { userName(geteuid()) }
}
