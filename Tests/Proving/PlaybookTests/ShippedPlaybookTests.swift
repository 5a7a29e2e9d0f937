import Actions
import Diagnostics
import Foundation
import Playbooks
import Testing
import YAML

@testable import Proving

/// Everything in playbooks/: read, tested, explained, and at peace with each other.
@Suite struct ShippedPlaybookTests {
    static let folder = Fixtures.repository + "/playbooks"
    static let tests = Fixtures.names(in: folder, ending: "_test.yml")
    static let files = Fixtures.names(in: folder, ending: ".yml").filter { !$0.hasSuffix("_test.yml") }

    @Test(arguments: files) func `Each has its tests, and passes them`(file: String) {
        let test = String(file.dropLast(".yml".count)) + "_test.yml"
        #expect(Self.tests.contains(test))
        var runner = RuleTestRunner(library: DiskLibrary(), options: .init(catalogue: .medic))
        let report = runner.run("\(Self.folder)/\(test)")
        #expect(report.diagnostics.map(\.message) == [])
        #expect(report.unmatchedPatterns == [])
        for verdict in report.verdicts {
            let lines = verdict.failures.flatMap { [$0.headline] + $0.rows.map(\.drawn) }
            #expect(lines == [], "\(verdict.title)")
        }
        #expect(report.isSuccess && !report.verdicts.isEmpty)
    }

    @Test func `All of them together are a library without a problem`() throws {
        var files: [PlaybookFile] = []
        for name in Self.files {
            let source = SourceText(name: name, text: try DiskLibrary().read("\(Self.folder)/\(name)"))
            let problems = Problems(in: source)
            let file = PlaybookFile(source, problems: problems, surroundings: PlaybookSurroundings(catalogue: .medic))
            #expect(problems.diagnostics.map(\.message) == [])
            files.append(try #require(file))
        }
        #expect(PlaybookLibrary(files).problems.map(\.message) == [])
        #expect(files.flatMap(\.playbooks).count == Self.files.count + 1)
    }

    @Test func `Each has a section in the documents`() throws {
        let document = try DiskLibrary().read(Fixtures.repository + "/deploy/doc/shipped-playbooks.md")
        for name in Self.files {
            #expect(document.contains("## \(name.dropLast(".yml".count))\n"), "\(name)")
        }
    }
}
