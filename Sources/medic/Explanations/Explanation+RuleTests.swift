extension Explanation {
    /// What can be wrong with unit tests of rules.
    static let ruleTests: [Explanation] = [
        Explanation(
            code: "rule-test/bad-pattern",
            summary: "a pattern in rule_files is none",
            text: """
                Entries of rule_files may hold *, ?, [a-z] and [^a-z] between slashes. A bracket must be closed, a range must \
                have two ends. A backslash takes the character behind it as it is:

                    rule_files: ['rules/*.yml', 'odd\\[name.yml']
                """
        ),
        Explanation(
            code: "rule-test/native-histogram",
            summary: "a test feeds in or expects a native histogram",
            text: """
                medic has no native histograms yet, so neither input_series nor exp_samples can hold {{schema:...}}. Such a test \
                fails and says so; the others of the file are run. Feed in the series of a classic histogram instead: \
                name_bucket, name_sum and name_count.
                """
        ),
        Explanation(
            code: "rule-test/no-alertname",
            summary: "an item of alert_rule_test does not say which alert it is about",
            text: """
                Each item names one alert and a time, and lists all alerts of that name that fire then, of whatever group:

                    - eval_time: 5m
                      alertname: ServiceDown
                      exp_alerts: []
                """
        ),
        Explanation(
            code: "rule-test/repeated-group",
            summary: "group_eval_order names a group twice",
            text: """
                At each evaluation the groups named in group_eval_order are run in that order. A name can stand in it once; \
                groups that are not named come first.
                """
        ),
        Explanation(
            code: "rule-test/unknown-playbook",
            summary: "a test names a playbook that no file has",
            text: """
                Under playbook_test and operator stand names of playbooks from the files under playbook_files. A test of a playbook \
                that does not exist could never pass, or never fail.
                """
        ),
        Explanation(
            code: "rule-test/unreadable",
            summary: "a rule file of a test cannot be read",
            text: """
                The path was found by a pattern in rule_files, which count from the folder of the test file, but the file could \
                not be read. The message says why.
                """
        ),
        Explanation(
            code: "rule-test/values",
            summary: "the values of a series cannot be read",
            text: """
                Values stand on one line, with blanks between them, one for each interval:

                    1 2 3      three samples
                    1x3        1 1 1 1: the first and three more
                    1+2x3      1 3 5 7
                    _ _x3      no sample, then none three times
                    stale      the series ends here
                """
        ),
    ]
}
