import Foundation
import Testing

/// Every command as people use it: the real program, its output to the letter. `RECORD=1 swift test` rewrites the files
/// in Scenarios; the difference is read in review.
@Suite struct ScenarioTests {
    @Test(arguments: Scenario.all())
    func `The command does what its scenario says`(scenario: Scenario) throws {
        let outcome = try scenario.run()
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            let file = Scenario.folder.appendingPathComponent(scenario.name)
            try scenario.recorded(outcome).write(to: file, atomically: true, encoding: .utf8)
            return
        }
        #expect(outcome.stdout == scenario.expected.stdout)
        #expect(outcome.stderr == scenario.expected.stderr)
        #expect(outcome.exit == scenario.expected.exit)
    }

    @Test func `Every file of the folder is a scenario that can be read`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Scenario.folder.path)
        let scenarios = Scenario.all()
        #expect(scenarios.count == names.count { !$0.hasPrefix(".") })
        #expect(scenarios.count > 20)
    }

    @Test func `A scenario is written as it was read`() throws {
        let text = """
            Shows the format.
            $ medic x < in.txt
            --- stdin
            a
            --- file in.txt
            b
            --- stdout
            c
            \\ no newline at the end
            --- stderr
            --- exit 3

            """
        let scenario = try Scenario(name: "x.txt", text: text)
        #expect(scenario.expected == Scenario.Outcome(stdout: "c", stderr: "", exit: 3))
        #expect(scenario.recorded(scenario.expected) == text)
    }
}
