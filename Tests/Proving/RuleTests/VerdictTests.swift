import Diagnostics
import Foundation
import Testing

@testable import Proving

@Suite struct RuleTestVerdictTests {
    private static let rules: [String: String] = {
        let folder = Fixtures.folder + "/rules"
        let names = Fixtures.names(in: folder, ending: ".yml")
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                ("rules/\(name)", (try? DiskLibrary().read("\(folder)/\(name)")) ?? "")
            }
        )
    }()

    @Test(arguments: Fixtures.cases) func `A fixture passes or fails as its name says`(fixture: FixtureCase) {
        let report = run(fixture.text, rules: Self.rules)
        #expect(report.obstacle == nil)
        #expect(report.verdicts.map(\.title) == [fixture.name])
        #expect(report.isSuccess == fixture.mustPass, "\(report.lines.joined(separator: "\n"))")
    }

    @Test(arguments: Fixtures.files) func `A file is good or bad as its name says`(name: String) {
        var runner = RuleTestRunner(library: DiskLibrary())
        let report = runner.run(Fixtures.folder + "/files/" + name)
        #expect(report.isSuccess == name.hasPrefix("good"), "\(report.lines) \(report.diagnostics.map(\.message))")
    }

    @Test(arguments: Fixtures.names(in: Fixtures.repository + "/rules", ending: "_test.yml"))
    func `The rules that are shipped pass their tests`(name: String) {
        var runner = RuleTestRunner(library: DiskLibrary())
        let report = runner.run(Fixtures.repository + "/rules/" + name)
        #expect(report.isSuccess, "\(report.lines.joined(separator: "\n")) \(report.diagnostics.map(\.message))")
    }
}
