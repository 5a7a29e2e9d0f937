public import HTTPSettings
public import Metrics
public import Relabelling
import Rules
import Secrets
import YAML

/// One entry of `remote_write` of prometheus.yml: a server that gets every sample.
public struct RemoteWriteSettings: Hashable, Sendable {
    /// Tells it from others in numbers and logs; the address, where no name is given.
    public var name: String
    public var url: String
    public var timeout = Milliseconds.seconds(30)
    public var client = HTTPClientSettings()
    /// What becomes of the labels of a series before it is sent; a series left without any is not sent.
    public var relabelling = RelabelRules()
    public var queue = Queue()
    public var metadata = Metadata()

    /// `queue_config`: how much is sent at once, and how it is tried again.
    public struct Queue: Hashable, Sendable {
        public var samplesPerRequest = 2_000
        /// How long a sample waits for others.
        public var deadline = Milliseconds.seconds(5)
        public var shortestPause = Milliseconds(30)
        public var longestPause = Milliseconds.seconds(5)
        /// Whether a server that says that it is asked too often is asked again. Otherwise the samples are dropped, as with other refusals.
        public var retriesWhenTooMany = false
        /// Samples older than that are not sent; zero for any age.
        public var ageLimit = Milliseconds.zero

        init() {}
    }

    /// `metadata_config`: help, types and units of metrics.
    public struct Metadata: Hashable, Sendable {
        public var isSent = true
        public var interval = Milliseconds.minutes(1)
        public var familiesPerRequest = 2_000

        init() {}
    }

    init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}

extension RemoteWriteSettings {
    static var shape: Shape<Placed<RemoteWriteSettings>> {
        Shape<RemoteWriteSettings>.structure("a server that samples are written to") { fields in
            let url = fields.required("url", .httpURL)
            let name = fields.value("name", .string, default: "")
            var settings = RemoteWriteSettings(name: name.isEmpty ? url ?? "" : name, url: url ?? "")
            settings.timeout = fields.value("remote_timeout", .milliseconds, default: settings.timeout)
            settings.client = HTTPClientSettings(&fields)
            settings.client.headers += fields.value("headers", .plainHeaders, default: [])
            settings.relabelling = fields.value("write_relabel_configs", .relabelRules, default: RelabelRules())
            settings.queue = fields.value("queue_config", .remoteQueue, default: Queue())
            settings.metadata = fields.value("metadata_config", .remoteMetadata, default: Metadata())
            fields.refuseForeignWriting()
            return url == nil ? nil : settings
        }.placed
    }
}

extension Fields {
    /// What other servers want or other kinds of samples need.
    fileprivate mutating func refuseForeignWriting() {
        refuseWhenOn("send_exemplars", because: "it keeps no exemplars")
        refuseWhenOn("send_native_histograms", because: "it reads the text formats, which have no native histograms")
        refuseWhenOn("round_robin_dns", because: "one connection is kept to the address that the name stands for")
        for key in ["sigv4", "azuread", "google_iam"] {
            refuseUnsupported(key, because: "it signs requests to one provider's cloud")
        }
        let message = value("protobuf_message", .string, default: "prometheus.WriteRequest")
        if message != "prometheus.WriteRequest" {
            refuse(
                "config/unsupported",
                "'\(message)' is not supported by medic: it speaks version 1 of the protocol, prometheus.WriteRequest",
                at: "protobuf_message"
            )
        }
    }

    /// A key that means something to a program that is made otherwise: taken, and said to change nothing.
    fileprivate mutating func noteWithoutEffect(_ key: String, because reason: String) {
        guard let entry = entry(key), !entry.value.isNull else { return }
        problems.warning("config/no-effect", "'\(key)' has no effect: \(reason)", at: entry.keyRange)
    }
}

extension Shape where Value == RemoteWriteSettings.Queue {
    fileprivate static var remoteQueue: Self {
        .structure("how samples are sent") { fields in
            var queue = RemoteWriteSettings.Queue()
            let whole = Shape<Int>.integer(in: 1...100_000)
            queue.samplesPerRequest = fields.value("max_samples_per_send", whole, default: queue.samplesPerRequest)
            queue.deadline = fields.value("batch_send_deadline", .milliseconds, default: queue.deadline)
            queue.shortestPause = fields.value("min_backoff", .milliseconds, default: queue.shortestPause)
            queue.longestPause = fields.value("max_backoff", .milliseconds, default: queue.longestPause)
            queue.retriesWhenTooMany = fields.value("retry_on_http_429", .boolean, default: false)
            queue.ageLimit = fields.value("sample_age_limit", .milliseconds, default: .zero)
            for key in ["capacity", "max_shards", "min_shards"] {
                fields.noteWithoutEffect(
                    key,
                    because: "medic has no queue in memory, it reads what was not sent yet from its samples, in order"
                )
            }
            if queue.longestPause < queue.shortestPause {
                fields.refuse("yaml/bad-value", "max_backoff is less than min_backoff", at: "max_backoff")
            }
            return queue
        }
    }
}

extension Shape where Value == RemoteWriteSettings.Metadata {
    fileprivate static var remoteMetadata: Self {
        .structure("how metadata is sent") { fields in
            var metadata = RemoteWriteSettings.Metadata()
            metadata.isSent = fields.value("send", .boolean, default: true)
            metadata.interval = fields.value("send_interval", .milliseconds, default: metadata.interval)
            metadata.familiesPerRequest = fields.value(
                "max_samples_per_send",
                .integer(in: 1...100_000),
                default: metadata.familiesPerRequest
            )
            return metadata
        }
    }
}

extension Shape where Value == [HTTPHeaderSetting] {
    /// `headers`: names with one value each, none of which the protocol sets by itself.
    fileprivate static var plainHeaders: Self {
        let own = [
            "content-encoding", "content-type", "x-prometheus-remote-write-version", "user-agent", "host",
            "authorization",
        ]
        let pairs = Shape<[YAMLPair<Secret>]>.map(of: .secretText)
        return Shape(pairs.expectation) { node, problems in
            guard let decoded = pairs.decode(node, problems) else { return nil }
            for pair in decoded where own.contains(pair.key.value.lowercased()) {
                problems.error(
                    "yaml/bad-value",
                    "\(pair.key.value) is a header of the protocol or of the credentials, which have keys of their own",
                    at: pair.key.range
                )
            }
            return decoded.map { HTTPHeaderSetting(name: $0.key.value, values: [$0.value]) }
        }
    }
}
