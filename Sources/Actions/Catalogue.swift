public import Playbooks

/// Everything that medic can do.
public enum Deeds {
    /// One entry for each action of the catalogue.
    public static let all: [any Deed] =
        UnitJob.Verb.allCases.map { UnitJob(verb: $0) } + [
            UnitKill(), UnitResetFailed(), UnitSetProperty(), UnitFreeze(thaws: false), UnitFreeze(thaws: true),
            ConfigRollback(), ConfigSet(), SamplingLower(), SamplingRestore(), QueueFlush(), FilesClean(),
            HTTPRequestAction(), RedisCommand(), PostgresExecute(), Exec(), ProcessSignal(), DiagnosticsCollect(),
            CheckHTTP(), CheckTCP(), CheckUnit(), CheckExpression(), WaitFor(), WaitSleep(), Approve(), PlaybookRun(),
            Notify(), AlertSilence(),
        ]

    /// The deed of that name.
    public static func named(_ name: String) -> (any Deed)? {
        named.first { $0.name.utf8.elementsEqual(name.utf8) }?.deed
    }

    // A declaration takes its time to write out, and somebody waits for each deed.
    private static let named = all.map { (name: $0.declaration.name, deed: $0) }
}

extension ActionCatalogue {
    /// The declarations of everything that medic can do.
    public static let medic = ActionCatalogue(Deeds.all.map(\.declaration))
}
