import Metrics
import Testing

@testable import Alerting

@Suite struct `Notifications that know of healing` {
    static let plain =
        "{receiver: team, group_by: [alertname], group_wait: 10s, group_interval: 60s, repeat_interval: 5m}"

    static func word(_ occasion: HealingWord.Occasion) -> HealingWord {
        HealingWord(
            run: "r1",
            playbook: "restart-api",
            occasion: occasion,
            sentence: "\(occasion) by restart-api in 4.2 s"
        )
    }

    static func notice(_ name: String, _ occasion: HealingWord.Occasion, to receiver: String? = nil) -> HealingSignal {
        .notice(HealingNotice(labels: Stage.labels(name), word: word(occasion), receiver: receiver))
    }

    static func hold(_ name: String, _ stage: Stage, for seconds: Int64 = 360) -> HealingSignal {
        let until = stage.now + .seconds(seconds)
        return .hold(Fingerprint(Stage.labels(name)), run: "r1", playbook: "restart-api", until: until)
    }

    static func release(_ name: String) -> HealingSignal { .release(Fingerprint(Stage.labels(name)), run: "r1") }

    @Test func `A healed alert is one message, at once`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 30)
        #expect(stage.sent == [])
        stage.resolve("A")
        stage.run(until: 75)
        stage.handle(.healing([Self.release("A"), Self.notice("A", .healed)]))
        stage.run(until: 400)
        #expect(stage.sent == ["75 team resolved A(ok)+healed"])
        #expect(stage.verdicts("A") == [.held, .queued, .sent])
        #expect(stage.dispatcher.groupCount == 0)
    }

    @Test func `Without a notice a heal is silent`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 30)
        stage.resolve("A")
        stage.handle(.healing([Self.release("A")]))
        stage.run(until: 400)
        #expect(stage.sent == [])
    }

    @Test func `A run that cannot heal releases the alert at once, with its word`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 33)
        stage.handle(.healing([Self.notice("A", .unhealed), Self.release("A")]))
        #expect(stage.sent == ["33 team firing A+unhealed"])
        stage.run(until: 90)
        stage.resolve("A")
        stage.run(until: 200)
        #expect(stage.sent == ["33 team firing A+unhealed", "93 team resolved A(ok)+unhealed"])
    }

    @Test func `A hold ends by itself`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage, for: 40)]))
        stage.run(until: 60)
        #expect(stage.sent == ["40 team firing A"])
    }

    @Test func `Others of the group are told meanwhile`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.fire("B")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 20)
        stage.handle(.healing([Self.release("A"), Self.notice("A", .blocked)]))
        #expect(stage.sent == ["10 team firing B", "20 team firing A+blocked,B"])
    }

    @Test func `Alerts of routes that do not hold are told`() throws {
        var stage = Stage(try Stage.settings("{receiver: team, group_wait: 10s, hold_while_healing: false}"))
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 20)
        #expect(stage.sent == ["10 team firing A"])
    }

    @Test func `An escalation has a receiver of its own, beside the alert's`() throws {
        var settings = try Stage.settings(Self.plain)
        settings.healing.escalation = "oncall"
        var stage = Stage(settings)
        stage.fire("A")
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.run(until: 20)
        stage.handle(.healing([Self.notice("A", .unhealed), Self.release("A")]))
        #expect(stage.sent == ["20 oncall firing A+unhealed", "20 team firing A+unhealed"])
        #expect(stage.notifications[0].reason == .escalation)
        stage.handle(.healing([Self.notice("A", .recurrence, to: "boss")]))
        #expect(stage.sent.suffix(2) == ["20 boss firing A+recurrence", "20 team firing A+recurrence"])
    }

    @Test func `A word is told once`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.run(until: 20)
        stage.handle(.healing([Self.notice("A", .blocked)]))
        stage.run(until: 200)
        #expect(stage.sent == ["10 team firing A", "20 team firing A+blocked"])
    }

    @Test func `Heals are collected for the digest`() throws {
        var settings = try Stage.settings(Self.plain)
        settings.healing = HealingSettings(healed: .digest, digest: .init(receiver: "boss", minute: 8 * 60))
        var stage = Stage(settings)
        for name in ["A", "B"] {
            stage.fire(name)
            stage.handle(.healing([Self.hold(name, stage)]))
            stage.run(until: stage.seconds + 20)
            stage.resolve(name)
            stage.handle(.healing([Self.release(name), Self.notice(name, .healed)]))
        }
        #expect(stage.verdicts("A") == [.held, .digest])
        stage.run(until: 86_400)
        #expect(stage.sent == ["28800 boss resolved A(ok)+healed,B(ok)+healed"])
        #expect(stage.saved.last { $0 == .digestGone } != nil)
        stage.run(until: 2 * 86_400)
        #expect(stage.sent.count == 1)
    }

    @Test func `Who was paged is told of the heal even where heals are not told`() throws {
        var settings = try Stage.settings(Self.plain)
        settings.healing.healed = .nothing
        var stage = Stage(settings)
        stage.fire("A")
        stage.run(until: 20)
        stage.handle(.healing([Self.hold("A", stage)]))
        stage.resolve("A")
        stage.run(until: 80)
        stage.handle(.healing([Self.release("A"), Self.notice("A", .healed)]))
        #expect(stage.sent == ["10 team firing A", "80 team resolved A(ok)+healed"])
    }

    @Test func `A word on an alert that nobody knows goes where the alert would go`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.handle(.healing([Self.notice("A", .blocked)]))
        #expect(stage.sent == ["0 team firing A+blocked"])
    }

    @Test func `A new illness does not carry the word on the last one`() throws {
        var stage = Stage(try Stage.settings(Self.plain))
        stage.fire("A")
        stage.fire("B")
        stage.run(until: 20)
        stage.handle(.healing([Self.notice("A", .blocked)]))
        stage.resolve("A")
        stage.fire("A")
        stage.run(until: 400)
        #expect(stage.sent.contains { $0.hasSuffix("A,B") })
    }
}
