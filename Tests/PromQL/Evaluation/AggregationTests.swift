import PromQL
import Testing

@Suite struct AggregationTests {
    private func fixture() throws -> Fixture {
        try Fixture(
            every: 60,
            [
                #"x{job="a",i="0"}"#: "1 5", #"x{job="a",i="1"}"#: "3 _", #"x{job="b",i="0"}"#: "2 2",
                #"x{job="b",i="1"}"#: "6 NaN", #"y{job="a"}"#: "3 1", #"x{i="9"}"#: "10 stale",
            ]
        )
    }

    @Test(arguments: [
        ("sum by (job) (x)", #"{job="a"} 4, {job="b"} 8, {} 10"#),
        ("sum without (i) (x)", #"{job="a"} 4, {job="b"} 8, {} 10"#),
        ("avg by (job) (x)", #"{job="a"} 2, {job="b"} 4, {} 10"#),
        ("count by (i) (x)", #"{i="0"} 2, {i="1"} 2, {i="9"} 1"#),
        ("min(x)", "{} 1"), ("max(x)", "{} 10"), ("group by (nothing) (x)", "{} 1"),
        ("stddev by (job) (x)", #"{job="a"} 1, {job="b"} 2, {} 0"#),
        ("stdvar(x)", "{} 10.64"),
        ("quantile(0.5, x)", "{} 3"),
        ("bottomk by (job) (1, x)", #"x{i="0", job="a"} 1, x{i="0", job="b"} 2, x{i="9"} 10"#),
        ("limitk by (job) (1, x)", #"x{i="0", job="a"} 1, x{i="0", job="b"} 2, x{i="9"} 10"#),
        ("sum(topk(2, x))", "{} 16"),
        ("topk(0, x)", ""),
        ("topk(1e10, y)", #"y{job="a"} 3"#),
        (#"count_values("v", x > 2)"#, #"{v="10"} 1, {v="3"} 1, {v="6"} 1"#),
        (#"count_values by (job) ("job", x)"#, #"{job="1"} 1, {job="10"} 1, {job="2"} 1, {job="3"} 1, {job="6"} 1"#),
        (#"count_values without (v, i) ("v", x)"#, #"{job="a"} 2, {job="b"} 2, {} 1"#),
        (#"sum(count_values("v", x))"#, "{} 5"),
    ])
    func `Groups are folded into values`(query: String, answer: String) throws {
        #expect(try fixture().text(query, at: 0) == answer)
    }

    @Test(arguments: [
        ("topk(2, x)", #"x{i="9"} 10, x{i="1", job="b"} 6"#),
        ("topk(scalar(y), x)", #"x{i="9"} 10, x{i="1", job="b"} 6, x{i="1", job="a"} 3"#),
        ("limitk(1, sort_desc(x))", #"x{i="9"} 10"#),
        ("topk(2, x) * 2", #"{i="9"} 20, {i="1", job="b"} 12"#),
        ("topk(2, x) + on (i, job) x", #"{i="9"} 20, {i="1", job="b"} 12"#),
        ("bottomk(2, x) or topk(1, x)", #"x{i="0", job="a"} 1, x{i="0", job="b"} 2, x{i="9"} 10"#),
        (
            "sort(x)",
            #"x{i="0", job="a"} 1, x{i="0", job="b"} 2, x{i="1", job="a"} 3, x{i="1", job="b"} 6, x{i="9"} 10"#
        ),
    ])
    func `An order once made is kept`(query: String, answer: String) throws {
        #expect(try fixture().text(query, at: 0, inOrder: true) == answer)
    }

    @Test func `A series without a sample takes no part`() throws {
        let fixture = try fixture()
        #expect(
            try fixture.text("sum by (job) (x)", from: 60, to: 60, step: 60) == #"{job="a"} 60:8, {job="b"} 60:NaN"#
        )
        #expect(try fixture.text("max by (job) (x)", at: 60) == #"{job="a"} 5, {job="b"} 2"#)
        #expect(try fixture.text("sum by (job) (x offset 10m)", at: 60) == "")
    }

    @Test func `Groups are the same whether series come from the store or from a calculation`() throws {
        let fixture = try fixture()
        for clause in ["by (job)", "by (i, job)", "without (i)", "without ()", "by (nothing)", "by ()"] {
            let stored = try fixture.text("sum \(clause) (x)", at: 0)
            #expect(try fixture.text("sum \(clause) (x + 0)", at: 0) == stored)
            #expect(try fixture.text(#"sum \#(clause) (label_replace(x, "z", "", "z", ""))"#, at: 0) == stored)
        }
    }

    @Test func `A ratio and the ratio less one share the series between them`() throws {
        let series = (0..<200).map { ("x{i=\"\($0)\"}", "1") }
        let fixture = try Fixture(every: 60, Dictionary(uniqueKeysWithValues: series))
        #expect(try fixture.text("count(limit_ratio(0.3, x) or limit_ratio(-0.7, x))", at: 0) == "{} 200")
        #expect(try fixture.text("limit_ratio(0.3, x) and limit_ratio(-0.7, x)", at: 0) == "")
        #expect(try fixture.text("count(limit_ratio(1, x))", at: 0) == "{} 200")
    }

    @Test(arguments: [
        ("topk(NaN, x)", "Parameter value is NaN"), ("limit_ratio(NaN, x)", "Ratio value is NaN"),
        ("topk(1e30, x)", "Scalar value 1e+30 overflows int64"),
        ("count_values(\"\", x)", #"invalid label name """#),
        (#"count_values("a\xc5z", x)"#, #"invalid label name "a\xc5z""#),
    ])
    func `Parameters that make no sense are errors`(query: String, words: String) throws {
        #expect(try fixture().failure(query, at: 0) == words)
    }

    @Test func `The parameter may change from step to step`() throws {
        let fixture = try Fixture(every: 60, ["k": "1 2 0", #"x{i="0"}"#: "5 5 5", #"x{i="1"}"#: "7 7 7"])
        #expect(
            try fixture.text("topk(scalar(k), x)", from: 0, to: 120, step: 60)
                == #"x{i="0"} 60:5, x{i="1"} 0:7 60:7"#
        )
        #expect(try fixture.text("quantile(scalar(k), x)", from: 0, to: 120, step: 60) == "{} 0:7 60:+Inf 120:5")
    }
}
