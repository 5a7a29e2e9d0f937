import Diagnostics
import Metrics
import PromQL
import Proving
import Testing

@Suite struct ScriptRunTests {
    private func run(_ text: String) -> PromQLScriptReport {
        PromQLScriptRunner.run(PromQLScript(SourceText(name: "a.test", text: text)))
    }

    static let passing = [
        // Loads add to each other, whatever their order in time, until clear.
        """
        load 1m
          a _ _ 2 3

        load 1m
          a 0 1
          b 5

        eval range from 0 to 3m step 1m a
          a 0 1 2 3

        eval instant at 0 b
          b 5

        clear
        eval instant at 0 b
        """,
        // Equal up to a relative difference, and NaN equal to NaN.
        """
        load 1m
          a 0.3 NaN Inf

        eval instant at 0 a
          a 0.30000001

        eval range from 0 to 2m step 1m a
          a 0.3 NaN Inf
        """,
        // A staleness marker ends a series.
        """
        load 1m
          a 1 stale

        eval range from 0 to 2m step 1m a
          a 1 _ _
        """,
        // Scalars, strings, windows, failures and orders.
        """
        load 10s
          a{x="1"} 1x10
          a{x="2"} 2x10

        eval instant at 10s 1 + 1
          2

        eval instant at 10s "x"
          expect string `x`

        eval instant at 30s a{x="1"}[20s]
          expect range vector from 20s to 30s step 10s
          a{x="1"} 1 1

        eval instant at 10s sum(
          expect fail

        eval instant at 10s sum(
          expect fail regex: unclosed

        eval instant at 10s a + ignoring (x) a
          expect fail regex: many-to-many

        eval instant at 10s sort_desc(a)
          expect ordered
          a{x="2"} 2
          a{x="1"} 1

        eval instant at 10s quantile(2, a)
          expect warn msg: PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)
          {} Inf

        eval_fail instant at 10s a + ignoring (x) a
          expected_fail_regexp many-to-many
        """,
        // Functions of the evaluation time are not pinned; start() and end() are not run as a range.
        """
        load 1m
          a 1x100

        eval instant at 50m time() - 3000 + a
          {} 1

        eval instant at 50m a @ end()
          a 1

        eval instant at 50m sum_over_time(vector(time())[2m:1m])
          {} 5940
        """,
    ]

    @Test(arguments: passing)
    func `What the engine answers rightly passes`(text: String) {
        let report = run(text)
        #expect(report.verdicts.compactMap(\.outcome.failure) == [])
        #expect(report.diagnostics.map(\.message) == [])
        #expect(report.isSuccess)
        #expect(report.passed > 0)
        #expect(report.skipped == 0)
    }

    static let failing: [(String, String)] = [
        ("vector(1)\n  {} 2", "another result"), ("vector(1)", "another result"),
        ("vector(1)\n  1", "expected the scalar 1, got an instant vector"),
        ("1\n  2", "another value"), ("1\n  {} 1", "expected series, got a scalar"),
        ("0\n  1e-9", "another value"), ("1\n  1.00001", "another value"), ("NaN\n  1", "another value"),
        ("\"a\"\n  expect string \"b\"", "another string"),
        ("\"a\"\n  1", "expected the scalar 1, got a string"),
        ("sum(", "the query cannot be parsed: 1:5: parse error: unclosed left parenthesis"),
        ("vector(1)\n  expect fail", "the query should fail, but it answers"),
        ("vector(1)\n  expect warn\n  {} 1", "the warning annotations differ"),
        ("quantile(2, vector(1))\n  expect no_warn\n  {} Inf", "expected no warning"),
        ("quantile(2, vector(1))\n  expect warn msg: other\n  {} Inf", "the warning annotations differ"),
        ("vector(1) + on () group_left (a) (vector(1) and vector(2))\n  {} 3", "another result"),
        (
            "label_replace(vector(1), \"a\", \"1\", \"\", \"\") or vector(2)\n  expect ordered\n  {} 2\n  {a=\"1\"} 1",
            "the right series in another order"
        ),
        ("up[5m]\n  {} 1", "expected an instant vector, got a range vector"),
    ]

