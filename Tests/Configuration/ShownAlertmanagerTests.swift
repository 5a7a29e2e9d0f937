import Diagnostics
import Testing

@testable import Configuration

@Suite struct ShownAlertmanagerTests {
    private static func shown(_ texts: String...) -> String {
        ShownAlertmanager.text(texts.map { SourceText(text: $0) }, references: { _ in "revealed" })
    }

    @Test func `What Alertmanager's tools must not see is not shown, and what they need is filled in`() {
        let text = Self.shown(
            """
            global: {scrape_interval: 5s, smtp_from: a@b, smtp_smarthost: 'm:25', smtp_auth_password: hunter2}
            route:
              receiver: team
              group_by: ['...']
              hold_while_healing: false
              routes: [{match: {severity: page}, matchers: ['x=~"y|z",w!=1'], receiver: team, continue: true, group_wait: 90s}]
            receivers:
              - name: team
                fallback: team
                webhook_configs: [{url: 'http://u:pw@hook/path?token=x', signing_key: '${env:KEY}'}]
                exec_configs: [{command: [/bin/true]}]
                email_configs: [{to: c@d, headers: {reply-to: e@f}}]
            scrape_configs: []
            """
        )
        for secret in ["hunter2", "pw@", "token=x", "revealed", "env:KEY"] { #expect(!text.contains(secret)) }
        for foreign in ["scrape", "hold_while", "fallback", "exec", "signing"] { #expect(!text.contains(foreign)) }
        #expect(
            text.contains(
                """
                route:
                  receiver: team
                  group_by:
                  - '...'
                  continue: false
                  routes:
                  - receiver: team
                    match:
                      severity: page
                    matchers:
                    - w!="1"
                    - x=~"y|z"
                    continue: true
                    group_wait: 1m30s
                receivers:
                - name: team
                  email_configs:
                  - send_resolved: false
                    to: c@d
                    from: a@b
                    hello: localhost
                    smarthost: m:25
                    auth_password: <secret>
                    headers:
                      From: a@b
                      Reply-To: e@f
                      Subject: '{{ template "email.default.subject" . }}'
                      To: c@d
                    html: '{{ template "email.default.html" . }}'
                    require_tls: true
                  webhook_configs:
                  - send_resolved: true
                    http_config:
                      follow_redirects: true
                      enable_http2: true
                    url: http://hook/<secret>
                    max_alerts: 0
                templates: []
                """
            ),
            "\(text)"
        )
    }

    @Test func `Lists go on from file to file, and without a route nobody is told`() {
        let text = Self.shown("receivers: [{name: a}]\nroute: {receiver: b}", "receivers: [{name: b}]")
        #expect(text.contains("receivers:\n- name: a\n- name: b\n"))
        let silent = Self.shown("storage: {}")
        #expect(silent.hasPrefix("global:\n  resolve_timeout: 5m\n  http_config:\n    follow_redirects: true\n"))
        #expect(
            silent.hasSuffix(
                "route:\n  receiver: nobody\n  continue: false\nreceivers:\n- name: nobody\ntemplates: []\n"
            )
        )
    }

    @Test(arguments: [
        ("plain", "plain"), ("", "\"\""), ("y", "\"y\""), ("No", "\"No\""), ("1:30", "\"1:30\""), ("12", "\"12\""),
        ("a: b", "'a: b'"), ("a:b", "a:b"), ("{{ x }}", "'{{ x }}'"), ("it's {", "it's {"), ("'q'", "'''q'''"),
        ("a\tb", "\"a\\tb\""), ("#x", "'#x'"), ("a #x", "'a #x'"), ("-1", "\"-1\""), ("- a", "'- a'"), ("5m", "5m"),
        ("2020:2022", "2020:2022"),
    ])
    func `Texts are quoted as Go's programs do`(text: String, written: String) {
        #expect(GoYAML.quoted(text) == written)
    }
}
