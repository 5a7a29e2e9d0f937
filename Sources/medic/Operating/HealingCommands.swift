/// `medic stop-healing`, `medic resume-healing`
enum HealingCommands {
    static let span = Flag.text("for", "DURATION", "for how long; until it is resumed where nothing is said")

    static let stop = Command(
        path: ["stop-healing"],
        summary: "let no playbook do anything more",
        flags: [span, OperatorVerb.reason, AgentArguments.json] + AgentArguments.way,
        details: """
            Runs that are at work stop before their next step; none begins. Alerts and notifications go on. It outlives restarts of the \
            agent, and ends with 'medic resume-healing' or when its time is over.
            """,
        examples: [
            Command.Example(
                line: "medic stop-healing --for 2h --reason 'upgrade of the database'",
                explanation: "keep medic's hands off while you work"
            )
        ],
        exits: OperatorVerb.exits,
        run: { invocation, console in
            var form = try OperatorVerb.form([], invocation)
            if let text = invocation.value(of: span) {
                _ = try MomentArgument.step(text, of: span, for: invocation.command)
                form.append(("for", text))
            }
            return try OperatorVerb.give("/medic/v1/stop-healing", form, invocation, console)
        }
    )

    static let resume = Command(
        path: ["resume-healing"],
        summary: "let playbooks do their work again",
        flags: [OperatorVerb.reason, AgentArguments.json] + AgentArguments.way,
        details: """
            Also accepts that the memory of cooldowns, limits and breakers was lost, after the agent had to begin a new history and \
            stopped healing by itself.
            """,
        examples: [Command.Example(line: "medic resume-healing", explanation: "the work is over")],
        exits: OperatorVerb.exits,
        run: { invocation, console in
            let form = try OperatorVerb.form([], invocation)
            return try OperatorVerb.give("/medic/v1/resume-healing", form, invocation, console)
        }
    )
}
