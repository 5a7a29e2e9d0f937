import Actions
import Configuration
public import Diagnostics
import Dispatch
import EventLoop
import Footprint
import History
import HTTPServer
import Logging
import Metrics
import PromQL
import Readiness
import Rules
import Scraping
import Storage
import Synchronization
import Web

/// A host agent, whole: everything that perceives, decides and does, started in order and stopped in reverse.
///
/// Unchecked: `rules` and `recorder` belong to the core's loop, everything else is constant or locks by itself.
public final class Agent: @unchecked Sendable {
    let ground: Ground
    let state: AgentState
    let samples: SampleKeeper
    let engine: Engine
    let rules: RuleKeeper
    private let recorder: TransitionRecorder
    private let loader: ConfigurationLoader
    let perception: Perception
    let healing: HealingKeeper
    let notifying: NotificationKeeper
    let permits = PermitBoard()
    let configs: ConfigKeeper
    let doer: DeedDoer
    private let upkeep: DispatchQueue
    let damage: DamageSearch
    private let remoteWriting: RemoteWriteKeeper
    private let notifier: ServiceNotifier
    let server = Mutex<HTTPServer?>(nil)
    let certificate = Mutex<CertificateKeeper?>(nil)
    private let ending = DispatchSemaphore(value: 0)
    private let isEnding = Atomic<Bool>(false)
    private let announce = Mutex<(@Sendable (AgentSight) -> Void)?>(nil)

    /// Reads the configuration and puts the parts together. Nothing runs yet.
    public static func prepare(_ options: AgentOptions) throws -> (agent: Agent?, diagnostics: [Diagnostic]) {
        Footprint.limitPools()
        let loader = ConfigurationLoader(
            path: options.configurationPath,
            standardRules: options.standardRules,
            standardPlaybooks: options.standardPlaybooks,
            isLenient: options.isLenient
        )
        let (loaded, diagnostics) = loader.load()
        guard let loaded else { return (nil, diagnostics) }
        return (try Agent(options, loader, loaded), diagnostics)
    }

    private init(_ options: AgentOptions, _ loader: ConfigurationLoader, _ loaded: LoadedConfiguration) throws {
        let configuration = loaded.configuration
        let ground = try Ground(options, configuration)
        self.ground = ground
        self.loader = loader
        state = AgentState(loaded, at: ground.startedAt)
        let samples = SampleKeeper(
            configuration.storage,
            folder: configuration.storage.persists ? options.dataFolder.map { $0 + "/samples" } : nil,
            log: ground.log.named("samples"),
            instruments: ground.instruments
        )
        self.samples = samples
        let engine = Engine(store: samples.store)
        self.engine = engine
        let recorder = TransitionRecorder(ground.history, log: ground.log.named("history"))
        self.recorder = recorder
        let relay = EvaluationRelay()
        let notifyingRelay = EvaluationRelay()
        let desk = DatasourceDesk(ground.core, ground.instruments)
        let rules = RuleKeeper(
            on: ground.core,
            engine: engine,
            store: samples.store,
            log: ground.log.named("rules"),
            instruments: ground.instruments,
            clock: Ground.clock,
            desk: desk,
            listeners: [recorder, TransitionTeller(ground.events), relay, notifyingRelay]
        )
        self.rules = rules
        perception = try Perception(ground, samples.store) { [core = ground.core] timeline, time in
            if rules.awaitsData.load(ordering: .relaxed) { core.submit { rules.landed(timeline, at: time) } }
        }
        desk.connect(perception.client)
        remoteWriting = RemoteWriteKeeper(
            samples.store,
            perception.client,
            folder: options.dataFolder.map { $0 + "/remote-write" },
            log: ground.log.named("remote-write"),
            instruments: ground.instruments,
            metadata: { [scraping = perception.scraping] in await scraping.metadata().flatMap(\.families) }
        )
        let folder = options.dataFolder ?? Self.volatileFolder
        configs = ConfigKeeper(ground, folder: folder, configuration.config.files) { [core = ground.core] in
            Self.troubledWords(rules, on: core)
        }
        let attachments = AttachmentFinder(
            series: EvidenceSeries(engine: engine),
            versions: configs.versions,
            evidenceFolder: folder + "/evidence",
            secrets: { [permits] in permits.secrets }
        )
        notifying = NotificationKeeper(ground, perception.client, loaded, attachments: attachments)
        (healing, doer) = Self.healing(
            ground,
            state,
            samples.store,
            engine,
            rules,
            perception,
            permits,
            configs,
            notifying
        )
        relay.target = healing
        notifying.healing = healing
        notifyingRelay.target = notifying
        healing.ears = notifying
        damage = DamageSearch(ground.history, log: ground.log.named("history"))
        upkeep = DispatchQueue(label: "medic.upkeep")
        notifier = ServiceNotifier(environment: ConfigurationLoader.environment)
        measureItself()
    }