    @Test(arguments: failing)
    func `A wrong answer fails and says how`(evaluation: String, summary: String) throws {
        let report = run("load 1m\n  up 1x5\n\neval instant at 5m \(evaluation)")
        let failure = try #require(report.verdicts.first?.outcome.failure)
        #expect(failure.summary == summary)
        #expect(!report.isSuccess)
        #expect(report.verdicts.first?.place == SourcePlace(line: 4, column: 20))
    }

    @Test func `Differing series stand beside each other`() throws {
        let report = run(
            """
            load 1m
              up{a="1"} 1 2 3
              up{a="2"} 4 5 6

            eval range from 0 to 2m step 1m up
              up{a="1"} 1 20 3
              up{a="2"} 4 5 6
              up{a="3"} 7
            """
        )
        let failure = try #require(report.verdicts.first?.outcome.failure)
        #expect(
            failure.rows == [
                .expected(#"up{a="1"} 1 20 3"#), .got(#"up{a="1"} 1 2  3"#), .remark("differs at 1m"),
                .same(#"up{a="2"} 4 5 6"#), .expected(#"up{a="3"} 7"#),
            ]
        )
    }

    @Test func `Too many expected steps are told`() throws {
        let report = run("load 1m\n  up 1\n\neval range from 0 to 1m step 1m up\n  up 1 1 1")
        let failure = try #require(report.verdicts.first?.outcome.failure)
        #expect(failure.summary == "up is expected to have 3 steps, but the query has 2")
    }

    @Test func `What needs native histograms is skipped and says why`() {
        let report = run(
            """
            load_with_nhcb 1m
              h_bucket{le="1", a="b"} 1
              h_bucket{le="+Inf", a="b"} 2
              h_count{a="b"} 2
              other 1

            load 1m
              native {{schema:0 count:1 sum:1 buckets:[1]}} 2

            eval instant at 0 histogram_count(h)
              {a="b"} 2

            eval instant at 0 h_count + on () other
              {} 3

            eval instant at 0 sum({__name__=~"nat.*|other"})
              {} 1

            eval instant at 0 vector(1)
              {} {{count:1}}

            eval instant at 0 histogram_quantile(0.5, h_bucket)
              {a="b"} 1
            """
        )
        #expect(report.verdicts.compactMap(\.outcome.failure) == [])
        #expect(report.verdicts.map(\.outcome.isPassed) == [false, true, false, false, true])
        #expect(
            report.verdicts.compactMap(\.outcome.reasonSkipped) == [
                #"selects the native histogram h{a="b"}"#, "selects the native histogram native",
                "expects a native histogram",
            ]
        )
        #expect(report.isSuccess)
    }

    @Test func `Loads that contradict each other are told`() {
        let report = run("load 1m\n  a 1 2\n\nload 1m\n  a 1 3\n\neval instant at 1m a\n  a 2")
        #expect(report.diagnostics.map(\.message) == ["a already has another value at 1m"])
        #expect(!report.isSuccess)
    }

    @Test func `A script with mistakes is not run`() {
        let report = run("load x\n\neval instant at 0 1\n  2")
        #expect(report.verdicts.isEmpty)
        #expect(!report.isSuccess)
    }

    @Test func `A query may hold ten thousand samples and no more`() {
        func report(_ count: Int) -> PromQLScriptReport {
            run("load 1s\n  up 1x\(count)\n\neval instant at 20000s count_over_time(up[20001s])\n  {} \(count + 1)")
        }
        #expect(report(9_999).isSuccess)
        #expect(report(10_000).verdicts.first?.outcome.failure?.summary.contains("too many samples") == true)
    }
}
