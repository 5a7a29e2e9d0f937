import EventLoop
import Foundation
import Testing

@testable import Processes

@Suite struct ProgramTests {
    private func run(_ words: [String], within: Duration = .seconds(20), _ change: (inout Program) -> Void = { _ in })
        throws -> ProgramOutcome
    {
        var program = Program(words)
        change(&program)
        return try program.run(deadline: .now + within)
    }

    @Test func `Words reach the program as they are`() throws {
        let hostile = ["a b", "*", "$(touch x)", "; rm -rf /", "'\"", "", "line\nbreak", "--option"]
        let outcome = try run(["/usr/bin/printf", "%s|"] + hostile)
        #expect(outcome.isSuccess)
        #expect(outcome.output.text == hostile.map { $0 + "|" }.joined())
    }

    @Test(arguments: [["/usr/bin/printf", "a\u{0}b"], ["printf"], [], ["../bin/true"]])
    func `What is no program with its words is refused`(words: [String]) {
        #expect(throws: ProgramError.self) { try run(words) }
    }

    @Test func `A program that is not there is told at once, by the kernel's reason`() {
        #expect(throws: ProgramError.cannotStart(program: "/nowhere/at-all", code: 2)) { try run(["/nowhere/at-all"]) }
    }

    @Test func `Nothing is inherited but what was said`() throws {
        _ = unsafe setenv("MEDIC_SECRET_OF_TEST", "x", 1)
        let outcome = try run(["/usr/bin/env"]) { $0.environment = [("ONLY", "this")] }
        #expect(outcome.output.text == "ONLY=this\n")
        let descriptors = try run(["/bin/ls", "/proc/self/fd"])
        #expect(descriptors.output.text == "0\n1\n2\n3\n", "the fourth is ls's own")
    }

    @Test func `It reads what it is given and its exit status comes back`() throws {
        let outcome = try run(["/bin/sh", "-c", "wc -c; exit 7"]) { $0.input = [UInt8](repeating: 65, count: 300_000) }
        #expect(outcome.end == .exited(7))
        #expect(outcome.output.text == "300000\n")
        #expect(try run(["/bin/true"]) { $0.input = [UInt8](repeating: 65, count: 300_000) }.isSuccess)
    }

    @Test func `A program that does not end is ended, and all that it started`() throws {
        let mark = "medic-test-\(UUID().uuidString)"
        let script = "trap '' TERM; exec -a \(mark) sleep 600 & sleep 600"
        let outcome = try run(["/bin/bash", "-c", script], within: .milliseconds(300)) { $0.grace = .milliseconds(200) }
        #expect(outcome.end == .timedOut)
        let left = try run(["/usr/bin/pgrep", "--full", "^\(mark)"])
        #expect(left.end == .exited(1))
    }

    @Test func `What is left behind dies with it and does not keep it waiting`() throws {
        let begin = MonotonicInstant.now
        let outcome = try run(["/bin/sh", "-c", "sleep 600 & echo done"])
        #expect(outcome.output.text == "done\n")
        #expect(MonotonicInstant.now - begin < .seconds(10))
    }

    @Test func `A cancelled task ends its program`() async throws {
        let task = Task { try await Program(["/bin/sleep", "600"]).run(timeout: .seconds(500)) }
        task.cancel()
        #expect(try await task.value.end == .cancelled)
    }

    @Test func `Endless output is kept at both ends and bounded`() throws {
        let outcome = try run(["/usr/bin/seq", "1000000"]) { $0.outputBytesMax = 1000 }
        #expect(outcome.output.isCut)
        #expect(outcome.output.text.hasPrefix("1\n2\n"))
        #expect(outcome.output.text.hasSuffix("\n1000000\n"))
        #expect(outcome.output.text.utf8.count < 1100)
    }

    @Test func `Limits hold, and there is no way to new privileges`() throws {
        let memory = try run(["/bin/sh", "-c", "head -c 400M /dev/zero | tail | wc -c"]) {
            $0.limits.memory = 100 << 20
        }
        #expect(memory.output.text.contains("memory exhausted") || memory.output.text.contains("annot allocate"))
        let privileges = try run(["/bin/grep", "NoNewPrivs", "/proc/self/status"])
        #expect(privileges.output.text == "NoNewPrivs:\t1\n")
    }

    @Test(.enabled(if: UserAccount.canChange)) func `It runs as another user with that user's groups alone`() throws {
        let account = try UserAccount(named: "nobody")
        let outcome = try run(["/usr/bin/id"]) { $0.user = account }
        #expect(outcome.output.text.hasPrefix("uid=\(account.user)(nobody) gid=\(account.group)"))
        #expect(!outcome.output.text.contains("root"))
        #expect(throws: ProgramError.self) { try UserAccount(named: "nobody\u{0}root") }
    }
}

@Suite struct ProcessTests {
    @Test func `A process is known by what it runs, and a signal reaches it alone`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["600"]
        try process.run()
        let handle = try ProcessHandle(process.processIdentifier)
        // A process that has only just become another program has neither arguments nor memory for a moment.
        var seen = ProcessFacts(process.processIdentifier)
        let deadline = ContinuousClock.now + .seconds(20)
        while seen?.arguments.isEmpty == true, ContinuousClock.now < deadline {
            sched_yield()
            seen = ProcessFacts(process.processIdentifier)
        }
        let facts = try #require(seen)
        #expect(facts.program?.hasSuffix("/sleep") == true)
        #expect(facts.arguments.last == "600")
        #expect(facts.memory > 0)
        // KILL: children of a test are born with other signals blocked.
        try handle.signal(9)
        let hasEnded = handle.waitForEnd(deadline: .now + .seconds(20))
        #expect(hasEnded)
        process.waitUntilExit()
        #expect(process.terminationReason == .uncaughtSignal)
        var failure: ProgramError?
        do { try handle.signal(15) } catch { failure = error }
        #expect(failure != nil)
        #expect(ProcessFacts(process.processIdentifier) == nil)
    }

    @Test func `All processes are listed`() throws {
        #expect(try ProcessFacts.all().contains(getpid()))
    }
}
