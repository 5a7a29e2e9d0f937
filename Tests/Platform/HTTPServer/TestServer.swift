import Foundation
import Instruments
import Logging
import Synchronization
import Testing

@testable import HTTPServer

/// A handler made of a closure.
struct TestHandler: HTTPHandler {
    let body: @Sendable (HTTPServer.Request, @escaping @Sendable (HTTPServer.Reply) -> Void) -> Void

    func answer(_ request: HTTPServer.Request, _ respond: @escaping @Sendable (HTTPServer.Reply) -> Void) {
        body(request, respond)
    }

    func reply(to refusal: HTTPServer.Refusal) -> HTTPServer.Reply {
        HTTPServer.Reply(status: refusal.status, type: "text/plain", text: refusal.message)
    }
}

/// A running server on a free port.
final class TestServer {
    let server: HTTPServer
    let port: UInt16
    let instruments = Instruments()

    init(
        _ limits: HTTPServer.Limits = HTTPServer.Limits(),
        tls: HTTPServer.TLS? = nil,
        _ handler: @escaping @Sendable (HTTPServer.Request, @escaping @Sendable (HTTPServer.Reply) -> Void) -> Void
    ) throws {
        server = HTTPServer(
            HTTPServer.Settings(listeners: [.tcp(host: "127.0.0.1", port: 0)], tls: tls, limits: limits),
            handler: TestHandler(body: handler),
            instruments: instruments,
            log: Logger(.discarding(), component: "test")
        )
        try server.start()
        guard case .tcp(_, let port) = server.addresses.first else { throw RawClient.Failure(reason: "no port") }
        self.port = port
    }

    deinit { server.stop(within: .seconds(1)) }

    func client(receiveBuffer: Int32? = nil) throws -> RawClient {
        try RawClient(port: port, receiveBuffer: receiveBuffer)
    }

    func value(_ name: String, _ label: String? = nil) -> Double {
        instruments.families().first { $0.name == name }?.samples
            .filter { sample in label == nil || sample.labels.contains { $0.value == label } }
            .map(\.value).reduce(0, +) ?? 0
    }
}

/// A place for what closures on other threads find.
final class Box<Value: Sendable>: Sendable {
    private let content: Mutex<Value>

    init(_ value: Value) { content = Mutex(value) }

    var value: Value {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }

    /// Changes what is there; reading and writing apart would lose what another thread puts there in between.
    func change(_ body: (inout Value) -> Void) {
        content.withLock { body(&$0) }
    }
}

func text(_ body: String) -> HTTPServer.Reply {
    HTTPServer.Reply(type: "text/plain", text: body)
}
