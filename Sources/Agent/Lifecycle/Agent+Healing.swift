import Actions
import Configuration
import Logging
import Metrics
import Playbooks
import PromQL
import Storage
import YAML

extension Agent {
    /// Puts together what treats: the machine, who answers its questions, who does its deeds, who keeps its memory.
    static func healing(
        _ ground: Ground,
        _ store: SampleStore,
        _ engine: Engine,
        _ rules: RuleKeeper,
        _ perception: Perception
    ) -> HealingKeeper {
        let surveyor = HealingSurveyor(
            on: ground.core,
            engine: engine,
            store: store,
            rules: rules,
            manager: perception.manager,
            startedAt: ground.startedAt
        )
        return HealingKeeper(
            on: ground.core,
            archive: HealingArchive(ground.history),
            surveyor: surveyor,
            doer: DeedDoer(performer(ground, perception)),
            log: ground.log.named("healing")
        )
    }

    /// How deeds are done.
    private static func performer(_ ground: Ground, _ perception: Perception) -> DeedDoer.Performer {
        { request in ActionOutcome(.failed("this agent cannot do \(request.action)")) }
    }

    /// Lets the machine take up what a former process was doing. On the core's loop.
    func startHealing() throws {
        let records = try HealingArchive(ground.history).restore()
        healing.start(playbooks, healingSettings, restoring: records, groups: rules.groups)
    }

    /// The playbooks in force, as the machine takes them.
    var playbooks: [PreparedPlaybook] {
        let loaded = state.current.loaded
        let renderer = PlaybookRenderer(library: PlaybookLibrary(loaded.playbookFiles), catalogue: .medic)
        return renderer.prepared(
            externalLabels: loaded.configuration.global.externalLabels,
            externalURL: loaded.configuration.web.externalURL ?? ""
        )
    }

    var healingSettings: HealingSettings {
        var settings = HealingSettings()
        if ground.options.observesOnly { settings.ceiling = .observe }
        return settings
    }
}
