import Metrics
import PromQL
import Storage
import Testing

@Suite struct SelectorTests {
    @Test(arguments: [
        (0.0, "x 1"), (9, "x 1"), (10, "x 2"), (20, "x 3"), (319.999, "x 3"), (320, ""), (-1, ""),
    ])
    func `The last sample counts until the lookback has passed, its left edge excluded`(
        time: Double,
        answer: String
    ) throws {
        let fixture = try Fixture(every: 10, ["x": "1 2 3"])
        #expect(try fixture.text("x", at: time) == answer)
    }

    @Test func `A series that has ended has no value until it comes back`() throws {
        let fixture = try Fixture(every: 10, ["x": "1 stale _ 4", "y": "1 2 3 4"])
        #expect(try fixture.text("x", at: 10) == "")
        #expect(try fixture.text("x", at: 25) == "")
        #expect(try fixture.text("x", at: 30) == "x 4")
        #expect(try fixture.text("count_over_time(x[1m])", at: 30) == "{} 2")
    }

    @Test func `A hole in a frame is bridged by an older sample`() throws {
        let fixture = Fixture()
        let writer = try fixture.store.openTimeline(named: "target")
        _ = try writer.slot(for: Labels(name: "a"))
        _ = try writer.slot(for: Labels(name: "b"))
        try writer.append(at: 0, [1, 10])
        try writer.append(at: 10, [2, nil])
        try writer.append(at: 20, [3, nil])
        #expect(try fixture.text("{__name__=~'a|b'}", at: 20) == "a 3, b 10")
        #expect(try fixture.text("timestamp(b != 7)", at: 20) == "{} 20")
        #expect(try fixture.text("timestamp(b)", at: 25) == "{} 0")
        #expect(try fixture.text("b", from: 0, to: 60, step: 10) == "b 0:10 10:10 20:10 30:10 40:10 50:10 60:10")
    }

    @Test func `When the clock was set back, series go on, and what was before stays to be read`() throws {
        let fixture = Fixture()
        let writer = try fixture.store.openTimeline(named: "target")
        let slot = try writer.slot(for: Labels(name: "a"))
        try fixture.store.append(Labels(name: "solo"), Timestamp(milliseconds: 3_590_000), 1)
        for time in [0, 10, 3_600, 3_610] as [Int64] { try writer.append(at: time, [Double(time)]) }
        #expect(throws: StorageRefusal.self) { try writer.append(at: 20, [20]) }
        #expect(fixture.store.beginAgain(at: Timestamp(milliseconds: 20_000)) == 2)
        #expect(fixture.store.beginAgain(at: Timestamp(milliseconds: 20_000)) == 0)
        try writer.append(at: 20, [20])
        try writer.append(at: 30, [30])
        try fixture.store.append(Labels(name: "solo"), Timestamp(milliseconds: 25_000), 2)
        #expect(try writer.slot(for: Labels(name: "a")) == slot)
        #expect(try fixture.text("a[1m]", at: 30) == "a 0:0 10:10 20:20 30:30")
        #expect(try fixture.text("a", at: 30) == "a 30")
        #expect(try fixture.text("solo", at: 30) == "solo 2")
        #expect(try fixture.text("a", at: 3_610) == "")
        // The clock is put right once more, and back again.
        try writer.append(at: 3_620, [3_620])
        #expect(try fixture.text("a", at: 3_620) == "a 3620")
        #expect(fixture.store.beginAgain(at: Timestamp(milliseconds: 40_000)) == 1)
        try writer.append(at: 40, [40])
        #expect(try fixture.text("a[1m]", at: 40) == "a 0:0 10:10 20:20 30:30 40:40")
    }

    @Test func `A series whose samples have times of their own from the first is found`() throws {
        let fixture = Fixture()
        let writer = try fixture.store.openTimeline(named: "target")
        let slot = try writer.slot(for: Labels(name: "a"))
        _ = try writer.slot(for: Labels(name: "b"))
        try writer.append(at: 10, [nil, 1])
        try writer.append(7, at: Timestamp(milliseconds: 5_000), slot: slot)
        try writer.append(at: 20, [nil, 2])
        #expect(try fixture.text("a", at: 20) == "a 7")
        #expect(try fixture.text("timestamp(a)", at: 20) == "{} 5")
        #expect(try fixture.text("a[1m]", at: 20) == "a 5:7")
    }

