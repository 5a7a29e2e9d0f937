import Files
import Glibc

/// One thing that is fuzzed: what it claims, and a function that ends the process where an input shows the claim is wrong.
struct FuzzTarget: Sendable {
    let name: String
    let claim: String
    /// The longest input that is worth trying.
    let inputMax: Int
    let test: @Sendable (ArraySlice<UInt8>) -> Void

    init(
        _ name: String,
        _ claim: String,
        inputMax: Int = 1024,
        test: @escaping @Sendable (ArraySlice<UInt8>) -> Void
    ) {
        self.name = name
        self.claim = claim
        self.inputMax = inputMax
        self.test = test
    }

    static let all: [FuzzTarget] = [
        .exposition, .scrapes, .numbers, .promql, .durations, .evaluation, .columns, .records, .recovery,
        .expressions, .json, .yaml, .rules, .playbooks, .templates, .alerts, .webhook, .silences, .matchers,
        .intervals, .alertmanager, .canary,
    ]
}

/// Ends the process, which libFuzzer takes for a crash and keeps the input, unless the fact holds.
func hold(_ fact: Bool, _ message: @autoclosure () -> String, line: Int = #line, file: String = #fileID) {
    if !fact { broken("\(file):\(line): \(message())") }
}

func broken(_ message: String) -> Never {
    try? StandardStream.error.write("BROKEN PROMISE: \(message)\n")
    abort()
}

extension FuzzTarget {
    /// Proves that the machinery notices: it breaks its promise for an input that only feedback from the code can find.
    static let canary = FuzzTarget("canary", "an input beginning with `heal` never comes") { input in
        var rest = input
        for letter in "heal".utf8 {
            guard rest.popFirst() == letter else { return }
        }
        broken("the canary sings, as it must")
    }
}
