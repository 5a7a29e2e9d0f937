import Files
import Glibc
import Processes

/// Where things are when nobody says: where a package puts them, or else below the home of whoever runs medic.
enum Places {
    static let configuration = "/etc/medic/medic.yml"
    static let data = "/var/lib/medic"
    static let socket = "/run/medic/medic.sock"
    static let shared = "/usr/share/medic"

    /// The folder for samples and history: the package's where it may be written to, else one of one's own. Nil without a home.
    static var ownData: String? {
        if isWritable(data) { return data }
        if let folder = variable("XDG_STATE_HOME") { return folder + "/medic" }
        return variable("HOME").map { $0 + "/.local/state/medic" }
    }

    /// The folder of the agent that runs here or would: beside its socket, else the service's, else one's own.
    static var usedData: String {
        let beside = FileSystem.parent(of: runningSocket)
        if exists(beside + "/history.db") { return beside }
        return exists(data) ? data : ownData ?? data
    }

    /// The socket that an agent opens: the service's where it may, else one of one's own beside its data.
    static var ownSocket: String? {
        let folder = FileSystem.parent(of: socket)
        // Of an agent that root starts by hand, where no service has made the folder.
        if !exists(folder), isWritable(FileSystem.parent(of: folder)) { try? FileSystem.createFolder(folder) }
        if isWritable(folder) { return socket }
        if let folder = variable("XDG_RUNTIME_DIR"), isWritable(folder) { return folder + "/medic.sock" }
        return ownData.map { $0 + "/medic.sock" }
    }

    /// The socket of the agent that runs here: the service's, else that of one's own agent.
    static var runningSocket: String {
        if exists(socket) { return socket }
        let others = [ownSocket, triedData.map { $0 + "/medic.sock" }]
        return others.compactMap(\.self).first(where: exists) ?? socket
    }

    /// Where `deploy/run` keeps what its agent learns; nil where this program does not lie in a source tree.
    private static var triedData: String? { sourceTree.map { $0 + "/.build/medic" } }

    /// The history of the agent of this host, else that of one's own.
    static var history: String {
        let installed = data + "/history.db"
        if exists(installed) { return installed }
        let others = [ownData, triedData].compactMap(\.self).map { $0 + "/history.db" }
        return others.first(where: exists) ?? installed
    }

    /// The patterns of shipped files of a kind, `rules` or `playbooks`: as installed, else of the source tree that this program was built in.
    static func shipped(_ kind: String) -> String {
        let installed = "\(shared)/\(kind)"
        if exists(installed) { return installed + "/*.yml" }
        guard let tree = sourceTree, exists("\(tree)/\(kind)") else { return installed + "/*.yml" }
        return "\(tree)/\(kind)/*.yml"
    }

    /// The folder above `.build`, where this program lies in one.
    private static var sourceTree: String? {
        program.flatMap { $0.folder(above: ".build") }
    }

    /// The program that runs, by its absolute path.
    static var program: String? { ProcessFacts(ProcessFacts.own)?.program }

    static func exists(_ path: String) -> Bool {
        ((try? FileSystem.statusIfPresent(path)) ?? nil) != nil
    }

    private static func isWritable(_ folder: String) -> Bool {
        // The C library copies nothing and keeps nothing of the path.
        unsafe access(folder, W_OK | X_OK) == 0
    }

    private static func variable(_ name: String) -> String? {
        // The C library's own memory, which nobody changes while the program runs.
        let value = unsafe getenv(name).map { unsafe String(cString: $0) }
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension String {
    /// What stands before the last folder of that name in a path.
    fileprivate func folder(above name: String) -> String? {
        let parts = split(separator: "/", omittingEmptySubsequences: false)
        return parts.lastIndex { $0 == name }.map { parts[..<$0].joined(separator: "/") }
    }
}
