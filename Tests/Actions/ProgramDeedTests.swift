import Metrics
import Configuration
import EventLoop
import Foundation
import JSON
import Playbooks
import Processes
import Processes
import Testing

@testable import Actions

@Suite struct ProgramDeedTests {
    private let free: ArgumentValue = ["enabled": false]

    private func world() throws -> World {
        try World { $0.programs = ["/usr/bin/printf", "/bin/sleep", "/usr/bin/sleep", "/bin/sh", "/usr/bin/env"] }
    }

    @Test(arguments: Hostile.texts) func `A hostile word stays one word`(text: String) async throws {
        let world = try world()
        let outcome = await world.perform(
            "exec",
            ["argv": ["/usr/bin/printf", "%s|", .text(text), "end"], "sandbox": free]
        )
        if text.utf8.contains(0) || text.utf8.count > 100_000 {
            #expect(!outcome.result.isSuccess)
        } else {
            #expect(outcome.output.utf8.elementsEqual("\(text)|end|".utf8), "\(outcome)")
        }
        #expect(!FileManager.default.fileExists(atPath: "/tmp/medic-was-here"))
        // As the program itself it is refused.
        #expect(await !world.perform("exec", ["argv": [.text(text)], "sandbox": free]).result.isSuccess)
    }

    @Test func `What is not permitted is refused with the line that would permit it`() async throws {
        let outcome = await (try world()).perform("exec", ["argv": ["/usr/bin/id"], "sandbox": free])
        #expect(outcome.message.contains("permit: {programs: ['/usr/bin/id']}"))
    }

    @Test func `The exit status, the time and a cancellation decide`() async throws {
        let world = try world()
        let seven = await world.perform("exec", ["argv": ["/bin/sh", "-c", "echo no; exit 7"], "sandbox": free])
        #expect(seven.message.contains("exit status 7") && seven.output == "no\n")
        let expected = await world.perform(
            "exec",
            ["argv": ["/bin/sh", "-c", "exit 7"], "expect": [0, 7], "sandbox": free]
        )
        #expect(expected.result == .succeeded)
        let late = await world.perform("exec", ["argv": ["/bin/sleep", "600"], "sandbox": free], timeout: .init(200))
        #expect(late.result == .timedOut, "\(late)")
        let request = world.request("exec", ["argv": ["/bin/sleep", "600"], "sandbox": free])
        let tools = world.tools
        let task = Task { await Deeds.perform(request, tools) }
        task.cancel()
        #expect(await task.value.result == .cancelled)
    }

    @Test func `Without systemd there is no sandbox, and that is said`() async throws {
        let outcome = await (try world()).perform("exec", ["argv": ["/bin/sh", "-c", "true"]])
        #expect(outcome.message.contains("without systemd there is no sandbox"))
    }

    @Test func `A loader's variable is refused`() async throws {
        let outcome = await (try world()).perform(
            "exec",
            ["argv": ["/bin/sh", "-c", "true"], "env": ["LD_PRELOAD": "/tmp/evil.so"], "sandbox": free]
        )
        #expect(outcome.message.contains("another one than is permitted"))
    }

    @Test(arguments: [
        "PERL5OPT", "BASH_ENV", "PYTHONPATH", "NODE_OPTIONS", "RUBYOPT", "GLIBC_TUNABLES", "JAVA_TOOL_OPTIONS",
    ])
    func `A variable that makes an interpreter load something else is refused`(name: String) async throws {
        let outcome = await (try world()).perform(
            "exec",
            [
                "argv": ["/usr/bin/printf", "x"], "env": .record(ActionArguments([.init(name: name, value: "x")])),
                "sandbox": free,
            ]
        )
        #expect(outcome.message.contains("would make the program another one than is permitted"))
    }

    @Test func `Known secrets do not come back out`() async throws {
        let world = try World { $0.programs = ["/usr/bin/printf"] }
        var tools = world.tools
        tools.currentSecrets = { ["hunter2-and-more"] }
        let request = world.request(
            "exec",
            ["argv": ["/usr/bin/printf", "x hunter2-and-more\napi_token: abc\n"], "sandbox": free]
        )
        let outcome = await Deeds.perform(request, tools)
        #expect(outcome.output == "x <secret>\napi_token: <secret>\n")
        #expect(!outcome.message.contains("hunter2"))
    }

    @Test func `A signal reaches the process that is meant, and no more than may be`() async throws {
        let world = try world()
        let mark = "\(Int.random(in: 100_000...900_000))"
        let sleepers = try (0..<2).map { _ in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sleep")
            process.arguments = [mark]
            try process.run()
            return process
        }
        defer { for process in sleepers { kill(process.processIdentifier, SIGKILL) } }
        let program = try #require(ProcessFacts(sleepers[0].processIdentifier)?.program)
        let match: ArgumentValue = ["program": .text(program), "arguments": .text(" \(mark)$")]
        let both = await world.perform("process.signal", ["match": match, "signal": "KILL"])
        #expect(both.message.contains("2 processes match"))
        let pidfile = try world.write("pid", "\(sleepers[0].processIdentifier)\n")
        let wrong = await world.perform(
            "process.signal",
            ["pidfile": .text(pidfile), "program": "/bin/sh", "signal": "KILL"]
        )
        #expect(wrong.message == "no process matches")
        let one = await world.perform(
            "process.signal",
            ["pidfile": .text(pidfile), "program": .text(program), "signal": "KILL"]
        )
        #expect(one.result == .succeeded, "\(one.message)")
        let rest = await world.perform("process.signal", ["match": match, "signal": "KILL"])
        #expect(rest.result == .succeeded, "\(rest.message)")
        for process in sleepers { process.waitUntilExit() }
    }

    @Test(arguments: ["1", "-1", "0", "", "self", "99999999999", "1 2\n", "\u{0}"])
    func `A pid file that holds something else signals nobody`(text: String) async throws {
        let world = try world()
        let path = try world.write("pid", text)
        let outcome = await world.perform("process.signal", ["pidfile": .text(path), "program": "/bin/sleep"])
        #expect(!outcome.result.isSuccess)
    }
}
