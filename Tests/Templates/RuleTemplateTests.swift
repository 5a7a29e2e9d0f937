import Metrics
import Testing

@testable import Templates

/// The one series the table of cases is about.
let onlySample = TemplateSample(
    labels: [("__name__", "m"), ("instance", "i.example.com:80"), ("job", "j")],
    value: 1_234_567.5
)

let ruleInput = RuleTemplate.Input(
    labels: onlySample.labels,
    value: onlySample.value,
    externalLabels: [("region", "eu")],
    externalURL: "http://host:9090/path/prefix"
)

func ruleContext(limits: TemplateLimits = TemplateLimits()) -> TemplateContext {
    TemplateContext(now: Timestamp(milliseconds: 60_000), externalURL: "http://host:9090/path/prefix", limits: limits) {
        (expression, _) throws(TemplateFailure) in
        switch expression {
        case "m": return [onlySample]
        case "nothing": return []
        case "both":
            return ["b", "a"].enumerated().map { TemplateSample(labels: [("instance", $1)], value: Double($0) + 1) }
        default: throw TemplateFailure("1:3: parse error: unexpected end of input inside braces")
        }
    }
}

func expand(_ text: String) throws -> RuleTemplate.Expansion {
    try RuleTemplate(text, name: "__alert_A").expand(ruleInput, context: ruleContext())
}

@Suite struct RuleTemplateTests {
    @Test(arguments: RuleTemplateCases.expansions)
    func `A template expands as in Prometheus`(_ template: String, _ expected: String) throws {
        let text = try expand(template).text
        #expect(text == expected)
    }

    @Test(arguments: RuleTemplateCases.unreadable)
    func `A text that is no template is refused as in Prometheus`(_ template: String, _ message: String?) {
        let found: String?
        do throws(TemplateError) {
            _ = try RuleTemplate(template, name: "__alert_A")
            found = nil
        } catch {
            found = "\(error)"
        }
        #expect(found == message)
    }

    @Test(arguments: [
        (
            "{{ pathPrefix }} {{ externalURL }} {{ graphLink \"up{a=\\\"b c\\\"}\" }}",
            "/path/prefix http://host:9090/path/prefix /graph?g0.expr=up%7Ba%3D%22b+c%22%7D&g0.tab=0"
        ),
        ("{{ tableLink \"up\" }}", "/graph?g0.expr=up&g0.tab=1"),
        (
            "{{ range query \"both\" | sortByLabel \"instance\" }}{{ .Labels.instance }}:{{ .Value }} {{ end }}",
            "a:2 b:1 "
        ),
        (
            "{{ now }} {{ toDuration 90.5 }} {{ (toDuration \"3600\").Hours }} {{ urlQueryEscape \"a b/c\" }}",
            "60 1m30.5s 1 a+b%2Fc"
        ),
        ("{{ humanizeDuration (toDuration 90) }} {{ humanize (toDuration 1500) }}", "1m 30s 1.5k"),
        (
            "{{ range 3 }}{{ . }},{{ end }}{{ range $i := 2 }}{{ $i }};{{ end }}{{ range 0 }}x{{ else }}none{{ end }}",
            "0,1,2,0;1;none"
        ),
        ("{{ with $labels.nope }}a{{ else with $labels.job }}{{ . }}{{ else }}c{{ end }}", "j"),
        ("{{ define \"a\" }}x{{ . }}{{ end }}{{ $n := \"a\" }}{{ tmpl $n 5 }}", "x5"),
        ("{{ range $i, $x := query \"both\" }}{{ if eq $i 0 }}{{ continue }}{{ end }}{{ $x.Value }}{{ end }}", "2"),
        ("{{ $s := \"\" }}{{ range query \"both\" }}{{ $s = print $s .Labels.instance }}{{ end }}{{ $s }}", "ba"),
        ("{{ $i := 0 }}{{ range $i, $x = query \"both\" }}{{ end }}{{ $i }}", "<error expanding template: "),
    ])
    func `What promtool 2_42 cannot show`(_ template: String, _ expected: String) throws {
        #expect(try expand(template).text.hasPrefix(expected))
    }
}
