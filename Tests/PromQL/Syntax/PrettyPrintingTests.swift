import PromQL
import Testing

@Suite("Printing over several lines") struct PrettyPrintingTests {
    @Test(arguments: [
        Row("sum(rate(a[5m])) by (job)", "sum by (job) (rate(a[5m]))"),
        Row(
            "sum(rate(http_requests_total{job=\"api\", instance=~\"web-.*\", code=~\"5..\"}[5m])) by (job) / "
                + "sum(rate(http_requests_total{job=\"api\", instance=~\"web-.*\"}[5m])) by (job) > 0.05",
            """
                sum by (job) (rate(http_requests_total{code=~"5..",instance=~"web-.*",job="api"}[5m]))
              /
                sum by (job) (rate(http_requests_total{instance=~"web-.*",job="api"}[5m]))
            >
              0.05
            """
        ),
        Row(
            "label_replace(histogram_quantile(0.99, sum(rate(request_duration_seconds_bucket[5m])) by (le, job)), "
                + "\"service\", \"$1\", \"job\", \"(.*)\")",
            """
            label_replace(
              histogram_quantile(0.99, sum by (le, job) (rate(request_duration_seconds_bucket[5m]))),
              "service",
              "$1",
              "job",
              "(.*)"
            )
            """
        ),
        Row(
            "-(a_rather_long_metric_name_total{job=\"api\"} + on (instance) group_left (team) "
                + "another_rather_long_metric_name{job=\"api\"})",
            """
            -(
                a_rather_long_metric_name_total{job="api"}
              + on (instance) group_left (team)
                another_rather_long_metric_name{job="api"}
            )
            """
        ),
        Row(
            "topk(5, max_over_time((a_rather_long_metric_name_total{job=\"api\"} + "
                + "another_rather_long_metric_name{job=\"api\"})[1h:5m] offset 1d))",
            """
            topk(
              5,
              max_over_time(
                (a_rather_long_metric_name_total{job="api"} + another_rather_long_metric_name{job="api"})[1h:5m] offset 1d
              )
            )
            """
        ),
    ])
    func `What does not fit is broken at arguments and operators`(row: Row) throws {
        #expect(try parsed(row.input).pretty() == row.output)
    }
}
