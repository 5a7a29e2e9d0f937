import Configuration
import Foundation
import HTTPServer
import Secrets
import Synchronization
import Testing

@testable import Web

@Suite struct AccessTests {
    private let token = "0123456789abcdef-operator"
    private let readerToken = "0123456789abcdef-reader"

    private func settings(_ change: (inout WebAccess) -> Void) -> WebSettings {
        var settings = WebSettings()
        settings.hosts = ["medic.example"]
        change(&settings.access)
        return settings
    }

    private var withTokens: WebSettings {
        settings { access in
            access.operators.tokens = [Secret(token)]
            access.readers.tokens = [Secret(readerToken)]
            access.readers.certificateNames = ["grafana"]
            // Of the password "password".
            access.operators.users = [
                .init(name: "ada", passwordHash: Secret("$2y$04$abcdefghijklmnopqrstuughE8Ev8uGFaUgY2cNEySvxngrb/Jzdm"))
            ]
        }
    }

    private func bearer(_ token: String) -> [(String, String)] {
        [("Host", "localhost"), ("Authorization", "Bearer \(token)")]
    }

    @Test func `Without credentials this machine reads, and does not operate`() async {
        let room = Room()
        #expect(await room.ask("/api/v1/labels").status == 200)
        let refused = await room.ask("POST", "/-/reload")
        #expect(refused.status == 403)
        #expect(refused.text.contains("operator"))
        #expect(await room.ask("/api/v1/labels", peer: .tcp(address: "192.0.2.1")).status == 401)
        #expect(room.desk.state.withLock { $0.reloads } == 0)
    }

    @Test func `The kernel's word counts on the unix socket`() async {
        let room = Room()
        func ask(_ user: UInt32, _ groups: [UInt32] = []) async -> Int {
            await room.ask("POST", "/-/reload", headers: [], peer: .unix(user: user, groups: groups, process: 1)).status
        }
        #expect(await ask(0) == 200)
        #expect(await ask(UserGroups.ownUser) == 200)
        #expect(await ask(54_321) == 403)
        var settings = WebSettings()
        settings.socket?.group = "adm"
        let withGroup = Room(settings)
        let group = UserGroups.number(ofGroup: "adm") ?? 4
        let member = await withGroup.ask(
            "POST",
            "/-/reload",
            peer: .unix(user: 54_321, groups: [1, group], process: 1)
        )
        #expect(member.status == 200)
        #expect(await room.ask("/api/v1/labels", peer: .unix(user: 54_321, groups: [], process: 1)).status == 200)
    }

    @Test func `Tokens, passwords and certificates give their role`() async {
        let room = Room(withTokens)
        let far = HTTPServer.Peer.tcp(address: "192.0.2.1")
        #expect(await room.ask("POST", "/-/reload", headers: bearer(token), peer: far).status == 200)
        #expect(await room.ask("POST", "/-/reload", headers: bearer(readerToken), peer: far).status == 403)
        #expect(await room.ask("/api/v1/labels", headers: bearer(readerToken), peer: far).status == 200)
        #expect(await room.ask("/api/v1/labels", headers: bearer("wrong"), peer: far).status == 401)
        #expect(await room.ask("/api/v1/labels").status == 401)
        let certificate = HTTPServer.ClientCertificate(commonName: "x", alternativeNames: ["grafana"])
        #expect(await room.ask("/api/v1/labels", peer: far, certificate: certificate).status == 200)
        for (login, status) in [("ada:password", 200), ("ada:wrong", 401), ("bob:password", 401), ("ada", 401)] {
            let encoded = Data(login.utf8).base64EncodedString()
            for _ in 0..<2 {
                let headers = [("Host", "localhost"), ("Authorization", "Basic \(encoded)")]
                #expect(await room.ask("POST", "/-/reload", headers: headers, peer: far).status == status)
            }
        }
        let refused = await room.ask("/api/v1/labels", peer: far)
        #expect(refused.headers["WWW-Authenticate"] != nil)
    }

    @Test func `A token in a file may change`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)").path
        try " \(token)\n".write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let room = Room(settings { $0.operators.tokens = [Secret(.file(file)), Secret(.file("/nowhere"))] })
        #expect(await room.ask("POST", "/-/reload", headers: bearer(token)).status == 200)
        #expect(await room.ask("POST", "/-/reload", headers: bearer("")).status == 401)
    }

    @Test func `What must answer everybody does`() async {
        let room = Room(withTokens)
        let far = HTTPServer.Peer.tcp(address: "192.0.2.1")
        for path in ["/livez", "/readyz", "/-/healthy", "/-/ready"] {
            #expect(await room.ask(path, headers: [("Host", "anything")], peer: far).status == 200)
        }
        for path in ["/health", "/metrics", "/federate?match[]=up", "/api/v1/status/config"] {
            #expect(await room.ask(path, peer: far).status == 401)
        }
    }

    @Test(arguments: [
        ([("Host", "localhost:9120")], 200), ([("Host", "127.0.0.1:9120")], 200), ([("Host", "[::1]:9120")], 200),
        ([("Host", "medic.example")], 200), ([("Host", "evil.example")], 403),
        ([("Host", "localhost:9120"), ("Origin", "http://localhost:9120")], 200),
        ([("Host", "localhost:9120"), ("Origin", "http://evil.example")], 403),
        ([("Host", "localhost:9120"), ("Origin", "null")], 403),
        ([("Host", "localhost:9120"), ("Origin", "http://localhost:8000")], 403),
        ([("Host", "localhost:9120"), ("Sec-Fetch-Site", "same-origin")], 200),
        ([("Host", "localhost:9120"), ("Sec-Fetch-Site", "cross-site")], 403),
        ([("Host", "localhost:9120"), ("Sec-Fetch-Site", "same-site")], 403),
    ])
    func `No other site gives commands`(headers: [(String, String)], status: Int) async {
        let room = Room(settings { $0.loopback = .operator })
        #expect(await room.ask("POST", "/-/reload", headers: headers).status == status)
        let entry = room.desk.state.withLock { $0.audit.last }
        #expect(entry?.status == status && entry?.path == "/-/reload")
        #expect(room.desk.state.withLock { $0.reloads } == (status == 200 ? 1 : 0))
    }

    @Test func `A name that was made to point here reads nothing either`() async {
        let room = Room()
        #expect(await room.ask("/api/v1/status/config", headers: [("Host", "evil.example:9120")]).status == 403)
        #expect(await room.ask("/api/v1/status/config", headers: [("Host", "LOCALHOST")]).status == 200)
    }

    @Test func `Commands are written down, questions are not`() async {
        let room = Room(withTokens)
        _ = await room.ask("/api/v1/labels", headers: bearer(token))
        _ = await room.ask("POST", "/-/reload", headers: bearer(token))
        _ = await room.ask("POST", "/-/reload")
        let audit = room.desk.state.withLock { $0.audit }
        #expect(audit.map(\.status) == [200, 401])
        #expect(audit.map(\.principal.proof) == [.token, .none])
    }

    @Test(arguments: [
        ("", [UInt8]()), ("YQ==", [97]), ("YWI=", [97, 98]), ("YWJj", [97, 98, 99]),
        ("YWJj/+8=", [97, 98, 99, 255, 239]),
    ])
    func `Base64 is read`(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(text) == bytes)
        #expect(Base64.decode(text + "!") == nil)
    }
}
