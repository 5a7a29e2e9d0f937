import JSON
import Metrics

/// `medic playbook ...`
enum PlaybookCommands {
    static let digest = Flag.text("digest", "DIGEST", "only if it is still about exactly these steps")

    static let list = Command(
        path: ["playbook", "list"],
        isStandard: true,
        summary: "list the playbooks in force, and what they achieved",
        flags: AgentArguments.list,
        details: """
            HEALED and MEDIAN are of the runs on record. ALONE says how often its alerts ended without any run, and how fast: what \
            a playbook does not beat needs no playbook. MODE shows what holds at present; one that stopped healing asks first until \
            its breaker is closed.
            """,
        examples: [Command.Example(line: "medic playbook list", explanation: "see which playbooks help")],
        exits: [Command.Exit(code: .fine, meaning: "the agent answered"), AgentArguments.unreachable],
        run: { invocation, console in
            try AgentVerb(
                invocation: invocation,
                console: console,
                fetch: { try $0.get("/medic/v1/playbooks") },
                text: { PlaybookScreen(terminal: $1, now: WallClock.now()).list($0) },
                json: { $1.value($0) }
            ).run()
        }
    )

    static let show = Command(
        path: ["playbook", "show"],
        summary: "tell everything about a playbook",
        arguments: [OperatorVerb.playbook],
        flags: AgentArguments.list,
        examples: [Command.Example(line: "medic playbook show restart-api", explanation: "see it as it is in force")],
        exits: [
            Command.Exit(code: .fine, meaning: "there is such a playbook"),
            Command.Exit(code: .notFine, meaning: "there is none"), AgentArguments.unreachable,
        ],
        run: { invocation, console in
            let path = "/medic/v1/playbooks/" + FormPath.encoded(invocation.arguments[0])
            return try AgentVerb(
                invocation: invocation,
                console: console,
                fetch: { try $0.get(path) },
                text: { PlaybookScreen(terminal: $1, now: WallClock.now()).details($0) },
                json: { $1.value($0) }
            ).run()
        }
    )

    static let dryRun = Command(
        path: ["playbook", "dry-run"],
        summary: "tell what a playbook would do now, and what keeps it back",
        arguments: [OperatorVerb.playbook, OperatorVerb.labels],
        flags: [OperatorVerb.variable, AgentArguments.json] + AgentArguments.way,
        details: """
            Every guard is asked and every step is filled in, with the values of the firing alert that has these labels, or with the \
            labels alone where none has. Nothing is done, and nothing is recorded.
            """,
        examples: [
            Command.Example(
                line: "medic playbook dry-run restart-api instance=a:80",
                explanation: "see what would become of this instance"
            )
        ],
        exits: [
            Command.Exit(code: .fine, meaning: "it would run"),
            Command.Exit(code: .notFine, meaning: "a guard would keep it back, or there is no such playbook"),
            AgentArguments.unreachable,
        ],
        run: { invocation, console in
            let form = try OperatorVerb.form(invocation.arguments.dropFirst(), invocation)
            let path = "/medic/v1/playbooks/\(FormPath.encoded(invocation.arguments[0]))/dry-run"
            let tree = try AgentArguments.client(invocation).post(path, form)
            if invocation.isSet(AgentArguments.json) {
                try console.writeLine("\(tree)")
            } else {
                try console.write(PlaybookScreen(terminal: console.output, now: WallClock.now()).dryRun(tree))
            }
            return tree["wouldRun"]?.boolean == true ? .fine : .notFine
        }
    )

    static let start = Command(
        path: ["playbook", "start"],
        summary: "start a playbook by hand",
        arguments: [OperatorVerb.playbook, OperatorVerb.labels],
        flags: [OperatorVerb.variable, OperatorVerb.reason, AgentArguments.json] + AgentArguments.way,
        details: """
            Your word stands for the guards that ask whether now is a good moment; those that keep others from harm still hold: the kill \
            switch, the host's ceiling, protected units, locks, the fleet's budget.
            """,
        examples: [
            Command.Example(
                line: "medic playbook start restart-api instance=a:80 --reason 'looks stuck'",
                explanation: "treat this instance now"
            )
        ],
        exits: OperatorVerb.exits,
        run: { invocation, console in
            let form = try OperatorVerb.form(invocation.arguments.dropFirst(), invocation)
            let path = "/medic/v1/playbooks/\(FormPath.encoded(invocation.arguments[0]))/start"
            return try OperatorVerb.give(path, form, invocation, console)
        }
    )

    static let approve = ofRun("approve", "say yes to what a run waits with", flags: [digest])
    static let refuse = ofRun("refuse", "say no to what a run waits with")
    static let cancel = ofRun("cancel", "stop a run before its next step")

    private static func ofRun(_ word: String, _ summary: String, flags: [Flag] = []) -> Command {
        Command(
            path: ["playbook", word],
            summary: summary,
            arguments: [OperatorVerb.run],
            flags: flags + [OperatorVerb.reason, AgentArguments.json] + AgentArguments.way,
            examples: [Command.Example(line: "medic playbook \(word) 17", explanation: "\(word) run 17")],
            exits: OperatorVerb.exits,
            run: { invocation, console in
                var form = try OperatorVerb.form([], invocation)
                if let digest = invocation.value(of: digest) { form.append(("digest", digest)) }
                let path = "/medic/v1/runs/\(FormPath.encoded(invocation.arguments[0]))/\(word)"
                return try OperatorVerb.give(path, form, invocation, console)
            }
        )
    }

    static let breaker = Command(
        path: ["playbook", "breaker"],
        summary: "open or close a playbook's breaker, or forget what is remembered of it",
        arguments: [
            Argument(
                placeholder: "ACTION",
                summary: "open, close or reset",
                kind: .choice(["open", "close", "reset"])
            ),
            OperatorVerb.playbook, OperatorVerb.labels,
        ],
        flags: [OperatorVerb.reason, AgentArguments.json] + AgentArguments.way,
        details: """
            The labels are those of the subject, as 'medic playbook show' prints them. Closing wants a reason. 'reset' also forgets cooldown \
            and heals, for all subjects where none is named.
            """,
        examples: [
            Command.Example(
                line: "medic playbook breaker close restart-api instance=a:80 --reason 'cause found'",
                explanation: "let it try again"
            )
        ],
        exits: OperatorVerb.exits,
        run: { invocation, console in
            var form = try OperatorVerb.form(invocation.arguments.dropFirst(2), invocation)
            form.append(("action", invocation.arguments[0]))
            let path = "/medic/v1/playbooks/\(FormPath.encoded(invocation.arguments[1]))/breaker"
            return try OperatorVerb.give(path, form, invocation, console)
        }
    )
}
