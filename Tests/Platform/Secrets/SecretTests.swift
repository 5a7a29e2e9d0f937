import Secrets
import Testing

@Suite struct SecretTests {
    @Test func `A secret does not show however it is printed`() {
        struct Settings { let user = "medic", password = Secret("hunter2"), file = Secret(.file("/etc/key")) }
        var dumped = ""
        dump(Settings(), to: &dumped)
        for text in ["\(Settings())", String(reflecting: Settings()), dumped, "\(Secret("hunter2").source)"] {
            #expect(!text.contains("hunter2"))
            #expect(!text.contains("/etc/key"))
        }
        #expect("\(Secret("hunter2"))" == "<secret>")
    }

    @Test func `Only the one method reveals it, and only what was inline`() {
        #expect(Secret("hunter2").revealInline() == "hunter2")
        #expect(Secret(.file("/etc/key")).revealInline() == nil)
        #expect(Secret(.file("/etc/key")).file == "/etc/key")
    }
}
