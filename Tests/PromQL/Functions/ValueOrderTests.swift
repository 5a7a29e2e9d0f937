import Metrics
import Testing

@testable import PromQL

@Suite struct ValueOrderTests {
    @Test func `Values are sorted with NaN last and ties in place`() {
        let values: [Double] = [3, .nan, 1, 3, .infinity, -2]
        #expect(ValueOrder.ascending.places(of: values) == [5, 2, 0, 3, 4, 1])
        #expect(ValueOrder.descending.places(of: values) == [4, 0, 3, 2, 5, 1])
        let many = (0..<40).map { $0 == 7 ? Double.nan : Double($0 % 5) }
        let sorted = ValueOrder.descending.places(of: many)
        #expect(sorted.first == 4)
        #expect(sorted.last == 7)
    }

    private func best(_ order: ValueOrder, _ count: Int, _ values: [Double]) -> [RankedValue] {
        var best = BestValues(order, capacity: count)
        for (place, value) in values.enumerated() { best.offer(value, place: place) }
        return best.sorted()
    }

    @Test func `The best are kept, best first`() {
        let values: [Double] = [400, 500, 300, 700, 600, 800]
        #expect(best(.descending, 3, values).map(\.value) == [800, 700, 600])
        #expect(best(.ascending, 3, values).map(\.value) == [300, 400, 500])
        #expect(best(.ascending, 9, values).count == 6)
    }

    @Test func `NaN stays only while there is room, and comes last`() {
        #expect(best(.descending, 2, [.nan, 1, .nan, 2]).map(\.value) == [2, 1])
        let all = best(.ascending, 4, [.nan, 1, .nan, 2]).map(\.value)
        #expect(all.prefix(2) == [1, 2])
        #expect(all.count { $0.isNaN } == 2 && all.last?.isNaN == true)
    }

    @Test func `Any number of random values agrees with sorting`() {
        var random = KernelRandom(state: 31)
        for _ in 0..<400 {
            let values = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                Double.random(in: 0...1e6, using: &random)
            }
            let count = Int.random(in: 1...20, using: &random)
            let expected = Array(values.sorted(by: >).prefix(count))
            #expect(best(.descending, count, values).map(\.value) == expected)
        }
    }

    @Test(
        arguments: [
            ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("as", 0x1c33_0fb2_d66b_e179),
            ("asd", 0x631c_37ce_72a9_7393), ("asdf", 0x4158_72f5_99ce_a71e),
            ("Call me Ishmael. Some years ago--never mind how long precisely-", 0x02a2_e854_70d6_fd96),
        ] as [(String, UInt64)]
    ) func `The hash is xxHash64`(row: (String, UInt64)) {
        #expect(XXHash64.hash(Array(row.0.utf8).span) == row.1)
    }

    @Test func `Labels are hashed behind their lengths`() {
        #expect(LabelsHash.of(["a": "bc"]) == XXHash64.hash([1, 97, 2, 98, 99].span))
        let long = String(repeating: "x", count: 300)
        let bytes: [UInt8] = [1, 97, 255, 0x2c, 1, 0] + [UInt8](long.utf8)
        #expect(LabelsHash.of(["a": long]) == XXHash64.hash(bytes.span))
    }

    @Test func `A ratio and the ratio less one split the series in two`() {
        var kept = 0
        for index in 0..<1_000 {
            let labels: Labels = ["instance": "\(index)"]
            #expect(RatioSampler.keeps(labels, ratio: 0.3) != RatioSampler.keeps(labels, ratio: -0.7))
            kept += RatioSampler.keeps(labels, ratio: 0.3) ? 1 : 0
            #expect(RatioSampler.keeps(labels, ratio: 1) && RatioSampler.keeps(labels, ratio: -1))
        }
        #expect((250...350).contains(kept))
    }
}
