import Diagnostics
import PromQL
import Testing

/// Every message with its place. The words up to what was expected are Prometheus's.
@Suite("Errors of queries") struct ParseErrorTests {
    @Test(arguments: [
        Row("", "1:1: parse error: no expression found in input"),
        Row("  # nothing", "1:1: parse error: no expression found in input"),
        Row("1 +", "1:4: parse error: unexpected end of input, expected an expression"),
        Row("foo bar", #"1:5: parse error: unexpected identifier "bar", expected an operator or end of input"#),
        Row("a\n+\n\tb c", #"3:4: parse error: unexpected identifier "c", expected an operator or end of input"#),
        Row("(1", "1:3: parse error: unclosed left parenthesis"),
        Row("1)", "1:2: parse error: unexpected right parenthesis ')'"),
        Row("(1 2)", #"1:4: parse error: unexpected number "2", expected an operator or ")""#),
        Row("bool", "1:1: parse error: unexpected <bool>, expected an expression"),
        Row("a == bool", "1:10: parse error: unexpected end of input, expected an expression"),
        Row("a on (x) b", "1:3: parse error: unexpected <on>, expected an operator or end of input"),
        Row("a = b", #"1:3: parse error: unexpected "=", expected an operator or end of input"#),
        Row(
            "1 \"a string too long\"",
            #"1:3: parse error: unexpected string "\"a string "..., expected an operator or end of input"#
        ),
        Row("é", "1:1: parse error: unexpected character: 'é'"),
        Row("\"日本\" ; 1", "1:6: parse error: unexpected character: ';'"),
        Row("a}", "1:2: parse error: unexpected character: '}'"),
        Row("a =~ b", "1:3: parse error: unexpected character after '=': '~'"),
        Row("a ! b", "1:3: parse error: unexpected character after '!': ' '"),
        Row("a\u{0}", #"1:2: parse error: unexpected character: '\x00'"#),
    ])
    func `Tokens out of place are named with what was expected`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row("rate(a) / sum)", #"1:14: parse error: unexpected ")" in aggregation, expected "by", "without" or "(""#),
        Row(
            "sum some_metric",
            #"1:5: parse error: unexpected identifier "some_metric" in aggregation, expected "by", "without" or "(""#
        ),
        Row("sum by (job) )", #"1:14: parse error: unexpected ")" in aggregation, expected "(""#),
        Row("sum by (job) a", #"1:14: parse error: unexpected identifier "a" in aggregation, expected "(""#),
        Row(
            "sum(a b)",
            #"1:7: parse error: unexpected identifier "b" in aggregation, expected an operator, "," or ")""#
        ),
        Row("sum(rate(a[5m]) / )", #"1:19: parse error: unexpected ")" in aggregation, expected an expression"#),
        Row("sum (a) by x", #"1:12: parse error: unexpected identifier "x" in grouping opts, expected "(""#),
        Row("sum by (a b) (c)", #"1:11: parse error: unexpected identifier "b" in grouping opts, expected "," or ")""#),
        Row("sum without(==)(foo)", "1:13: parse error: unexpected <op:==> in grouping opts, expected label"),
        Row("sum without(,)(foo)", #"1:13: parse error: unexpected "," in grouping opts, expected label"#),
        Row("sum without(foo,,)(foo)", #"1:17: parse error: unexpected "," in grouping opts, expected label"#),
        Row("sum by (\"\") (a)", #"1:9: parse error: invalid label name for grouping: """#),
        Row(#"sum by ("\xff") (a)"#, #"1:9: parse error: invalid label name for grouping: "\xff""#),
        Row("sum(a) by (x) by (y)", "1:15: parse error: unexpected <by>, expected an operator or end of input"),
        Row("sum ()", "1:1: parse error: no arguments for aggregate expression provided"),
        Row(
            "sum(a, b)",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2"
        ),
        Row(
            "topk(a)",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1; "
                + "write topk(3, expression)"
        ),
        Row(
            "max(1, 2)",
            "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2; "
                + "use max_of for two numbers"
        ),
        Row(
            "sum(1)",
            "1:5: parse error: expected type instant vector in aggregation expression, got scalar; vector() makes a vector of a number"
        ),
        Row("count_values(1, a)", "1:14: parse error: expected type string in aggregation parameter, got scalar"),
        Row("topk(\"x\", a)", "1:6: parse error: expected type scalar in aggregation parameter, got string"),
        Row(
            "topk(\"x\", \"y\")",
            "1:11: parse error: expected type instant vector in aggregation expression, got string\n"
                + "1:6: parse error: expected type scalar in aggregation parameter, got string"
        ),
    ])
    func `Aggregations`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row("rat(x[5m])", #"1:1: parse error: unknown function with name "rat"; did you mean "rate"?"#),
        Row("START()", #"1:1: parse error: unknown function with name "START"; did you mean "start"?"#),
        Row("frobnicate(1)", #"1:1: parse error: unknown function with name "frobnicate""#),
        Row(
            "time(1,)",
            "1:7: parse error: trailing commas not allowed in function call args\n1:1: parse error: expected 0 argument(s) in call to \"time\", got 1"
        ),
        Row("rate()", #"1:1: parse error: expected 1 argument(s) in call to "rate", got 0"#),
        Row("hour(a, b)", #"1:1: parse error: expected at most 1 argument(s) in call to "hour", got 2"#),
        Row("label_join(a)", #"1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 1"#),
        Row(
            "rate(a)",
            #"1:6: parse error: expected type range vector in call to function "rate", got instant vector; add a range: [5m]"#
        ),
        Row(
            "abs(-1)",
            #"1:5: parse error: expected type instant vector in call to function "abs", got scalar; vector() makes a vector of a number"#
        ),
        Row(
            "abs(a[5m])",
            #"1:5: parse error: expected type instant vector in call to function "abs", got range vector; "#
                + "take a rate() or a sum_over_time() of it, or leave out the range"
        ),
        Row("info(a, b)", "1:9: parse error: expected label selectors only, got vector selector instead"),
        Row("info(a, sum(b))", "1:9: parse error: expected label selectors only"),
        Row("info(a, {x=~\".*\"})", ""),
    ])
    func `Calls`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row(
            "{}",
            "1:1: parse error: vector selector must contain at least one non-empty matcher; name a metric, or a label that must have a value"
        ),
        Row("a{__name__=\"b\"}", #"1:1: parse error: metric name must not be set twice: "a" or "b""#),
        Row("a{x}", #"1:4: parse error: unexpected "}" in label matching, expected label matching operator"#),
        Row("a{x=y}", #"1:5: parse error: unexpected identifier "y" in label matching, expected string"#),
        Row("a{x=1}", "1:5: parse error: unexpected character inside braces: '1'"),
        Row(
            "a{x=\"1\" y=\"2\"}",
            #"1:9: parse error: unexpected identifier "y" in label matching, expected "," or "}""#
        ),
        Row("a{,}", #"1:3: parse error: unexpected "," in label matching, expected identifier or "}""#),
        Row("a{x!\"1\"}", #"1:4: parse error: unexpected character after '!' inside braces: '"'"#),
        Row("a{x=~\"(\"}", "1:3: parse error: error parsing regexp: missing ): ("),
        Row("a{x", "1:4: parse error: unexpected end of input inside braces"),
        Row("a{{", "1:3: parse error: unexpected left brace '{'"),
        Row(#"a{x="\xff"}"#, #"1:5: parse error: label value "\xff" is not valid UTF-8"#),
    ])
    func `Selectors`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row("a[5m", "1:5: parse error: unclosed left bracket"),
        Row("a[", "1:3: parse error: unexpected end of input in duration expression"),
        Row(
            "a[]",
            #"1:3: parse error: unexpected "]" in subquery or range selector, expected number, duration, step(), or range()"#
        ),
        Row("a[x]", "1:3: parse error: unexpected character in duration expression: 'x'"),
        Row("a[5m:x]", "1:6: parse error: unexpected character: 'x', expected ':'"),
        Row("a[:1m]", "1:3: parse error: unexpected colon before duration in duration expression"),
        Row("a[5m 1]", #"1:6: parse error: unexpected number "1" in subquery or range, expected ":" or "]""#),
        Row("a[5m:1m 1]", #"1:9: parse error: unexpected number "1" in subquery selector, expected "]""#),
        Row("a[0]", "1:3: parse error: duration must be greater than 0"),
        Row("a[-5m]", "1:3: parse error: duration must be greater than 0"),
        Row("a[5mm]", #"1:3: parse error: bad number or duration syntax: "5mm""#),
        Row("a[1h5d]", #"1:3: parse error: not a valid duration string: "1h5d""#),
        Row("a[300y]", "1:3: parse error: duration out of range"),
        Row("a[5m / 0]", "1:6: parse error: division by zero"),
        Row("(a + b)[5m]", "1:8: parse error: ranges only allowed for vector selectors; write a subquery: [5m:]"),
        Row(
            "a offset 5m[5m]",
            "1:12: parse error: no offset modifiers allowed before range; put the offset behind the brackets"
        ),
        Row("a @ 5 [5m]", "1:7: parse error: no @ modifiers allowed before range; put the @ behind the brackets"),
        Row("1[5m:]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead"),
        Row(
            "a offset",
            "1:9: parse error: unexpected end of input in offset, expected number, duration, step(), or range()"
        ),
        Row("a offset 5m offset 5m", "1:1: parse error: offset may not be set multiple times"),
        Row(
            "1 offset 5m",
            "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ),
        Row("a @", "1:4: parse error: unexpected end of input in @, expected timestamp"),
        Row("a @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf"),
        Row("a @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"),
        Row(
            "sum(a) @ 5",
            "1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery"
        ),
        Row("a anchored smoothed", "1:1: parse error: anchored and smoothed modifiers cannot be used together"),
        Row("a[5m:] anchored", "1:1: parse error: anchored modifier is not supported for subqueries"),
    ])
    func `Ranges, offsets and times`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier; write == bool"),
        Row("a and 1", #"1:1: parse error: set operator "and" not allowed in binary scalar expression"#),
        Row("1 </ 2", #"1:1: parse error: operator "</" not allowed for scalar operations"#),
        Row("a + bool b", "1:3: parse error: bool modifier can only be used on comparison operators"),
        Row("a + on (x) 1", "1:1: parse error: vector matching only allowed between instant vectors"),
        Row("1 + on () 1", ""),
        Row("a + fill (0) 1", "1:1: parse error: filling in missing series only allowed between instant vectors"),
        Row("a and fill (0) b", "1:1: parse error: filling in missing series not allowed for set operators"),
        Row("a and on (x) group_left b", #"1:1: parse error: no grouping allowed for "and" operation"#),
        Row(
            "a + on (x) group_left (x) b",
            #"1:3: parse error: label "x" must not occur in ON and GROUP clause at once"#
        ),
        Row("a + group_left () b", "1:5: parse error: unexpected <group_left>, expected an expression"),
        Row("a + fill (x) b", #"1:11: parse error: unexpected identifier "x" in fill value, expected number"#),
        Row("a + \"x\"", "1:5: parse error: binary expression must contain only scalar and instant vector types"),
        Row(
            "-a[5m]",
            #"1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector""#
        ),
    ])
    func `Operators`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test(arguments: [
        Row("\"x", "1:1: parse error: unterminated quoted string"),
        Row("'x\n'", "1:1: parse error: unterminated quoted string"),
        Row("`x", "1:1: parse error: unterminated raw string"),
        Row(#""\q""#, "1:1: parse error: unknown escape sequence U+0071 'q'"),
        Row(#""\x1""#, "1:1: parse error: illegal character U+0022 '\"' in escape sequence"),
        Row(#""\400""#, "1:1: parse error: escape sequence is an invalid Unicode code point"),
        Row(#""\ud800""#, "1:1: parse error: escape sequence is an invalid Unicode code point"),
        Row("\"\\", "1:1: parse error: escape sequence not terminated"),
        Row("\"\u{FFFD}\"", "1:1: parse error: invalid UTF-8 rune"),
        Row(
            "1e999",
            #"1:1: parse error: error parsing number: strconv.ParseFloat: parsing "1e999": value out of range"#
        ),
        Row("1.2.3", #"1:1: parse error: bad number or duration syntax: "1.2.3""#),
        Row("1_", #"1:1: parse error: bad number or duration syntax: "1_""#),
        Row("0xZ", #"1:1: parse error: bad number or duration syntax: "0xZ""#),
        Row("1h5h", #"1:1: parse error: not a valid duration string: "1h5h""#),
    ])
    func `Literals`(row: Row) {
        #expect(errors(row.input) == row.output)
    }

    @Test func `All problems of a sound text are found in one pass`() {
        #expect(
            errors("rat(b[5m]) + irat(c[5m]) + abs(1)") == """
                1:1: parse error: unknown function with name "rat"; did you mean "rate"?
                1:14: parse error: unknown function with name "irat"; did you mean "irate"?
                1:32: parse error: expected type instant vector in call to function "abs", got scalar; \
                vector() makes a vector of a number
                """
        )
    }

    @Test func `A problem knows its range and becomes a diagnostic of its file`() throws {
        let error = #expect(throws: ParseError.self) { try parse("1 + rat(x)") }
        let source = SourceText(name: "f.yml", text: "expr: 1 + rat(x)\n")
        let diagnostic = try #require(error?.diagnostics(in: source, at: 6).first)
        #expect(source[diagnostic.range] == "rat")
        #expect(diagnostic.code == "promql/parse")
        #expect(diagnostic.help == "did you mean \"rate\"?")
    }
}
