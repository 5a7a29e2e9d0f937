import Alerting
import Metrics
import Testing

@Suite struct `Matchers` {
    static func texts(_ text: String) throws -> [String] {
        try MatcherList.parse(text).matchers.map { "\($0.name)|\($0.operation.rawValue)|\($0.value)" }
    }

    @Test(arguments: [
        (#"foo="bar""#, ["foo|=|bar"]),
        (#"{foo="bar"}"#, ["foo|=|bar"]),
        (#"foo = bar"#, ["foo|=|bar"]),
        (#"foo!=bar, baz=~"a|b" ,qux!~c"#, ["foo|!=|bar", "baz|=~|a|b", "qux|!~|c"]),
        (#"{foo="bar",}"#, ["foo|=|bar"]),
        (#"foo="a,b""#, ["foo|=|a,b"]),
        (#"foo="a\"b\\c\nd""#, ["foo|=|a\"b\\c\nd"]),
        (#"foo="""#, ["foo|=|"]),
        ("{}", []),
        ("", []),
        (#"{"foo bar"="baz"}"#, ["foo bar|=|baz"]),
        (#"🙂="ä""#, ["🙂|=|ä"]),
        (#"{"a\u00e4"=~"b.*"}"#, ["aä|=~|b.*"]),
        (#"foo=bär"#, ["foo|=|bär"]),
        // Blanks around names, operators, values and commas mean nothing; within quotes they do.
        (#"{ foo = "bar" , dings != " bums " }"#, ["foo|=|bar", "dings|!=| bums "]),
        (#"{foo=~"[a-z]+",quux!~"(?i)x.*|y"}"#, ["foo|=~|[a-z]+", "quux|!~|(?i)x.*|y"]),
        // A label that is empty, and one that is not there, are the same: both can be asked for.
        (#"{foo!="",bar=~""}"#, ["foo|!=|", "bar|=~|"]),
        (#"{a="1",a!="2"}"#, ["a|=|1", "a|!=|2"]),
        (#"{"a=b,c"="d}e"}"#, ["a=b,c|=|d}e"]),
        (#"{"\u00e9"="\t"}"#, ["é|=|\t"]),
    ])
    func `are read`(text: String, expected: [String]) throws {
        #expect(try Self.texts(text) == expected)
    }

    @Test(arguments: [
        // A value without quotes that holds an equals sign is good by the old rules alone.
        (#"foo=bar=baz"#, ["foo|=|bar=baz"], MatcherList.Reading.classicOnly),
        (#"foo="#, ["foo|=|"], .classicOnly),
        (#"foo=a\qb"#, [#"foo|=|a\qb"#], .classicOnly),
        (#"foo="a\q""#, [#"foo|=|a\q"#], .classicOnly),
        (#"{foo=bar"#, ["foo|=|bar"], .classicOnly),
        // Both read it: the new rules as an escape, the old ones as it stands.
        (#"foo="\u00e4""#, [#"foo|=|\u00e4"#], .disagreement),
        (#""foo"="bar""#, ["foo|=|bar"], .agreed),
    ])
    func `fall back to the old rules where those read more or otherwise`(
        text: String,
        expected: [String],
        reading: MatcherList.Reading
    ) throws {
        #expect(try Self.texts(text) == expected)
        #expect(try MatcherList.parse(text).reading == reading)
    }

    @Test(arguments: [
        ("foo", "0:3: end of input: expected an operator such as '=', '!=', '=~' or '!~'"),
        (#"{"foo bar"="baz""#, "0:16: end of input: expected close brace"),
        (#""foo bar"="baz"}"#, "0:16: }: expected opening brace"),
        (#"{"foo"="bar"}}"#, "13:14: }: expected end of input"),
        (#"foo=~"(""#, "error parsing regexp: missing closing ): `^(?:()$`"),
        ("=bar", "0:1: unexpected =: expected label name"),
        (#""foo"~bar"#, "5:6: ~: invalid input"),
        ("ä!bar", "1:3: unexpected b: expected one of '=~'"),
        (#""foo"=bar "baz"=qux"#, "10:15: unexpected \"baz\": expected a comma or close brace"),
        (#""foo"=bar,,"#, "10:11: unexpected ,: expected a matcher or close brace after comma"),
        (#""foo"="bar"#, "6:10: \"bar: missing end \""),
    ])
    func `that are none are refused with Alertmanager's words`(text: String, message: String) {
        #expect(throws: MatcherError.self) { try MatcherList.parse(text) }
        do {
            _ = try MatcherList.parse(text)
        } catch {
            #expect(error.message == message)
        }
    }

    @Test func `One matcher is one matcher`() throws {
        #expect(try MatcherList.parseOne("a=b").value == "b")
        #expect(throws: MatcherError.self) { try MatcherList.parseOne("a=b,c=d") }
        #expect(throws: MatcherError.self) { try MatcherList.parseOne("") }
    }

    @Test func `A list is sorted and printed as in group keys`() throws {
        let list = MatcherList(try MatcherList.parse(#"{b=~"x|y",a!="1",a="1","c d"="\"\n\\"}"#).matchers)
        #expect(list.description == #"{a="1",a!="1",b=~"x|y","c d"="\"\n\\"}"#)
    }

    @Test func `A label that is not there counts as empty`() throws {
        func holds(_ text: String, _ labels: Labels) throws -> Bool {
            MatcherList(try MatcherList.parse(text).matchers).matches(labels)
        }
        #expect(try holds(#"a="""#, [:]))
        #expect(try holds("a!=b", [:]))
        #expect(try holds("a=~.*", [:]))
        #expect(try !holds("a=~.+", [:]))
        #expect(try holds(#"a!~"b|c""#, ["a": "bc"]))
        #expect(try !holds("a=~b", ["a": "bb"]))
    }

    /// Fingerprints that a real Alertmanager gave.
    @Test(
        arguments: [
            (Labels(), "cbf29ce484222325"),
            (["alertname": "A", "instance": "h1"], "4267501e55649193"),
            (["alertname": "ä", "a": "1", "a1": "x\"y"], "5736f69d8a136228"),
        ] as [(Labels, String)]
    )
    func `Fingerprints are Alertmanager's`(labels: Labels, expected: String) {
        #expect(Fingerprint(labels).description == expected)
        #expect(Fingerprint(expected) == Fingerprint(labels))
    }
}
