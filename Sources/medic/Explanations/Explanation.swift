/// What there is to say about one kind of problem, found by the code that stands behind it.
struct Explanation: Sendable {
    let code: String
    let summary: String
    /// Paragraphs, divided by empty lines. A paragraph of indented lines is kept as it is.
    let text: String

    /// All pages, in the order of their codes.
    static let all: [Explanation] =
        [
            promQL,
            relabelling,
            scraping,
            promQLScripts,
            expositions,
            ruleTests,
            rules,
            ruleFiles,
            yaml,
            configuration,
            alerting,
            web,
            playbooks,
            playbookArguments,
            playbookFindings,
        ]
        .joined()
        .sorted {
            $0.code < $1.code
        }
}
