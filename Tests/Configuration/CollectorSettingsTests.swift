import Configuration
import Diagnostics
import Metrics
import Testing
import YAML

@Suite struct CollectorSettingsTests {
    private func decode<Value>(_ text: String, _ shape: Shape<Value>) throws -> (value: Value?, problems: [String]) {
        let source = SourceText(name: "medic.yml", text: text)
        let problems = Problems(in: source)
        let document = try #require(YAMLDocument(source, problems: problems))
        let value = document.decode(shape, problems: problems)
        return (value, problems.diagnostics.map { "\($0.code): \($0.message)" })
    }

    @Test func `Nothing given is what node_exporter does`() throws {
        let settings = try #require(try decode("", SystemdCollectorSettings.shape).value)
        #expect(settings.include == ".+")
        #expect(settings.exclude == #".+\.(automount|device|mount|scope|slice|target)"#)
        #expect(settings.basics.interval == .seconds(15))
        #expect(
            settings.basics.commonLabels(job: "systemd", instance: "ward")
                == ["job": "systemd", "instance": "ward"]
        )
    }

    @Test func `Everything can be given, and labels win over what they are without`() throws {
        let text = """
            interval: 5s
            labels: {job: node, room: '7'}
            include: '.*\\.service'
            exclude: ''
            max_units: 100
            """
        let settings = try #require(try decode(text, SystemdCollectorSettings.shape).value)
        #expect(settings.basics.interval == .seconds(5))
        #expect(settings.include == #".*\.service"#)
        #expect(settings.maxUnits == 100)
        #expect(
            settings.basics.commonLabels(job: "systemd", instance: "ward")
                == ["job": "node", "instance": "ward", "room": "7"]
        )
    }

    @Test func `Patterns of the journal are read`() throws {
        let text = """
            patterns:
              - {name: oom, regex: 'Out of memory'}
              - {name: panic, regex: '^panic', unit: 'api.*'}
            """
        let settings = try #require(try decode(text, JournalCollectorSettings.shape).value)
        #expect(
            settings.patterns == [
                .init(name: "oom", regex: "Out of memory"), .init(name: "panic", regex: "^panic", unit: "api.*"),
            ]
        )
    }

    @Test(arguments: [
        ("interval: 1ms", "at least 100ms"), ("include: '('", "not a regular expression"),
        ("labels: {__name__: x}", "not a label name"), ("max_units: 0", "from 1 to 100000"),
        ("units: x", "unknown key"),
    ])
    func `What is wrong is told`(text: String, message: String) throws {
        let (value, problems) = try decode(text, SystemdCollectorSettings.shape)
        #expect(value == nil)
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }

    @Test(arguments: [
        ("patterns: [{name: a, regex: x}, {name: a, regex: y}]", "two patterns are named 'a'"),
        ("patterns: [{name: a, regex: '['}]", "not a regular expression"),
        ("patterns: [{name: a}]", "'regex' is missing"),
    ])
    func `What is wrong with patterns is told`(text: String, message: String) throws {
        let (value, problems) = try decode(text, JournalCollectorSettings.shape)
        #expect(value == nil)
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }
}
