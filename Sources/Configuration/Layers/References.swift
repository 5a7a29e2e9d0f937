import YAML

/// A value that the configuration names and does not contain: `${env:NAME}`, `${credential:NAME}`.
public enum Reference: Sendable, Hashable {
    /// A variable of the agent's environment.
    case environment(String)
    /// A file that the service manager has put into the agent's folder of credentials (LoadCredential).
    case credential(String)
}

/// Finds what references stand for; nil where there is no such thing.
public typealias ReferenceLookup = (Reference) -> String?

extension YAMLDocument {
    /// The document with every reference replaced. One that stands for nothing is a problem at its place.
    func resolvingReferences(_ lookup: ReferenceLookup, _ problems: Problems) -> YAMLDocument {
        replacingScalars { node, scalar in
            guard scalar.text.utf8.contains(UInt8(ascii: "$")) else { return nil }
            return Self.resolved(scalar.text, at: node.range, lookup, problems)
        }
    }

    private static func resolved(
        _ text: String,
        at range: Range<Int>,
        _ lookup: ReferenceLookup,
        _ problems: Problems
    ) -> String? {
        var result = ""
        var rest = Substring(text)
        var hasReference = false
        while let (before, reference, after) = nextReference(in: rest) {
            hasReference = true
            result += before
            if let value = lookup(reference) {
                result += value
            } else {
                problems.error(
                    "config/unresolved-reference",
                    reference.complaint,
                    at: range,
                    help: reference.advice
                )
            }
            rest = after
        }
        return hasReference ? result + rest : nil
    }

    private static func nextReference(in text: Substring) -> (Substring, Reference, Substring)? {
        var start = text.startIndex
        while let dollar = text[start...].firstIndex(of: "$") {
            let tail = text[text.index(after: dollar)...]
            for (prefix, make) in Self.kinds where tail.hasPrefix(prefix) {
                let name = tail.dropFirst(prefix.count)
                guard let end = name.firstIndex(of: "}") else { continue }
                return (text[..<dollar], make(String(name[..<end])), name[name.index(after: end)...])
            }
            start = text.index(after: dollar)
        }
        return nil
    }

    // `$1` and `${name}` belong to relabelling; only these two forms are references.
    private static var kinds: [(String, (String) -> Reference)] {
        [("{env:", Reference.environment), ("{credential:", Reference.credential)]
    }
}

extension Reference {
    var complaint: String {
        switch self {
        case .environment(let name): "the environment has no variable '\(name)'"
        case .credential(let name): "there is no credential '\(name)'"
        }
    }

    var advice: String {
        switch self {
        case .environment(let name): "set it for the service: Environment=\(name)=... in a drop-in of its unit"
        case .credential(let name): "hand it to the service: LoadCredential=\(name):/path in a drop-in of its unit"
        }
    }
}
