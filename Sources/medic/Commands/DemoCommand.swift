import EventLoop

/// `medic demo`
enum DemoCommand {
    static let listen = Flag.text(
        "listen",
        "ADDR:PORT",
        "where the page is while it lasts; default: a free port of 127.0.0.1"
    )
    static let stay = Flag.on(
        "stay",
        "go on when everything is healed, until Ctrl-C, so that the page can be looked at"
    )
    static let patient = Flag.file(
        "patient",
        "be the patient in this folder: what the demo starts, of no use by itself"
    )

    static let command = Command(
        path: ["demo"],
        summary: "show an illness and its cure, and touch nothing else",
        flags: [listen, stay, patient],
        details: """
            A small service is started in a folder of its own below the folder for temporary files, and an agent with it: the \
            real one, with rules, playbooks and a history. Then the service is killed, slowed down, given an entry that its \
            queue chokes on, and a configuration with which it fails, one after the other. The terminal tells what medic saw, \
            decided, did and verified; the page shows the same. It needs no root, and the folder is removed in the end.
            """,
        examples: [
            Command.Example(line: "medic demo", explanation: "see four illnesses healed"),
            Command.Example(line: "medic demo --stay", explanation: "and look at the page and the folder afterwards"),
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "every illness was healed"),
            Command.Exit(code: .notFine, meaning: "one was not, or the demo could not be set up"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        // Before there is a second thread, which would still be ended by a signal.
        SignalWatch.block()
        if let folder = invocation.value(of: patient) { return try Patient(in: folder).run() }
        let demo = try Demo(
            console,
            listen: invocation.value(of: listen) ?? "127.0.0.1:0",
            stays: invocation.isSet(stay)
        )
        return try demo.run()
    }
}
