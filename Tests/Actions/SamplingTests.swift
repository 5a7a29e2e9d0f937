import Metrics
import Configuration
import Foundation
import JSON
import Playbooks
import Testing

@testable import Actions

@Suite struct SamplingTests {
    private func target(_ path: String) -> ArgumentValue {
        ["file": .text(path), "path": "processors.probabilistic_sampler.sampling_percentage"]
    }

    @Test func `A rate is lowered to its floor, and comes back to the byte`() async throws {
        let world = try World()
        let path = try world.write("otel.yaml", ConfigTextTests.collector)
        for rate in ["50", "25", "12.5", "10", "10"] {
            let outcome = await world.perform("sampling.lower", ["target": target(path), "factor": 0.5, "floor": 10.0])
            #expect(outcome.result == .succeeded, "\(outcome.message)")
            #expect(outcome.after == .string(rate))
        }
        #expect(
            try world.read(path) == ConfigTextTests.collector.replacing("percentage: 100 ", with: "percentage: 10 ")
        )
        // medic starts again: the original is in the data folder.
        let restored = await world.perform(
            "sampling.restore",
            ["target": target(path), "step": 30.0, "every": .duration(.init(1))]
        )
        #expect(restored.result == .succeeded, "\(restored.message)")
        #expect(try world.read(path) == ConfigTextTests.collector)
        let again = await world.perform("sampling.restore", ["target": target(path)])
        #expect(again.message.contains("was never lowered"))
    }

    @Test func `A restore that is called off turns back to where it began`() async throws {
        let world = try World()
        let path = try world.write("env", "OTEL_TRACES_SAMPLER_ARG=1.0\n")
        let target: ArgumentValue = ["file": .text(path), "path": "OTEL_TRACES_SAMPLER_ARG", "format": "env"]
        #expect(await world.perform("sampling.lower", ["target": target, "factor": 0.1]).result == .succeeded)
        #expect(try world.read(path) == "OTEL_TRACES_SAMPLER_ARG=0.1\n")
        let outcome = await world.perform(
            "sampling.restore",
            ["target": target, "step": 0.2, "every": .duration(.seconds(60))],
            timeout: .init(1_500)
        )
        #expect(outcome.result == .timedOut, "\(outcome)")
        #expect(try world.read(path) == "OTEL_TRACES_SAMPLER_ARG=0.1\n")
        #expect(await world.perform("sampling.restore", ["target": target]).result == .succeeded)
        #expect(try world.read(path) == "OTEL_TRACES_SAMPLER_ARG=1.0\n")
    }

    @Test func `A rate behind HTTP is asked for, lowered and restored`() async throws {
        let service = try PythonServer(SamplingTests.server)
        let world = try World { $0.addresses = ["127.0.0.1:*"] }
        let target: ArgumentValue = [
            "get": .text(service.url + "/rate"), "field": "sampling.rate",
            "set": [
                "url": .text(service.url + "/rate?v={{ .Candidate }}"), "method": "PUT",
                "body": "{\"rate\": {{ .Candidate }}}",
            ],
        ]
        let outcome = await world.perform("sampling.lower", ["target": target, "factor": 0.5])
        #expect(outcome.result == .succeeded, "\(outcome.message)")
        #expect(outcome.after == "0.5")
        _ = try await world.undo(outcome)
        let check = await world.perform("check.http", ["url": .text(service.url + "/rate"), "expect": ["body": "1}"]])
        #expect(check.result == .succeeded, "\(check.message)")
    }

    static let server = """
        import http.server, json
        rate = 1
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, body):
                self.send_response(200); self.send_header('Content-Length', str(len(body))); self.end_headers()
                self.wfile.write(body)
            def do_GET(self): self.answer(json.dumps({'sampling': {'rate': rate}}).encode())
            def do_PUT(self):
                global rate
                body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                assert float(self.path.split('=')[1]) == body['rate']
                rate = body['rate']; self.answer(b'')
            def log_message(self, *arguments): pass
        """
}

/// A small web server in Python on a free port.
final class PythonServer: Sendable {
    let url: String
    private let process: Process

    init(_ handler: String) throws {
        let script =
            handler + """

                server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
                print(server.server_address[1], flush=True)
                server.serve_forever()
                """
        process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = ["-c", script]
        process.standardOutput = pipe
        try process.run()
        let port = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self).filter(\.isNumber)
        url = "http://127.0.0.1:\(port)"
    }

    deinit {
        // Children of a test are born with other signals blocked.
        kill(process.processIdentifier, SIGKILL)
    }
}
