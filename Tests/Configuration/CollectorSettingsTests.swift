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
        ("[{name: a}]", "'http' or 'tcp' or 'dns' or 'tls' or 'icmp' is missing"),
        ("[{name: a, tcp: 'x'}]", "a host and a port"),
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

    @Test func `Probes of names, of TLS and of hosts are read`() throws {
        let text = """
            - name: resolver
              dns: 10.0.0.53
              query: shop.example
              type: MX
              transport: tcp
              expect_code: [NOERROR, NXDOMAIN]
              expect_answer: ['^10 ']
              refuse_answer: 'old'
            - {name: other, dns: '[::1]:5353', query: shop.example.}
            - {name: bare, dns: '2001:db8::1', query: shop.example}
            - {name: mail, tls: 'mail.example:465', tls_config: {server_name: mx.example}}
            - {name: gate, icmp: gate.example, payload_size: 100, ip_protocol: 6}
            """
        let (value, problems) = try decode(text, ProbeSettings.list)
        let probes = try #require(value, "\(problems)")
        try #require(probes.count == 5)
        #expect(probes[0].target == .dns(host: "10.0.0.53", port: 53))
        #expect(probes[0].question.type == .mx)
        #expect(probes[0].question.usesConnection)
        #expect(probes[0].question.codes == [.noError, .noSuchName])
        #expect(probes[0].question.answers == ["^10 "])
        #expect(probes[1].target == .dns(host: "::1", port: 5_353))
        #expect(probes[1].question.codes == [.noError])
        #expect(probes[2].target == .dns(host: "2001:db8::1", port: 53))
        #expect(probes[3].target == .tls(host: "mail.example", port: 465))
        #expect(probes[3].tls.serverName == "mx.example")
        #expect(probes[4].target == .icmp(host: "gate.example"))
        #expect(
            probes[4].ping
                == {
                    var ping = ProbeSettings.Ping(); ping.payload = 100; ping.version = 6; return ping
                }()
        )
    }

    @Test(arguments: [
        ("[{name: a, dns: x}]", "'query' is missing"), ("[{name: a, dns: 'x:y', query: a}]", "a name server such as"),
        ("[{name: a, dns: x, query: 'a..b'}]", "a domain name such as"),
        ("[{name: a, dns: x, query: a, type: ANY}]", "one of A, AAAA"),
        ("[{name: a, dns: x, query: a, expect_code: [OK]}]", "one of NOERROR"),
        ("[{name: a, dns: x, query: a, expect_answer: ['(']}]", "not a regular expression"),
        ("[{name: a, tls: x}]", "a host and a port"), ("[{name: a, icmp: 'a b'}]", "the name or the address"),
        ("[{name: a, icmp: x, payload_size: 9000}]", "from 8 to 1400"),
        ("[{name: a, icmp: x, query: a}]", "unknown key"), ("[{name: a, icmp: x, tcp: 'y:1'}]", "only one of"),
    ])
    func `What is wrong with probes of other kinds is told`(text: String, message: String) throws {
        let (value, problems) = try decode(text, ProbeSettings.list)
        #expect(value == nil)
        #expect(problems.contains { $0.contains(message) }, "\(problems)")
    }

    @Test func `Queries of an operator are read, and a broker`() throws {
        let text = """
            postgres:
              - queries:
                  - {name: shop_orders, query: SELECT 1 AS n, labels: [state], database: shop, max_rows: 5}
            rabbitmq:
              - {name: broker, url: 'https://mq.example:15671', basic_auth: {username: medic, password: x}, include: 'shop.*'}
              - {}
            """
        let (value, problems) = try decode(text, CollectorSettings.shape)
        let settings = try #require(value, "\(problems)")
        let query = try #require(settings.postgres.first?.queries.first)
        #expect(query.name == "shop_orders" && query.database == "shop" && query.labels == ["state"])
        #expect(query.rowsMax == 5 && query.timeout == .seconds(1))
        try #require(settings.rabbitmq.count == 2)
        #expect(settings.rabbitmq[0].url == "https://mq.example:15671")
        #expect(settings.rabbitmq[0].include == "shop.*")
        #expect(settings.rabbitmq[1] == RabbitMQCollectorSettings(name: "rabbitmq"))
    }

    @Test(arguments: [
        ("postgres: [{queries: [{name: 'a b', query: x}]}]", "the beginning of a metric's name"),
        ("postgres: [{queries: [{name: a}]}]", "'query' is missing"),
        ("postgres: [{queries: [{name: a, query: x}, {name: a, query: y}]}]", "two queries are named 'a'"),
        ("postgres: [{queries: [{name: a, query: x, labels: [b, b]}]}]", "a column is named twice"),
        ("postgres: [{queries: [{name: a, query: x, labels: ['b c']}]}]", "a column whose name"),
        ("postgres: [{timeout: 1s, queries: [{name: a, query: x, timeout: 2s}]}]", "longer than that of the server"),
        ("rabbitmq: [{url: 'amqp://x'}]", "a URL that begins with http"),
        ("rabbitmq: [{name: a}, {name: a}]", "two of them are named 'a'"),
    ])
    func `What is wrong with queries and brokers is told`(text: String, message: String) throws {
        let (value, problems) = try decode(text, CollectorSettings.shape)
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
