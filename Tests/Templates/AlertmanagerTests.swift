import Metrics
import Testing

@testable import Templates

/// Data as notifications have it, in small.
enum NotificationData {
    static func pairs(_ texts: [String: String]) -> TemplateValue {
        .map(TemplateMap(texts: texts.map { ($0, $1) }, type: pairsType))
    }

    static let pairsType = TemplateType(
        "template.KV",
        methods: [
            "Names": TemplateFunction(.any) { arguments, _ in
                guard case .map(let map) = arguments[0] else { return .nothing }
                return .list(TemplateList(map.entries.map(\.key)))
            },
            "Remove": TemplateFunction(.any, .texts) { arguments, _ in
                guard case .map(let map) = arguments[0], case .list(let names) = arguments[1] else { return .nothing }
                let removed = names.elements.compactMap(\.text)
                let kept = map.entries.filter { !removed.contains($0.key) }
                return .map(TemplateMap(texts: kept.map { ($0.key, $0.value.text ?? "") }, type: map.type))
            },
            "String": TemplateFunction(.any) { arguments, _ in
                guard case .map(let map) = arguments[0] else { return .nothing }
                return .string(map.entries.map { "\($0.key)=\($0.value.text ?? "")" }.joined(separator: ", "))
            },
        ]
    )

    static func alert(_ status: String, _ job: String) -> TemplateValue {
        .record(
            TemplateRecord(
                [
                    ("Status", .string(status)), ("Labels", pairs(["job": job, "alertname": "Down"])),
                    ("StartsAt", .time(TemplateTime(seconds: 1_700_000_000))),
                    ("GeneratorURL", .string("http://p/<x>")),
                ],
                type: TemplateType("template.Alert")
            )
        )
    }

    static func filter(_ status: String) -> TemplateFunction {
        TemplateFunction(.any) { arguments, _ in
            guard case .list(let list) = arguments[0] else { return .nothing }
            return .list(
                TemplateList(
                    list.elements.filter { element in
                        guard case .record(let record) = element else { return false }
                        return record["Status"]?.text == status
                    },
                    type: list.type
                )
            )
        }
    }

    static let alertsType = TemplateType(
        "template.Alerts",
        methods: ["Firing": filter("firing"), "Resolved": filter("resolved")]
    )

    static let value = TemplateValue.record(
        TemplateRecord(
            [
                ("Receiver", .string("team")), ("Status", .string("firing")),
                ("Alerts", .list(TemplateList([alert("firing", "a"), alert("resolved", "b")], type: alertsType))),
                ("CommonLabels", pairs(["alertname": "Down"])), ("ExternalURL", .string("http://am")),
            ],
            type: TemplateType("*template.Data")
        )
    )
}

@Suite struct AlertmanagerTests {
    private static let library: TemplateLibrary = {
        var library = TemplateLibrary()
        let text = """
            {{ define "__subject" }}[{{ .Status | toUpper }}{{ if eq .Status "firing" }}:{{ .Alerts.Firing | len }}{{ end }}]{{ end }}
            {{ define "list" }}{{ range . }}- {{ .Labels.job }}
            {{ end }}{{ end }}
            """
        if let template = try? Template.parse(text, name: "default.tmpl", functions: .alertmanager) {
            library.add(template)
        }
        return library
    }()

    private func render(_ text: String, escaping: Template.Escaping = .none) throws -> String {
        let template = try Template.parse(text, name: "", functions: .alertmanager, library: Self.library)
        let context = TemplateContext(
            now: Timestamp(milliseconds: 1_700_000_090_500),
            timeZone: { name, _ in name == "Europe/Berlin" ? TemplateTime.Zone(offset: 3600, name: "CET") : nil }
        )
        return try template.execute(data: NotificationData.value, context: context, escaping: escaping)
    }

