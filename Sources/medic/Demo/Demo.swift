import Agent
import EventLoop
import Files
import Glibc
import HTTPServer
import Metrics
import Synchronization

/// The demo as a whole: a folder, a patient and its keeper, an agent, and the play.
final class Demo: Sendable {
    private let console: Console
    private let listen: String
    private let stays: Bool
    private let files: DemoFiles
    private let keeper: PatientKeeper
    private let keeperServer: HTTPServer
    private let isHealed = Atomic<Bool>(false)

    init(_ console: Console, listen: String, stays: Bool) throws {
        self.console = console
        self.listen = listen
        self.stays = stays
        guard let program = Places.program else { throw UsageError("this program cannot tell where it lies") }
        let folder = try Self.newFolder()
        keeper = PatientKeeper(program, in: folder + "/patient")
        let (server, address) = try keeper.serve()
        keeperServer = server
        files = DemoFiles(
            folder: folder,
            program: program,
            patient: try PatientKeeper.freeAddress(),
            keeper: address
        )
    }

    private static func newFolder() throws(FileError) -> String {
        // The C library's own memory, copied at once.
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        let folder = "\(parent.isEmpty ? "/tmp" : parent)/medic-demo-\(getpid())"
        try FileSystem.createFolder(folder, permissions: 0o700)
        return folder
    }

    func run() throws -> ExitCode {
        defer { clear() }
        try files.write()
        try FileSystem.createFolder(files.patientFolder)
        try FileSystem.replace(files.patientFolder + "/address", with: Array(files.patient.utf8))
        try FileSystem.replace(files.patientFolder + "/patient.conf", with: Array("WORKERS=4\n".utf8))
        keeper.start()
        var options = AgentOptions()
        options.version = Version.number
        options.configurationPath = files.configuration
        options.dataFolder = files.data
        options.socketPath = files.socket
        options.listen = [listen]
        let (agent, diagnostics) = try Agent.prepare(options)
        try Problems(console).show(diagnostics)
        guard let agent else { return .notFine }
        agent.whenReady { [self] sight in
            Task { await play(agent, sight) }
        }
        guard agent.run() == 0 else { return .notFine }
        return isHealed.load(ordering: .acquiring) ? .fine : .notFine
    }

    /// On a thread of its own, while the agent is at work.
    private func play(_ agent: Agent, _ sight: AgentSight) async {
        let result = await offload { [self] () -> Result<Bool, any Error> in
            Result { try DemoPlay(files, keeper, console).run(page: sight.page ?? "") }
        }
        switch result {
        case .success(let isHealed): self.isHealed.store(isHealed, ordering: .releasing)
        case .failure(let error): try? console.writeError("medic: \(error)")
        }
        if stays {
            try? console.writeLine("\nThe page and \(files.folder) stay until Ctrl-C.")
        } else {
            agent.end()
        }
    }

    /// Everything goes as it came.
    private func clear() {
        let gone = Waiting<Void>()
        Task { [keeper] in
            await keeper.stop()
            gone.give(())
        }
        _ = gone.wait(for: .seconds(5))
        keeperServer.stop()
        Self.remove(files.folder, depth: 0)
    }

    /// A folder and what is below it. Links are removed and not followed.
    private static func remove(_ folder: String, depth: Int) {
        for name in (try? FileSystem.list(folder)) ?? [] where depth < 8 {
            let path = "\(folder)/\(name)"
            if (try? FileSystem.status(path, followingLinks: false))?.kind == .folder {
                remove(path, depth: depth + 1)
            } else {
                try? FileSystem.remove(path)
            }
        }
        try? FileSystem.removeFolder(folder)
    }
}
