import Diagnostics
import Metrics
import PromQL
import RegularExpressions
import Testing
import YAML

@testable import Playbooks

@Suite struct `What becomes of a playbook for an alert` {
    /// A playbook with these steps in flow style, and variables.
    private static func render(
        _ step: String,
        vars: String = "{}",
        labels: Labels = ["alertname": "A", "instance": "a:80"],
        more: String = ""
    ) throws -> RenderedPlaybook {
        let library = try Reading.library(
            "playbooks:\n- name: p\n  vars: \(vars)\n  steps:\n  - \(step)\n\(more)\n- {name: q, vars: {unit: q.service}, guards: {lock: 'pool/{{ .Vars.unit }}'}, steps: [{systemd.reload: {unit: '{{ .Vars.unit }}'}}]}\n"
        )
        let facts = AlertFacts(
            labels: labels,
            annotations: ["runbook": "http://wiki/x"],
            value: 0.25,
            subject: ["instance": "a:80"],
            run: "r1"
        )
        let playbook = try #require(library["p"])
        return try PlaybookRenderer(library: library, catalogue: SampleCatalogue.all).render(playbook, facts)
    }

    private static func argument(_ step: String, _ name: String, vars: String = "{}", _ labels: Labels) throws
        -> ArgumentValue?
    {
        try render(step, vars: vars, labels: labels).rungs[0][0].arguments[name]
    }

    // MARK: Values

    @Test func `Labels, annotations, the value, variables, the subject and the run are known`() throws {
        let step =
            "notify: {message: '{{ .Labels.instance }} {{ $labels.instance }} {{ .Annotations.runbook }} {{ .Value }} {{ $value | humanizePercentage }} {{ .Vars.who }} {{ .Subject.instance }} {{ .Run }}'}"
        let value = try Self.argument(step, "message", vars: "{who: me}", ["instance": "a:80"])
        #expect(value == .text("a:80 a:80 http://wiki/x 0.25 25% me a:80 r1"))
    }

    @Test func `Variables are filled in one after the other`() throws {
        let rendered = try Self.render(
            "systemd.restart: {unit: '{{ .Vars.unit }}'}",
            vars: "{name: '{{ or .Labels.app \"api\" }}', unit: '{{ .Vars.name }}.service'}"
        )
        #expect(rendered.variables.map(\.value) == ["api", "api.service"])
        #expect(rendered.treatedUnits == ["api.service"])
        #expect(rendered.locks == ["unit/api.service"])
        #expect(rendered.rungs[0][0].sentence == "restart api.service")
        #expect(rendered.permissions == [.action("systemd.restart"), .unit("api.service")])
    }

