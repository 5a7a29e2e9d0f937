import Configuration
import Metrics
import Relabelling
import Testing

@testable import Scraping

@Suite struct `A target` {
    private func make(_ found: Labels, _ change: (inout ScrapeSettings) -> Void = { _ in }) -> ScrapeTarget.Outcome {
        var settings = ScrapeSettings(job: "node")
        change(&settings)
        return ScrapeTarget.make(from: found, settings)
    }

    @Test func `It has what the job gives it, and shows what has no underscores`() throws {
        let outcome = make(["__address__": "host:9100", "__meta_a": "b", "team": "x"]) { settings in
            settings.parameters = [.init(name: "module", values: ["a b", "c"]), .init(name: "z", values: [])]
        }
        guard case .target(let target) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(target.labels == ["instance": "host:9100", "job": "node", "team": "x"])
        #expect(target.url == "http://host:9100/metrics?module=a+b&module=c")
        #expect(target.interval == .minutes(1) && target.timeout == .seconds(10))
        #expect(
            target.discovered == [
                "__address__": "host:9100", "__meta_a": "b", "__metrics_path__": "/metrics", "__param_module": "a b",
                "__scheme__": "http", "__scrape_interval__": "1m", "__scrape_timeout__": "10s", "job": "node",
                "team": "x",
            ]
        )
    }

    @Test func `A thousand have their places all over the interval`() {
        let targets = (0..<1_000).compactMap { number -> ScrapeTarget? in
            guard case .target(let target) = make(["__address__": "host\(number):9100"]) else { return nil }
            return target
        }
        #expect(targets.count == 1_000)
        // In ten parts of a minute, as many in each as chance has it.
        let parts = Dictionary(grouping: targets) { $0.spread % 60_000_000_000 / 6_000_000_000 }
        #expect(parts.count == 10)
        #expect(parts.values.allSatisfy { (50...150).contains($0.count) }, "\(parts.mapValues(\.count))")
    }

    @Test func `Relabelling decides where it is and how it is scraped`() throws {
        let rules = try [
            RelabelRule(sourceLabels: ["__address__"], targetLabel: "__param_target"),
            RelabelRule(sourceLabels: ["__param_target"], targetLabel: "instance"),
            RelabelRule(targetLabel: "__address__", replacement: "[::1]:9115"),
            RelabelRule(targetLabel: "__metrics_path__", replacement: "pro be/ä"),
            RelabelRule(targetLabel: "__scheme__", replacement: "https"),
            RelabelRule(targetLabel: "__scrape_interval__", replacement: "20s"),
            RelabelRule(targetLabel: "job", replacement: "probe"),
        ]
        let outcome = make(["__address__": "http://example.org/x?y"]) {
            $0.targetRelabelling = RelabelRules(rules)
        }
        guard case .target(let target) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(target.url == "https://[::1]:9115/pro%20be/%C3%A4?target=http%3A%2F%2Fexample.org%2Fx%3Fy")
        #expect(target.labels == ["instance": "http://example.org/x?y", "job": "probe"])
        #expect(target.interval == .seconds(20))
    }

    @Test(arguments: [
        ("__address__", "", "no address"),
        ("__address__", "http://host", "\"http://host\" is not a valid hostname"),
        ("__scheme__", "ftp", "invalid scheme: \"ftp\""),
        ("__scrape_interval__", "1", "error parsing scrape interval: not a valid duration string: \"1\""),
        ("__scrape_interval__", "0", "scrape interval cannot be 0"),
        ("__scrape_timeout__", "2m", "scrape timeout cannot be greater than scrape interval (\"2m\" > \"1m\")"),
    ])
    func `What cannot be one is told why`(label: String, value: String, reason: String) throws {
        let rule = try RelabelRule(targetLabel: label, replacement: value)
        let outcome = make(["__address__": "host:1"]) { $0.targetRelabelling = RelabelRules([rule]) }
        guard case .refused(reason) = outcome else {
            Issue.record("\(outcome)")
            return
        }
    }

    @Test func `One that is dropped is remembered as it was found`() throws {
        let rule = try RelabelRule(.drop, sourceLabels: ["a"], regex: "b")
        let outcome = make(["__address__": "host:1", "a": "b"]) { $0.targetRelabelling = RelabelRules([rule]) }
        guard case .dropped(let labels) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(labels["a"] == "b" && labels["__address__"] == "host:1" && labels["job"] == "node")
    }

    @Test func `One at a socket is asked through it`() {
        guard case .target(let target) = make(["__address__": "unix:/run/x.sock"]) else {
            Issue.record("no target")
            return
        }
        #expect(target.unixSocket == "/run/x.sock" && target.requestURL == "http://localhost/metrics")
        #expect(target.labels["instance"] == "unix:/run/x.sock")
    }

    @Test(arguments: [
        ("a.yml", "*.yml", true), ("a.json", "*.yml", false), ("ab.yml", "a*b*.yml", true), ("a", "*", true),
        ("aXbXc", "a*b*c", true), ("aXbX", "a*b*c", false), ("", "*", true), ("a.yml", "a.yml", true),
    ])
    func `Stars stand for anything`(name: String, pattern: String, isMatch: Bool) {
        #expect(FileDiscovery.matches(Array(name.utf8)[...], Array(pattern.utf8)[...]) == isMatch)
    }

    @Test(
        arguments: [
            ("[{\"targets\": [\"a:1\"], \"labels\": {\"b\": \"c\"}}]", nil), ("[]", nil),
            ("{}", "expected a list of groups of targets, found an object"),
            ("[{\"target\": []}]", "unknown key \"target\": known here: targets, labels"),
            ("[{\"targets\": [1]}]", "a target is no text"), ("[null]", "expected a group of targets, found null"),
        ] as [(String, String?)]
    )
    func `Lists of targets are read or refused`(text: String, refusal: String?) {
        do throws(TargetFile.Refusal) {
            _ = try TargetFile.parseJSON(Array(text.utf8))
            #expect(refusal == nil)
        } catch {
            #expect(error.reason == refusal)
        }
    }
}
