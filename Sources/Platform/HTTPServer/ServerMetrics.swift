internal import Instruments

/// What a server counts.
struct ServerMetrics: Sendable {
    let refusedTotal: Counter
    let refusedPerAddress: Counter
    let slowReaders: Counter
    let slowWriters: Counter
    let slowSubscribers: Counter
    let inFlight: Gauge
    let bodyBytes: Gauge
    private let refusals: [String: Counter]

    init(_ instruments: Instruments) {
        func refused(_ limit: String) -> Counter {
            instruments.counter(
                "medic_http_connections_refused_total",
                help: "Connections closed at once because a limit was reached.",
                labels: [("limit", limit)]
            )
        }
        func cut(_ reason: String) -> Counter {
            instruments.counter(
                "medic_http_connections_cut_total",
                help: "Connections cut because the client was too slow.",
                labels: [("reason", reason)]
            )
        }
        refusedTotal = refused("connections")
        refusedPerAddress = refused("connections_per_address")
        slowReaders = cut("slow_reader")
        slowWriters = cut("slow_writer")
        slowSubscribers = cut("slow_subscriber")
        inFlight = instruments.gauge("medic_http_requests_in_flight", help: "Requests that are not answered yet.")
        bodyBytes = instruments.gauge("medic_http_body_bytes", help: "Bytes of request bodies in memory.")
        var refusals: [String: Counter] = [:]
        for refusal in HTTPServer.Refusal.all {
            refusals[refusal.reason] = instruments.counter(
                "medic_http_requests_refused_total",
                help: "Requests that the server turned away by itself.",
                labels: [("reason", refusal.reason)]
            )
        }
        self.refusals = refusals
    }

    func count(_ refusal: HTTPServer.Refusal) {
        refusals[refusal.reason]?.add()
    }
}
