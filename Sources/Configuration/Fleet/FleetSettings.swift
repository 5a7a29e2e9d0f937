public import Secrets
public import YAML

/// What this host shares with others: a store that counts how many of them are treated at once.
public struct FleetSettings: Sendable, Hashable {
    /// The PostgreSQL server that keeps the budgets.
    public struct Store: Sendable, Hashable {
        /// A name, an address, or the folder of a unix socket.
        public var host = "/var/run/postgresql"
        public var port = 5_432
        public var user: String?
        public var password: Secret?
        public var database = "medic"
        /// `disable`, `prefer`, `require`, `verify-full` ..., as libpq has it; nil: libpq's own choice.
        public var tlsMode: String?
        public var rootCertificate: String?
        /// Its units where it runs on this host: no playbook touches them unless it knows what it does.
        public var units: [String] = []

        init() {}
    }

    /// What the others call this host; nil: its own name.
    public var host: String?
    /// Nil: budgets of fleets are out of reach.
    public var store: Store?

    public init() {}

    public static var shape: Shape<FleetSettings> {
        .structure("the settings of the fleet") { fields in
            var settings = FleetSettings()
            settings.host = fields.optional("host", .nonEmptyString)
            settings.store = fields.optional("store", Store.shape)
            return settings
        }
    }
}

extension FleetSettings.Store {
    private static let localHosts = ["localhost", "127.0.0.1", "::1"]
    private static let standardUnits = ["postgresql.service", "postgresql@*"]

    static var shape: Shape<FleetSettings.Store> {
        .structure("a PostgreSQL server") { fields in
            var store = FleetSettings.Store()
            store.host = fields.value("host", .nonEmptyString, default: store.host)
            store.port = fields.value("port", .integer(in: 1...65_535), default: store.port)
            store.user = fields.optional("username", .nonEmptyString)
            store.password = fields.secret("password", orFile: "password_file", of: "the fleet's store")
            store.database = fields.value("database", .nonEmptyString, default: store.database)
            store.tlsMode = fields.optional("sslmode", .nonEmptyString)
            store.rootCertificate = fields.optional("sslrootcert", .nonEmptyString)
            let isLocal = store.host.hasPrefix("/") || localHosts.contains(store.host)
            store.units = fields.value("units", .list(of: .nonEmptyString), default: isLocal ? standardUnits : [])
            return store
        }
    }
}
