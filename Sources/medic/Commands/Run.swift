import Agent
import Configuration
import Diagnostics
import EventLoop
import Files
import Terminal

/// `medic run`
enum RunCommand {
    static let configuration = Flag.file(
        "config",
        "the configuration; default: /etc/medic/medic.yml where there is one"
    )
    static let listen = Flag(
        name: "listen",
        value: Flag.Value(placeholder: "ADDR:PORT", kind: .text),
        summary: "listen here rather than where the configuration says; may be given several times",
        isRepeated: true
    )
    static let data = Flag.text(
        "data",
        "DIR",
        "keep samples and history here; default: /var/lib/medic where it may be written to, else ~/.local/state/medic"
    )
    static let socket = Flag.text("socket", "PATH", "the unix socket for operators; an empty text for none")
    static let observe = Flag.on("observe", "let playbooks only say what they would do")
    static let lenient = Flag.on("lenient", "pass over what medic does not support of a configuration, with a warning")
    static let rules = Flag(
        name: "rules",
        value: Flag.Value(placeholder: "PATTERN", kind: .file),
        summary: "rule files for an agent without a configuration; may be given several times",
        isRepeated: true
    )
    static let playbooks = Flag(
        name: "playbooks",
        value: Flag.Value(placeholder: "PATTERN", kind: .file),
        summary: "playbooks for an agent without a configuration; may be given several times",
        isRepeated: true
    )

    static let command = Command(
        path: ["run"],
        summary: "run the agent",
        arguments: [],
        flags: [configuration, listen, data, socket, observe, lenient, rules, playbooks],
        details: """
            Without a configuration the agent watches this host and its units with the shipped rules, its page is on \
            127.0.0.1:9120, and the shipped playbooks observe: nothing is done, and what would have been done is recorded. It \
            ends on SIGTERM or SIGINT, and reads its configuration again on SIGHUP. 'medic check config' tells what is wrong \
            with a configuration before an agent has to.
            """,
        examples: [
            Command.Example(
                line: "medic run --config medic.yml --data /tmp/medic",
                explanation: "run with a configuration, and keep everything in a folder of its own"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "the agent was asked to end"),
            Command.Exit(code: .notFine, meaning: "the configuration cannot be used, or the agent cannot start"),
        ],
        run: run
    )

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        SignalWatch.block()
        var options = AgentOptions()
        options.version = Version.number
        options.configurationPath = invocation.value(of: configuration) ?? existing(Places.configuration)
        options.listen = invocation.values(of: listen)
        // Before anything is opened: what is wrong with the command line is told as such.
        if let text = options.listen.first(where: { WebSettings.Address(text: $0) == nil }) {
            let problem = "--listen: '\(text)' is no address to listen on; write HOST:PORT, such as 127.0.0.1:9120"
            throw UsageError(problem, for: invocation.command)
        }
        for (flag, patterns) in [(rules, invocation.values(of: rules)), (playbooks, invocation.values(of: playbooks))] {
            for pattern in patterns where try FileSystem.matches(pattern).isEmpty {
                try console.writeError("medic: --\(flag.name): no file matches '\(pattern)'")
            }
        }
        options.dataFolder = invocation.value(of: data) ?? Places.ownData
        options.socketPath = invocation.value(of: socket)
        options.ownSocketPath = Places.ownSocket
        if options.socketPath == nil, let path = options.ownSocketPath {
            // Whoever keeps the data elsewhere has no folder of their own yet.
            try FileSystem.createFolder(FileSystem.parent(of: path))
        }
        options.observesOnly = invocation.isSet(observe)
        options.isLenient = invocation.isSet(lenient)
        options.standardRules = try standardFiles(invocation.values(of: rules), shipped: "rules")
        options.standardPlaybooks = try standardFiles(invocation.values(of: playbooks), shipped: "playbooks")
        if let folder = options.dataFolder { try FileSystem.createFolder(folder) }
        // A service manager is told by other means, and reads no banners.
        options.announces = console.output.isInteractive
        let kept = options.dataFolder ?? "memory"
        let (agent, diagnostics) = try Progress.during("reading what was kept in \(kept)", console) { _ in
            try Agent.prepare(options)
        }
        try Problems(console).show(diagnostics)
        guard let agent else { return .notFine }
        if options.announces { agent.whenReady { Announcement($0, on: console).show() } }
        return agent.run() == 0 ? .fine : .notFine
    }

    static func standardFiles(_ patterns: [String], shipped kind: String) throws(FileError) -> [String] {
        var paths: [String] = []
        for pattern in patterns.isEmpty ? [Places.shipped(kind)] : patterns {
            paths += try FileSystem.matches(pattern).filter { !$0.hasSuffix("_test.yml") }
        }
        return paths
    }

    static func existing(_ path: String) -> String? {
        Places.exists(path) ? path : nil
    }
}
