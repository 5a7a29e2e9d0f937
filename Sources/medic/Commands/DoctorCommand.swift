import Agent
import Configuration
import Files

/// `medic doctor`
enum DoctorCommand {
    static let command = Command(
        path: ["doctor"],
        summary: "find what is wrong with this installation",
        flags: [RunCommand.configuration, RunCommand.lenient, dataFolder, AgentArguments.json] + AgentArguments.way,
        details: """
            Looks at the configuration, the data folder, the history, the clock, the group, the bus, medic's own unit, polkit, \
            the ports and the agent itself, and says of each thing that is not well what to do. Works without an agent; as \
            root it sees more. Nothing is changed.
            """,
        examples: [
            Command.Example(line: "sudo medic doctor", explanation: "find out why the agent does not start")
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "nothing is wrong, or only what is worth a warning"),
            Command.Exit(code: .notFine, meaning: "there are problems"),
        ],
        run: run
    )

    static let dataFolder = Flag.file("data", "the agent's data folder; default: \(Places.data)")

    private static func run(_ invocation: Invocation, _ console: Console) throws -> ExitCode {
        let findings = try Progress.during("looking", console) { _ in try examine(invocation) }
        if invocation.isSet(AgentArguments.json) {
            try console.writeLine(FindingText.json(findings))
        } else {
            try console.write(FindingText.text(findings, console.output))
        }
        return findings.contains { $0.state == .bad } ? .notFine : .fine
    }

    private static func examine(_ invocation: Invocation) throws -> [Finding] {
        let path =
            invocation.value(of: RunCommand.configuration) ?? RunCommand.existing(Places.configuration)
        let loader = ConfigurationLoader(
            path: path,
            standardRules: try RunCommand.standardFiles([], shipped: "rules"),
            standardPlaybooks: try RunCommand.standardFiles([], shipped: "playbooks"),
            isLenient: invocation.isSet(RunCommand.lenient)
        )
        let files = FileExamination(
            configurationPath: path,
            dataFolder: invocation.value(of: dataFolder) ?? Places.usedData,
            loader: loader
        )
        let (configured, configuration) = files.configuration()
        var findings = [configured] + files.data()
        findings.append(files.history(at: configuration?.history.path))
        if path == Places.configuration, let rights = RightsExamination() {
            findings.append(rights.finding(RightsExamination.paths(path, configuration)))
        }
        findings.append(HostExamination.accounts())
        let system = try SystemExamination()
        findings += system.findings()
        system.end()
        let (agent, answers) = try agentFindings(invocation, configuration)
        findings += agent
        // The ports of an agent that runs are taken by itself.
        if !answers { findings += HostExamination.ports(configuration?.web ?? WebSettings()) }
        return findings
    }

    /// What the agent says of itself, and whether it answers.
    private static func agentFindings(
        _ invocation: Invocation,
        _ configuration: MedicConfiguration?
    ) throws -> (findings: [Finding], answers: Bool) {
        let asked = try AgentArguments.address(invocation)
        let isNamed = invocation.isSet(AgentArguments.socket) || invocation.isSet(AgentArguments.url)
        let address = isNamed ? asked : configuration?.web.socket.map { .socket($0.path) } ?? asked
        let client = try AgentClient(address, tokenFile: invocation.value(of: AgentArguments.tokenFile))
        do throws(AgentFailure) {
            guard let health = try client.health() else {
                return ([Finding("agent", .bad, "\(address) is answered by something that is no medic")], true)
            }
            let checks = health.checks.filter { $0.status != "healthy" }.map { check in
                Finding("agent", check.status == "unhealthy" ? .bad : .doubtful, "\(check.name): \(check.message)")
            }
            return ([Finding("agent", .good, "answers on \(address)")] + checks, true)
        } catch {
            guard case .unreachable(let text) = error else {
                return ([Finding("agent", .doubtful, error.description)], true)
            }
            if text.hasPrefix("libcurl") {
                let advice = "'sudo apt-get install libcurl4': nothing can be scraped, told or asked without it"
                return ([Finding("libraries", .bad, text, advice: advice)], false)
            }
            // An agent that was never meant to run here is no problem by itself.
            return ([Finding("agent", .doubtful, text)], false)
        }
    }
}
