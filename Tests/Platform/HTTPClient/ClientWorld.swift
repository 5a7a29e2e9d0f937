import EventLoop
import Foundation
import HTTPClient
import HTTPSettings
import Instruments
import Logging

/// A client on a loop of its own.
final class ClientWorld: Sendable {
    let loop: EventLoop
    let client: HTTPClient

    init() throws {
        loop = try EventLoop(named: "http test")
        client = HTTPClient(loop: loop, log: Logger(.discarding(), component: "http"), instruments: Instruments())
        loop.start()
    }

    deinit {
        let client = client
        loop.submit { client.stop() }
        loop.stop()
    }

    func get(
        _ url: String,
        _ settings: HTTPClientSettings = HTTPClientSettings(),
        timeout: Duration = .seconds(10),
        bodyLimit: Int = 1 << 20
    ) async -> Result<HTTPResponse, HTTPClientError> {
        await send(HTTPRequest("GET", url, timeout: timeout, bodyLimit: bodyLimit), settings)
    }

    func send(
        _ request: HTTPRequest,
        _ settings: HTTPClientSettings = HTTPClientSettings()
    ) async -> Result<HTTPResponse, HTTPClientError> {
        do throws(HTTPClientError) {
            return .success(try await client.send(request, settings: settings))
        } catch {
            return .failure(error)
        }
    }

    /// Why a mail did not go out.
    func failure(of mail: Mail) async -> HTTPClientError? {
        do throws(HTTPClientError) {
            try await client.sendMail(mail)
            return nil
        } catch {
            return error
        }
    }

    /// What the server says it was asked.
    func echo(_ url: String, _ settings: HTTPClientSettings = HTTPClientSettings()) async throws -> Echo {
        let response = try await get(url, settings).get()
        return try JSONDecoder().decode(Echo.self, from: Data(response.body))
    }
}

struct Echo: Decodable {
    let method: String
    let target: String
    let headers: [String: String]
    let body: String
    let connection: Int
}

extension Result where Success == HTTPResponse, Failure == HTTPClientError {
    var error: HTTPClientError? {
        if case .failure(let error) = self { error } else { nil }
    }
}
