extension Explanation {
    /// What can be wrong with a relabelling step.
    static let relabelling = [
        Explanation(
            code: "relabel/no-target",
            summary: "a relabelling step without the label it is to write",
            text: """
                The actions replace, hashmod, lowercase, uppercase, keepequal and dropequal need 'target_label'. Without an \
                action a step is a replace.

                    - source_labels: [__meta_dns_name]
                      target_label: name
                """
        ),
        Explanation(
            code: "relabel/no-modulus",
            summary: "hashmod without a modulus",
            text: """
                hashmod writes the hash of the source labels modulo a number, so that series or targets fall into that many \
                groups of about equal size. The number is 'modulus', at least 1.
                """
        ),
        Explanation(
            code: "relabel/bad-replacement",
            summary: "labelmap with a replacement that is no label name",
            text: """
                labelmap copies each label whose name matches to a new name, and 'replacement' is that name: '$1' for the \
                first group of the regex. It must not be empty.
                """
        ),
        Explanation(
            code: "relabel/needless-key",
            summary: "a key that means nothing to this action",
            text: """
                The action does not look at the key, so somebody expected something else of it; Prometheus refuses it too. \
                lowercase and uppercase have no replacement; keepequal and dropequal compare 'source_labels' with \
                'target_label' and take nothing else; labeldrop and labelkeep take 'regex' alone, which is matched against \
                the names of labels.
                """
        ),
        Explanation(
            code: "relabel/bad-regex",
            summary: "a regular expression that cannot be compiled",
            text: """
                Regular expressions are in RE2's syntax and matched against the whole value: 'api' matches 'api' only, \
                '.*api.*' what contains it. There are no back references and no look-around.
                """
        ),
    ]
}
