import CSystemd
import EventLoop
import Testing

@testable import SystemBus

@Suite struct BusValueTests {
    static let values: [BusValue] = [
        .string("Grüße, \u{1F691}"), .objectPath("/org/example"), .signature("a{sv}"), .boolean(true), .byte(255),
        .int16(-32_768), .uint16(65_535), .int32(.min), .uint32(.max), .int64(.min), .uint64(.max), .double(-0.5),
        .array("s", []), .array("ay", [.array("y", [.byte(1)]), .array("y", [])]),
        .dictionary("s", "v", [BusEntry(.string("a"), .variant(.uint32(1)))]), .dictionary("u", "(ss)", []),
        .structure([.string("x"), .structure([.double(1), .boolean(false)])]),
        .variant(.variant(.array("(so)", [.structure([.string("n"), .objectPath("/")])]))),
        (0..<30).reduce(.byte(1)) { inner, _ in .variant(inner) },
    ]

    @Test func `Every kind of value comes back as it was written`() async throws {
        let world = try PrivateBus()
        let bus = world.connection()
        _ = try await bus.call(.ofBus("GetId"))
        let result = await world.loop.perform { () -> Result<[BusValue], BusError> in
            var message: OpaquePointer?
            _ = unsafe sd_bus_message_new_method_call(bus.handle, &message, "a.b", "/", "a.b", "C")
            defer { unsafe sd_bus_message_unref(message) }
            guard let message = unsafe message else { return .failure(BusError(.malformed, message: "no message")) }
            do {
                let writer = unsafe MessageWriter(message)
                for value in Self.values { try writer.append(value) }
                _ = unsafe sd_bus_message_seal(message, 1, 0)
                var reader = unsafe MessageReader(message)
                return .success(try reader.arguments())
            } catch {
                return .failure(error as? BusError ?? BusError(.malformed, message: "\(error)"))
            }
        }
        #expect(try result.get() == Self.values)
        bus.stop()
    }

    @Test func `Signatures are those of D-Bus`() {
        #expect(
            Self.values.prefix(18).map(\.signature) == [
                "s", "o", "g", "b", "y", "n", "q", "i", "u", "x", "t", "d", "as", "aay", "a{sv}", "a{u(ss)}", "(s(db))",
                "v",
            ]
        )
        #expect(BusValue.properties([("a", .byte(1))]).signature == "a{sv}")
    }

    @Test func `Values are read whatever width they have`() {
        #expect(BusValue.variant(.uint32(7)).unsigned == 7)
        #expect(BusValue.int64(-1).unsigned == nil)
        #expect(BusValue.int16(-1).integer == -1)
        #expect(BusValue.uint64(.max).integer == nil)
        #expect(BusValue.properties([("a", .string("b"))]).properties == ["a": .string("b")])
        #expect(BusValue.strings(["a", "b"]).texts == ["a", "b"])
        #expect(BusValue.array("y", [.byte(1), .byte(2)]).bytes == [1, 2])
    }

    @Test(arguments: [
        ("dbus.service", "/p/dbus_2eservice"), ("a-b@c\\x2d.service", "/p/a_2db_40c_5cx2d_2eservice"), ("", "/p/_"),
        ("1a", "/p/_31a"), ("ü", "/p/_c3_bc"), ("_", "/p/_5f"),
    ])
    func `Texts are hidden in paths and found again`(text: String, path: String) {
        #expect(BusPath.encode(text, below: "/p") == path)
        #expect(BusPath.decode(path, below: "/p") == text)
    }

    @Test(arguments: ["/q/a", "/p", "/p/", "/p/_4", "/p/_zz", "/p/_ff"])
    func `Other paths carry no text`(path: String) {
        #expect(BusPath.decode(path, below: "/p") == nil)
    }
}
