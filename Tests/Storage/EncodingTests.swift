import Metrics
import Storage
import Testing

/// A kind of column, and how to draw one.
struct ColumnCase: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let draw: @Sendable (inout SeededGenerator, Int) -> [Double]

    static let wild: [Double] = [
        0, -0.0, 1, -1, 0.1, 0.2, 0.3, 1.0 / 3, .infinity, -.infinity, .nan, MarkerNaN.plain, MarkerNaN.stale,
        MarkerNaN.absent, Double(bitPattern: 0xfff8_dead_beef_0001), Double(bitPattern: 0x7ff0_0000_0000_0001),
        .greatestFiniteMagnitude, .leastNonzeroMagnitude, 0x1p51, 0x1p52, 0x1p53, 0x1p63, -0x1p51, 8190, 8191, 8192,
        1e15, 1e-15, 123_456_789.123, 4_503_599_627_370_495.5, 1e308, -1e-308, 12345.678901, 99999999999999,
    ]

    static let all: [ColumnCase] = [
        ColumnCase(testDescription: "constants") { random, count in
            Array(repeating: wild.randomElement(using: &random)!, count: count)
        },
        ColumnCase(testDescription: "wild values") { random, count in
            (0..<count).map { _ in wild.randomElement(using: &random)! }
        },
        ColumnCase(testDescription: "random bits") { random, count in
            (0..<count).map { _ in Double(bitPattern: random.next()) }
        },
        ColumnCase(testDescription: "random bits of a random width, in some multiple") { random, count in
            let width = UInt64.random(in: 0...63, using: &random)
            let shift = UInt64.random(in: 0...63, using: &random)
            let base = random.next()
            return (0..<count).map { _ in
                Double(bitPattern: base &+ (random.next() & (1 << width - 1)) << shift)
            }
        },
        ColumnCase(testDescription: "counters") { random, count in
            var value = Double(UInt64.random(in: 0...1 << 40, using: &random))
            let speed = Double(UInt64.random(in: 0...1 << 30, using: &random))
            return (0..<count).map { _ in
                value += Double.random(in: 0...speed + 1, using: &random).rounded()
                return value
            }
        },
        ColumnCase(testDescription: "decimals") { random, count in
            let decimals = Int.random(in: 0...15, using: &random)
            var power = 1.0
            for _ in 0..<decimals { power *= 10 }
            let size = Int64(1) << Int64.random(in: 1...53, using: &random)
            return (0..<count).map { _ in Double(Int64.random(in: -size...size, using: &random)) / power }
        },
        ColumnCase(testDescription: "steps") { random, count in
            var value = Double.random(in: -10...10, using: &random)
            return (0..<count).map { _ in
                if Int.random(in: 0..<6, using: &random) == 0 { value = Double.random(in: -10...10, using: &random) }
                return value
            }
        },
        ColumnCase(testDescription: "holes and markers") { random, count in
            var value = 100.0
            return (0..<count).map { _ in
                value += 3
                return [value, value, MarkerNaN.absent, MarkerNaN.stale].randomElement(using: &random)!
            }
        },
    ]
}

@Suite struct EncodingTests {
    @Test(arguments: ColumnCase.all)
    func `A sealed column comes back bit for bit`(_ kind: ColumnCase) throws {
        for seed in 1...20 {
            var random = SeededGenerator(UInt64(seed))
            let store = SampleStore()
            let writer = try store.openTimeline(named: "target")
            let width = Int.random(in: 1...40, using: &random)
            for slot in 0..<width { _ = try writer.slot(for: Labels(name: "m\(slot)")) }
            let columns = (0..<width).map { _ in kind.draw(&random, 64) }
            for row in 0..<65 {
                try writer.append(at: Int64(row) * 15_000, row < 64 ? columns.map { $0[row] } : [])
            }
            let view = store.view(of: writer.timeline)
            var column = Array(repeating: 0.0, count: 64)
            for (slot, expected) in columns.enumerated() {
                let start = Int.random(in: 0..<64, using: &random)
                unsafe column.withUnsafeMutableBufferPointer {
                    unsafe view.copyValues(slot: slot, frames: start..<64, into: $0)
                }
                for row in 0..<64 {
                    let bits = expected[row].bitPattern
                    #expect(
                        view.value(slot: slot, frame: row).bitPattern == bits,
                        "slot \(slot) row \(row) seed \(seed)"
                    )
                    if row >= start {
                        #expect(column[row - start].bitPattern == bits, "slot \(slot) row \(row) seed \(seed) copied")
                    }
                }
            }
            #expect(store.statistics.sealedSamples == columns.joined().count { !$0.isAbsent })
        }
    }

    @Test func `Times come back, regular or not`() throws {
        var random = SeededGenerator(7)
        for spread in [Int64(1), 20, 1_000_000, 1 << 55] {
            let store = SampleStore()
            let writer = try store.openTimeline(named: "target")
            _ = try writer.slot(for: Labels(name: "m"))
            var time = Int64.random(in: -1 << 60...0, using: &random)
            var times: [Int64] = []
            for _ in 0..<100 {
                time += Int64.random(in: 1...spread, using: &random)
                times.append(time)
                try writer.append(at: time, [1])
            }
            let view = store.view(of: writer.timeline)
            #expect((0..<100).map { view.timestamp(of: $0) } == times)
            for frame in 1..<100 {
                #expect(view.frames(after: times[frame - 1], through: times[frame]) == frame..<frame + 1)
                #expect(view.frames(after: times[0] - 1, through: times[frame] - 1) == 0..<frame)
            }
        }
    }
}
