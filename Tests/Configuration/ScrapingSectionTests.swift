import Configuration
import Diagnostics
import HTTPSettings
import Metrics
import Relabelling
import Secrets
import Testing
import YAML

@Suite struct `The scraping section` {
    static func read<Value>(_ shape: Shape<Value>, _ text: String) -> (value: Value?, problems: [String]) {
        let source = SourceText(name: "/etc/medic/medic.yml", text: text)
        let problems = Problems(in: source)
        let value = YAMLDocument(source, problems: problems).flatMap { $0.decode(shape, problems: problems) }
        let lines = problems.diagnostics.map { problem in
            let place = source.place(of: problem.range.lowerBound)
            return "\(place.line):\(place.column): \(problem.message) [\(problem.code)]"
        }
        return (value, lines)
    }

    static func job(_ text: String, within global: GlobalSettings = GlobalSettings()) -> (
        value: ScrapeJob?, problems: [String]
    ) {
        read(ScrapeJob.shape(within: global), text)
    }

    @Test func `Without anything said, Prometheus's defaults hold`() throws {
        let global = try #require(Self.read(GlobalSettings.shape, "").value)
        #expect(global.scrapeInterval == .minutes(1))
        #expect(global.scrapeTimeout == .seconds(10))
        #expect(global.evaluationInterval == .minutes(1))
        let (job, problems) = Self.job("job_name: node")
        #expect(problems == [])
        let settings = try #require(job).scraping
        #expect(settings.interval == .minutes(1))
        #expect(settings.timeout == .seconds(10))
        #expect(settings.scheme == "http")
        #expect(settings.metricsPath == "/metrics")
        #expect(!settings.honorsLabels && settings.honorsTimestamps && !settings.tracksTimestampsStaleness)
        #expect(settings.acceptsCompression)
        #expect(settings.protocols == [.openMetrics1, .openMetrics0, .text1, .text0])
        #expect(settings.client == HTTPClientSettings())
        #expect(settings.limits == ScrapeLimits())
    }

