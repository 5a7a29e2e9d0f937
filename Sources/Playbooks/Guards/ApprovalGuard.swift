import JSON
import Metrics

/// Where the mode is `approve`, an operator has said yes to exactly these steps, and not too long ago. An operator's own start is one.
enum ApprovalGuard {
    static func verdict(_ context: GuardContext) -> GuardVerdict {
        guard context.mode == .approve else { return .allowed(.approval, "no approval is needed") }
        if let by = context.run.requestedBy {
            return .allowed(.approval, "\(by) started it", facts: [("by", .string(by))])
        }
        let digest = context.plan.digest
        guard let approval = context.run.progress.approval else {
            return .refused(.approval, "nobody has approved it", facts: [("digest", .string(digest))])
        }
        let age = approval.at.age(at: context.now)
        let facts: [(String, JSONValue)] = [
            ("by", .string(approval.by)), ("way", .string(approval.way)), ("age_ms", age.fact),
            ("digest", .string(digest)),
        ]
        guard approval.isGranted, approval.digest.utf8.elementsEqual(digest.utf8) else {
            return .refused(.approval, "what \(approval.by) approved is something else", facts: facts)
        }
        guard age < context.settings.approvalExpires else {
            return .refused(.approval, "the approval of \(approval.by) has expired", facts: facts)
        }
        return .allowed(.approval, "\(approval.by) approved it \(age.text) ago", facts: facts)
    }
}
