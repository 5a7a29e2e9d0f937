import Metrics
import Playbooks
import Testing

@testable import Actions

@Suite struct CatalogueTests {
    @Test func `Every action of the documentation is there, once`() {
        let names = ActionCatalogue.medic.declarations.map(\.name)
        #expect(
            names == [
                "alert.silence", "approve", "check.expr", "check.http", "check.tcp", "check.unit", "config.rollback",
                "config.set", "diagnostics.collect", "exec", "files.clean", "http.request", "notify", "playbook.run",
                "postgres.execute", "process.signal", "queue.flush", "redis.command", "sampling.lower",
                "sampling.restore", "systemd.freeze", "systemd.kill", "systemd.reload", "systemd.reload_or_restart",
                "systemd.reset_failed", "systemd.restart", "systemd.set_property", "systemd.start", "systemd.stop",
                "systemd.thaw", "systemd.try_restart", "wait.for", "wait.sleep",
            ]
        )
    }

    @Test(arguments: ActionCatalogue.medic.declarations.map(\.name))
    func `A declaration can be asked everything while nothing is known`(name: String) throws {
        let declaration = try #require(ActionCatalogue.medic[name])
        let nothing = ActionArguments()
        #expect(!declaration.sentence(nothing).isEmpty)
        #expect(declaration.treatedUnits(nothing) == [])
        #expect(!declaration.permissions(nothing).contains(.path("", .write)))
        _ = (declaration.isRepeatable(nothing), declaration.complaints(nothing), declaration.locks(nothing))
        #expect(declaration.arguments.allSatisfy { !$0.help.isEmpty })
        #expect(Set(declaration.arguments.map(\.name)).count == declaration.arguments.count)
    }

    @Test(
        arguments: [
            (.list([.text("alertname=\"Slow\"")]), .days(30), nil),
            (.text("alertname=\"Slow\""), .days(1), nil),
            (.list([.text("alertname=~\".+\""), .text("severity!=\"page\"")]), .days(1), "nearly every alert"),
            (.text("alertname=~\".*\""), .days(1), "nearly every alert"),
            (.list([]), .days(1), "no matchers would silence everything"),
            (.list([.text("alertname=\"Slow\"")]), .days(31), "lasts at most 30d"),
            (.list([.text("alertname=\"Slow\"")]), .zero, "longer than nothing"),
        ] as [(ArgumentValue, Milliseconds, String?)]
    )
    func `A silence of a playbook is narrow, and ends`(matchers: ArgumentValue, span: Milliseconds, words: String?)
        throws
    {
        let silence = try #require(ActionCatalogue.medic["alert.silence"])
        let complaints = silence.complaints(["matchers": matchers, "for": .duration(span)])
        #expect(complaints.count == (words == nil ? 0 : 1))
        #expect(complaints.first?.message.contains(words ?? "") ?? true, "\(complaints)")
    }

    @Test func `A restart says what it does, needs and locks`() throws {
        let restart = try #require(ActionCatalogue.medic["systemd.restart"])
        let arguments = ActionArguments([
            .init(name: "unit", value: .text("api.service")), .init(name: "settle", value: .duration(.seconds(3))),
        ])
        #expect(restart.sentence(arguments) == "restart api.service and see it stay active for 3s")
        #expect(restart.permissions(arguments) == [.action("systemd.restart"), .unit("api.service")])
        #expect(restart.locks(arguments) == ["unit/api.service"])
        #expect(restart.treatedUnits(arguments) == ["api.service"])
        #expect(restart.isRepeatable(arguments))
    }

    @Test func `A sentence cannot be broken by what stands in a label`() throws {
        let kill = try #require(ActionCatalogue.medic["systemd.kill"])
        let hostile = "api.service\n\u{1B}[2J\u{0}; rm -rf /\u{202E}" + String(repeating: "x", count: 1_000_000)
        let sentence = kill.sentence(ActionArguments([.init(name: "unit", value: .text(hostile))]))
        #expect(sentence.utf8.count < 400)
        #expect(!sentence.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }
}
