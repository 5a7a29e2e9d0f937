import Diagnostics

/// All that medic can be told to do.
struct CommandTable: Sendable {
    /// Commands for one purpose, under a heading of the help.
    struct Topic: Sendable {
        let title: String
        let commands: [Command]
    }

    let topics: [Topic]
    /// The commands there are, in the order in which the help lists them.
    let commands: [Command]

    init(topics: [Topic]) {
        self.topics = topics
        commands = topics.flatMap(\.commands)
    }

    static let medic = CommandTable(topics: [
        Topic(
            title: "Begin",
            commands: [
                DemoCommand.command,
                RunCommand.command,
                DoctorCommand.command,
                ReloadCommand.command,
            ]
        ),
        Topic(
            title: "See what is going on",
            commands: [
                StatusCommand.command,
                AlertsCommand.command,
                AcknowledgeCommand.command,
                AcknowledgeCommand.undoing,
                WhyCommand.command,
                UnitsCommand.command,
                TargetsCommand.command,
                RulesCommand.command,
                QueryCommand.command,
            ]
        ),
        Topic(
            title: "See what happened",
            commands: [
                RunsCommand.command,
                RunLogCommand.command,
                HistoryCommand.command,
            ]
        ),
        Topic(
            title: "Heal",
            commands: [
                PlaybookCommands.list,
                PlaybookCommands.show,
                PlaybookCommands.dryRun,
                PlaybookCommands.start,
                PlaybookCommands.approve,
                PlaybookCommands.refuse,
                PlaybookCommands.cancel,
                PlaybookCommands.breaker,
                HealingCommands.stop,
                HealingCommands.resume,
                ConfigVersionsCommand.command,
                ConfigDiffCommand.command,
                ConfigRollbackCommand.command,
                UndoCommand.command,
            ]
        ),
        Topic(
            title: "Tell",
            commands: [
                SilenceAddCommand.command,
                SilenceListCommand.command,
                SilenceExpireCommand.command,
                ReceiverCommands.list,
                ReceiverCommands.test,
                AlertRouteCommand.command,
            ]
        ),
        Topic(
            title: "Write and prove",
            commands: [
                CheckConfigurationCommand.command,
                CheckRulesCommand.command,
                CheckPlaybooksCommand.command,
                CheckExpressionCommand.command,
                CheckMetricsCommand.command,
                TestRulesCommand.command,
                TestRoutesCommand.command,
                TestPromQLCommand.command,
                BacktestCommand.command,
                ExplainCommand.command,
            ]
        ),
        Topic(
            title: "About medic",
            commands: [
                CompletionCommand.command,
                ManualCommand.command,
                HelpCommand.command,
            ]
        ),
    ])

    /// What commands are for that begin with the same word, in a line of the overview.
    static let groups = [
        "playbook": "operate playbooks", "config": "versions of the tracked files",
        "silence": "keep alerts from being told",
        "receivers": "who can be told", "check": "find everything that is wrong with files", "test": "run unit tests",
    ]

    /// The words that can follow these, where they are a verb with more than one meaning: `metrics` and `expr` after `check`.
    func words(after path: [String]) -> [String] {
        var words: [String] = []
        for command in commands where command.path.count > path.count && command.path.starts(with: path) {
            let word = command.path[path.count]
            if !words.contains(word) { words.append(word) }
        }
        return words
    }

    func command(_ path: [String]) -> Command? {
        commands.first { $0.path == path }
    }

    /// The command that is meant when none of a group is named.
    private func standard(of group: [String]) -> Command? {
        commands.first { $0.isStandard && $0.path.dropLast().elementsEqual(group) }
    }

    /// What the first words of a command line name.
    enum Match {
        case command(Command, rest: ArraySlice<String>)
        /// A group such as `check`, without the word that must follow.
        case group([String])
    }

    func match(_ words: [String]) throws(UsageError) -> Match {
        var path: [String] = []
        var rest = words[...]
        while let word = rest.first, !self.words(after: path).isEmpty {
            guard self.words(after: path + [word]).isEmpty == false || command(path + [word]) != nil else {
                if let command = command(path) { return .command(command, rest: rest) }
                if word == "--help" || word == "-h" { return .group(path) }
                // A word is no argument of a command that takes none, but another command misspelt.
                if let standard = standard(of: path), word.hasPrefix("-") || !standard.arguments.isEmpty {
                    return .command(standard, rest: rest)
                }
                throw unknown(word, after: path)
            }
            path.append(word)
            rest = rest.dropFirst()
        }
        if let command = command(path) { return .command(command, rest: rest) }
        return .group(path)
    }

    private func unknown(_ word: String, after path: [String]) -> UsageError {
        let candidates = words(after: path)
        let what =
            path.isEmpty ? "unknown command '\(word)'" : "unknown command '\(path.joined(separator: " ")) \(word)'"
        let place = word.hasPrefix("-") ? "unknown flag \(word)" : what
        if let meant = nearest(word, in: candidates) {
            return UsageError("\(place); did you mean '\((path + [meant]).joined(separator: " "))'?")
        }
        return UsageError("\(place); known are \(candidates.joined(separator: ", "))")
    }
}