    @Test func `Everything that can be said is read`() throws {
        let (job, problems) = Self.job(
            """
            job_name: all
            scrape_interval: 30s
            scrape_timeout: 5s
            scheme: https
            metrics_path: /probe
            params: {module: [http, tcp], a: [b]}
            honor_labels: true
            honor_timestamps: false
            track_timestamps_staleness: true
            enable_compression: false
            scrape_protocols: [PrometheusProto, PrometheusText0.0.4]
            fallback_scrape_protocol: PrometheusText0.0.4
            scrape_native_histograms: false
            body_size_limit: 10MB
            sample_limit: 100
            target_limit: 10
            label_limit: 20
            label_name_length_limit: 30
            label_value_length_limit: 40
            keep_dropped_targets: 5
            extra_scrape_metrics: true
            unix_socket: run/api.sock
            basic_auth: {username: joe, password_file: secrets/joe}
            tls_config: {ca_file: ca.pem, cert: C, key: K, server_name: api, insecure_skip_verify: true, min_version: TLS12, max_version: TLS13}
            proxy_url: http://proxy:3128
            no_proxy: localhost,10.0.0.0/8
            proxy_connect_header: {X-A: [b]}
            follow_redirects: false
            enable_http2: false
            http_headers: {X-Tenant: {values: [one], secrets: [two], files: [three]}}
            relabel_configs: [{source_labels: [__address__], target_label: where}]
            metric_relabel_configs: [{regex: x.*, action: labeldrop}]
            static_configs: [{targets: ['a:1', 'unix:/run/b.sock'], labels: {c: d}}]
            file_sd_configs: [{files: [targets/*.yml], refresh_interval: 1m}]
            http_sd_configs: [{url: 'http://sd/', authorization: {credentials: t}}]
            dns_sd_configs: [{names: [db.local], type: A, port: 9187}, {names: [_x._tcp.local]}]
            """
        )
        #expect(problems == [])
        let found = try #require(job)
        let settings = found.scraping
        #expect(settings.interval == .seconds(30) && settings.timeout == .seconds(5))
        #expect(
            settings.parameters == [.init(name: "a", values: ["b"]), .init(name: "module", values: ["http", "tcp"])]
        )
        #expect(settings.protocols == [.text0] && settings.fallback == .text0)
        #expect(settings.limits.bodyBytes == 10 << 20 && settings.limits.samples == 100)
        #expect(settings.limits.labelValueBytes == 40 && settings.limits.keptDroppedTargets == 5)
        let client = settings.client
        #expect(
            client.credentials == .basic(username: Secret("joe"), password: Secret(.file("/etc/medic/secrets/joe")))
        )
        #expect(client.tls.authorities == Secret(.file("/etc/medic/ca.pem")))
        #expect(client.tls.minimum == .tls12 && client.tls.maximum == .tls13)
        #expect(client.tls.skipsVerification && client.tls.serverName == "api")
        #expect(client.proxy.url == Secret("http://proxy:3128") && client.proxy.exceptions == "localhost,10.0.0.0/8")
        #expect(!client.followsRedirects && !client.usesHTTP2)
        #expect(
            client.headers == [
                .init(name: "X-Tenant", values: [Secret("one"), Secret("two"), Secret(.file("/etc/medic/three"))])
            ]
        )
        #expect(client.unixSocket == "/etc/medic/run/api.sock")
        #expect(settings.targetRelabelling.rules.count == 1 && settings.metricRelabelling.rules.count == 1)
        #expect(found.discovery.groups == [.init(targets: ["a:1", "unix:/run/b.sock"], labels: ["c": "d"])])
        #expect(found.discovery.files == [.init(patterns: ["/etc/medic/targets/*.yml"], refreshInterval: .minutes(1))])
        #expect(found.discovery.servers.map(\.url) == ["http://sd/"])
        #expect(found.discovery.names.map(\.type) == [.a, .srv])
    }

    @Test func `A job takes from global what it lacks`() throws {
        let text = "{scrape_interval: 15s, sample_limit: 7, label_limit: 3, external_labels: {site: here}}"
        let global = try #require(Self.read(GlobalSettings.shape, text).value)
        #expect(global.scrapeTimeout == .seconds(10))
        #expect(global.externalLabels == ["site": "here"])
        let settings = try #require(
            Self.job("{job_name: a, label_limit: 9, scrape_interval: 5s}", within: global).value
        ).scraping
        #expect(settings.timeout == .seconds(5))
        #expect(settings.limits.samples == 7 && settings.limits.labels == 9)
    }

    @Test(arguments: [
        (
            "scrape_interval: 5s\nscrape_timeout: 6s",
            "2:1: global scrape timeout greater than scrape interval [scrape/timeout-above-interval]"
        ),
        (
            "query_log_file: x",
            "1:1: 'query_log_file' is not supported by medic: queries are not logged to a file [config/unsupported]"
        ),
        (
            "scrape_protocols: [PrometheusProto]",
            "1:19: 'PrometheusProto' alone is not supported by medic: it reads the text formats [config/unsupported]"
        ),
        ("scrape_protocols: []", "1:19: scrape_protocols cannot be empty [yaml/bad-value]"),
        (
            "metric_name_validation_scheme: legacy",
            "1:1: 'legacy' is not supported by medic: names are any text in UTF-8 [config/unsupported]"
        ),
        (
            "scrape_native_histograms: true",
            "1:1: 'scrape_native_histograms' is not supported by medic: it reads the text formats, which have no native histograms [config/unsupported]"
        ),
        ("body_size_limit: 10 pounds", "1:18: '10 pounds' is not a size such as 512KB or 10MiB [yaml/bad-value]"),
    ])
    func `What is wrong in global is told at its place`(text: String, expected: String) {
        let (value, problems) = Self.read(GlobalSettings.shape, text)
        #expect(value == nil)
        #expect(problems == [expected])
    }

    @Test(arguments: [
        (
            "scrape_interval: 5s\nscrape_timeout: 6s",
            "3:1: scrape timeout greater than scrape interval for scrape config with job name \"a\" [scrape/timeout-above-interval]"
        ),
        ("scheme: ftp", "2:9: 'ftp' is not one of http, https [yaml/bad-value]"),
        (
            "scrape_protocols: [PrometheusText0.0.4, PrometheusText0.0.4]",
            "2:41: duplicated protocol 'PrometheusText0.0.4' in scrape_protocols [yaml/bad-value]"
        ),
        (
            "static_configs: [{targets: ['http://a:1/m']}]",
            "2:29: 'http://a:1/m' is not an address such as host:9100 [yaml/bad-value]"
        ),
        (
            "kubernetes_sd_configs: [{role: node}]",
            "2:1: 'kubernetes_sd_configs' is not supported by medic: let a program write the targets to a file, and name it in file_sd_configs [config/unsupported]"
        ),
        (
            "file_sd_configs: [{files: [a.txt]}]",
            "2:28: 'a.txt' is not the path of a file that ends in .json, .yml or .yaml, with stars in its last part only [yaml/bad-value]"
        ),
        (
            "dns_sd_configs: [{names: [a], type: A}]",
            "2:31: a port is required in DNS-SD configs for all record types except SRV [scrape/no-port]"
        ),
        (
            "basic_auth: {username: a}\nauthorization: {credentials: b}",
            "3:1: at most one of basic_auth, authorization, oauth2, bearer_token & bearer_token_file must be configured [yaml/conflict]"
        ),
        (
            "basic_auth: {password: a, password_file: b}",
            "2:27: at most one of basic_auth password & password_file must be configured [yaml/conflict]"
        ),
        (
            "authorization: {type: Basic}",
            "2:17: authorization type cannot be set to \"basic\", use \"basic_auth\" instead [http/bad-credentials]"
        ),
        (
            "tls_config: {cert_file: a}",
            "2:14: exactly one of key or key_file must be configured when a client certificate is [http/incomplete]"
        ),
        ("tls_config: {min_version: TLS14}", "2:27: 'TLS14' is not one of TLS10, TLS11, TLS12, TLS13 [yaml/bad-value]"),
        (
            "tls_config: {min_version: TLS13, max_version: TLS12}",
            "2:34: 'max_version' is before 'min_version' [http/bad-versions]"
        ),
        (
            "oauth2: {client_id: a}",
            "2:9: the key 'token_url' is missing: a URL that begins with http:// or https:// and a host [yaml/missing-key]"
        ),
        (
            "proxy_url: 'proxy:3128'",
            "2:12: 'proxy:3128' is not a URL that begins with http://, https:// or socks5:// and a host [yaml/bad-value]"
        ),
        ("no_proxy: a", "2:1: if no_proxy is configured, proxy_url must also be [http/incomplete]"),
        (
            "http_headers: {Authorization: {values: [a]}}",
            "2:16: setting header \"Authorization\" is not allowed [http/bad-header]"
        ),
        ("metric_path: /x", "2:1: unknown key 'metric_path' [yaml/unknown-key]"),
    ])
    func `What is wrong in a job is told at its place`(text: String, expected: String) {
        let (value, problems) = Self.job("job_name: a\n" + text)
        #expect(value == nil)
        #expect(problems == [expected])
    }

    @Test func `Secrets do not show`() throws {
        let settings = try #require(Self.job("{job_name: a, basic_auth: {username: u, password: hunter2}}").value)
            .scraping
        #expect(!String(describing: settings).contains("hunter2"))
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }
}
