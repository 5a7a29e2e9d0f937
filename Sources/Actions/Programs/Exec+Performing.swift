import EventLoop
import JSON
import Metrics
import Playbooks
import Processes
import SystemBus
import Systemd

extension Exec {
    private static let memoryStandard: Int64 = 512 << 20
    private static let processesStandard: Int64 = 64

    func perform(_ order: Order) async throws -> ActionOutcome {
        guard let words = order.arguments.texts("argv"), !words.isEmpty else { throw DeedFailure("'argv' is missing") }
        if let manager = order.tools.manager {
            return try await Self.runAsUnit(words, order, manager)
        }
        return try await Self.runAsChild(words, order)
    }

    // MARK: With systemd

    private static func runAsUnit(
        _ words: [String],
        _ order: Order,
        _ manager: ServiceManager
    ) async throws -> ActionOutcome {
        let pipe = try OutputPipe(limit: Deeds.outputBytesMax)
        var service = try service(words, order)
        do {
            let writer = try BusDescriptor(duplicating: pipe.writer)
            service.output = .descriptor(writer)
            service.errors = .descriptor(writer)
        }
        pipe.closeWriter()
        let interruption = Interruption()
        async let printed = offload { pipe.read(until: interruption) }
        let result: Result<ProgramEnd, SystemdError>
        do throws(SystemdError) {
            result = .success(try await manager.run(service, timeout: order.remaining))
        } catch {
            result = .failure(error)
        }
        interruption.interrupt()
        let output = await printed.text
        do {
            return try outcome(try result.get(), words, order, output)
        } catch {
            var failure = DeedFailure(error)
            failure.output = output
            throw failure
        }
    }

    private static func service(_ words: [String], _ order: Order) throws -> TransientService {
        var service = TransientService(
            name: "medic-exec-\(order.mark)",
            description: "medic: a step of run \(Wording.shown(order.request.key.run))",
            command: words
        )
        service.environment = environment(order).map { "\($0.name)=\($0.value)" }
        service.user = order.arguments.text("user")
        service.workingDirectory = order.arguments.text("folder")
        service.memoryMaxBytes = UInt64(clamping: order.arguments.integer("memory") ?? memoryStandard)
        service.tasksMax = UInt64(clamping: order.arguments.integer("processes") ?? processesStandard)
        service.runtimeMax = order.remaining
        let settings = order.arguments.record("sandbox")
        if settings?.flag("enabled") == false {
            service.sandbox = .none
        } else {
            var sandbox = Sandbox.strict
            sandbox.hidesNetwork = settings?.flag("network") != true
            sandbox.writablePaths = settings?.texts("writable") ?? []
            service.sandbox = sandbox
        }
        return service
    }

    private static func environment(_ order: Order) -> [(name: String, value: String)] {
        Program.plainEnvironment + order.arguments.pairs("env")
    }

    private static func outcome(
        _ end: ProgramEnd,
        _ words: [String],
        _ order: Order,
        _ output: String
    ) throws -> ActionOutcome {
        if end.result == "timeout" {
            var failure = DeedFailure("\(Wording.command(words)) did not end in time", output: output)
            failure.result = .timedOut
            throw failure
        }
        if let signal = end.signal {
            throw DeedFailure(
                "\(Wording.command(words)) was killed by signal \(signal) (\(end.result))",
                output: output
            )
        }
        guard let status = end.status else {
            throw DeedFailure("\(Wording.command(words)) could not be started (\(end.result))", output: output)
        }
        return try judged(status, words, order, output)
    }

    private static func judged(
        _ status: Int32,
        _ words: [String],
        _ order: Order,
        _ output: String
    ) throws -> ActionOutcome {
        let expected = (order.arguments.list("expect") ?? [.integer(0)]).compactMap { value -> Int64? in
            if case .integer(let number) = value { number } else { nil }
        }
        guard expected.contains(Int64(status)) else {
            throw DeedFailure("\(Wording.command(words)) ended with exit status \(status)", output: output)
        }
        return ActionOutcome(
            .succeeded,
            message: "ran \(Wording.command(words)): exit status \(status)",
            output: output,
            after: ["exit_status": .integer(Int64(status))]
        )
    }

    // MARK: Without systemd

    private static func runAsChild(_ words: [String], _ order: Order) async throws -> ActionOutcome {
        var program = Program(words)
        program.environment = environment(order)
        program.folder = order.arguments.text("folder")
        if let user = order.arguments.text("user") {
            guard UserAccount.canChange else { throw DeedFailure("only root can run a program as another user") }
            program.user = try UserAccount(named: user)
        }
        let settings = order.arguments.record("sandbox")
        guard settings?.flag("enabled") == false else {
            throw DeedFailure(
                "without systemd there is no sandbox: say 'sandbox: {enabled: false}' to run the program all the same"
            )
        }
        program.limits.memory = UInt64(clamping: order.arguments.integer("memory") ?? memoryStandard)
        program.outputBytesMax = Deeds.outputBytesMax
        let outcome = try await program.run(timeout: order.remaining)
        switch outcome.end {
        case .exited(let status): return try judged(status, words, order, outcome.output.text)
        case .killed:
            throw DeedFailure("\(Wording.command(words)): \(outcome.reason)", output: outcome.output.text)
        case .timedOut, .cancelled:
            var failure = DeedFailure("\(Wording.command(words)): \(outcome.reason)", output: outcome.output.text)
            failure.result = outcome.end == .cancelled ? .cancelled : .timedOut
            throw failure
        }
    }
}
