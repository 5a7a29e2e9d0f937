import Files

/// A way in which the patient falls ill, and the playbook that is for it.
enum Illness: CaseIterable {
    case death, slowness, queue, configuration

    var playbook: String {
        switch self {
        case .death: "start-again"
        case .slowness: "reload"
        case .queue: "set-aside"
        case .configuration: "roll-back"
        }
    }

    /// What is done to the patient.
    var harm: String {
        switch self {
        case .death: "the patient is killed with SIGKILL"
        case .slowness: "the patient begins to take 800 ms for what took 20 ms"
        case .queue: "an entry arrives that the patient's queue chokes on"
        case .configuration: "somebody sets WORKERS=0 in patient.conf and reloads it"
        }
    }

    func inflict(on files: DemoFiles, _ keeper: PatientKeeper) throws {
        switch self {
        case .death: try keeper.kill()
        case .slowness: try post("/harm/slow", to: files)
        case .queue: try post("/harm/queue", to: files)
        case .configuration:
            try FileSystem.replace(files.patientFolder + "/patient.conf", with: Array("WORKERS=0\n".utf8))
            try keeper.reload()
        }
    }

    private func post(_ path: String, to files: DemoFiles) throws {
        _ = try AgentClient(.url("http://\(files.patient)")).send("POST", path, timeout: .seconds(5))
    }
}
