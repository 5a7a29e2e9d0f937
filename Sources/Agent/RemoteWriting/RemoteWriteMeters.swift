import Instruments

/// What is measured of one server that samples are written to.
struct RemoteWriteMeters: Sendable {
    private static let prefix = "medic_remote_write_"

    let sent: Counter
    let dropped: Counter
    let lost: Counter
    let retries: Counter
    let bytes: Counter
    let metadata: Counter
    let isUp: Gauge
    let newest: Gauge
    private let labels: [(String, String)]

    init(_ instruments: Instruments, _ name: String) {
        let labels = [("remote", name)]
        self.labels = labels
        func counter(_ name: String, _ help: String) -> Counter {
            instruments.counter(Self.prefix + name, help: help, labels: labels)
        }
        sent = counter("samples_sent_total", "Samples that a server took.")
        dropped = counter("samples_dropped_total", "Samples that a server refused for good.")
        lost = counter(
            "frames_lost_total",
            "Frames whose samples were too old to keep before a server could take them."
        )
        retries = counter("retries_total", "Requests that failed and were tried again.")
        bytes = counter("sent_bytes_total", "Bytes of the requests that a server took, packed.")
        metadata = counter("metadata_sent_total", "Metrics whose metadata a server took.")
        isUp = instruments.gauge(Self.prefix + "up", help: "Whether the last request was taken.", labels: labels)
        newest = instruments.gauge(
            Self.prefix + "newest_sent_timestamp_seconds",
            help: "The time of the newest sample that a server took: what is behind now is how far it is behind.",
            labels: labels
        )
    }

    func remove(from instruments: Instruments) {
        for name in [
            "samples_sent_total", "samples_dropped_total", "frames_lost_total", "retries_total", "sent_bytes_total",
            "metadata_sent_total", "up", "newest_sent_timestamp_seconds",
        ] { instruments.remove(Self.prefix + name, labels: labels) }
    }
}
