import Secrets
import YAML

extension Fields {
    /// A value that is written in place under one key, or in the file that another key names; both are one too many.
    mutating func secret(_ key: String, orFile fileKey: String, of owner: String) -> Secret? {
        let text = optional(key, .secretText).flatMap { $0.revealInline() == "" ? nil : $0 }
        let file = optional(fileKey, .secretFile)
        if text != nil, file != nil {
            refuse("yaml/conflict", "at most one of \(owner) \(key) & \(fileKey) must be configured", at: fileKey)
        }
        return file ?? text
    }

    /// A key that has a meaning to Prometheus and none to medic: told by name.
    mutating func refuseUnsupported(_ key: String, because reason: String) {
        guard let entry = entry(key), !entry.value.isNull else { return }
        refuse("config/unsupported", "'\(key)' is not supported by medic: \(reason)", at: entry.keyRange)
    }

    /// The same for a switch, which may be written as long as it is off.
    mutating func refuseWhenOn(_ key: String, because reason: String) {
        guard optional(key, .boolean) == true else { return }
        refuse("config/unsupported", "'\(key)' is not supported by medic: \(reason)", at: key)
    }
}
