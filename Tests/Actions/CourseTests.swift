import Configuration
import EventLoop
import Foundation
import JSON
import Metrics
import Playbooks
import Synchronization
import Testing

@testable import Actions

@Suite struct CourseTests {
    @Test func `Waiting ends when the expression has held for long enough`() async throws {
        let world = try World()
        var tools = world.tools
        let count = Mutex(0)
        tools.evaluate = { _ in
            count.withLock { count in
                count += 1
                return count < 3 ? .success(false) : .success(true)
            }
        }
        let request = world.request(
            "wait.for",
            ["expr": "up", "hold": .duration(.init(10)), "within": .duration(.seconds(20))]
        )
        #expect(await Deeds.perform(request, tools).result == .succeeded)
        #expect(count.withLock { $0 } >= 4)
        let vain = world.request("wait.for", ["expr": "up", "within": .duration(.init(50))])
        tools.evaluate = { _ in .success(false) }
        #expect(await Deeds.perform(vain, tools).message.contains("in vain"))
    }

    @Test func `A deed ends when its time is over`() async throws {
        let world = try World()
        let begin = MonotonicInstant.now
        let outcome = await world.perform("wait.sleep", ["duration": .duration(.hours(1))], timeout: .init(50))
        #expect(outcome.result == .timedOut)
        #expect(outcome.message == "it did not end within 50ms")
        #expect(MonotonicInstant.now - begin < .seconds(20))
    }

    @Test func `Ports and endpoints are checked`() async throws {
        let server = try PythonServer(SamplingTests.server)
        let world = try World { $0.addresses = ["127.0.0.1:*"] }
        let address = String(server.url.dropFirst(7))
        #expect(await world.perform("check.tcp", ["address": .text(address)]).result == .succeeded)
        #expect(await !world.perform("check.tcp", ["address": "127.0.0.1:1"]).result.isSuccess)
        #expect(await !world.perform("check.tcp", ["address": "127.0.0.1"]).result.isSuccess)
        let bad = await world.perform("check.http", ["url": .text(server.url), "expect": ["status": [404]]])
        #expect(bad.message.hasSuffix("answered 200, and 404 was expected"))
        let saved = await world.perform("http.request", ["url": .text(server.url), "save": "heap.json"])
        #expect(saved.result == .succeeded && saved.evidence.count == 1)
        #expect(try world.read(saved.evidence[0]).contains("sampling"))
        let elsewhere = await world.perform("http.request", ["url": "http://localhost:1/"])
        #expect(elsewhere.message.contains("addresses: ['localhost:1']"))
    }

    @Test func `Evidence is kept, without secrets, and a part that fails is told`() async throws {
        let world = try World { $0.programs = ["/bin/sh"] }
        var tools = world.tools
        tools.currentSecrets = { ["hunter2hunter2"] }
        tools.series = { expression, _ in
            [
                ActionTools.SeriesPoints(
                    labels: Labels(),
                    points: (0..<10).map { (Timestamp(milliseconds: $0 * 1_000), Double($0)) }
                )
            ]
        }
        let request = world.request(
            "diagnostics.collect",
            ["units": ["api.service"], "commands": [["/bin/sh", "-c", "echo password=hunter2; echo hunter2hunter2"]]],
            run: "../../evil"
        )
        let outcome = await Deeds.perform(request, tools)
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        let names = outcome.evidence.map { ($0 as NSString).lastPathComponent }
        for name in ["host.txt", "processes.txt", "sockets.txt", "command-1.txt", "series-1.csv", "series-1.svg"] {
            #expect(names.contains(name), "\(names)")
        }
        #expect(outcome.evidence.allSatisfy { $0.hasPrefix(world.folder + "/data/evidence/") && !$0.contains("/../") })
        let command = try #require(outcome.evidence.first { $0.hasSuffix("command-1.txt") })
        #expect(!(try world.read(command)).contains("hunter2"))
        #expect(outcome.output.contains("unit-api.service.json: there is no systemd"))
        let drawing = try #require(outcome.evidence.first { $0.hasSuffix("series-1.svg") })
        #expect(try world.read(drawing).contains("<polyline"))
    }

    @Test func `An action that this host does not permit is not done`() async throws {
        let world = try World { $0.actions = ["systemd.*"] }
        let outcome = await world.perform("files.clean", ["paths": [.text(world.path("*"))]])
        #expect(outcome.message.contains("permit: {actions: ['files.clean']}"))
        #expect(await world.perform("no.such", [:]).message == "there is no action 'no.such'")
        #expect(await world.perform("systemd.restart", ["unit": "a.service"]).message.contains("units: ['a.service']"))
    }
}
