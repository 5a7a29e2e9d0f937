extension Explanation {
    /// What can be wrong with routes, silences, time intervals and receivers.
    static let alerting: [Explanation] = [
        Explanation(
            code: "config/bad-matcher",
            summary: "a matcher of a route or an inhibition rule cannot be read",
            text: """
                A matcher is the name of a label, one of = != =~ !~ and a value. Expressions stand for the whole value. Names and \
                values that hold blanks or one of {}!=~,\\"'` are put in quotes, and then the whole matcher is best put in single \
                quotes for YAML:

                    matchers:
                      - severity="page"
                      - 'team=~"db|web"'
                      - '"service name"!="test"'
                """
        ),
        Explanation(
            code: "config/old-matcher",
            summary: "a matcher is good by the old rules of Alertmanager alone",
            text: """
                Alertmanager 0.27 changed how matchers are read. This one is no matcher by the new rules, or means something else \
                by them. medic reads it as Alertmanager does by default, the old way. Write it as the help says and both rules \
                agree.
                """
        ),
        Explanation(
            code: "config/bad-route",
            summary: "a route contradicts itself, or the root of all routes is no root",
            text: """
                The route at the top takes every alert that no other route takes. So it must name a receiver and can have neither \
                matchers nor time intervals. Its children can have both.

                group_interval and repeat_interval cannot be zero.
                """
        ),
        Explanation(
            code: "config/bad-group-by",
            summary: "the labels in group_by make no sense",
            text: """
                Alerts of a route that agree in the labels of group_by are told in one message. Each label stands there once. \
                '...' alone means all labels: every alert is told by itself.

                    group_by: [alertname, cluster]
                """
        ),
        Explanation(
            code: "config/unknown-receiver",
            summary: "a receiver is named that does not exist",
            text: """
                Routes, fallbacks, escalations and digests name receivers by the names they have under 'receivers'. Names are \
                compared letter by letter.
                """
        ),
        Explanation(
            code: "config/unknown-time-interval",
            summary: "a route names a time interval that does not exist",
            text: """
                mute_time_intervals and active_time_intervals of a route name entries of 'time_intervals' at the top of the file.
                """
        ),
        Explanation(
            code: "config/bad-time-interval",
            summary: "a time interval cannot be read",
            text: """
                Ranges are written begin:end, and both ends belong to them but for times of the day, whose end does not:

                    time_intervals:
                      - name: office-hours
                        time_intervals:
                          - weekdays: ['monday:friday']
                            times: [{start_time: '09:00', end_time: '17:00'}]
                            location: Europe/Berlin
                      - name: end-of-month
                        time_intervals:
                          - days_of_month: ['-3:-1']

                The week begins on sunday. A range does not go around the end of a day, week, month or year: write two. Without a \
                location the times are those of UTC.
                """
        ),
        Explanation(
            code: "config/unknown-time-zone",
            summary: "a location is no time zone that this machine knows",
            text: """
                Locations have the names of the time zone database: Europe/Berlin, America/New_York, Asia/Kolkata. It is read from \
                /usr/share/zoneinfo, which the package tzdata installs.
                """
        ),
        Explanation(
            code: "config/incomplete-receiver",
            summary: "a receiver lacks what is needed to tell it anything",
            text: """
                Most kinds of receivers need an address and a secret. Some of them can stand once for all under 'global': \
                slack_api_url, opsgenie_api_key, victorops_api_key, smtp_smarthost, smtp_from. Every secret can stand in a file of \
                its own, whose path is given under the same key with _file behind it.

                    receivers:
                      - name: oncall
                        slack_configs:
                          - {api_url_file: /etc/medic/slack-url, channel: '#oncall'}
                """
        ),
        Explanation(
            code: "config/repeated-name",
            summary: "two receivers or two time intervals have the same name",
            text: """
                Routes refer to receivers and time intervals by name, so each name stands for one of them. The lists \
                mute_time_intervals and time_intervals share their names.
                """
        ),
    ]
}
