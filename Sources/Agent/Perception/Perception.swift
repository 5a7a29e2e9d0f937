import Configuration
import EventLoop
import Metrics
import Storage

/// Everything that brings samples in: what is scraped, what medic sees by itself, and what it measures about itself.
final class Perception: Sendable {
    private let ground: Ground
    private let own: OwnMetrics

    init(
        _ ground: Ground,
        _ store: SampleStore,
        landed: @escaping @Sendable (TimelineID, Timestamp) -> Void
    ) throws {
        self.ground = ground
        own = try OwnMetrics(ground, store, landed: landed)
    }

    /// Takes up a configuration; what stays the same goes on undisturbed.
    func apply(_ configuration: MedicConfiguration) {
        own.start(every: configuration.global.scrapeInterval)
    }

    func stop() {
        own.stop()
    }
}
