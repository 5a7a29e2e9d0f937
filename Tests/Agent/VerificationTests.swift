import Foundation
import JSON
import Testing

@testable import Agent

/// Verification by data that comes less often than the rule and the playbook look.
@Suite(.serialized) struct VerificationTests {
    private static func files(port: UInt16) -> [String: String] {
        [
            "medic.yml": """
            global: {scrape_interval: 1s, evaluation_interval: 1s}
            rule_files: [rules.yml]
            playbook_files: [playbooks.yml]
            collectors:
              probes: [{name: door, tcp: '127.0.0.1:\(port)', interval: 4s, timeout: 1s}]
            log: {level: error}
            actions: {permit: {actions: ['*']}}
            """,
            "rules.yml": """
            groups:
              - name: door
                interval: 1s
                rules:
                  - alert: Closed
                    expr: probe_success == 0
            """,
            "playbooks.yml": """
            playbooks:
              - name: knock
                summary: Waits until somebody opens
                mode: auto
                subject: [instance]
                when: [{matchers: ['alertname="Closed"']}]
                guards: {cooldown: 1h}
                steps:
                  - wait.sleep: {duration: 100ms}
                verify: {every: 1s, healthy: 2, within: 20s}
            """,
        ]
    }

    @Test func `A look each second at what is probed every four seconds ends healed, not inconclusive`() async throws {
        let door = try Door()
        let live = try LiveAgent(Self.files(port: door.port))
        let verifying = try await live.wait("/medic/v1/runs") {
            $0["runs"]?.array?.first?["state"]?.string == "verifying"
        }
        #expect(verifying != nil)
        door.open()
        let listed = try await live.wait("/medic/v1/runs") {
            $0["runs"]?.array?.first?["isOpen"]?.boolean == false
        }
        let line = try #require(listed?["runs"]?.array?.first)
        #expect(line["state"]?.string == "healed", "\(line)")
        let run = try await live.get("/medic/v1/runs/\(line["id"]?.string ?? "")").data
        let looks = try #require(run["verification"]?["samples"]?.array)
        #expect(!looks.contains { $0["result"]?.string == "inconclusive" }, "\(looks)")
        await live.end()
    }

    /// A port that is bound, so that nobody else takes it, and refuses connections until it is opened.
    private final class Door {
        private(set) var port: UInt16
        private let descriptor: Int32

        init() throws {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            self.descriptor = descriptor
            port = 0
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            // The address is alive for the calls.
            let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { general in
                    unsafe bind(descriptor, general, length) == 0 && getsockname(descriptor, general, &length) == 0
                }
            }
            guard isBound else { throw CocoaError(.fileNoSuchFile) }
            port = UInt16(bigEndian: address.sin_port)
        }

        func open() { #expect(listen(descriptor, 16) == 0) }

        deinit { close(descriptor) }
    }
}