    @Test func `A label that is missing is an error and no empty text`() throws {
        for text in [
            "{{ .Labels.unit }}", "{{ $labels.unit }}", "{{ index .Labels \"unit\" }}", "{{ .Labels.unit | toUpper }}",
            "{{ printf \"%s\" .Labels.unit }}", "x{{ with .Labels }}{{ .unit }}{{ end }}", "{{ .Annotations.unit }}",
            "{{ print .Labels.unit \"x\" }}", "{{ .Subject.job }}",
        ] {
            let failure = #expect(throws: RenderingFailure.self, "\(text)") {
                try Self.render("notify: {message: '\(text)'}")
            }
            #expect(failure?.errors.count == 1)
            #expect(failure?.errors.first?.place == "step 1 (notify), message", "\(text)")
        }
        #expect(
            try Self.argument("notify: {message: '{{ if .Labels.unit }}a{{ else }}b{{ end }}'}", "message", [:])
                == .text("b")
        )
        #expect(
            try Self.argument("notify: {message: '{{ if not .Labels.unit }}a{{ end }}'}", "message", [:]) == .text("a")
        )
    }

    @Test func `Everything in the way of a run is told at once`() throws {
        let failure = #expect(throws: RenderingFailure.self) {
            try Self.render(
                "systemd.restart: {unit: '{{ .Labels.a }}'}\n  - systemd.restart: {unit: '{{ .Labels.instance }}'}\n  - wait.for: {expr: 'up{a=\"{{ .Labels.b }}\"}'}"
            )
        }
        #expect(
            failure?.errors.map(\.place) == [
                "step 1 (systemd.restart), unit", "step 2 (systemd.restart), unit", "step 3 (wait.for), expr",
            ]
        )
    }

    @Test func `What the playbook leaves out is filled in`() throws {
        let rendered = try Self.render("systemd.restart: {unit: a.service}\n  - wait.for: {expr: up, within: 10m}")
        #expect(rendered.rungs[0][0].arguments.duration("settle") == .seconds(3))
        #expect(rendered.rungs[0][0].timeout == .seconds(63))
        #expect(rendered.rungs[0][1].timeout == .minutes(11))
        #expect(rendered.rungs[0][0].isRepeatable)
    }

    @Test func `Conditions are templates or expressions`() throws {
        let rendered = try Self.render(
            "{if: '{{ eq .Labels.instance \"b:80\" }}', notify: {message: x}}\n  - {if: 'up{instance=\"{{ .Labels.instance }}\"} == 0', notify: {message: x}}\n  - {if: '{{ .Labels.instance }}', notify: {message: x}}"
        )
        #expect(rendered.rungs[0].map(\.isSkipped) == [true, false, false])
        #expect(rendered.rungs[0][1].conditions.map(\.text) == ["up{instance=\"a:80\"} == 0"])
    }

    @Test func `The steps of another playbook stand in place of the call, with its variables`() throws {
        let rendered = try Self.render(
            "playbook.run: {name: q}\n  - {if: up == 0, playbook.run: {name: q, vars: {unit: '{{ .Labels.alertname }}.service'}}}"
        )
        #expect(rendered.rungs[0].map(\.action) == ["systemd.reload", "systemd.reload"])
        #expect(rendered.treatedUnits == ["A.service", "q.service"])
        // What it locks by itself is locked here too.
        #expect(rendered.locks == ["pool/A.service", "pool/q.service", "unit/A.service", "unit/q.service"])
        #expect(rendered.rungs[0].map(\.conditions.count) == [0, 1])
    }

    @Test func `The candidate's path is left for the action to fill in`() throws {
        let rendered = try Self.render(
            "config.rollback: {file: /etc/a, check: [/usr/bin/a, '--check={{ .Candidate }}']}"
        )
        #expect(
            rendered.rungs[0][0].arguments.texts("check") == ["/usr/bin/a", "--check=\(ActionArguments.candidate)"]
        )
    }

    // MARK: Approval

    @Test func `Any difference changes what an approval is bound to`() throws {
        let steps = [
            "systemd.restart: {unit: a.service}", "systemd.restart: {unit: b.service}",
            "systemd.reload: {unit: a.service}",
            "{systemd.restart: {unit: a.service}, timeout: 2m}", "systemd.restart: {unit: a.service, settle: 4s}",
            "{systemd.restart: {unit: a.service}, on_error: continue}", "{systemd.restart: {unit: a.service}, if: up}",
            "systemd.restart: {unit: a.service}\n  - systemd.restart: {unit: a.service}",
        ]
        let digests = try steps.map { try Self.render($0).digest(evidence: ["up"]) }
        #expect(Set(digests).count == steps.count)
        #expect(digests.allSatisfy { $0.count == 64 })
        let again = try Self.render(steps[0])
        #expect(again.digest(evidence: ["up"]) == digests[0])
        #expect(again.digest(evidence: ["u", "p"]) != digests[0])
    }

    // MARK: Hostile values

    static let hostile = [
        "a b", "a;b", "a\nb", "a\0b", "../../etc/passwd", "/etc/passwd", "a/../b", "-rf", "--exec=sh", "$(reboot)",
        "`reboot`",
        "a\"b", "a'b", "a\\", "\"} or vector(1) #", "' or 1=1 --", "*", "[a-z]*", "a\r\nX-Evil: 1", "\u{202E}x",
        "{{ .Labels.x }}",
        "\u{FFFE}a\u{FFFF}", "%0a", "a?b=c#d", "@evil.example", "x" + String(repeating: "y", count: 1 << 20), "\u{E9}",
        "e\u{301}",
    ]

    @Test(arguments: hostile)
    func `A hostile label never becomes anything but one value`(_ value: String) throws {
        let labels = Labels([Label("x", value)])
        func values(_ step: String, _ name: String) -> ArgumentValue? { try? Self.argument(step, name, labels) }

        if case .text(let unit)? = values("systemd.restart: {unit: '{{ .Labels.x }}.service'}", "unit") {
            #expect(unit.utf8.allSatisfy { Names.isLetter($0) || Names.isDigit($0) || ":-_.\\@".utf8.contains($0) })
        }
        if case .list(let words)? = values("exec: {argv: [/bin/echo, '{{ .Labels.x }}']}", "argv") {
            #expect(words.count == 2)
            #expect(
                words[1] == .text(value.replacing("\u{FFFE}", with: "\u{FFFD}").replacing("\u{FFFF}", with: "\u{FFFD}"))
            )
            #expect(!value.hasPrefix("-") && !value.utf8.contains(0))
        }
        if case .list(let paths)? = values("files.clean: {paths: '/var/log/{{ .Labels.x }}/*.log'}", "paths") {
            guard case .text(let path)? = paths.first else { return }
            #expect(path.split(separator: "/").count == 4 && !path.contains(".."))
            #expect(path.count { $0 == "*" } == 1 && !path.contains("["))
        }
        if case .text(let url)? = values("http.request: {url: 'http://api:80/x/{{ .Labels.x }}/y'}", "url") {
            #expect(url.hasPrefix("http://api:80/x/") && url.hasSuffix("/y") && url.split(separator: "/").count == 5)
            #expect(!url.contains("?") && !url.contains("#") && !url.contains("@"))
        }
        let header = values("http.request: {url: 'http://a', headers: {X: '{{ .Labels.x }}'}}", "headers")
        if case .record(let headers)? = header, let line = headers.text("X") {
            #expect(!line.utf8.contains(10) && !line.utf8.contains(13) && !line.utf8.contains(0))
        }
        #expect(value.utf8.count < 1 << 17 || values("notify: {message: '{{ .Labels.x }}'}", "message") == nil)
    }

    @Test(arguments: hostile)
    func `A hostile label never changes what an expression asks`(_ value: String) throws {
        let labels = Labels([Label("x", value)])
        for (expression, plain) in [
            ("up{job=\"{{ .Labels.x }}\"} == 1", "up{job=\"?\"} == 1"),
            ("up{job='{{ .Labels.x }}'} == 1", "up{job='?'} == 1"),
            ("up{job=~\"a|{{ .Labels.x }}\"} == 1", "up{job=~\"a|q\"} == 1"),
        ] {
            let step = "wait.for: {expr: '\(expression.replacing("'", with: "''"))'}"
            guard case .text(let text)? = try? Self.argument(step, "expr", labels) else { continue }
            let tree = try #require(try? parse(text))
            let wanted = try #require(try? parse(plain))
            // The same but for the one matcher's value.
            #expect(tree.shape == wanted.shape, "\(text)")
            let matchers = tree.matchers.filter { $0.name == "job" }
            #expect(matchers.count == 1)
            #expect(
                matchers[0].matches(value) || value.utf8.contains(0) || value.unicodeScalars.contains("\u{FFFE}"),
                "\(text)"
            )
            #expect(!matchers[0].matches("other"))
        }
        if case .text(let text)? = try? Self.argument("wait.for: {expr: 'up > {{ .Labels.x }}'}", "expr", labels) {
            #expect(Names.isPlain(value, extra: ":."), "\(text)")
        }
    }

    @Test(arguments: hostile)
    func `A hostile label never widens a pattern or a silence`(_ value: String) throws {
        let labels = Labels([Label("x", value)])
        let step = "process.signal: {match: {arguments: 'worker {{ .Labels.x }}$'}}"
        if case .record(let match)? = try? Self.argument(step, "match", labels), let pattern = match.text("arguments") {
            #expect(try Pattern(pattern, anchored: false).matches("worker other") == false)
        }
        let silence = "alert.silence: {matchers: 'job=\"{{ .Labels.x }}\"', for: 1h}"
        if case .list(let matchers)? = try? Self.argument(silence, "matchers", labels) {
            #expect(matchers.count == 1)
            guard case .text(let text)? = matchers.first else { return }
            let read = try LabelMatcher.list(text)
            // Characters that Unicode keeps for programs' own use are the only ones that do not pass.
            let passes = !value.unicodeScalars.contains("\u{FFFE}")
            #expect(!passes || read.first?.value.utf8.elementsEqual(value.utf8) == true, "\(text)")
            #expect(read.count == 1 && !read[0].matches("other"))
        }
    }

    @Test func `What is well behaved goes through`() throws {
        let labels: Labels = ["x": "api-1.example:8080", "file": "/etc/api/a.yaml", "n": "3", "size": "1.5GiB"]
        #expect(
            try Self.argument("exec: {argv: [/bin/echo, '--x={{ .Labels.x }}']}", "argv", labels)
                == .list([.text("/bin/echo"), .text("--x=api-1.example:8080")])
        )
        #expect(
            try Self.argument("config.rollback: {file: '{{ .Labels.file }}'}", "file", labels)
                == .text("/etc/api/a.yaml")
        )
        #expect(
            try Self.argument("files.clean: {paths: /a, keep_newest: '{{ .Labels.n }}'}", "keep_newest", labels)
                == .integer(3)
        )
        #expect(
            try Self.argument("files.clean: {paths: /a, max_total: '{{ .Labels.size }}'}", "max_total", labels)
                == .size(1_610_612_736)
        )
        #expect(
            try Self.argument("http.request: {url: 'http://{{ .Labels.x }}/health'}", "url", labels)
                == .text("http://api-1.example:8080/health")
        )
        #expect(try Self.argument("wait.for: {expr: 'up > {{ .Labels.n }}'}", "expr", labels) == .text("up > 3"))
        // What the author wrote out in a variable is the author's.
        #expect(
            try Self.argument("exec: {argv: [/bin/x, '{{ .Vars.flag }}']}", "argv", vars: "{flag: --force}", labels)
                == .list([.text("/bin/x"), .text("--force")])
        )
        #expect(
            try Self.argument(
                "files.clean: {paths: '/var/{{ .Vars.what }}'}",
                "paths",
                vars: "{what: 'log/*.old'}",
                labels
            ) == .list([.text("/var/log/*.old")])
        )
    }
}
