extension Explanation {
    /// What is wrong with arguments and templates of playbooks.
    static let playbookArguments = [
        Explanation(
            code: "playbook/unknown-argument",
            summary: "an argument that the action does not have",
            text: """
                Each action declares its arguments. Keys of the step itself, such as timeout, stand beside the action and not under it.

                    - systemd.restart: {unit: api.service, settle: 3s}
                      timeout: 60s
                """
        ),
        Explanation(
            code: "playbook/missing-argument",
            summary: "an argument that the action cannot do without",
            text: """
                The action needs this argument, and there is nothing that could stand in for it.
                """
        ),
        Explanation(
            code: "playbook/bad-argument",
            summary: "a value that an argument cannot have",
            text: """
                The value is not what the argument is for: a duration without a unit, a unit's name without its kind, a path that is not \
                absolute. Values are checked before anything runs. What a template fills in is checked again when there is an alert, and \
                harder: it stays one value, in the folder, at the host and in the place of the command line that the playbook names.
                """
        ),
        Explanation(
            code: "playbook/refused-argument",
            summary: "arguments that the action refuses",
            text: """
                Each argument by itself would do, but not together, or not for this action: two that exclude each other, a program that is \
                named without its folder, a purge without 'lose_data: true'.
                """
        ),
        Explanation(
            code: "playbook/not-permitted",
            summary: "a step that the configuration does not permit",
            text: """
                medic does nothing that 'actions.permit' in the configuration does not name: the kind of action, and the units, folders, \
                programs, addresses and users it is about. Nothing is permitted by itself. What only a label decides is checked when \
                there is an alert.
                """
        ),
        Explanation(
            code: "playbook/unknown-field",
            summary: "a template reads what no playbook has",
            text: """
                Templates of playbooks know .Labels, .Annotations and .Value of the alert, .Vars, .Subject, .Run, .ExternalLabels and \
                .ExternalURL; and $labels, $annotations, $value and $vars for short.
                """
        ),
        Explanation(
            code: "playbook/unknown-variable",
            summary: "a template reads a variable that is not defined",
            text: """
                Variables are defined under 'vars' of the same playbook. One that runs another by 'playbook.run' can give it values for \
                variables that it defines, and for no others.
                """
        ),
        Explanation(
            code: "playbook/variable-order",
            summary: "a variable that uses itself, or one defined below it",
            text: """
                Variables are filled in from the first to the last, so each can use those above it.

                    vars:
                      name: '{{ or .Labels.app "api" }}'
                      unit: '{{ .Vars.name }}.service'
                """
        ),
        Explanation(
            code: "playbook/unknown-label",
            summary: "a template reads a label that cannot be there",
            text: """
                Every matcher list under 'when' wants the label to be empty, or 'subject' does not name it. A label that is missing \
                when there is an alert stops the run before it begins: an empty text in its place could mean everything. Where it may \
                be missing, say what then: {{ or .Labels.unit "api.service" }}.
                """
        ),
        Explanation(
            code: "playbook/no-candidate",
            summary: "'.Candidate' where there is no candidate",
            text: """
                An action that replaces a file writes the new version beside it first and has it checked. '.Candidate' is the path of that \
                version, in the 'check' of such an action and nowhere else.

                    - config.rollback: {file: /etc/api.yaml, check: [/usr/bin/api, --check, '{{ .Candidate }}']}
                """
        ),
        Explanation(
            code: "playbook/no-undo",
            summary: "'confirm_within' for what cannot be taken back",
            text: """
                With 'confirm_within' systemd takes the change back unless the run has ended healed by then, even if medic is gone. That \
                needs an action with an undo, such as config.set or systemd.set_property.
                """
        ),
    ]

    /// What is allowed in a playbook but likely a mistake.
    static let playbookFindings = [
        Explanation(
            code: "playbook/matches-everything",
            summary: "a playbook that any alert starts",
            text: """
                An entry of 'when' without matchers holds for every alert, and so does one whose matchers hold for a label that is not there. \
                That is hardly what a treatment is for. A playbook without 'when' is started by operators and other playbooks only.
                """
        ),
        Explanation(
            code: "playbook/verify-too-short",
            summary: "a verification that ends before it can succeed",
            text: """
                A run ends healed after 'healthy' measurements in a row, 'every' so often. If that takes longer than 'within', every run ends \
                inconclusive, and somebody is woken each time.
                """
        ),
        Explanation(
            code: "playbook/hold-too-short",
            summary: "notifications that leave before the run had its chance",
            text: """
                'page.hold' keeps the alert's notifications back while the run is under way. If it is shorter than the run, somebody is woken \
                for what heals a moment later. Without 'hold', a playbook with 'mode: auto' keeps them back for 'within' of 'verify' and a minute.
                """
        ),
        Explanation(
            code: "playbook/hold-too-long",
            summary: "notifications that are kept back for more than a day",
            text: """
                'page.hold' keeps the alert's notifications back while the run is under way. A run that ends healed keeps them back until the \
                alert is over or the time is. Where the verification is mistaken, nobody hears of the illness for so long.
                """
        ),
        Explanation(
            code: "playbook/constant-expression",
            summary: "an expression that reads no series",
            text: """
                'vector(1)' is true whatever happens. As a verification it makes every run end healed, and so keeps the page quiet while the \
                patient is ill; as a requirement it requires nothing.
                """
        ),
        Explanation(
            code: "playbook/confirm-too-short",
            summary: "a change that is taken back before anybody can know that it helped",
            text: """
                'confirm_within' takes the change back unless the run has ended healed by then. If verification may take longer, a change that \
                helps can be taken back all the same.
                """
        ),
        Explanation(
            code: "playbook/timeout-too-short",
            summary: "a timeout shorter than what the action was asked to wait",
            text: """
                The action's own arguments, such as 'within' or 'settle', ask for more time than 'timeout' leaves. Without 'timeout' a step has \
                what its arguments ask for, and a minute.
                """
        ),
        Explanation(
            code: "playbook/retry-not-repeatable",
            summary: "trying again what may have been half done",
            text: """
                The action is one of those of which twice is not the same as once. After a failure nobody knows how far it came, and 'retry' \
                does it again. 'repeatable: true' says that for these arguments twice is as good as once; then it is also done again after an \
                interruption.
                """
        ),
        Explanation(
            code: "playbook/unused-variable",
            summary: "a variable that nothing reads",
            text: """
                The variable is defined and no template of the playbook reads it, most often because the text in its place was written out.
                """
        ),
    ]
}
