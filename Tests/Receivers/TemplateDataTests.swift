import Alerting
import Foundation
import JSON
import Metrics
import Testing

@testable import Receivers

private let amtool = "/usr/bin/amtool"

@Suite struct `Templates of notifications` {
    @Test(arguments: [
        ("{{ .Receiver }}", #"a\.b\+c"#),
        ("{{ .Status }}", "firing"),
        ("{{ len .Alerts }} {{ len .Alerts.Firing }} {{ .Alerts.Resolved | len }}", "2 1 1"),
        ("{{ .GroupLabels.SortedPairs }}", "alertname=Down, cluster=c1"),
        ("{{ .CommonLabels.Names }}", "[alertname cluster severity]"),
        ("{{ .CommonLabels.Values | join \"/\" }}", "Down/c1/page"),
        ("{{ (.CommonLabels.Remove .GroupLabels.Names).Values }}", "[page]"),
        ("{{ .CommonAnnotations }}", "runbook=http://run/book"),
        ("{{ .CommonAnnotations.nothing }}", ""),
        ("{{ (index .Alerts 0).Labels.instance }}", "h1"),
        ("{{ (index .Alerts 0).StartsAt.Format \"15:04:05\" }}", "00:00:00"),
        ("{{ (index .Alerts 0).EndsAt.IsZero }} {{ (index .Alerts 1).EndsAt.IsZero }}", "true false"),
        ("{{ (index .Alerts 0).Fingerprint }}", Fingerprint(Samples.alert("h1").labels).description),
        ("{{ range .Alerts.Firing }}{{ .GeneratorURL }}{{ end }}", "http://prometheus:9090/graph?g0.expr=up+%3D%3D+0"),
        ("{{ .ExternalURL }}", "http://medic:9093"),
        ("{{ since (index .Alerts 0).StartsAt }}", "4m0s"),
        ("{{ if (index .Alerts 0).Healing }}yes{{ else }}no{{ end }}", "no"),
        // The functions that Alertmanager's reference lists.
        ("{{ \"aBc\" | toUpper }} {{ \"aBc\" | toLower }} {{ title \"two words\" }}", "ABC abc Two Words"),
        ("{{ trimSpace \"  a b \" }}|{{ join \", \" (stringSlice \"a\" \"b\") }}", "a b|a, b"),
        ("{{ match \"^a.c$\" \"abc\" }} {{ match \"b$\" \"abc\" }}", "true false"),
        ("{{ reReplaceAll \"(a)(.)\" \"$2$1\" \"abac\" }}", "baca"),
        ("{{ (index .Alerts 0).StartsAt | date \"2006-01-02\" }}", "2026-07-10"),
        ("{{ (index .Alerts 0).StartsAt | tz \"Europe/Berlin\" | date \"15:04\" }}", "02:00"),
        ("{{ humanizeDuration 3661 }}", "1h 1m 1s"),
        ("{{ urlquery \"a b&c\" }} {{ printf \"%05.1f\" 3.14159 }}", "a+b%26c 003.1"),
        // Ranges with an index, an else, a variable and trimmed blanks, as in its examples.
        ("{{ range $i, $a := .Alerts }}{{ if $i }}, {{ end }}{{ $a.Labels.instance }}{{ end }}", "h1, h2"),
        ("{{ range .Alerts.Firing -}} {{ .Labels.instance }} {{- end }}", "h1"),
        ("{{ with .CommonLabels.nothing }}{{ . }}{{ else }}none{{ end }}", "none"),
        (
            "{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }};{{ end }}",
            "alertname=Down;cluster=c1;severity=page;"
        ),
        ("{{ (.CommonLabels.Remove (stringSlice \"cluster\")).Names }}", "[alertname severity]"),
        ("{{ if eq .Status \"firing\" }}{{ .Alerts.Firing | len }}{{ end }}", "1"),
        ("{{ define \"x\" }}<{{ .Status }}>{{ end }}{{ template \"x\" . }}", "<firing>"),
    ])
    func `see what Alertmanager's see`(template: String, expected: String) throws {
        let composer = try Samples.composer(Samples.cases[0].alerts, receiver: "a.b+c")
        #expect(try composer.text(template) == expected)
    }

    @Test func `see what became of the treatment`() throws {
        let composer = try Samples.composer(Samples.cases[1].alerts)
        let template =
            "{{ with index .Alerts 0 }}{{ .Healing.Sentence }} {{ .Annotations.healing }} {{ .Annotations.journal }}{{ end }}"
        let sentence = "healed by restart-api in 4.2 s"
        #expect(try composer.text(template) == "\(sentence) \(sentence) api: out of memory")
        #expect(try composer.text("{{ (index .Alerts 0).Healing.Details.journal }}") == "api: out of memory")
    }

    @Test func `of files come before the standard ones`() throws {
        let files = [
            (name: "a.tmpl", text: #"{{ define "slack.default.title" }}mine {{ .Status }}{{ end }}"#),
            (name: "b.tmpl", text: #"{{ define "more" }}{{ template "slack.default.title" . }}!{{ end }}"#),
        ]
        let templates = try NotificationTemplates(files: files)
        let message = Message(Samples.notification(Samples.cases[0].alerts), externalURL: "")
        let composer = Composer(message, templates, at: Samples.start) { _ in "" }
        #expect(try composer.text(#"{{ template "more" . }}"#) == "mine firing!")
        #expect(throws: (any Error).self) {
            try NotificationTemplates(files: [(name: "c.tmpl", text: "{{ nothing }}")])
        }
    }

    @Test func `escape what comes from labels in HTML`() throws {
        let composer = try Samples.composer(Samples.cases[0].alerts)
        #expect(try composer.html("<b>{{ (index .Alerts 0).Annotations.summary }}</b>").contains("&lt;down&gt; &amp;"))
    }

    /// Every standard template but those that mails and newer services have, against what Alertmanager makes of its own.
    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: amtool), "no amtool here"),
        arguments: [
            "slack.default.title", "slack.default.titlelink", "slack.default.fallback", "slack.default.username",
            "slack.default.text", "slack.default.footer", "pagerduty.default.description", "pagerduty.default.client",
            "pagerduty.default.clientURL", "opsgenie.default.message", "opsgenie.default.description",
            "opsgenie.default.source", "victorops.default.state_message", "victorops.default.entity_display_name",
            "victorops.default.monitoring_tool", "pushover.default.title", "pushover.default.message",
            "pushover.default.url", "telegram.default.message", "discord.default.title", "discord.default.message",
            "webex.default.message", "email.default.subject", "__subject", "__alertmanagerURL",
        ]
    )
    func `say what Alertmanager's own say`(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "medic-templates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.appending(path: "data.json")
        for (_, alerts) in Samples.cases {
            let composer = try Samples.composer(alerts)
            // amtool reads the fields by their names in Go, whatever their case.
            try Data(WebhookBody.bytes(composer.message)).write(to: data)
            let text = #"{{ template "\#(name)" . }}"#
            let expected = try run(
                "template",
                "render",
                "--template.glob",
                "/usr/share/prometheus/alertmanager/*.tmpl",
                "--template.data",
                data.path,
                "--template.text",
                text
            )
            let mine = try composer.text(text)
            #expect(Self.words(mine) == Self.words(expected), "\(name)")
            // Blank lines are nobody's concern but in a subject.
            if name.hasSuffix("title") || name == "__subject" { #expect(mine == expected) }
        }
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }

    private func run(_ arguments: String...) throws -> String {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: amtool)
        process.arguments = arguments
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
