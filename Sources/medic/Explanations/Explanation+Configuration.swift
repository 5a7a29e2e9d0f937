extension Explanation {
    /// What keeps a configuration from being used.
    static let configuration = [
        Explanation(
            code: "config/unresolved-reference",
            summary: "a reference stands for nothing",
            text: """
                ${env:NAME} stands for a variable of the agent's environment, ${credential:NAME} for a file that systemd hands \
                to the service (LoadCredential=). There is none of that name here. A configuration with a hole in it is not \
                used: the agent would run with an empty password or address. When you check a configuration away from its \
                host, set the variables for the check.
                """
        ),
        Explanation(
            code: "config/repeated-section",
            summary: "two files give the same section",
            text: """
                The configuration may be spread over medic.yml and the files of medic.d, and lists such as scrape_configs go on \
                from one file to the next. Any other section stands in one file only, so that what holds does not depend on the \
                order in which files are read.
                """
        ),
        Explanation(
            code: "config/repeated-name",
            summary: "two things of a list have the same name",
            text: """
                Jobs, receivers and time intervals are told apart by their names, in all files of the configuration together. \
                Give one of the two another name.
                """
        ),
        Explanation(
            code: "config/no-effect",
            summary: "a key that is understood and changes nothing",
            text: """
                The key tunes how the program works that the file was written for, and medic works in another way: nothing is \
                lost by it, and nothing is gained. The message says what holds instead.
                """
        ),
        Explanation(
            code: "config/missing-file",
            summary: "a file that the configuration names is not there",
            text: """
                Paths count from the folder of the file that names them. A pattern such as rules/*.yml may stand for no file at \
                all; a path without a pattern must exist, because a rule file that is silently missing is a host that nobody \
                watches.
                """
        ),
        Explanation(
            code: "config/unreadable",
            summary: "a file cannot be read as text",
            text: """
                The message says what the system or the text's encoding had against it. The agent reads its files as the user it \
                runs as: check owner and permissions, and that the file is UTF-8.
                """
        ),
    ]
}
