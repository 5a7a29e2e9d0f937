import Instruments

/// What the client measures about itself.
struct HTTPClientMeters: Sendable {
    let requests: Counter
    let connections: Counter
    let active: Gauge
    private let failures: [String: Counter]

    init(_ instruments: Instruments) {
        requests = instruments.counter(
            "medic_http_client_requests_total",
            help: "Requests sent, each redirect counted."
        )
        connections = instruments.counter("medic_http_client_connections_total", help: "Connections opened.")
        active = instruments.gauge("medic_http_client_transfers", help: "Transfers under way.")
        var failures: [String: Counter] = [:]
        for kind in HTTPClientError.kinds {
            failures[kind] = instruments.counter(
                "medic_http_client_failures_total",
                help: "Requests without an answer, by cause.",
                labels: [("kind", kind)]
            )
        }
        self.failures = failures
    }

    func failed(_ error: HTTPClientError) {
        failures[error.kind]?.add()
    }
}
