import Diagnostics
import Metrics
import Testing
import YAML

@testable import Alerting

@Suite struct `Routes` {
    static let receivers: Set<String> = [
        "default", "team-DB-pagers", "team-X-mails", "team-X-pager", "team-Y-mails", "team-Y-pager", "frontend",
    ]

    static func read(_ text: String) -> (tree: RouteTree?, problems: [String]) {
        let source = SourceText(text: text)
        let problems = Problems(in: source)
        let written = YAMLDocument(source, problems: problems)?.decode(.route, problems: problems)
        let tree = written.flatMap {
            RouteTree($0, receivers: receivers, intervals: ["offhours", "holidays"], problems: problems)
        }
        return (tree, problems.diagnostics.filter { $0.severity == .error }.map(\.message))
    }

    /// After the example in Alertmanager's documentation.
    static let example = """
        receiver: default
        group_wait: 30s
        group_interval: 5m
        repeat_interval: 4h
        group_by: [cluster, alertname]
        routes:
          - receiver: team-DB-pagers
            group_wait: 10s
            matchers:
              - service=~"mysql|cassandra"
          - match_re:
              service: ^(foo1|foo2|baz)$
            receiver: team-X-mails
            continue: true
            routes:
              - match: {severity: critical}
                receiver: team-X-pager
          - receiver: frontend
            group_by: [product, environment]
            matchers: [team="frontend"]
            active_time_intervals: [offhours]
            mute_time_intervals: [holidays]
            routes:
              - matchers: ['page="yes"']
                group_by: ['...']
          - matchers: [service="foo1"]
            receiver: team-Y-mails
        """

    static func tree() throws -> RouteTree { try #require(read(example).tree, "\(read(example).problems)") }

    @Test(
        arguments: [
            (["alertname": "A"], ["default"]),
            (["service": "mysql"], ["team-DB-pagers"]),
            (["service": "foo2"], ["team-X-mails"]),
            (["service": "foo2", "severity": "critical"], ["team-X-pager"]),
            (["service": "foo1"], ["team-X-mails", "team-Y-mails"]),
            (["service": "foo1", "severity": "critical"], ["team-X-pager", "team-Y-mails"]),
            (["service": "foo10"], ["default"]),
            (["team": "frontend", "service": "foo1"], ["team-X-mails", "frontend"]),
        ] as [(Labels, [String])]
    )
    func `lead an alert to its receivers`(labels: Labels, expected: [String]) throws {
        #expect(try Self.tree().receivers(for: labels) == expected)
    }

    @Test func `hand their options down, but for times`() throws {
        let tree = try Self.tree()
        #expect(tree.routes[1].options.groupWait == .seconds(10))
        #expect(tree.routes[1].options.groupInterval == .minutes(5))
        #expect(tree.routes[3].options.receiver == "team-X-pager")
        #expect(tree.routes[3].options.groupBy == ["cluster", "alertname"])
        #expect(tree.routes[4].options.activeTimeIntervals == ["offhours"])
        #expect(tree.routes[5].options.activeTimeIntervals == [])
        #expect(tree.routes[5].options.muteTimeIntervals == [])
        #expect(tree.routes[5].options.receiver == "frontend")
        #expect(tree.routes[5].options.groupsByAll)
    }

    @Test func `have Alertmanager's defaults`() throws {
        let options = try #require(Self.read("receiver: default").tree).root.options
        #expect(options.groupWait == .seconds(30))
        #expect(options.groupInterval == .minutes(5))
        #expect(options.repeatInterval == .hours(4))
        #expect(options.groupBy == [])
        #expect(!options.groupsByAll)
    }

    @Test(
        arguments: [
            (["alertname": "A", "x": "1"], #"{}:{alertname="A"}"#),
            (
                ["alertname": "A", "cluster": "b\"c", "service": "mysql"],
                #"{}/{service=~"mysql|cassandra"}:{alertname="A", cluster="b\"c"}"#
            ),
            (
                ["alertname": "A", "service": "foo2", "severity": "critical"],
                #"{}/{service=~"^(?:^(foo1|foo2|baz)$)$"}/{severity="critical"}:{alertname="A"}"#
            ),
            (["page": "yes", "team": "frontend"], #"{}/{team="frontend"}/{page="yes"}:{page="yes", team="frontend"}"#),
            (["team": "frontend"], #"{}/{team="frontend"}:{}"#),
        ] as [(Labels, String)]
    )
    func `name groups as Alertmanager does`(labels: Labels, expected: String) throws {
        let tree = try Self.tree()
        let route = try #require(tree.matches(labels).first)
        #expect(tree.groupKey(of: tree.groupLabels(of: labels, on: route), on: route) == expected)
    }

    @Test(arguments: [
        ("group_by: [a]", "root route must specify a default receiver"),
        ("{receiver: nobody}", "undefined receiver \"nobody\" used in route"),
        ("{receiver: default, matchers: [a=b]}", "root route must not have any matchers"),
        ("{receiver: default, match: {a: b}}", "root route must not have any matchers"),
        ("{receiver: default, mute_time_intervals: [offhours]}", "root route must not have any mute time intervals"),
        (
            "{receiver: default, active_time_intervals: [offhours]}",
            "root route must not have any active time intervals"
        ),
        ("{receiver: default, routes: [{mute_time_intervals: [x]}]}", "undefined time interval \"x\" used in route"),
        ("{receiver: default, routes: [{receiver: x}]}", "undefined receiver \"x\" used in route"),
        (
            "{receiver: default, group_by: ['...', a]}",
            "cannot have wildcard group_by (`...`) and other labels at the same time"
        ),
        ("{receiver: default, group_by: [a, a]}", "duplicated label \"a\" in group_by"),
        ("{receiver: default, group_interval: 0s}", "group_interval cannot be zero"),
        ("{receiver: default, repeat_interval: 0s}", "repeat_interval cannot be zero"),
        ("{receiver: default, group_wait: 5}", "'5' is not a duration such as 30s, 5m or 1h30m"),
        ("{receiver: default, routes: [{match_re: {a: '('}}]}", "error parsing regexp: missing closing ): `^(?:()$`"),
        ("{receiver: default, routes: [{match: {'a-b': c}}]}", "invalid label name \"a-b\""),
        (
            "{receiver: default, routes: [{matchers: ['a']}]}",
            "\"a\" is no matcher: 0:1: end of input: expected an operator such as '=', '!=', '=~' or '!~'"
        ),
        ("{reciever: default}", "unknown key 'reciever'"),
    ])
    func `that make no sense are refused`(text: String, message: String) {
        #expect(Self.read(text).problems.contains(message), "\(Self.read(text).problems)")
    }

    @Test func `All problems are told in one pass`() {
        let text = "{receiver: x, group_by: [a, a], routes: [{receiver: y}, {repeat_interval: 0s}]}"
        let problems = Self.read(text).problems
        #expect(problems.contains { $0.contains("duplicated") })
        #expect(problems.contains { $0.contains("repeat_interval") })
    }

    @Test func `are drawn as a tree`() throws {
        let tree = try Self.tree()
        let text = tree.text(marking: tree.matches(["service": "mysql"]))
        #expect(text.split(separator: "\n").count == tree.routes.count)
        #expect(text.contains(#"->   {service=~"mysql|cassandra"}  receiver: team-DB-pagers"#))
    }
}
