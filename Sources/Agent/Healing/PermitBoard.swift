import Playbooks
import Synchronization

/// What this host permits at the moment. Deeds ask here at the last moment, so that a reload that takes a permission away counts at once.
final class PermitBoard: Sendable {
    typealias Judge = @Sendable ([Permission]) -> [String]

    private let judge = Mutex<Judge>({ permissions in
        permissions.isEmpty ? [] : ["the configuration permits no action: see actions.permit"]
    })

    /// Why permissions are refused, one sentence each; empty: all are granted.
    func refusals(of permissions: [Permission]) -> [String] {
        judge.withLock { $0 }(permissions)
    }

    func take(_ judge: @escaping Judge) {
        self.judge.withLock { $0 = judge }
    }
}
