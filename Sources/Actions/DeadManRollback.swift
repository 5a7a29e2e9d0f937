import Configuration
import EventLoop
import Files
import JSON
public import Playbooks
import Processes
import Systemd

/// A rollback that fires by itself, through systemd, when nobody disarms it: not when medic is dead, not when the network is.
public enum DeadManRollback {
    /// Why a rollback could not be armed; the change is not made then.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// A rollback that fired while nobody looked.
    public struct Fired: Sendable, Hashable {
        public let run: String
        public let step: Int
        /// What was undone, or why it could not be.
        public let report: String
    }

    /// Finds out what would undo the step, writes that down, and has systemd do it after the time. False where there is nothing to undo.
    public static func arm(_ request: ActionRequest, within: Duration, _ tools: ActionTools) async throws(Failure)
        -> Bool
    {
        do {
            guard let deed = Deeds.named(request.action) else { throw DeedFailure("there is no such action") }
            guard let manager = tools.manager else { throw DeedFailure("there is no systemd on this host") }
            let order = Order(request, tools)
            guard let undo = try await deed.rollback(order) else { return false }
            let path = path(request.key.run, request.key.step, tools)
            let plan: JSONValue = [
                "run": .string(request.key.run), "step": .integer(Int64(request.key.step)),
                "folder": .string(tools.folder), "roots": .array(tools.permits.writable.map { .string($0) }),
                "undo": undo.json,
            ]
            try await offload {
                try FileSystem.createFolder(FileSystem.parent(of: path), permissions: 0o700)
                try FileSystem.replace(path, with: Array(plan.description.utf8), permissions: .exactly(0o600))
            }
            var service = TransientService(
                name: unit(request.key.run, request.key.step),
                description: "medic: undo step \(request.key.step) of run \(Evidence.name(for: request.key.run))",
                command: tools.undoCommand + [path]
            )
            service.sandbox = .none
            // Who made the change takes it back: with no more rights than the agent has.
            if ProcessFacts.ownUser != 0 { service.user = "\(ProcessFacts.ownUser)" }
            let timer = TransientUnit.timer(service.name, after: within, runs: service)
            let outcome = try await manager.startTransient(timer, timeout: order.remaining)
            guard outcome.result == .done else { throw DeedFailure("the timer's job ended '\(outcome.result.word)'") }
            return true
        } catch {
            throw Failure(description: DeedFailure(error).message)
        }
    }

    /// The change may stay.
    public static func disarm(run: String, step: Int, _ tools: ActionTools) async throws(Failure) {
        do {
            if let manager = tools.manager {
                let timer = unit(run, step) + ".timer"
                do throws(SystemdError) {
                    _ = try await manager.stop(timer, timeout: .seconds(20))
                } catch {
                    // Gone already: it was never armed, or it has fired.
                    guard case .noSuchUnit = error else { throw error }
                }
            }
            let path = path(run, step, tools)
            try await offload {
                if try FileSystem.statusIfPresent(path) != nil { try FileSystem.remove(path) }
            }
        } catch {
            throw Failure(description: DeedFailure(error).message)
        }
    }

    /// The rollbacks that fired, each told once.
    public static func takeFired(_ tools: ActionTools) throws -> [Fired] {
        let folder = "\(tools.folder)/rollbacks"
        guard try FileSystem.statusIfPresent(folder) != nil else { return [] }
        return try FileSystem.list(folder).filter { $0.hasSuffix(".fired") }.compactMap { name in
            let text = try FileSystem.readText("\(folder)/\(name)", limit: 1 << 20)
            try FileSystem.remove("\(folder)/\(name)")
            guard let json = try? JSONValue(parsing: text), let run = json["run"]?.string,
                let step = json["step"]?.integer
            else { return nil }
            return Fired(run: run, step: Int(clamping: step), report: json["report"]?.string ?? "")
        }
    }

    /// What systemd runs: carries out the plan of the file, and leaves a report beside it. The sentence of the report.
    public static func fire(_ path: String, _ tools: (_ folder: String, _ roots: [String]) -> ActionTools) async throws
        -> String
    {
        let text = try FileSystem.readText(path, limit: 4 << 20)
        guard let plan = try? JSONValue(parsing: text), let run = plan["run"]?.string, let step = plan["step"]?.integer,
            let folder = plan["folder"]?.string, let undo = plan["undo"].flatMap({ Undo(json: $0) })
        else { throw DeedFailure("\(path) is no plan of medic's") }
        let roots = (plan["roots"]?.array ?? []).compactMap(\.string)
        let result: Result<String, any Error>
        do {
            result = .success(try await undo.perform(tools(folder, roots)))
        } catch {
            result = .failure(error)
        }
        let report = (try? result.get()) ?? "it could not be undone: \(reason(result))"
        let told: JSONValue = ["run": .string(run), "step": .integer(step), "report": .string(report)]
        try FileSystem.replace(path + ".fired", with: Array(told.description.utf8), permissions: .exactly(0o600))
        try FileSystem.remove(path)
        return try result.get()
    }

    private static func reason(_ result: Result<String, any Error>) -> String {
        if case .failure(let error) = result { DeedFailure(error).message } else { "" }
    }

    private static func unit(_ run: String, _ step: Int) -> String { "medic-undo-\(Evidence.name(for: run))-\(step)" }

    private static func path(_ run: String, _ step: Int, _ tools: ActionTools) -> String {
        "\(tools.folder)/rollbacks/\(Evidence.name(for: run))-\(step).json"
    }
}
