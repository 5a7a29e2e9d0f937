import Diagnostics
import Foundation
import Metrics
import Testing
import YAML

@testable import Playbooks

/// Reads playbooks for the tests of the language.
enum Reading {
    static let surroundings = PlaybookSurroundings(
        catalogue: SampleCatalogue.all,
        receivers: ["oncall", "team"],
        timeIntervals: ["black-friday", "nights"],
        refusals: { permissions in
            permissions.compactMap { permission in
                guard case .unit(let unit) = permission, unit.hasPrefix("forbidden") else { return nil }
                return "the unit \(unit) is not permitted"
            }
        }
    )

    static func read(_ text: String, name: String = "playbooks.yml") -> (PlaybookFile?, [Diagnostic]) {
        let source = SourceText(name: name, text: text)
        let problems = Problems(in: source)
        let file = PlaybookFile(source, problems: problems, surroundings: surroundings)
        return (file, problems.diagnostics)
    }

    static func library(_ text: String) throws -> PlaybookLibrary {
        let (file, problems) = read(text)
        return PlaybookLibrary([try #require(file, "\(problems.map { "\($0.start): \($0.message)" })")])
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Files")

    static func files(_ suffix: String) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (names ?? []).filter { $0.hasSuffix(suffix) }.sorted()
    }
}

@Suite struct `Playbook files` {
    @Test(arguments: Reading.files("-good.yml"))
    func `A good file has no problems`(_ name: String) throws {
        let text = try String(contentsOf: Reading.folder.appending(path: name), encoding: .utf8)
        let (file, problems) = Reading.read(text, name: name)
        #expect(problems.isEmpty, "\(DiagnosticFormat.text.render(problems))")
        let library = PlaybookLibrary([try #require(file)])
        #expect(library.problems.isEmpty, "\(DiagnosticFormat.text.render(library.problems))")
    }

    /// `RECORD=1 swift test` rewrites the expected text.
    @Test(arguments: Reading.files("-bad.yml"))
    func `Everything wrong with a bad file is told in its place`(_ name: String) throws {
        let text = try String(contentsOf: Reading.folder.appending(path: name), encoding: .utf8)
        let (file, problems) = Reading.read(text, name: name)
        let between = file.map { PlaybookLibrary([$0]).problems } ?? []
        let found = DiagnosticFormat.text.render((problems + between).inFileOrder())
        #expect(!(problems + between).isEmpty)
        for problem in problems + between {
            let needsHelp = problem.code.hasPrefix("playbook/") && problem.code != "playbook/bad-argument"
            #expect(problem.help != nil || !needsHelp, "\(problem.message)")
            #expect(!problem.message.hasSuffix("."))
        }
        let expected = Reading.folder.appending(path: name.replacing("-bad.yml", with: "-bad.txt"))
        if ProcessInfo.processInfo.environment["RECORD"] == "1" {
            try found.write(to: expected, atomically: true, encoding: .utf8)
        }
        #expect(found == (try? String(contentsOf: expected, encoding: .utf8)))
    }

    @Test func `A playbook that says little has the defaults of the safety rules`() throws {
        let library = try Reading.library(
            """
            playbooks:
              - name: small
                when: [{matchers: [alertname="A"]}]
                steps: [{notify: {message: hello}}]
            """
        )
        let playbook = try #require(library["small"])
        #expect(playbook.mode == .observe)
        #expect(playbook.subject == nil)
        #expect(playbook.guards.cooldown == .minutes(10))
        #expect(playbook.guards.limit == Guards.Limit(runs: 3, within: .hours(1)))
        #expect(playbook.guards.playbookLimit == Guards.Limit(runs: 10, within: .hours(1)))
        #expect(playbook.guards.breaker.unhealed == 2)
        #expect(playbook.guards.breaker.max == .hours(24))
        #expect(playbook.guards.minUptime == .minutes(2))
        #expect(playbook.guards.maxSubjects == 1)
        #expect(playbook.guards.lockWait == .minutes(1))
        #expect(playbook.verification.every == .seconds(15))
        #expect(playbook.verification.healthy == 3)
        #expect(playbook.verification.within == .minutes(5))
        #expect(playbook.page.hold.value == .zero)
        #expect(!playbook.page.occasions.contains(.healed))
        #expect(playbook.page.occasions.contains(.interrupted))
        #expect(!playbook.touchesProtected && !playbook.acceptsWebhooks && !playbook.continues)
        let step = playbook.rungs[0][0]
        #expect(step.onError == .stop && step.retry == nil && step.timeout == nil)
        #expect(step.name == "notify")
    }

    @Test func `A playbook that needs nobody keeps the page back while it has a chance`() throws {
        let library = try Reading.library(
            """
            playbooks:
              - {name: auto, mode: auto, verify: {within: 2m}, steps: [{notify: {message: hello}}]}
              - {name: asks, mode: approve, steps: [{notify: {message: hello}}]}
            """
        )
        #expect(library["auto"]?.page.hold.value == .minutes(3))
        #expect(library["asks"]?.page.hold.value == .zero)
    }

    @Test func `Everything in the complete example is understood`() throws {
        let text = try String(contentsOf: Reading.folder.appending(path: "complete-good.yml"), encoding: .utf8)
        let playbook = try #require(try Reading.library(text)["restart-api"])
        #expect(playbook.when[0].matchers.map(\.description) == ["alertname=\"ServiceDown\"", "job=\"api\""])
        #expect(playbook.when[0].firingFor == .seconds(30))
        #expect(playbook.mode == .auto)
        #expect(playbook.subject?.map(\.value) == ["instance"])
        #expect(playbook.guards.except.map(\.value) == ["black-friday"])
        #expect(playbook.guards.fleet?.maxConcurrent == .percent(10))
        #expect(playbook.guards.fleet?.maxUnhealthy == .percent(40))
        #expect(playbook.guards.require.count == 1)
        #expect(playbook.rungs.count == 1 && playbook.rungs[0].count == 3)
        let steps = playbook.rungs[0]
        #expect(steps[0].name == "keep evidence" && steps[0].onError == .continue)
        #expect(steps[1].timeout?.value == .minutes(1))
        #expect(steps[1].retry == Step.Retry(attempts: 3, backoff: .seconds(1) ... .seconds(30)))
        #expect(playbook.onUnhealed.map(\.action.value) == ["config.rollback", "systemd.restart"])
        #expect(playbook.page.hold.value == .minutes(6))
        #expect(playbook.page.occasions == [.unhealed, .inconclusive, .blocked, .recurrence])
        #expect(playbook.page.receiver?.value == "oncall")
    }

    @Test func `Names that two files use are told with both places`() throws {
        let one = Reading.read("playbooks: [{name: a, steps: [{notify: {message: x}}]}]", name: "one.yml").0
        let two = Reading.read("playbooks:\n- {name: a, steps: [{notify: {message: x}}]}", name: "two.yml").0
        let problems = PlaybookLibrary([try #require(one), try #require(two)]).problems
        #expect(problems.map(\.code) == ["playbook/repeated-name"])
        #expect(problems[0].source.name == "two.yml" && problems[0].help?.contains("one.yml:1:20") == true)
    }

    @Test func `Broken files are refused and never end the process`() throws {
        let seeds = try Reading.files(".yml").map {
            Array(try String(contentsOf: Reading.folder.appending(path: $0), encoding: .utf8).utf8)
        }
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("{}[]:,'\"\\|>-#&*!%@`\n\t .$=~ax019\u{E9}\0".utf8)
        for _ in 0..<1_500 {
            guard var bytes = seeds.randomElement(using: &random) else { return }
            for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = alphabet.randomElement(using: &random) ?? 0
                case 1: bytes.insert(alphabet.randomElement(using: &random) ?? 0, at: place)
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...20, using: &random)))
                default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 30)], at: place)
                }
            }
            guard let text = String(validating: bytes, as: UTF8.self) else { continue }
            let (file, problems) = Reading.read(text)
            #expect(file != nil || problems.contains { $0.severity == .error }, "refused without a reason:\n\(text)")
            for problem in problems {
                #expect(
                    problem.range.lowerBound >= 0 && problem.range.upperBound <= text.utf8.count,
                    "\(problem.message)"
                )
            }
            _ = file.map { PlaybookLibrary([$0]).problems }
        }
    }
}
