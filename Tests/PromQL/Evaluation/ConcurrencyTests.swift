import Metrics
import PromQL
import Storage
import Synchronization
import Testing

private final class Flag: Sendable {
    private let value = Atomic<Bool>(false)

    var isSet: Bool { value.load(ordering: .relaxed) }

    func set() { value.store(true, ordering: .relaxed) }
}

@Suite struct ConcurrencyTests {
    @Test func `Readers beside a writer see whole frames`() async throws {
        let fixture = Fixture()
        let (width, frames) = (50, 400)
        let flag = Flag()
        let writer = try fixture.store.openTimeline(named: "target")
        for slot in 0..<width { _ = try writer.slot(for: Labels(name: "x_total", [Label("i", "\(slot)")])) }
        try writer.append(at: 0, Array(repeating: 0, count: width))
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let prepared = try fixture.prepare("max(x_total) - min(x_total)")
                    let counted = try fixture.prepare("count(rate(x_total[1m]))")
                    var rounds = 0
                    while !flag.isSet || rounds < 10 {
                        rounds += 1
                        let now = Timestamp.seconds(Int64(frames))
                        let value = try prepared.instant(at: now).value
                        #expect(value.text == "{} 0" || value.text == "")
                        _ = try counted.instant(at: now)
                        _ = try prepared.range(start: .seconds(0), end: now, step: .seconds(30))
                    }
                }
            }
            // All values of a frame are the same; a frame seen in part would show a difference. New series come, too.
            do {
                for frame in 1..<frames {
                    if frame % 50 == 0 {
                        _ = try writer.slot(for: Labels(name: "x_total", [Label("i", "new\(frame)")]))
                    }
                    try writer.append(at: Int64(frame), Array(repeating: Double(frame), count: writer.width))
                }
            } catch {
                Issue.record(error)
            }
            flag.set()
            do { try await group.waitForAll() } catch { Issue.record(error) }
        }
    }
}
