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
        _ perception: Perception,
        _ permits: PermitBoard,
        _ versions: ConfigVersions
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
            archive: HealingArchive(ground.history, events: ground.events, instruments: ground.instruments),
            surveyor: surveyor,
            doer: DeedDoer(tools(ground, perception, surveyor, permits, versions)),
            log: ground.log.named("healing")
        )
    }

    /// How deeds are done: with the agent's own ways into the world, as far as its configuration permits.
    private static func tools(
        _ ground: Ground,
        _ perception: Perception,
        _ surveyor: HealingSurveyor,
        _ permits: PermitBoard,
        _ versions: ConfigVersions
    ) -> ActionTools {
        var tools = ActionTools(
            permits: { permits.current },
            folder: ground.options.dataFolder ?? Self.volatileFolder,
            loop: ground.senses,
            log: ground.log.named("actions"),
            versions: versions
        )
        tools.manager = perception.manager
        tools.http = perception.client
        tools.evaluate = { expression in await surveyor.evaluate(expression) }
        return tools
    }

    /// Where deeds keep what they must keep when the agent has no data folder: gone with the next boot.
    static let volatileFolder = "/run/medic"

    /// Takes up what the configuration permits; it holds for the very next deed.
    func applyPermits() {
        permits.take(state.current.loaded.configuration.actions.permits)
    }

    /// Lets the machine take up what a former process was doing. On the core's loop.
    func startHealing() throws {
        let records = try HealingArchive(ground.history, events: ground.events, instruments: ground.instruments)
            .restore()
        healing.start(
            playbooks,
            healingSettings,
            restoring: records,
            groups: rules.groups,
            outside: notifying.firingOutside()
        )
    }

    /// The playbooks in force, as the machine takes them.
    var playbooks: [PreparedPlaybook] {
        let loaded = state.current.loaded
        let renderer = PlaybookRenderer(library: PlaybookLibrary(loaded.playbookFiles), catalogue: .medic)
        return renderer.prepared(
            externalLabels: loaded.configuration.global.externalLabels,
            externalURL: loaded.configuration.web.externalURL ?? "",
            refusals: { [permits, settings = healingSettings] permissions in
                // Where nothing is done but said, nothing needs to be permitted.
                settings.ceiling <= .observe ? [] : permits.current.refusals(of: permissions)
            }
        )
    }

    var healingSettings: HealingSettings {
        var settings = state.current.loaded.configuration.actions.healing
        if ground.options.observesOnly { settings.ceiling = .observe }
        return settings
    }
}
