import EventLoop
import Foundation
import HTTPClient
import HTTPSettings
import Secrets
import Synchronization
import TestServers
import Testing

@Suite struct `The HTTP client` {
    let world: ClientWorld
    let server: ServerProcess

    init() throws {
        world = try ClientWorld()
        server = try ServerProcess.awkward()
    }

    @Test func `A request arrives as it was made, and the answer as it was sent`() async throws {
        let request = HTTPRequest(
            "POST",
            server.url("/echo?a=b"),
            headers: [HTTPHeader("X-One", "1")],
            body: Array("hello".utf8)
        )
        let response = try await world.send(request).get()
        #expect(response.status == 200)
        #expect(response.header("content-type") == "text/plain; version=0.0.4")
        #expect(response.version == "1.1" && response.remoteAddress == "127.0.0.1")
        #expect(response.timings.total > .zero && response.timings.processing > .zero)
        let echo = try JSONDecoder().decode(Echo.self, from: Data(response.body))
        #expect(echo.method == "POST" && echo.target == "/echo?a=b" && echo.body == "hello")
        #expect(echo.headers["X-One"] == "1" && echo.headers["User-Agent"] == "medic")
        #expect(echo.headers["Accept-Encoding"] == "gzip" && echo.headers["Expect"] == nil)
    }

    @Test func `A connection is used again`() async throws {
        let first = try await world.echo(server.url("/echo"))
        let second = try await world.echo(server.url("/echo"))
        #expect(first.connection == second.connection)
    }

    /// Such a request keeps its handle: what one answer left there must not be seen in the next.
    @Test func `A request that is made again and again says and hears each time what it did the first time`()
        async throws
    {
        let (pieces, next) = AsyncStream.makeStream(of: (String, Result<HTTPResponse, HTTPClientError>).self)
        let body = Mutex<[UInt8]>([])
        let request = HTTPRequest(
            "GET",
            server.url("/echo?again"),
            headers: [HTTPHeader("X-One", "1")],
            timeout: .seconds(10)
        )
        let call = world.client.call(
            request,
            sink: { piece in
                body.withLock { body in
                    for place in piece.indices { body.append(piece[place]) }
                }
                return true
            },
            then: { result in
                let text = body.withLock { body in
                    defer { body = [] }
                    return String(decoding: body, as: UTF8.self)
                }
                next.yield((text, result))
            }
        )
        var answers = pieces.makeAsyncIterator()
        var connections: Set<Int> = []
        for _ in 0..<5 {
            world.loop.submit { call.start() }
            let (text, result) = try #require(await answers.next())
            #expect(try result.get().status == 200)
            let echo = try JSONDecoder().decode(Echo.self, from: Data(text.utf8))
            #expect(echo.method == "GET" && echo.target == "/echo?again" && echo.headers["X-One"] == "1")
            connections.insert(echo.connection)
        }
        #expect(connections.count == 1)
        world.loop.submit { call.cancel() }
        world.loop.submit { call.start() }
        #expect(try #require(await answers.next()).1.get().status == 200)
    }

    @Test func `What is zipped is unzipped, and no more of it than is allowed`() async throws {
        let response = try await world.get(server.url("/gzip?lines=3")).get()
        #expect(String(decoding: response.body, as: UTF8.self) == "zipped 1\nzipped 1\nzipped 1\n")
        #expect(await world.get(server.url("/gzip?lines=1000000")).error == .bodyTooLarge(limit: 1 << 20))
    }

    @Test(arguments: ["/hang", "/trickle"])
    func `A server that keeps one waiting is given up on in time`(path: String) async throws {
        let began = MonotonicInstant.now
        #expect(await world.get(server.url(path), timeout: .milliseconds(300)).error == .timeout)
        let taken = MonotonicInstant.now - began
        #expect(taken >= .milliseconds(290) && taken < .seconds(10))
    }

    @Test func `A body without end is refused at its limit`() async throws {
        #expect(await world.get(server.url("/endless")).error == .bodyTooLarge(limit: 1 << 20))
    }

    @Test(arguments: [
        ("/close", "EOF"), ("/partial", "unexpected EOF"), ("/badgzip", "gzip: invalid data"),
        ("/garbage", "malformed HTTP response"), ("/reset", ""),
    ])
    func `What is no answer is an error that says what it is`(path: String, words: String) async throws {
        let error = try #require(await world.get(server.url(path)).error)
        #expect("\(error)".hasPrefix(words), "\(error)")
    }

    @Test func `Headers without end do no harm`() async throws {
        #expect(await world.get(server.url("/headers"), timeout: .seconds(1)).error != nil)
        #expect(try await world.get(server.url("/echo")).get().status == 200)
    }

    @Test func `A slow server harms nobody else`() async throws {
        async let slow = world.get(server.url("/hang"), timeout: .seconds(2)).error
        var quickest = Duration.seconds(100)
        for _ in 0..<5 {
            let began = MonotonicInstant.now
            _ = try await world.get(server.url("/echo")).get()
            quickest = min(quickest, .now - began)
        }
        #expect(quickest < .seconds(1))
        let outcome = await slow
        #expect(outcome == .timeout)
    }

