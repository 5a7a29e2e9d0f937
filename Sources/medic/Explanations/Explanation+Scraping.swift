extension Explanation {
    /// What can be wrong with scrape jobs and the clients they use.
    static let scraping = [
        Explanation(
            code: "scrape/timeout-above-interval",
            summary: "a scrape timeout longer than the scrape interval",
            text: """
                A scrape that is still under way when the next one is due would fall behind for ever, so the timeout may be as \
                long as the interval and no longer. Without 'scrape_timeout' it is 10s or the interval, whichever is shorter.
                """
        ),
        Explanation(
            code: "scrape/no-port",
            summary: "a discovery by DNS that does not know the port",
            text: """
                Only SRV records say at which port a service is. For A, AAAA, MX and NS records, name it:

                    dns_sd_configs:
                      - names: [db.example.org]
                        type: A
                        port: 9187
                """
        ),
        Explanation(
            code: "http/incomplete",
            summary: "settings of an HTTP client of which one makes no sense without another",
            text: """
                A client certificate needs its key and the key its certificate; 'no_proxy' and 'proxy_connect_header' need a \
                proxy.
                """
        ),
        Explanation(
            code: "http/bad-versions",
            summary: "no version of TLS is left",
            text:
                "'max_version' is older than 'min_version', so no handshake could succeed. Without either, TLS 1.2 and newer."
        ),
        Explanation(
            code: "http/bad-credentials",
            summary: "basic authentication under 'authorization'",
            text: """
                'authorization' sends its credentials as they are. A user name and a password belong under 'basic_auth':

                    basic_auth:
                      username: prometheus
                      password_file: /etc/medic/password
                """
        ),
        Explanation(
            code: "http/bad-header",
            summary: "a header that cannot be set",
            text: """
                The name is no name of a header, or one that medic sets itself: credentials belong under 'basic_auth', \
                'authorization' or 'oauth2', which also keep them from other servers.
                """
        ),
        Explanation(
            code: "config/unsupported",
            summary: "a key of Prometheus or Alertmanager that medic does not have",
            text: """
                The key means something to the program the file was written for, and nothing to medic. It is named rather \
                than passed over, so that nobody relies on what does not happen. Take it out, or do what the message says.
                """
        ),
    ]
}
