import PromQL
import Testing

@Suite struct MatchingTests {
    private func fixture() throws -> Fixture {
        try Fixture(
            every: 60,
            [
                #"cpu{host="a",mode="idle"}"#: "8 8", #"cpu{host="a",mode="user"}"#: "2 2",
                #"cpu{host="b",mode="idle"}"#: "6 6", #"cpu{host="b",mode="user"}"#: "4 4",
                #"cores{host="a"}"#: "2 2", #"cores{host="b"}"#: "4 4", #"cores{host="c"}"#: "8 8",
                #"role{host="a",role="db"}"#: "1 1",
            ]
        )
    }

    @Test(arguments: [
        (#"cpu{mode="idle"} / on (host) cores"#, #"{host="a"} 4, {host="b"} 1.5"#),
        (#"cpu{mode="idle"} - ignoring (mode) cpu{mode="user"}"#, #"{host="a"} 6, {host="b"} 2"#),
        (
            "cpu * on (host) group_left (role) role",
            #"{host="a", mode="idle", role="db"} 8, {host="a", mode="user", role="db"} 2"#
        ),
        (
            "role * on (host) group_right (role) cpu",
            #"{host="a", mode="idle", role="db"} 8, {host="a", mode="user", role="db"} 2"#
        ),
        (#"cpu{mode="idle"} > on (host) cores"#, #"{host="a"} 8, {host="b"} 6"#),
        (#"cpu{mode="idle"} < bool on (host) cores"#, #"{host="a"} 0, {host="b"} 0"#),
        ("cores > 3", #"cores{host="b"} 4, cores{host="c"} 8"#),
        ("3 < cores", #"cores{host="b"} 4, cores{host="c"} 8"#),
        ("3 > bool cores", #"{host="a"} 1, {host="b"} 0, {host="c"} 0"#),
        ("cores and on (host) role", #"cores{host="a"} 2"#),
        ("cores unless on (host) role", #"cores{host="b"} 4, cores{host="c"} 8"#),
        ("role or on (host) cores", #"cores{host="b"} 4, cores{host="c"} 8, role{host="a", role="db"} 1"#),
        ("cores or cores", #"cores{host="a"} 2, cores{host="b"} 4, cores{host="c"} 8"#),
        ("cores and on () vector(1)", #"cores{host="a"} 2, cores{host="b"} 4, cores{host="c"} 8"#),
        ("cores and on () (vector(1) > 1)", ""),
        ("cores - on (host) fill (0) role", #"{host="a"} 1, {host="b"} 4, {host="c"} 8"#),
        ("role - on (host) fill_left (10) cores", #"{host="a"} -1, {host="b"} 6, {host="c"} 2"#),
        ("role - on (host) fill_right (10) cores", #"{host="a"} -1"#),
    ])
    func `Series find their partners`(query: String, answer: String) throws {
        #expect(try fixture().text(query, at: 60) == answer)
    }

    @Test(arguments: [
        (
            "cores / on (host) cpu",
            #"found duplicate series for the match group {host="a"} on the right hand-side of the operation: "#
                + #"[{__name__="cpu", host="a", mode="idle"}, {__name__="cpu", host="a", mode="user"}];"#
                + "many-to-many matching not allowed: matching labels must be unique on one side"
        ),
        (
            "cpu / on (host) cores",
            "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)"
        ),
        (
            #"cpu / on (host) group_left (mode) cores"#,
            "multiple matches for labels: grouping labels must ensure unique matches"
        ),
        (#"-{__name__=~"cores|role", host="a", role=""} + on () group_left () {__name__="x"}"#, "no error"),
        (#"-{__name__=~"cores|cpu", mode=~"|idle"}"#, "no error"),
        (#"label_replace(cores, "host", "x", "", "")"#, "vector cannot contain metrics with the same labelset"),
        (#"abs({host="a", mode=""})"#, "no error"),
        (#"sum by (host) (cpu) + on (host) sum by (host, mode) (cpu)"#, "found"),
    ])
    func `What cannot be matched is an error in the words of Prometheus`(query: String, words: String) throws {
        let failure = try fixture().failure(query, at: 60)
        #expect(words == "found" ? failure.hasPrefix("found duplicate series") : failure == words)
    }

    @Test func `A partner may change from step to step`() throws {
        let fixture = try Fixture(
            every: 60,
            [
                #"left{a="1"}"#: "1 2 3 4", #"right{a="1",pod="x"}"#: "10 10 stale _",
                #"right{a="1",pod="y"}"#: "_ _ 20 20",
            ]
        )
        #expect(
            try fixture.text("left + on (a) right", from: 0, to: 180, step: 60) == #"{a="1"} 0:11 60:12 120:23 180:24"#
        )
        #expect(
            try fixture.text("left + on (a) group_left (pod) right", from: 0, to: 180, step: 60)
                == #"{a="1", pod="x"} 0:11 60:12, {a="1", pod="y"} 120:23 180:24"#
        )
        #expect(
            try fixture.text("left * on (a) group_left (pod) (right > 10) or left", from: 0, to: 180, step: 180)
                == #"left{a="1"} 0:1 180:4, {a="1", pod="y"} 180:80"#
        )
    }

    @Test func `Duplicates matter only where two series have a value at the same step`() throws {
        let fixture = try Fixture(
            every: 60,
            [#"one{a="1"}"#: "1 1 1", #"many{a="1",b="x"}"#: "1 1 _", #"many{a="1",b="y"}"#: "_ _ stale"]
        )
        #expect(try fixture.text("one + on (a) many", at: 60) == #"{a="1"} 2"#)
        try fixture.load(every: 60, [#"many{a="1",b="z"}"#: "_ _ 5"])
        #expect(try fixture.failure("one + on (a) many", at: 120).hasPrefix("found duplicate series"))
        #expect(try fixture.text("one + on (a) many", at: 60) == #"{a="1"} 2"#)
    }

    @Test func `The name goes at the very end, where two series may become one`() throws {
        let fixture = try Fixture(every: 60, ["a{x=\"1\"}": "1 _", "b{x=\"1\"}": "_ 2", "c{x=\"1\"}": "7 8"])
        #expect(try fixture.text(#"-{__name__=~"a|b"}"#, from: 0, to: 0, step: 60) == #"{x="1"} 0:-1"#)
        #expect(
            try fixture.failure(#"-{__name__=~"a|c"}"#, at: 0) == "vector cannot contain metrics with the same labelset"
        )
        #expect(try fixture.text(#"sum(-{__name__=~"a|c"})"#, at: 0) == "{} -8")
        #expect(
            try fixture.failure(#"sum by (__name__) (-{__name__=~"a|c"})"#, at: 0)
                == "vector cannot contain metrics with the same labelset"
        )
    }
}
