extension Explanation {
    /// What keeps a playbook file from being used.
    static let playbooks = [
        Explanation(
            code: "playbook/unknown-action",
            summary: "a step names an action that does not exist",
            text: """
                A step has one key that is an action, such as systemd.restart, and its arguments under it. The others are name, if, timeout, \
                retry, on_error, confirm_within and repeatable.

                    steps:
                      - systemd.restart: {unit: api.service}
                        timeout: 60s
                """
        ),
        Explanation(
            code: "playbook/no-action",
            summary: "a step that does nothing",
            text: """
                The step has a name or other keys, but none of them is an action. A step that is there for people only is a comment: \
                write it behind '#'.
                """
        ),
        Explanation(
            code: "playbook/several-actions",
            summary: "two actions in one step",
            text: """
                A step is one deed, with one intent in the record before it and one outcome behind it. Two actions are two steps; most \
                often the '- ' before the second is missing.
                """
        ),
        Explanation(
            code: "playbook/misplaced-argument",
            summary: "an argument beside its action",
            text: """
                The arguments of an action stand below it, so they are indented further than its name. With the same indentation they are \
                keys of the step, and the action has none.

                    - systemd.restart:
                        unit: api.service       # an argument of systemd.restart
                      timeout: 1m               # a key of the step
                """
        ),
        Explanation(
            code: "playbook/no-steps",
            summary: "a playbook or a rung without steps",
            text: """
                Something must be done, or a run could only ever end as it began. A playbook that is there to tell somebody has one step, \
                notify. Under 'try' each element is a list of steps of its own.

                    try:
                      - - systemd.reload: {unit: api.service}
                      - - systemd.restart: {unit: api.service}
                """
        ),
        Explanation(
            code: "playbook/bad-name",
            summary: "a name with characters that cannot be used elsewhere",
            text: """
                The name of a playbook stands on command lines, in addresses and in the names of metrics, so it is made of letters, digits, \
                '-', '_' and '.'. The name of a variable stands in templates behind a dot, so it is made of letters, digits and '_'.
                """
        ),
        Explanation(
            code: "playbook/repeated-name",
            summary: "two playbooks of the same name",
            text: """
                Runs, limits, breakers and approvals belong to a playbook by its name, over all files. With two of a name nobody could \
                tell whose they are.
                """
        ),
        Explanation(
            code: "playbook/bad-matcher",
            summary: "a matcher that cannot be read",
            text: """
                Matchers are written as in Alertmanager's routes: a label, one of = != =~ !~, and a value, which may stand in double quotes. \
                Several can stand in one text with commas between them.

                    matchers: ['alertname="ServiceDown"', 'job=~"api|web"']
                """
        ),
        Explanation(
            code: "playbook/bad-subject",
            summary: "a subject without labels",
            text: """
                'subject' names the labels that tell one patient from another: limits, cooldowns and breakers are counted for each. With no \
                labels at all every alert would be the same patient. Leave it out, and all labels of the alert count.
                """
        ),
        Explanation(
            code: "playbook/bad-breaker",
            summary: "a breaker that would close before it opens fully",
            text: """
                A breaker opens for 'open', twice as long the next time, and so on up to 'max'. 'max' can therefore not be shorter than 'open'.
                """
        ),
        Explanation(
            code: "playbook/unknown-receiver",
            summary: "a receiver that the configuration does not have",
            text: """
                'page.receiver' is the name of one of the 'receivers' in the configuration. Without it, the alert's own route decides who is told.
                """
        ),
        Explanation(
            code: "playbook/unknown-interval",
            summary: "a time interval that the configuration does not have",
            text: """
                'guards.time' names entries of 'time_intervals' in the configuration: a run begins only within one of 'only', where any is \
                given, and within none of 'except'.
                """
        ),
        Explanation(
            code: "playbook/unknown-playbook",
            summary: "'playbook.run' names a playbook that does not exist",
            text: """
                The steps of another playbook are put in place of 'playbook.run'. It may be in another file; all files that are in force \
                together must be checked together.
                """
        ),
        Explanation(
            code: "playbook/cycle",
            summary: "playbooks that run each other in a circle",
            text: """
                'playbook.run' puts the steps of another playbook in place of itself before anything begins, so that an approval covers \
                all of it. In a circle that would never end.
                """
        ),
        Explanation(
            code: "playbook/bad-call",
            summary: "'playbook.run' asks for what only a whole run has",
            text: """
                Only the steps of the other playbook are taken over: not its guards, its verification, or the rungs of its ladder, which \
                depend on a verification between them. Bounds such as 'timeout' belong to each of its steps. 'if' and 'vars' can be given.
                """
        ),
    ]
}
