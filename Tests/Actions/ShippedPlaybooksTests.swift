import Diagnostics
import Foundation
import Metrics
import Playbooks
import Testing
import YAML

@testable import Actions

/// The playbooks of the repository, with the real actions.
@Suite struct `Playbooks that ship` {
    private static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let folder = repository.appending(path: "playbooks")

    static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".yml") && !$0.hasSuffix("_test.yml") }.sorted()

    private static func read(_ name: String) throws -> PlaybookFile {
        let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
        let problems = Problems(in: SourceText(name: name, text: text))
        let surroundings = PlaybookSurroundings(catalogue: .medic)
        let file = PlaybookFile(problems.source, problems: problems, surroundings: surroundings)
        let drawn = DiagnosticFormat.text.render(problems.diagnostics)
        #expect(problems.diagnostics.isEmpty, "\(drawn)")
        return try #require(file)
    }

    @Test func `They are all there`() {
        #expect(Self.names.count >= 13)
    }

    @Test(arguments: names)
    func `Each can be used, for an alert of a rule that ships`(_ name: String) throws {
        let file = try Self.read(name)
        let rules = Self.repository.appending(path: "rules")
        let texts = try FileManager.default.contentsOfDirectory(atPath: rules.path).filter { $0.hasSuffix(".yml") }
            .map { try String(contentsOf: rules.appending(path: $0), encoding: .utf8) }.joined(separator: "\n")
        let alerts = texts.split(separator: "\n").compactMap { line -> String? in
            guard let place = line.range(of: "- alert: ") else { return nil }
            return String(line[place.upperBound...])
        }
        for playbook in file.playbooks {
            #expect(!playbook.summary.isEmpty)
            let started = alerts.filter { alert in
                playbook.when.contains { $0.matchers.contains { $0.name == "alertname" && $0.matches(alert) } }
            }
            #expect(!started.isEmpty, "no rule starts \(playbook.name.value)")
        }
    }

    @Test func `Together they have names of their own`() throws {
        let library = PlaybookLibrary(try Self.names.map(Self.read))
        #expect(library.problems.isEmpty)
    }

    @Test(arguments: names)
    func `Each can be carried out for an alert as its rule makes it`(_ name: String) throws {
        let library = PlaybookLibrary([try Self.read(name)])
        let labels: Labels = [
            "alertname": "A", "job": "api", "instance": "a:80", "name": "api.service", "mountpoint": "/var",
            "key": "spans",
            "exporter": "otlp", "state": "failed", "type": "notify",
        ]
        for playbook in library.playbooks {
            let subject = try #require(PlaybookLibrary.subject(of: playbook, labels))
            let facts = AlertFacts(labels: labels, value: 1, subject: subject, run: "r1")
            let rendered = try PlaybookRenderer(library: library, catalogue: .medic).render(playbook, facts)
            #expect(!rendered.allSteps.isEmpty)
            for step in rendered.allSteps {
                #expect(!step.sentence.contains("not known yet"), "\(step.sentence)")
                #expect(step.timeout >= .minutes(1))
            }
        }
    }
}