    @Test func `A port where nobody listens, a host that is not there, and what is no URL`() async throws {
        let listener = try ServerProcess.awkward()
        let dead = listener.url("/")
        listener.stop()
        while (try? await world.get(dead).get()) != nil {}
        #expect(
            await world.get(dead).error
                == .connect(address: "127.0.0.1:\(listener.port)", reason: "connection refused")
        )
        #expect(await world.get("http://nowhere.invalid/").error == .unknownHost("nowhere.invalid"))
        #expect(await world.get("file:///etc/passwd").error == .badURL("file:///etc/passwd"))
        #expect(await world.get("http://a b/").error == .badURL("http://a b/"))
    }

    @Test func `Redirects are followed, or not, and not for ever`() async throws {
        let response = try await world.get(server.url("/redirect?to=/echo")).get()
        #expect(response.status == 200 && response.redirects == 1)
        var settings = HTTPClientSettings()
        settings.followsRedirects = false
        #expect(try await world.get(server.url("/redirect?to=/echo"), settings).get().status == 302)
        #expect(await world.get(server.url("/loop")).error == .tooManyRedirects(limit: 10))
        #expect(
            await world.get(server.url("/redirect?to=ftp://127.0.0.1/")).error == .badURL("ftp://127.0.0.1/")
        )
    }

    @Test(arguments: [(303, "GET", ""), (302, "GET", ""), (307, "POST", "x"), (308, "POST", "x")])
    func `A redirect keeps the method where it must`(status: Int, method: String, body: String) async throws {
        let url = server.url("/redirect?status=\(status)&to=/echo")
        let response = try await world.send(HTTPRequest("POST", url, body: Array("x".utf8))).get()
        let echo = try JSONDecoder().decode(Echo.self, from: Data(response.body))
        #expect(echo.method == method && echo.body == body)
    }

    @Test func `Credentials stay with the server they were meant for`() async throws {
        let other = try ServerProcess.awkward()
        var settings = HTTPClientSettings()
        settings.headers = [HTTPHeaderSetting(name: "X-Token", values: [Secret("letmein")])]
        for credentials in [
            HTTPCredentials.basic(username: Secret("joe"), password: Secret("letmein")),
            .authorization(type: "Bearer", credentials: Secret("letmein")),
        ] {
            settings.credentials = credentials
            let near = try await world.echo(server.url("/redirect?to=/echo"), settings)
            #expect(near.headers["Authorization"] != nil && near.headers["X-Token"] == "letmein")
            let far = try await world.echo(server.url("/redirect?to=\(other.url("/echo"))"), settings)
            #expect(far.headers["Authorization"] == nil && far.headers["X-Token"] == nil)
        }
    }

    @Test func `Credentials are sent as they are, from files as they are now`() async throws {
        let folder = try TemporaryFolder()
        let url = server.url("/echo")
        try folder.write("letmein\n", to: "password")
        var settings = HTTPClientSettings()
        settings.credentials = .basic(username: Secret("joe"), password: Secret(.file(folder.path("password"))))
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Basic am9lOmxldG1laW4=")
        try folder.write("changed", to: "password")
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Basic am9lOmNoYW5nZWQ=")
        settings.credentials = .authorization(type: "Token", credentials: Secret("abc"))
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Token abc")
        settings.credentials = .authorization(type: "Bearer", credentials: Secret(.file(folder.path("gone"))))
        let error = try #require(await world.get(url, settings).error)
        #expect("\(error)".hasPrefix("unable to read authorization credentials file \(folder.path("gone")): "))
        settings.credentials = .authorization(type: "Bearer", credentials: Secret("a\r\nX-Evil: 1"))
        #expect(
            await world.get(url, settings).error
                == .credentials("a header or a credential contains a line break")
        )
    }

    @Test(arguments: ["header", "fields"])
    func `A token is fetched once and used until it ends`(place: String) async throws {
        let url = server.url("/echo")
        var settings = HTTPClientSettings()
        settings.credentials = .oauth2(
            OAuth2Settings(clientID: "me", clientSecret: Secret("s"), tokenURL: server.url("/token?in=\(place)"))
        )
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Bearer token-1")
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Bearer token-1")
        // The server takes it no more, so the next request has another.
        #expect(try await world.get(server.url("/status/401"), settings).get().status == 401)
        #expect(try await world.echo(url, settings).headers["Authorization"] == "Bearer token-2")
        settings.credentials = .oauth2(
            OAuth2Settings(clientID: "me", clientSecret: Secret("s"), tokenURL: server.url("/status/403"))
        )
        #expect(await world.get(url, settings).error == .token("the server answers with status 403"))
    }

    @Test func `A unix socket, IPv6 and a proxy are ways to a server`() async throws {
        let folder = try TemporaryFolder()
        let local = try ServerProcess.awkward(["--unix", folder.path("s")])
        var settings = HTTPClientSettings()
        settings.unixSocket = folder.path("s")
        #expect(try await world.echo("http://localhost/echo", settings).headers["Host"] == "localhost")
        withExtendedLifetime(local) {}
        let six = try ServerProcess.awkward(environment: ["SIX": "1"])
        #expect(try await world.echo(six.url("/echo", host: "[::1]")).headers["Host"] == "[::1]:\(six.port)")
        var proxied = HTTPClientSettings()
        proxied.proxy.url = Secret(server.url(""))
        #expect(try await world.echo("http://far.invalid/echo", proxied).target == "http://far.invalid/echo")
        proxied.proxy.exceptions = "far.invalid"
        #expect(await world.get("http://far.invalid/echo", proxied).error == .unknownHost("far.invalid"))
    }

    @Test func `A task that is cancelled cancels its request`() async throws {
        let task = Task { await world.get(server.url("/hang"), timeout: .seconds(60)) }
        while await world.loop.perform({ [client = world.client] in client.activeCount }) == 0 { await Task.yield() }
        task.cancel()
        #expect(await task.value.error == .cancelled)
    }

    @Test func `A hundred at once`() async throws {
        let url = server.url("/echo")
        let answered = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { [world] in (try? await world.get(url).get().status) == 200 }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answered == 100)
    }
}
