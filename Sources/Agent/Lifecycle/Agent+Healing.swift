import Actions
import Configuration
import Diagnostics
import Dispatch
import EventLoop
import Files
import Logging
import Metrics
import Playbooks
import Processes
import PromQL
import Rules
import Storage
import Synchronization
import YAML

extension Agent {
    /// Puts together what treats: the machine, who answers its questions, who does its deeds, who keeps its memory.
    static func healing(
        _ ground: Ground,
        _ state: AgentState,
        _ store: SampleStore,
        _ engine: Engine,
        _ rules: RuleKeeper,
        _ perception: Perception,
        _ permits: PermitBoard,
        _ configs: ConfigKeeper,
        _ notifying: NotificationKeeper
    ) -> (HealingKeeper, DeedDoer) {
        let surveyor = HealingSurveyor(
            on: ground.core,
            engine: engine,
            store: store,
            rules: rules,
            manager: perception.manager,
            startedAt: ground.startedAt,
            fleet: FleetKeeper(
                state.current.loaded.configuration.fleet,
                log: ground.log.named("fleet"),
                instruments: ground.instruments
            ),
            intervals: { state.intervals }
        )
        var tools = tools(ground, perception, permits, configs.versions)
        tools.evaluate = { expression in await surveyor.evaluate(expression) }
        tools.series = { expression, span in await EvidenceSeries(engine: engine).points(of: expression, over: span) }
        tools.notify = { receiver, message, request in await notifying.tell(receiver, message, for: request) }
        tools.silence = { await notifying.silence($0, for: $1, $2, $3) }
        tools.endSilence = { await notifying.endSilence($0) }
        let doer = DeedDoer(tools)
        let healing = HealingKeeper(
            on: ground.core,
            archive: HealingArchive(
                ground.history,
                events: ground.events,
                instruments: ground.instruments,
                log: ground.log.named("healing")
            ),
            surveyor: surveyor,
            doer: doer,
            numbers: HealingNumbers(ground.instruments),
            log: ground.log.named("healing")
        )
        return (healing, doer)
    }

    /// How deeds are done: with the agent's own ways into the world, as far as its configuration permits.
    private static func tools(
        _ ground: Ground,
        _ perception: Perception,
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
        tools.currentSecrets = { permits.secrets }
        tools.isProtected = { permits.isProtected($0) }
        return tools
    }

    /// Where deeds keep what they must keep when the agent has no data folder: gone with the next boot.
    static let volatileFolder = "/run/medic"

    /// Takes up what the configuration permits; it holds for the very next deed.
    func applyPermits(secrets: [String]) {
        var granted = state.current.loaded.configuration.actions.permits
        granted.own = ownPlaces
        permits.take(granted, secrets: secrets, protectedUnits: healingSettings)
    }

    /// What medic is told by and remembers with: whoever could write there would grant himself what he likes.
    private var ownPlaces: [String] {
        let loaded = state.current.loaded
        let files = loaded.layers.compactMap(\.name) + loaded.playbookFiles.compactMap(\.source.name)
        let further = loaded.layers.first?.name.map { ConfigurationLoader.layerFolder(beside: $0) }
        let places = files + [ground.options.dataFolder, further].compactMap { $0 }
        // By the way that an operator writes, and by the one that it really is; what is not there yet by its folder.
        return places.flatMap { place in
            let folder = (try? FileSystem.resolved(FileSystem.parent(of: place))) ?? FileSystem.parent(of: place)
            return Set([place, "\(folder)/\(FileSystem.name(of: place))", (try? FileSystem.resolved(place)) ?? place])
        }
    }

    /// The values of the labels of all alerts that fire: a unit whose name is among them is in trouble. Waits for the core.
    static func troubledWords(_ rules: RuleKeeper, on core: EventLoop) -> Set<String> {
        let found = Mutex<Set<String>>([])
        let done = DispatchSemaphore(value: 0)
        core.submit {
            var words: Set<String> = []
            for group in rules.groups {
                for place in group.group.rules.indices {
                    for alert in group.evaluator.alerts(ofRule: place) where alert.phase == .firing {
                        for label in alert.labels { words.insert(label.value) }
                    }
                }
            }
            let all = words
            found.withLock { $0 = all }
            done.signal()
        }
        done.wait()
        return found.withLock { $0 }
    }

    /// Lets the machine take up what a former process was doing. On the core's loop.
    func startHealing() throws {
        let archive = HealingArchive(
            ground.history,
            events: ground.events,
            instruments: ground.instruments,
            log: ground.log.named("healing")
        )
        let records = try archive.restore() + recordsOfLostMemory(archive)
        healing.start(
            playbooks,
            healingSettings,
            restoring: records,
            groups: rules.groups,
            outside: notifying.firingOutside()
        )
        startFleet()
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

    private static let ownUnit = ProcessFacts(ProcessFacts.own)?.unit

    var healingSettings: HealingSettings {
        let configuration = state.current.loaded.configuration
        var settings = configuration.actions.healing
        settings.protectedUnits += configuration.fleet.store?.units ?? []
        // Whatever its unit is called.
        if let own = Self.ownUnit { settings.protectedUnits.append(own) }
        settings.fleetSlot = FleetKeeper.slot(of: configuration.fleet.host ?? HostName.current)
        if ground.options.observesOnly { settings.ceiling = .observe }
        return settings
    }
}
