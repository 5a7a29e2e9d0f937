import Configuration
import Diagnostics
import HTTPSettings
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

@Suite struct ProbeSettingsTests {
    private func decode<Value>(_ text: String, _ shape: Shape<Value>) throws -> (value: Value?, problems: [String]) {
        let source = SourceText(name: "medic.yml", text: text)
        let problems = Problems(in: source)
        let document = try #require(YAMLDocument(source, problems: problems))
        let value = document.decode(shape, problems: problems)
        return (value, problems.diagnostics.map { "\($0.code): \($0.message)" })
    }

    @Test func `Probes are read`() throws {
        let text = """
            - name: shop
              http: https://shop.example/health
              interval: 10s
              timeout: 2s
              expect_status: [200, 204]
              expect_body: '"ok"'
              basic_auth: {username: medic, password: x}
              labels: {team: shop}
            - {name: database, tcp: '[::1]:5432', interval: 1s}
            """
        let (value, problems) = try decode(text, ProbeSettings.list)
        let probes = try #require(value, "\(problems)")
        try #require(probes.count == 2)
        #expect(probes[0].target == .http("https://shop.example/health"))
        #expect(probes[0].timeout == .seconds(2))
        #expect(probes[0].page.statuses == [200, 204])
        #expect(probes[0].page.body == #""ok""#)
        #expect(probes[0].page.client.usesHTTP2 == false)
        #expect(probes[1].target == .tcp(host: "::1", port: 5_432))
        #expect(probes[1].target.text == "[::1]:5432")
        #expect(probes[1].timeout == .seconds(1))
    }

    @Test(arguments: [
        ("[{name: a}]", "'http' or 'tcp' is missing"), ("[{name: a, tcp: 'x'}]", "a host and a port"),
        ("[{name: a, tcp: '::1:5'}]", "a host and a port"), ("[{name: a, tcp: 'x:0'}]", "a host and a port"),
        ("[{name: a, http: 'ftp://x'}]", "a URL that begins with http"),
        ("[{name: a, tcp: 'x:1', timeout: 1m}]", "longer than the interval"),
        ("[{name: a, tcp: 'x:1', expect_status: [200]}]", "unknown key"),
        ("[{name: a, http: 'http://x', enable_http2: true}]", "not supported by medic"),
        ("[{name: a, http: 'http://x', method: PUT}]", "one of GET"),
        ("[{name: a, tcp: 'x:1'}, {name: a, tcp: 'y:1'}]", "two probes are named 'a'"),
    ])
    func `What is wrong with probes is told`(text: String, message: String) throws {
        let (value, problems) = try decode(text, ProbeSettings.list)
        #expect(value == nil)
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }

    @Test func `Collectors are switched on by their keys`() throws {
        let text = "host: {parts: [cpu, meminfo], exclude_interfaces: '^veth'}\njournal:\n"
        let settings = try #require(try decode(text, CollectorSettings.shape).value)
        #expect(settings.host?.parts == [.cpu, .meminfo])
        #expect(settings.host?.excludedInterfaces == "^veth")
        #expect(settings.journal == JournalCollectorSettings())
        #expect(settings.systemd == nil)
        #expect(CollectorSettings.standard.host == HostCollectorSettings())
        let (wrong, problems) = try decode("host: {parts: [cpus]}", CollectorSettings.shape)
        #expect(wrong == nil)
        #expect(problems.contains { $0.contains("one of cpu, diskstats") }, "\(problems)")
    }
}
