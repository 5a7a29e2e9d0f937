import Metrics
import Synchronization

/// What several threads ask of the agent, in one place: the configuration in use and how the last reload went.
final class AgentState: Sendable {
    struct Values: Sendable {
        var loaded: LoadedConfiguration
        var lastReloadSucceeded = true
        var lastReloadAt: Timestamp
        var reloads: UInt64 = 0
        var failedReloads: UInt64 = 0
        var isReady = false
    }

    private let values: Mutex<Values>

    init(_ loaded: LoadedConfiguration, at moment: Timestamp) {
        values = Mutex(Values(loaded: loaded, lastReloadAt: moment))
    }

    var current: Values { values.withLock { $0 } }

    func change(_ body: (inout Values) -> Void) {
        values.withLock { body(&$0) }
    }
}
