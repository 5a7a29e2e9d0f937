import EventLoop
import Foundation
import Logging
import Synchronization
import Testing

@testable import SystemBus

@Suite struct SystemBusTests {
    @Test func `A call is answered, by a value or by a typed error`() async throws {
        let world = try PrivateBus()
        let bus = world.connection()
        let names = try await bus.call(.ofBus("ListNames"))
        #expect(names.first?.texts?.contains("org.freedesktop.DBus") == true)

        let error = await #expect(throws: BusError.self) {
            try await bus.call(.ofBus("GetNameOwner", [.string("org.example.Nobody")]))
        }
        #expect(error?.kind == .remote)
        #expect(error?.name == "org.freedesktop.DBus.Error.NameHasNoOwner")
        #expect(error?.message.contains("org.example.Nobody") == true)
        bus.stop()
    }

    @Test func `A call that nobody answers ends when its time is up`() async throws {
        let world = try PrivateBus()
        let bus = world.connection()
        _ = try await bus.call(.ofBus("GetId"))
        world.send(SIGSTOP)
        let began = MonotonicInstant.now
        let error = await #expect(throws: BusError.self) {
            try await bus.call(.ofBus("GetId", timeout: .milliseconds(50)))
        }
        #expect(error?.kind == .timeout)
        #expect(MonotonicInstant.now - began >= .milliseconds(50))
        #expect(bus.statistics.timeouts == 1)

        let hopeless = Task { try await bus.call(.ofBus("GetId")) }
        hopeless.cancel()
        let cancelled = await #expect(throws: BusError.self) { try await hopeless.value }
        #expect(cancelled?.kind == .cancelled)
        world.send(SIGCONT)
        bus.stop()
    }

    @Test func `What cannot be sent is refused and never cut`() async throws {
        let world = try PrivateBus()
        let bus = world.connection()
        let hostile: [BusValue] = [
            .string("org.example\0.Hidden"), .objectPath("no path"), .array("s", [.int32(1)]), .structure([]),
            (0..<100).reduce(.byte(1)) { inner, _ in .variant(inner) },
        ]
        for value in hostile {
            let error = await #expect(throws: BusError.self) { try await bus.call(.ofBus("GetNameOwner", [value])) }
            #expect(error?.kind == .invalidArgument, "\(value)")
        }
        bus.stop()
    }

    @Test func `Signals arrive on the loop; those that another sends in the name are dropped`() async throws {
        let world = try PrivateBus()
        let (bus, doctor) = (world.connection(), world.connection())
        let owners = Happenings<String?>()
        bus.owners(of: "org.example.Doctor") { owners.add($0) }
        let seen = Happenings<String>()
        let loop = world.loop
        bus.signals(BusMatch(sender: "org.example.Doctor", interface: "org.example.Ward")) { signal in
            #expect(loop.isCurrent)
            seen.add(signal.member)
        }
        let genuine = Happenings<String>()
        bus.signals(BusMatch(sender: "org.freedesktop.DBus", member: "NameOwnerChanged")) { signal in
            if let name = signal.arguments.first?.text { genuine.add(name) }
        }
        _ = try await doctor.call(.ofBus("RequestName", [.string("org.example.Doctor"), .uint32(0)]))
        let known = try await owners.wait { ($0.last ?? nil) != nil }
        #expect(known.first == .some(nil))
        _ = try await genuine.wait { $0.contains("org.example.Doctor") }

        // dbus-send has a name of its own, and addresses its signal to the listener directly.
        let mine = try await bus.call(.ofBus("GetNameOwner", [.string("org.example.Doctor")])).first?.text
        let listeners = try await bus.call(.ofBus("ListNames")).first?.texts ?? []
        for name in listeners where name.hasPrefix(":") && name != mine {
            try world.run("dbus-send", "--session", "--type=signal", "--dest=\(name)", "/", "org.example.Ward.Forged")
        }
        while bus.statistics.forgedSignals == 0 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(seen.all == [])
        doctor.stop()
        _ = try await owners.wait { $0.count >= 3 }
        #expect(owners.all.last == .some(nil))
        bus.stop()
    }

    @Test func `When the bus comes back, names and signals are asked for anew`() async throws {
        let world = try PrivateBus(started: false)
        let bus = world.connection()
        let states = Happenings<SystemBus.State>()
        bus.states { states.add($0) }
        let appeared = Happenings<String>()
        bus.signals(BusMatch(sender: "org.freedesktop.DBus", member: "NameOwnerChanged")) { signal in
            if let name = signal.arguments.first?.text, !name.hasPrefix(":") { appeared.add(name) }
        }
        let error = await #expect(throws: BusError.self) { try await bus.call(.ofBus("ListNames")) }
        #expect(error?.kind == .disconnected)

        for round in 1...2 {
            try world.startDaemon()
            _ = try await states.wait { $0.filter { $0 == .connected }.count == round }
            _ = try await bus.call(.ofBus("RequestName", [.string("org.example.Round\(round)"), .uint32(0)]))
            _ = try await appeared.wait { $0.contains("org.example.Round\(round)") }
            world.stopDaemon()
            _ = try await states.wait { seen in
                if case .disconnected = seen.last { return true }
                return seen.last == .connecting
            }
        }
        #expect(world.sink.entries.contains { $0.message.hasPrefix("no connection to the bus") })
        #expect(bus.statistics.connections == 2)
        bus.stop()
    }

    @Test func `Thousands of calls at once are answered in order`() async throws {
        let world = try PrivateBus()
        let bus = world.connection()
        let answers = Happenings<Int>()
        for number in 0..<5_000 {
            bus.call(.ofBus("GetId", timeout: .seconds(30))) { _ in answers.add(number) }
        }
        #expect(try await answers.wait { $0.count == 5_000 } == Array(0..<5_000))
        bus.stop()
    }
}
