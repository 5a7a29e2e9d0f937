import Foundation
import Testing

/// `medic demo`, as somebody sees it who tries it first.
@Suite struct DemoTests {
    @Test func `Four illnesses are seen, decided on, treated and verified, and nothing is left behind`() throws {
        // What is left in the folder for temporary files is counted by the command line itself.
        let command = "mkdir left && TMPDIR=$PWD/left medic demo && ls left | sed 's/^/left behind: /'"
        let outcome = try Scenario(name: "demo", text: "x\n$ \(command)\n").run()
        #expect(outcome.exit == 0, "\(outcome.stdout)\(outcome.stderr)")
        #expect(outcome.stdout.contains(/page +http:\/\/127\.0\.0\.1:\d+\n/))
        #expect(outcome.stdout.contains("4 of 4 illnesses healed"))
        for word in ["harm", "saw", "decided", "did", "verified", "healed"] {
            #expect(outcome.stdout.split(separator: "\n").count { $0.contains("s  \(word) ") } >= 4, "\(word)")
        }
        #expect(!outcome.stdout.contains("left behind"))
    }
}
