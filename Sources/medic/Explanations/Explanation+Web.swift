extension Explanation {
    /// What keeps the web section from being used, or from being of use.
    static let web = [
        Explanation(
            code: "web/unreachable",
            summary: "the agent listens to the network and lets nobody in",
            text: """
                An address that is not loopback is served, but no credentials are configured, and without them only clients \
                on this machine are let in. Give readers and operators tokens, users or client certificates under auth, or \
                say anonymous: reader to let everybody read.
                """
        ),
        Explanation(
            code: "web/plain-credentials",
            summary: "tokens or passwords cross the network in the clear",
            text: """
                Credentials are configured for an address that others can reach, without TLS: whoever can listen on the way \
                can read them, and operate with them. Configure tls with cert_file and key_file, or listen on a loopback \
                address behind a proxy that speaks TLS.
                """
        ),
        Explanation(
            code: "web/anonymous-operator",
            summary: "operators need credentials",
            text: """
                An operator can start playbooks and silence alerts. From the network nobody does that without credentials. \
                On a machine with a single user, auth.loopback: operator lets clients on that machine operate.
                """
        ),
        Explanation(
            code: "web/header-limit",
            summary: "the limit on headers is out of range",
            text: """
                Every connection has memory for the headers of a request and for the answer's, in proportion to this limit: \
                with less than 2KB no browser gets through, with more than 1MB a thousand connections fill the memory.
                """
        ),
    ]
}