    @Test(arguments: [
        ("{{ template \"__subject\" . }}", "[FIRING:1]"),
        ("{{ template \"list\" .Alerts.Firing }}{{ template \"list\" .Alerts.Resolved }}", "- a\n- b\n"),
        (
            "{{ .CommonLabels }} {{ .CommonLabels.Names }} {{ .CommonLabels.alertname }} {{ .CommonLabels.nope }}|",
            "alertname=Down [alertname] Down |"
        ),
        ("{{ (index .Alerts 0).Labels.Remove (stringSlice \"job\") }}", "alertname=Down"),
        ("{{ range .Alerts }}{{ .Labels.Names | join \"+\" }};{{ end }}", "alertname+job;alertname+job;"),
        ("{{ \"aa bb CC o'neil x-y\" | title }} {{ \" \\t x y \\n\" | trimSpace }}|", "Aa Bb Cc O'neil X-Y x y|"),
        ("{{ (index .Alerts 0).StartsAt.Format \"2006-01-02 15:04:05 MST\" }}", "2023-11-14 22:13:20 UTC"),
        (
            "{{ (index .Alerts 0).StartsAt | tz \"Europe/Berlin\" | date \"Mon, 02 Jan 2006 15:04:05 -0700 MST\" }}",
            "Tue, 14 Nov 2023 23:13:20 +0100 CET"
        ),
        (
            "{{ (index .Alerts 0).StartsAt | since }} {{ since (index .Alerts 0).StartsAt | humanizeDuration }}",
            "1m30.5s 1m 30s"
        ),
        (
            "{{ toJson .CommonLabels }} {{ toJson (index .Alerts 0) }}",
            #"{"alertname":"Down"} {"status":"firing","labels":{"alertname":"Down","job":"a"},"startsAt":"2023-11-14T22:13:20Z","generatorURL":"http://p/\u003cx\u003e"}"#
        ),
        (
            "{{ urlUnescape \"a%20b+c\" }} {{ \"x\" | safeUrl }} {{ match \"^fi\" .Status }} {{ reReplaceAll \"i(.)\" \"<$1>\" .Status }}",
            "a b c x true f<r><n>g"
        ),
        (
            "{{ printf \"%s %v\" .CommonLabels (index .Alerts 0).StartsAt }}",
            "alertname=Down 2023-11-14 22:13:20 +0000 UTC"
        ),
    ])
    func `A notification's template renders`(_ text: String, _ expected: String) throws {
        #expect(try render(text) == expected)
    }

    @Test(arguments: [
        ("{{ .Alerts.Firing 1 }}", "wrong number of args for Firing: want 0 got 1"),
        ("{{ tz \"Mars/Base\" (index .Alerts 0).StartsAt }}", "error calling tz: unknown time zone Mars/Base"),
        ("{{ since 5 }}", "can't handle 5 for arg of type time.Time"),
        ("{{ join \",\" .Status }}", "wrong type for value; expected []string; got string"),
        ("{{ urlUnescape \"%zz\" }}", "error calling urlUnescape: invalid URL escape in \"%zz\""),
        ("{{ .Nope }}", "can't evaluate field Nope in type *template.Data"),
    ])
    func `A template that asks too much is told`(_ text: String, _ message: String) throws {
        let error = try #require(throws: TemplateError.self) { try render(text) }
        #expect(error.message == message)
        #expect(error.phase == .executing)
    }

    @Test func `In HTML what is printed is escaped, what is marked safe is not`() throws {
        #expect(
            try render("<b>{{ \"<i>&'+\" }}</b>{{ safeHtml \"<i>\" }}", escaping: .html)
                == "<b>&lt;i&gt;&amp;&#39;&#43;</b><i>"
        )
    }

    @Test func `Errors in a library name the text they stand in`() throws {
        var library = TemplateLibrary()
        library.add(
            try Template.parse(
                "{{ define \"bad\" }}\n  {{ .x.y.z }}{{ end }}",
                name: "a.tmpl",
                functions: .alertmanager
            )
        )
        let template = try Template.parse(
            "{{ template \"bad\" 5 }}",
            name: "main",
            functions: .alertmanager,
            library: library
        )
        let error = try #require(throws: TemplateError.self) { try template.execute(data: .nothing) }
        #expect(
            error.description
                == #"template: a.tmpl:2:7: executing "bad" at <.x.y.z>: can't evaluate field x in type int"#
        )
        #expect(error.line == 2 && error.column == 5)
    }
}