    /// Starts everything and serves until a signal or a request ends it. Answers with the exit status.
    public func run() -> Int32 {
        do {
            try start()
        } catch {
            ground.log.error(
                "the agent cannot start",
                ["error": "\(error)", "advice": "\(AgentProblem.advice(on: error))"]
            )
            stop()
            return 1
        }
        ending.wait()
        stop()
        return 0
    }

    /// Begins the end: soon after, `run` returns.
    public func end() {
        if !isEnding.exchange(true, ordering: .relaxed) { ending.signal() }
    }

    /// Where the page and the API are.
    var listening: [HTTPServer.Address] {
        server.withLock { $0?.addresses ?? [] }
    }

    /// Has something done once the agent is at work, on the thread of `run`. To be said before.
    public func whenReady(_ body: @escaping @Sendable (AgentSight) -> Void) {
        announce.withLock { $0 = body }
    }

    // MARK: Starting

    private func start() throws {
        ground.core.start()
        ground.senses.start()
        try listenToSignals()
        let configuration = state.current.loaded.configuration
        let saved = try ground.history.load()
        try onCore { [self] in try applyRules(saved: saved) }
        applyPermits(secrets: SecretSearch.texts(in: configuration))
        perception.apply(configuration)
        try onCore { [self] in
            try notifying.start(state.current.loaded)
            try startHealing()
            notifying.reconcile(rules.groups)
        }
        healing.lookForFired()
        configs.look()
        remoteWriting.apply(configuration.remoteWrites, externalLabels: configuration.global.externalLabels)
        try serve(configuration)
        keepUp()
        damage.start()
        state.change { $0.isReady = true }
        notifier.ready()
        notifier.status(sight.words)
        CoreWatchdog.feed(notifier, from: ground.core)
        watchClock()
        record("started")
        let sight = sight
        ground.log.info(
            "medic is at work",
            ["version": ground.options.version, "page": sight.page ?? "", "sees": sight.words]
        )
        announce.withLock { $0 }?(sight)
        if ground.options.announces { ground.showEverything(configuration.log) }
    }

    private func listenToSignals() throws {
        let log = ground.log
        let failure = Mutex<String?>(nil)
        onLoop(ground.senses) { [self] in
            do {
                _ = try SignalWatch(on: ground.senses) { [weak self] signal in
                    switch signal {
                    case .terminate, .interrupt: self?.end()
                    case .hangUp: Task { [weak self] in _ = await self?.reload() }
                    // Of terminals, and not asked for.
                    case .windowChanged, .suspend: break
                    }
                }
            } catch {
                failure.withLock { $0 = "\(error)" }
            }
        }
        if let reason = failure.withLock({ $0 }) { log.error("signals are not heard", ["error": reason]) }
    }

    private func applyRules(saved: [SavedGroup]) throws {
        let loaded = state.current.loaded
        let global = loaded.configuration.global
        let context = RuleContext(
            defaultInterval: global.evaluationInterval,
            defaultQueryOffset: global.ruleQueryOffset,
            externalLabels: global.externalLabels,
            externalURL: loaded.configuration.web.externalURL ?? ""
        )
        try rules.apply(
            loaded.ruleFiles,
            context: context,
            datasources: loaded.configuration.datasources,
            saved: saved
        )
        ground.history.writer.submit([.keepGroups(rules.groups.map(\.key))], durability: .grouped)
    }

    // MARK: Reloading

    /// Reads the configuration again and takes it up, all or nothing. Answers with what is wrong, if anything is.
    func reload() async -> String? {
        notifier.reloading(atMicroseconds: MonotonicInstant.now.nanoseconds / 1_000)
        defer { notifier.ready() }
        let loader = loader
        let (loaded, diagnostics) = await offload { loader.load() }
        let problem: String? =
            if let loaded { await take(loaded) } else { DiagnosticFormat.text.render(diagnostics) }
        let now = ground.now
        state.change { state in
            state.lastReloadSucceeded = problem == nil
            state.lastReloadAt = now
            state.reloads += 1
            if problem != nil { state.failedReloads += 1 }
        }
        if let problem {
            ground.log.error("the configuration was not reloaded: the former one stays", ["error": problem])
        } else {
            for warning in diagnostics where warning.severity == .warning {
                let place = "\(warning.source.name ?? ""):\(warning.start.line):\(warning.start.column)"
                ground.log.warning("the configuration is doubtful", ["where": place, "warning": warning.message])
            }
            ground.log.info("the configuration was reloaded")
            record("reloaded")
            notifier.status(sight.words)
        }
        return problem
    }

