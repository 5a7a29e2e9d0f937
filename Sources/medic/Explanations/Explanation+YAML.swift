extension Explanation {
    /// What keeps a YAML file from being read, whatever it is for.
    static let yaml = [
        Explanation(
            code: "yaml/syntax",
            summary: "a file is not YAML",
            text: """
                The caret is where it stopped making sense. Often the cause stands before: a bracket or quote that is not \
                closed, a tab where blanks are due, a line that is not indented like its neighbours, or a text with ': ' or \
                ' #' inside that needs quotes.
                """
        ),
        Explanation(
            code: "yaml/unknown-key",
            summary: "a key that has no meaning here",
            text: """
                A key that nobody reads is most likely misspelt or stands in the wrong place. Commands that read rule files \
                pass over such keys with --ignore-unknown-fields.
                """
        ),
        Explanation(
            code: "yaml/duplicate-key",
            summary: "a key stands twice in the same mapping",
            text: """
                Only one of the two values could be used, and which one is a matter of chance. Remove one, or indent the \
                second as a part of what it belongs to.
                """
        ),
        Explanation(
            code: "yaml/missing-key",
            summary: "a key that is needed is missing or empty",
            text: """
                The message names the key and what its value must be.
                """
        ),
        Explanation(
            code: "yaml/wrong-type",
            summary: "a value is of the wrong kind",
            text: """
                A list stands where a text is due, or a text where a mapping is due, and so on. The entries of a list begin \
                with '- ', those of a mapping are 'key: value'. A text that looks like a number, or like true and false, \
                needs quotes.
                """
        ),
        Explanation(
            code: "yaml/bad-value",
            summary: "a value is not one of those that are possible",
            text: """
                The message names what was expected, such as a duration: 30s, 5m, 1h30m.
                """
        ),
        Explanation(
            code: "yaml/conflict",
            summary: "keys that exclude each other",
            text: """
                Only one of the keys that the message names can be given.
                """
        ),
        Explanation(
            code: "yaml/unsupported",
            summary: "a key that has no meaning in this place",
            text: """
                The key is known, but not here: 'for', for one, belongs to rules that alert and not to those that record.
                """
        ),
        Explanation(
            code: "yaml/documents",
            summary: "a file holds more than one document",
            text: """
                A line of '---' begins a new document, and only one is read. Put each into a file of its own.
                """
        ),
        Explanation(
            code: "yaml/unknown-anchor",
            summary: "an alias without its anchor",
            text: """
                '*name' stands for the value marked '&name', which must come before it in the same file. A text that begins \
                with a star needs quotes.
                """
        ),
        Explanation(
            code: "yaml/endless-alias",
            summary: "an alias stands inside its own value",
            text: """
                '*name' stands within the value marked '&name', so the value would have no end.
                """
        ),
        Explanation(
            code: "yaml/merge",
            summary: "'<<' merges what is no mapping",
            text: """
                '<<' takes over the keys of another mapping, or of several in a list:

                    labels:
                      <<: *defaults
                      team: web
                """
        ),
        Explanation(
            code: "yaml/key",
            summary: "a key is not a single value",
            text: """
                A key is a text or a number. One that begins with a brace or bracket is read as a mapping or a list: put it \
                into quotes.
                """
        ),
        Explanation(
            code: "yaml/limit",
            summary: "a file is larger than it may be",
            text: """
                Files have limits of size, of depth and of how many values they hold, aliases counted each time they are \
                used, so that no file can use up the memory. A file written by hand comes nowhere near.
                """
        ),
    ]
}
