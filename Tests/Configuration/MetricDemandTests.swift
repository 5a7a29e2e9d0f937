import Configuration
import Metrics
import Testing

@Suite struct MetricDemandTests {
    private static func wants(_ demand: MetricDemand, _ name: String, _ labels: [Label] = []) -> Bool {
        demand.wants(Labels([Label(Labels.metricName, name)] + labels))
    }

    @Test func `What expressions name is wanted, also under names that are no words`() {
        var demand = MetricDemand()
        demand.add("http.requests")
        demand.add([LabelMatcher(Labels.metricName, equals: "up_here"), LabelMatcher("job", equals: "a")])
        #expect(Self.wants(demand, "http.requests"))
        // Of a metric all series are kept: another rule of the next reload may want another of them.
        #expect(Self.wants(demand, "up_here", [Label("job", "b")]))
        #expect(!Self.wants(demand, "http_requests"))
        #expect(demand.nameCount == 2)
        #expect(demand.patternCount == 0)
    }

    @Test func `A selector that leaves the name open is a pattern over all its labels`() throws {
        var demand = MetricDemand()
        demand.add([try LabelMatcher(Labels.metricName, .matches, "node_.*"), LabelMatcher("job", equals: "a")])
        #expect(Self.wants(demand, "node_load1", [Label("job", "a")]))
        #expect(!Self.wants(demand, "node_load1", [Label("job", "b")]))
        #expect(!Self.wants(demand, "other", [Label("job", "a")]))
        #expect(demand.patternCount == 1)
    }

    @Test(arguments: [
        "rate(asked[5m])", "{{ query \"asked\" }}", "asked", "- asked: 1", "asked:", "(asked/other:sum)", "# asked",
    ])
    func `Every word of a text may be a metric`(text: String) {
        var demand = MetricDemand()
        demand.add(wordsOf: text)
        #expect(Self.wants(demand, "asked"))
        #expect(!Self.wants(demand, "ask"))
        #expect(demand.nameCount == 0)
    }

    @Test func `What another medic says of itself is always wanted`() {
        #expect(Self.wants(MetricDemand(), "medic_healing_runs_total"))
        #expect(!Self.wants(MetricDemand(), "medical_total"))
    }
}
