import Instruments
import Testing

@Suite struct InstrumentsTests {
    private let instruments = Instruments()

    @Test func `The same name and labels give the same instrument, in whatever order the labels come`() {
        instruments.counter("a_total", help: "A.", labels: [("x", "1"), ("y", "2")]).add(2)
        instruments.counter("a_total", help: "A.", labels: [("y", "2"), ("x", "1")]).add()
        let family = instruments.families().first
        #expect(family?.samples.map(\.value) == [3])
        #expect(family?.samples.first?.labels.map(\.name) == ["x", "y"])
    }

    @Test func `A histogram counts each measure in every bucket that holds it`() {
        let histogram = instruments.histogram("d_seconds", help: "D.", buckets: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }
        let samples = instruments.families().first?.samples ?? []
        #expect(samples.map(\.suffix) == ["_bucket", "_bucket", "_bucket", "_sum", "_count"])
        #expect(samples.map(\.value) == [2, 3, 4, 7.65, 4])
        #expect(samples[2].labels.map(\.value) == ["+Inf"])
    }

    @Test func `What is read elsewhere is read whenever somebody looks, and can be taken out`() {
        let gauge = instruments.gauge("g", help: "G.")
        instruments.observe("read", help: "R.") { gauge.value * 2 }
        gauge.set(21)
        #expect(instruments.families().map(\.name) == ["g", "read"])
        #expect(instruments.families().last?.samples.first?.value == 42)
        instruments.remove("read", labels: [])
        #expect(instruments.families().map(\.name) == ["g"])
    }

    @Test func `Values alone come in the order of the families, and tell when that is another one`() {
        instruments.gauge("b", help: "B.", labels: [("x", "2")]).set(2)
        instruments.gauge("b", help: "B.", labels: [("x", "1")]).set(1)
        instruments.histogram("c_seconds", help: "C.", buckets: [1]).observe(0.5)
        instruments.counter("a_total", help: "A.").add(7)
        func shown() -> [Double] { instruments.families().flatMap { $0.samples.map(\.value) } }
        let first = instruments.readings()
        #expect(first.values == [7, 2, 1, 1, 1, 0.5, 1] && first.values == shown())
        #expect(first.layout == instruments.layout)
        _ = instruments.counter("a_total", help: "A.")
        #expect(instruments.layout == first.layout, "an instrument that is there already changes nothing")
        instruments.observe("b", help: "B.", labels: [("x", "2")]) { 3 }
        let second = instruments.readings()
        #expect(second.values == [7, 1, 3, 1, 1, 0.5, 1] && second.values == shown())
        #expect(second.layout != first.layout)
        instruments.remove("b", labels: [("x", "1")])
        #expect(instruments.readings().values == shown() && instruments.layout != second.layout)
    }

    @Test func `Several threads add without losing anything`() async {
        let counter = instruments.counter("c_total", help: "C.")
        let gauge = instruments.gauge("sum", help: "S.")
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.add()
                        gauge.add(0.5)
                    }
                }
            }
        }
        #expect(counter.value == 8_000)
        #expect(gauge.value == 4_000)
    }
}
