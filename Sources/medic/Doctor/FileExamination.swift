import Agent
import Configuration
import Diagnostics
import Files
import Glibc
import History
import Metrics

/// Looks at what an installation has on disk: the configuration, the data folder, the history, the socket.
struct FileExamination {
    let configurationPath: String?
    let dataFolder: String
    let loader: ConfigurationLoader

    // A history this damaged or this large is looked at by the agent itself.
    private static let integrityTime = Duration.seconds(20)
    private static let scarceBytes: UInt64 = 512 << 20
    private static let fullBytes: UInt64 = 32 << 20

    /// The configuration, with what would run; nil where nothing could.
    func configuration() -> (finding: Finding, configuration: MedicConfiguration?) {
        let (configuration, diagnostics) = loader.read()
        let errors = diagnostics.count { $0.severity == .error }
        let name = configurationPath ?? "the defaults, since there is no \(Places.configuration)"
        guard configuration != nil else {
            let file = configurationPath ?? "medic.yml"
            return (
                Finding(
                    "configuration",
                    .bad,
                    "\(name): \(errors) \(errors == 1 ? "error" : "errors")",
                    advice: "'medic check config \(file)' shows each with what to write instead"
                ), nil
            )
        }
        let warnings = diagnostics.count
        guard warnings == 0 else {
            let text = "\(name): \(warnings) \(warnings == 1 ? "warning" : "warnings")"
            let advice = "see 'medic check config \(configurationPath ?? "medic.yml")'"
            return (Finding("configuration", .doubtful, text, advice: advice), configuration)
        }
        return (Finding("configuration", .good, name), configuration)
    }

    func data() -> [Finding] {
        do throws(FileError) {
            guard let status = try FileSystem.statusIfPresent(dataFolder) else {
                return [
                    Finding(
                        "data folder",
                        .doubtful,
                        "there is no \(dataFolder): nothing would outlive the process",
                        advice: dataFolder == Places.data
                            ? "'sudo install -d -o medic -g medic -m 0750 \(dataFolder)', or name another with --data"
                            : "the first 'medic run' makes it; or name another with --data"
                    )
                ]
            }
            guard status.kind == .folder else {
                return [Finding("data folder", .bad, "\(dataFolder) is no folder", advice: "move it out of the way")]
            }
            return [rights(status), try space()]
        } catch {
            return [Finding("data folder", .bad, "\(error)", advice: "run 'medic doctor' as root to see more")]
        }
    }

    private func rights(_ status: FileStatus) -> Finding {
        let owner = HostGroups.userName(status.owner)
        guard status.permissions & 0o007 == 0 else {
            return Finding(
                "data folder",
                .doubtful,
                "everybody on this host may look into \(dataFolder), which holds the outputs of commands",
                advice: "'sudo chmod o= \(dataFolder)'"
            )
        }
        // The service runs as medic; elsewhere root may keep a folder of its own.
        let isService = dataFolder == Places.data
        if let medic = HostGroups.user("medic"), status.owner != medic, isService || status.owner != 0 {
            return Finding(
                "data folder",
                isService ? .bad : .doubtful,
                "\(dataFolder) belongs to \(owner), not to medic",
                advice: "'sudo chown -R medic:medic \(dataFolder)' if the agent runs as medic"
            )
        }
        let isOurs = geteuid() == status.owner || geteuid() == 0
        // Looks with the rights of this process and changes nothing.
        if isOurs, unsafe access(dataFolder, W_OK) != 0 {
            return Finding(
                "data folder",
                .bad,
                "\(dataFolder) cannot be written to",
                advice: "look whether its file system is mounted read-only: 'findmnt -T \(dataFolder)'"
            )
        }
        return Finding("data folder", .good, "\(dataFolder) belongs to \(owner) and is closed to others")
    }

    private func space() throws(FileError) -> Finding {
        let space = try FileSystem.freeSpace(at: dataFolder)
        let left = "\(ByteCount(Int64(clamping: space.available / (1 << 20) * (1 << 20)))) left for \(dataFolder)"
        let advice = "make room, or shorten history.keep and storage.retention"
        if space.available < Self.fullBytes { return Finding("disk space", .bad, left, advice: advice) }
        if space.available < Self.scarceBytes { return Finding("disk space", .doubtful, left, advice: advice) }
        return Finding("disk space", .good, left)
    }

    func history(at configured: String?) -> Finding {
        let path = configured ?? dataFolder + "/history.db"
        let status: FileStatus?
        do throws(FileError) {
            status = try FileSystem.statusIfPresent(path)
        } catch {
            return Finding("history", .unknown, "\(error)", advice: "run 'medic doctor' as root to see more")
        }
        guard let status else {
            return Finding("history", .unknown, "there is no \(path) yet: the first start of the agent makes it")
        }
        do throws(HistoryError) {
            let archive = HistoryArchive(path: path)
            let findings = try archive.findDamage(within: Self.integrityTime)
            if let first = findings?.first {
                return Finding(
                    "history",
                    .bad,
                    "\(path) is damaged: \(first)",
                    advice: "restart the agent: it sets the file aside, keeps it, and begins a new one"
                )
            }
            _ = try archive.read { reader throws(HistoryError) in try reader.newestRecord() }
            let state =
                findings == nil
                ? "no damage found in \(Self.integrityTime); there is more to read" : "\(ByteCount(status.size)), sound"
            return Finding("history", .good, "\(path): \(state)")
        } catch .otherVersion(_, let found, let known) {
            let advice =
                found > known
                ? "run the medic that wrote it; this one would set it aside, keep it, and begin a new one"
                : "restart the agent: it brings the file up to date"
            return Finding(
                "history",
                found > known ? .bad : .doubtful,
                "\(path) was written by \(found > known ? "a later" : "an earlier") medic",
                advice: advice
            )
        } catch {
            return Finding(
                "history",
                .bad,
                "\(error)",
                advice: "'ls -l \(path)': the agent's user must be able to read and write it"
            )
        }
    }
}
