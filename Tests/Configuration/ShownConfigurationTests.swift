import Diagnostics
import Testing
import YAML

@testable import Configuration

@Suite struct ShownConfigurationTests {
    private func shown(_ text: String, _ references: [Reference: String] = [:]) -> String {
        ShownConfiguration.text([SourceText(name: "medic.yml", text: text)]) { references[$0] }
    }

    @Test func `Everything but secrets is shown`() {
        let text = shown(
            """
            # the old password was hunter1
            global: {scrape_interval: 15s}
            rule_files: [rules.yml, 'a b.yml']
            scrape_configs:
              - job_name: api   # hunter2
                basic_auth: {username: ada, password: hunter3}
                proxy_url: http://ada:hunter4@proxy:3128
                http_headers: {X-Key: {secrets: [hunter5], files: [/etc/key]}}
                static_configs: [{targets: ['a:80']}]
              - job_name: other
                authorization: {type: Bearer, credentials: hunter6}
                static_configs: []
              - job_name: file
                bearer_token_file: /etc/token
            collectors:
              redis: [{name: queue, address: '127.0.0.1:6379', password: hunter7}]
            web:
              access: {operators: {tokens: [hunter8-hunter8-hunter8]}}
            """
        )
        #expect(!text.contains("hunter"))
        #expect(!text.contains("ada"))
        for said in [
            "# medic.yml\n", "scrape_interval: 15s\n", "- rules.yml\n", "- a b.yml\n", "job_name: api\n",
            "/etc/token", "/etc/key", "password: '<secret>'", "credentials: '<secret>'", "type: Bearer", "- a:80",
            "static_configs: []",
        ] {
            #expect(text.contains(said), "\(said) in\n\(text)")
        }
    }

    @Test func `A reference is shown as it is written`() {
        let text = shown(
            "global: {scrape_interval: '${env:EVERY}'}\ncollectors: {redis: [{password: '${credential:key}'}]}\n",
            [.environment("EVERY"): "15s", .credential("key"): "hunter2"]
        )
        #expect(text.contains("${env:EVERY}"))
        #expect(!text.contains("hunter2"))
    }

    @Test func `What cannot be read as a configuration tells no secret either`() {
        let text = shown("shop: {db_password: hunter2, tokens: [hunter2], url: 'http://u:hunter2@h/x', a: 1}\nb: [1,")
        #expect(!text.contains("hunter2"))
        let other = shown("shop: {db_password: hunter2, tokens: [hunter2], url: 'http://u:hunter2@h/x', a: 1}\n")
        #expect(!other.contains("hunter2"))
        #expect(other.contains("a: 1"))
        #expect(other.contains("http://u:<secret>@h/x"))
    }

    @Test func `A secret behind an anchor is hidden at all its places`() {
        let text = shown(
            """
            collectors:
              redis:
                - {name: a, password: &shared hunter2}
                - {name: b, password: *shared}
            """
        )
        #expect(!text.contains("hunter2"))
    }

    @Test(arguments: [
        ("http://host/path", nil), ("redis://:pw@h:1/0", "redis://:<secret>@h:1/0"),
        ("https://token@h", "https://<secret>@h"),
        ("a http://u:p@h and ftp://x:y@z", "a http://u:<secret>@h and ftp://x:<secret>@z"),
        ("http://u:p@p@h", "http://u:<secret>@h"), ("://", nil), ("mail@host", nil),
    ])
    func `Passwords in URLs are left out`(text: String, shown: String?) {
        #expect(ShownConfiguration.withoutPassword(text) == shown)
    }

    @Test func `What was written anew reads the same`() throws {
        let text = """
            a: {b: [1, 'two', "three\\n", {c: ~}], 'd: e': true}
            f: |
              line one
                line two
            g: '1'
            """
        let source = SourceText(name: nil, text: text)
        let problems = Problems(in: source)
        let root = try #require(YAMLDocument(source, problems: problems)).root
        let again = SourceText(name: nil, text: root.text())
        let other = try #require(YAMLDocument(again, problems: Problems(in: again))).root
        #expect(other.text() == root.text())
        #expect(other.mapping?["g"]?.value == .string("1"))
        #expect(other.mapping?["f"]?.scalar?.text == "line one\n  line two\n")
        #expect(other.mapping?["a"]?.mapping?["d: e"]?.value == .boolean(true))
        #expect(other.mapping?["a"]?.mapping?["b"]?.sequence?[3].mapping?["c"]?.isNull == true)
    }
}
