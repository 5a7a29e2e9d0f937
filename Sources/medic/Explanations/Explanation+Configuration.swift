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
        )
    ]
}
