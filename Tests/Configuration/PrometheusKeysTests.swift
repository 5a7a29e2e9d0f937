import Configuration
import Diagnostics
import Testing

/// Every key of Prometheus 3's configuration, down to the second level: each is taken, or refused by its name. None is passed over.
@Suite struct PrometheusKeysTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let section: String
        let key: String
        let value: String
        let isTaken: Bool

        var testDescription: String { "\(section).\(key)" }

        /// A configuration in which the key stands.
        var text: String {
            let entry = "\(key): \(value)"
            return switch section {
            case "top": entry
            case "scrape_configs": "scrape_configs: [{job_name: a, \(entry)}]"
            case "alerting": "alerting: {\(entry)}"
            case "alertmanagers": "alerting: {alertmanagers: [{\(entry)}]}"
            case "remote_write":
                key == "url" ? "remote_write: [{\(entry)}]" : "remote_write: [{url: 'http://a/', \(entry)}]"
            case "queue_config": "remote_write: [{url: 'http://a/', queue_config: {\(entry)}}]"
            case "metadata_config": "remote_write: [{url: 'http://a/', metadata_config: {\(entry)}}]"
            default: "\(section): {\(entry)}"
            }
        }
    }

    /// Section, key, value; an exclamation mark before the key: it is refused. Bounds on native histograms are taken: there are none to bound.
    private static let table = """
        top global {}
        top rule_files []
        top scrape_configs []
        top alerting {}
        top remote_write []
        top storage {}
        top !scrape_config_files [a.yml]
        top !remote_read [{url: 'http://a/'}]
        top !tracing {endpoint: a}
        top !otlp {promote_resource_attributes: [a]}
        top !runtime {gogc: 75}
        global scrape_interval 15s
        global scrape_timeout 5s
        global scrape_protocols [PrometheusText0.0.4]
        global evaluation_interval 15s
        global rule_query_offset 1s
        global external_labels {a: b}
        global body_size_limit 1MB
        global sample_limit 10
        global target_limit 10
        global label_limit 10
        global label_name_length_limit 10
        global label_value_length_limit 10
        global keep_dropped_targets 10
        global metric_name_validation_scheme utf8
        global metric_name_escaping_scheme underscores
        global always_scrape_classic_histograms true
        global extra_scrape_metrics true
        global !query_log_file /a
        global !scrape_failure_log_file /a
        global !scrape_native_histograms true
        global !convert_classic_histograms_to_nhcb true
        scrape_configs scrape_interval 15s
        scrape_configs scrape_timeout 5s
        scrape_configs scrape_protocols [PrometheusText0.0.4]
        scrape_configs fallback_scrape_protocol PrometheusText0.0.4
        scrape_configs metrics_path /a
        scrape_configs honor_labels true
        scrape_configs honor_timestamps false
        scrape_configs track_timestamps_staleness true
        scrape_configs scheme https
        scrape_configs params {a: [b]}
        scrape_configs enable_compression false
        scrape_configs basic_auth {username: a, password: b}
        scrape_configs authorization {credentials: a}
        scrape_configs oauth2 {client_id: a, client_secret: b, token_url: 'http://a/'}
        scrape_configs follow_redirects false
        scrape_configs enable_http2 false
        scrape_configs tls_config {insecure_skip_verify: true}
        scrape_configs proxy_url http://a/
        scrape_configs proxy_from_environment true
        scrape_configs http_headers {X-A: {values: [b]}}
        scrape_configs static_configs [{targets: ['a:1']}]
        scrape_configs file_sd_configs [{files: [a.yml]}]
        scrape_configs http_sd_configs [{url: 'http://a/'}]
        scrape_configs dns_sd_configs [{names: [a]}]
        scrape_configs relabel_configs []
        scrape_configs metric_relabel_configs []
        scrape_configs body_size_limit 1MB
        scrape_configs sample_limit 10
        scrape_configs target_limit 10
        scrape_configs label_limit 10
        scrape_configs label_name_length_limit 10
        scrape_configs label_value_length_limit 10
        scrape_configs keep_dropped_targets 10
        scrape_configs metric_name_validation_scheme utf8
        scrape_configs metric_name_escaping_scheme underscores
        scrape_configs always_scrape_classic_histograms true
        scrape_configs extra_scrape_metrics true
        scrape_configs !scrape_failure_log_file /a
        scrape_configs !scrape_native_histograms true
        scrape_configs !convert_classic_histograms_to_nhcb true
        scrape_configs native_histogram_bucket_limit 10
        scrape_configs native_histogram_min_bucket_factor 1.1
        alerting alert_relabel_configs []
        alerting alertmanagers []
        alertmanagers timeout 5s
        alertmanagers api_version v2
        alertmanagers path_prefix /a
        alertmanagers scheme https
        alertmanagers basic_auth {username: a, password: b}
        alertmanagers authorization {credentials: a}
        alertmanagers oauth2 {client_id: a, client_secret: b, token_url: 'http://a/'}
        alertmanagers tls_config {insecure_skip_verify: true}
        alertmanagers proxy_url http://a/
        alertmanagers follow_redirects false
        alertmanagers enable_http2 false
        alertmanagers http_headers {X-A: {values: [b]}}
        alertmanagers static_configs [{targets: ['a:1']}]
        alertmanagers file_sd_configs [{files: [a.yml]}]
        alertmanagers http_sd_configs [{url: 'http://a/'}]
        alertmanagers dns_sd_configs [{names: [a]}]
        alertmanagers relabel_configs []
        alertmanagers alert_relabel_configs []
        alertmanagers !sigv4 {region: a}
        alertmanagers !consul_sd_configs [{server: a}]
        remote_write url http://a/
        remote_write remote_timeout 5s
        remote_write headers {X-Scope-OrgID: a}
        remote_write name a
        remote_write write_relabel_configs []
        remote_write basic_auth {username: a, password: b}
        remote_write authorization {credentials: a}
        remote_write oauth2 {client_id: a, client_secret: b, token_url: 'http://a/'}
        remote_write tls_config {insecure_skip_verify: true}
        remote_write proxy_url http://a/
        remote_write follow_redirects false
        remote_write enable_http2 false
        remote_write http_headers {X-A: {values: [b]}}
        remote_write protobuf_message prometheus.WriteRequest
        remote_write queue_config {}
        remote_write metadata_config {}
        remote_write send_exemplars false
        remote_write send_native_histograms false
        remote_write !send_exemplars true
        remote_write !send_native_histograms true
        remote_write !round_robin_dns true
        remote_write !sigv4 {region: a}
        remote_write !azuread {cloud: a}
        remote_write !google_iam {credentials_file: a}
        queue_config capacity 10
        queue_config max_shards 10
        queue_config min_shards 1
        queue_config max_samples_per_send 10
        queue_config batch_send_deadline 1s
        queue_config min_backoff 10ms
        queue_config max_backoff 10s
        queue_config retry_on_http_429 true
        queue_config sample_age_limit 1h
        metadata_config send false
        metadata_config send_interval 1m
        metadata_config max_samples_per_send 10
        storage !tsdb {out_of_order_time_window: 1m}
        storage !exemplars {max_exemplars: 10}
        """

    static let rows: [Row] = {
        // Prometheus discovers in more ways than anybody uses; all are told by name.
        let discoveries = [
            "aws", "azure", "consul", "digitalocean", "docker", "dockerswarm", "ec2", "eureka", "gce", "hetzner",
            "ionos",
            "kubernetes", "kuma", "lightsail", "linode", "marathon", "nerve", "nomad", "openstack", "ovhcloud",
            "puppetdb",
            "scaleway", "serverset", "stackit", "triton", "uyuni", "vultr",
        ].map { "scrape_configs !\($0)_sd_configs [{a: b}]" }
        return (table.split(separator: "\n").map(String.init) + discoveries).map { line in
            let parts = line.split(separator: " ", maxSplits: 2)
            let isTaken = !parts[1].hasPrefix("!")
            let key = isTaken ? parts[1] : parts[1].dropFirst()
            return Row(section: String(parts[0]), key: String(key), value: String(parts[2]), isTaken: isTaken)
        }
    }()

    private static func read(_ row: Row, isLenient: Bool = false) -> (isSound: Bool, problems: [Diagnostic]) {
        let source = SourceText(name: "prometheus.yml", text: row.text + "\n")
        let (configuration, problems) = MedicConfiguration.read(
            [source],
            references: { _ in nil },
            zones: { _ in nil },
            isLenient: isLenient
        )
        return (configuration != nil, problems)
    }

    @Test(arguments: rows)
    func `A key is taken, or refused by its name; leniently it is a warning`(row: Row) {
        let (isSound, problems) = Self.read(row)
        let errors = problems.filter { $0.severity == .error }
        if row.isTaken {
            #expect(errors.map(\.message) == [])
            #expect(isSound)
            return
        }
        #expect(!isSound)
        #expect(errors.count == 1)
        #expect(errors.first.map { ["config/unsupported", "yaml/unsupported"].contains($0.code) } == true)
        #expect(errors.first?.message.contains("'\(row.key)'") == true, "\(errors.map(\.message))")
        let lenient = Self.read(row, isLenient: true)
        #expect(lenient.isSound)
        #expect(lenient.problems.map(\.severity) == [.warning])
    }
}