    @Test(arguments: [
        ("x offset 10s", "x 2"), ("x offset -10s", "x 4"), ("x @ 0", "x 1"), ("x @ 30 offset 10s", "x 3"),
        ("x @ start()", "x 3"), ("x @ end()", "x 3"), ("x offset step()", "x 3"), ("x @ 1e9", ""),
    ])
    func `Offsets and moments move where a selector looks`(query: String, answer: String) throws {
        let fixture = try Fixture(every: 10, ["x": "1 2 3 4 5"])
        #expect(try fixture.text(query, at: 20) == answer)
    }

    @Test func `In a range query a fixed moment stands for every step`() throws {
        let fixture = try Fixture(every: 10, ["x": "1 2 3 4 5"])
        #expect(try fixture.text("x @ start()", from: 10, to: 30, step: 10) == "x 10:2 20:2 30:2")
        #expect(try fixture.text("x @ end() + x", from: 10, to: 30, step: 10) == "{} 10:6 20:7 30:8")
        #expect(try fixture.text("timestamp(x @ 20)", from: 10, to: 30, step: 10) == "{} 10:20 20:20 30:20")
    }

    @Test func `Windows are open on the left`() throws {
        let fixture = try Fixture(every: 10, ["x": "1 2 3 4 5"])
        #expect(try fixture.text("x[20s]", at: 30) == "x 20:3 30:4")
        #expect(try fixture.text("x[20s] offset 10s", at: 30) == "x 10:2 20:3")
    }

    @Test func `A series that moved from one target to another is one series`() throws {
        let fixture = Fixture()
        let first = try fixture.store.openTimeline(named: "first")
        let second = try fixture.store.openTimeline(named: "second")
        let labels = Labels(name: "x_total", [Label("job", "a")])
        _ = try first.slot(for: labels)
        for index in 0..<4 { try first.append(at: Int64(index) * 15, [Double(index * 10)]) }
        first.close(at: .seconds(59))
        _ = try second.slot(for: labels)
        for index in 0..<4 { try second.append(at: 60 + Int64(index) * 15, [Double(40 + index * 10)]) }
        #expect(try fixture.text("x_total", at: 45) == #"x_total{job="a"} 30"#)
        #expect(try fixture.text("x_total", at: 105) == #"x_total{job="a"} 70"#)
        #expect(try fixture.text("increase(x_total[2m])", at: 105) == #"{job="a"} 70"#)
        #expect(try fixture.text("count_over_time(x_total[2m])", at: 105) == #"{job="a"} 8"#)
        #expect(try fixture.text("sum(x_total)", from: 0, to: 120, step: 60) == "{} 0:0 60:40 120:70")
    }

    @Test func `Smoothed and anchored ranges use the samples around their edges`() throws {
        let fixture = try Fixture(every: 10, ["x_total": "0 10 20 30 40 50"])
        #expect(try fixture.text("x_total smoothed", at: 15) == "x_total 15")
        #expect(try fixture.text("increase(x_total[20s] smoothed)", at: 35) == "{} 20")
        #expect(try fixture.text("increase(x_total[20s] anchored)", at: 35) == "{} 20")
        #expect(try fixture.text("x_total[20s] anchored", at: 35) == "x_total 15:10 20:20 30:30 35:30")
        #expect(try fixture.text("x_total[20s] smoothed", at: 35) == "x_total 15:15 20:20 30:30 35:35")
        #expect(
            try fixture.failure("sum_over_time(x_total[20s] smoothed)", at: 35)
                == "smoothed modifier can only be used with: delta, increase, rate - not with sum_over_time"
        )
    }
}

extension FrameWriter {
    /// A frame at so many seconds; nil is no sample.
    func append(at seconds: Int64, _ values: [Double?]) throws {
        let frame = values.map { $0 ?? MarkerNaN.absent }
        try unsafe frame.withUnsafeBufferPointer { frame throws in
            try unsafe append(at: .seconds(seconds), values: frame)
        }
    }
}
