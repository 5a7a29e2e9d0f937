import YAML

/// `global` of one file: the keys of prometheus.yml and those of alertmanager.yml, which medic takes side by side.
struct LayerGlobals: Sendable {
    var perceiving = GlobalSettings()
    var notifying = NotificationDefaults()

    static var shape: Shape<LayerGlobals> {
        .structure("global settings") { fields in
            LayerGlobals(perceiving: GlobalSettings(&fields), notifying: NotificationDefaults(&fields))
        }
    }
}
