import JSON
import Metrics

/// A run is about one patient, or as many as the playbook allows. No patient at all is an error, not a wide deed.
enum SubjectsGuard: RunGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        let count = context.run.subject.isEmpty ? 0 : context.terms.subjects
        let facts: [(String, JSONValue)] = [
            ("subjects", .integer(Int64(count))), ("max_subjects", .integer(Int64(context.terms.maxSubjects))),
        ]
        guard count > 0 else {
            return .refused(.subjects, "the alert lacks a label that names the subject", facts: facts)
        }
        guard count <= context.terms.maxSubjects else {
            return .refused(
                .subjects,
                "\(count) subjects, and at most \(context.terms.maxSubjects) are allowed",
                facts: facts
            )
        }
        return .allowed(.subjects, count == 1 ? "one subject" : "\(count) subjects", facts: facts)
    }
}