    private func take(_ loaded: LoadedConfiguration) async -> String? {
        let former = state.current.loaded
        state.change { $0.loaded = loaded }
        let secrets = await offload { SecretSearch.texts(in: loaded.configuration) }
        let problem: String? = await ground.core.perform { [self] in
            do {
                try applyRules(saved: [])
                applyPermits(secrets: secrets)
                healing.adopt(playbooks, healingSettings)
                healing.fleet.adopt(loaded.configuration.fleet)
                notifying.adopt(loaded, groups: rules.groups)
                return nil
            } catch {
                return "\(error)"
            }
        }
        guard problem == nil else {
            state.change { $0.loaded = former }
            return problem
        }
        configs.track(loaded.configuration.config.files)
        samples.apply(loaded.configuration.storage)
        perception.apply(loaded.configuration)
        applyWeb(loaded.configuration.web, instead: former.configuration.web)
        let writing = remoteWriting
        await offload {
            let configuration = loaded.configuration
            writing.apply(configuration.remoteWrites, externalLabels: configuration.global.externalLabels)
        }
        return nil
    }

    // MARK: Upkeep

    private static let flushInterval = DispatchTimeInterval.seconds(1)
    private static let retentionTurns = 120
    private static let lookTurns = 10
    /// When the start is over and what it needed can be given back, and how often it is looked whether there is more.
    private static let settledTurn = 20
    private static let tidyingTurns = 30

    /// What is due every second and every few minutes, away from the loops since it writes to the disk.
    private func keepUp() {
        let turn = Mutex(0)
        let size = Mutex(RestingSize())
        let timer = DispatchSource.makeTimerSource(queue: upkeep)
        timer.schedule(deadline: .now() + Self.flushInterval, repeating: Self.flushInterval, leeway: .milliseconds(200))
        timer.setEventHandler { [weak self] in
            guard let self, !isEnding.load(ordering: .relaxed) else { return timer.cancel() }
            let now = ground.now
            samples.flush(now: now)
            let count = turn.withLock { turn in
                turn += 1
                return turn
            }
            if count % Self.retentionTurns == 0 { samples.dropOld(now: now) }
            if count % Self.lookTurns == 0 {
                healing.lookForFired()
                configs.look()
            }
            if count % Self.tidyingTurns == Self.settledTurn { size.withLock { $0.settle() } }
        }
        timer.activate()
    }

    // MARK: Stopping

    /// Ends in reverse order. What is decided is recorded before the history closes.
    private func stop() {
        notifier.stopping()
        ground.events.close()
        server.withLock { $0 }?.stop()
        // Rules end before their data does: that an agent ends is no news about what it watched.
        let changes = Mutex<[HistoryChange]>([])
        onLoop(ground.core) { [self] in
            rules.stop()
            healing.stop()
            notifying.stop()
            changes.withLock { $0 = recorder.saveAll(rules.groups) }
        }
        damage.stop()
        remoteWriting.stop()
        perception.stop()
        configs.stop()
        try? ground.history.submitAndWait(changes.withLock { $0 })
        ground.senses.stop()
        ground.core.stop()
        upkeep.sync { samples.close() }
        record("stopped")
        ground.history.close()
        ground.log.info("medic has stopped")
    }

    // MARK: Helpers

    private func record(_ name: String) {
        let record = HistoryRecord(
            at: ground.now,
            kind: .medic,
            name: name,
            text: "medic \(ground.options.version) \(name)"
        )
        ground.history.writer.submit([.record(record)], durability: .grouped)
    }

    /// Does the work on the core and waits for it.
    private func onCore(_ work: @escaping @Sendable () throws -> Void) throws {
        let outcome = Mutex<Result<Void, any Error>>(.success(()))
        onLoop(ground.core) {
            let result = Result { try work() }
            outcome.withLock { $0 = result }
        }
        try outcome.withLock { $0 }.get()
    }

    func onLoop(_ loop: EventLoop, _ work: @escaping @Sendable () -> Void) {
        let done = DispatchSemaphore(value: 0)
        loop.submit {
            work()
            done.signal()
        }
        done.wait()
    }
}
