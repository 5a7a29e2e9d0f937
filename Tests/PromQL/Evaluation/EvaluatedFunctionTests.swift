import PromQL
import Testing

@Suite struct EvaluatedFunctionTests {
    @Test(arguments: [
        ("absent(nothing)", "{} 1"), (#"absent(nothing{a="1",b=~"x",c="2",c="3"})"#, #"{a="1"} 1"#),
        ("absent(x)", ""), (#"absent((nothing{a="1"}))"#, #"{a="1"} 1"#), (#"absent(nothing{a="1"} + 1)"#, "{} 1"),
        (#"absent_over_time(nothing{a="1"}[5m])"#, #"{a="1"} 1"#), ("absent_over_time(x[5m])", ""),
        ("scalar(x)", "3"), ("scalar(y)", "NaN"), ("vector(2)", "{} 2"), ("vector(time())", "{} 60"),
        ("min_of(1, 2)", "1"), ("max_of(1, NaN)", "NaN"), ("pi()", "3.141592653589793"),
        ("clamp(y, 2, 3)", #"{i="0"} 2, {i="1"} 3"#), ("clamp(y, 3, 2)", ""), ("round(x / 2)", "{} 2"),
        ("round(x / 2, 0.5)", "{} 1.5"), ("hour(vector(7200))", "{} 2"), ("minute()", "{} 1"),
        ("timestamp(x)", "{} 60"), ("timestamp(x offset 30s)", "{} 0"), ("timestamp(x * 1)", "{} 60"),
        (#""text""#, "text"), ("start() + end() + step() + range()", "120"),
        ("last_over_time(x[2m])", "x 3"), ("first_over_time(x[2m])", "x 1"), ("sum_over_time(x[2m])", "{} 4"),
        ("predict_linear(x[2m], 60)", "{} 5"), ("predict_linear(x[2m] offset -30s, 60)", "{} 5"),
        ("quantile_over_time(0.5, x[2m])", "{} 2"), ("histogram_count(x)", ""), ("x </ 3", ""),
    ])
    func `Functions`(query: String, answer: String) throws {
        let fixture = try Fixture(every: 60, ["x": "1 3", #"y{i="0"}"#: "1 1", #"y{i="1"}"#: "9 9"])
        #expect(try fixture.text(query, at: 60) == answer)
    }

    @Test(arguments: [
        (#"label_replace(x, "new", "$1-${2}", "src", "(.*)-(.*)")"#, #"x{new="a-b", src="a-b"} 1"#),
        (#"label_replace(x, "new", "$name", "src", "(?P<name>.*)-b")"#, #"x{new="a", src="a-b"} 1"#),
        (#"label_replace(x, "new", "$$1 $1x", "src", "(.*)")"#, #"x{new="$1 ", src="a-b"} 1"#),
        (#"label_replace(x, "new", "v", "src", "no match")"#, #"x{src="a-b"} 1"#),
        (#"label_replace(x, "src", "", "src", ".*")"#, "x 1"),
        (#"label_replace(x, "new", "empty", "none", "")"#, #"x{new="empty", src="a-b"} 1"#),
        (#"label_replace(-x, "__name__", "y", "", "")"#, #"y{src="a-b"} -1"#),
        (#"label_join(x, "new", "/", "src", "none", "src")"#, #"x{new="a-b//a-b", src="a-b"} 1"#),
    ])
    func `Labels made of labels`(query: String, answer: String) throws {
        let fixture = try Fixture(every: 60, [#"x{src="a-b"}"#: "1"])
        #expect(try fixture.text(query, at: 0) == answer)
    }

    @Test func `Labels that make two series one are an error where both have a value, and a merge where not`() throws {
        let fixture = try Fixture(every: 60, [#"x{a="1"}"#: "1 stale _", #"x{a="2"}"#: "_ _ 2"])
        #expect(
            try fixture.text(#"label_replace(x, "a", "", "a", ".*")"#, from: 0, to: 120, step: 60) == "x 0:1 120:2"
        )
        try fixture.load(every: 60, [#"x{a="3"}"#: "5"])
        #expect(
            try fixture.failure(#"label_replace(x, "a", "", "a", ".*")"#, at: 0)
                == "vector cannot contain metrics with the same labelset"
        )
    }

    @Test func `Names sort as people count`() throws {
        let fixture = try Fixture(every: 60, [#"x{n="node10"}"#: "1", #"x{n="node2"}"#: "2", #"x{n="a"}"#: "3"])
        #expect(
            try fixture.text(#"sort_by_label(x, "n")"#, at: 0, inOrder: true)
                == #"x{n="a"} 3, x{n="node2"} 2, x{n="node10"} 1"#
        )
        #expect(
            try fixture.text(#"sort_by_label_desc(x, "n")"#, at: 0, inOrder: true)
                == #"x{n="node10"} 1, x{n="node2"} 2, x{n="a"} 3"#
        )
    }

    @Test func `Info series lend their labels`() throws {
        let fixture = try Fixture(
            every: 60,
            [
                #"x_total{instance="a",job="j"}"#: "1 2 3", #"x_total{instance="b",job="j"}"#: "1 2 3",
                #"target_info{instance="a",job="j",version="1",env="p"}"#: "1 stale _",
                #"target_info{instance="a",job="j",version="2",env="p"}"#: "_ 1 1",
            ]
        )
        #expect(
            try fixture.text("info(x_total)", from: 0, to: 60, step: 60)
                == #"x_total{env="p", instance="a", job="j", version="1"} 0:1, "#
                + #"x_total{env="p", instance="a", job="j", version="2"} 60:2, "#
                + #"x_total{instance="b", job="j"} 0:1 60:2"#
        )
        #expect(
            try fixture.text(#"info(x_total, {version=~".+"})"#, at: 60)
                == #"x_total{instance="a", job="j", version="2"} 2"#
        )
        #expect(try fixture.text(#"sum by (version) (info(rate(x_total[2m])))"#, at: 120).contains(#"{version="2"}"#))
    }

    @Test func `Several quantiles are told apart by a label`() throws {
        let fixture = try Fixture(
            every: 60,
            [#"h_bucket{le="1"}"#: "5", #"h_bucket{le="2"}"#: "10", #"h_bucket{le="+Inf"}"#: "10"]
        )
        #expect(try fixture.text("histogram_quantile(0.75, h_bucket)", at: 0) == "{} 1.5")
        #expect(try fixture.text("histogram_fraction(0, 1, h_bucket)", at: 0) == "{} 0.5")
        #expect(
            try fixture.text(#"histogram_quantiles(h_bucket, "q", 0.5, 1)"#, at: 0) == #"{q="0.5"} 1, {q="1.0"} 2"#
        )
        #expect(
            try fixture.text(#"histogram_quantiles(h_bucket, "q", 0.5, 1)"#, from: 0, to: 60, step: 60)
                == #"{q="0.5"} 0:1 60:1, {q="1.0"} 0:2 60:2"#
        )
    }
}
