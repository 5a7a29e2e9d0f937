import Configuration
import EventLoop
import Files
import JSON
import Playbooks
import Processes
import Systemd

/// A new content for one configuration file: examined beside it, put in place, and what it replaced kept.
struct FileChange: Sendable {
    let path: String
    let former: [UInt8]
    let content: [UInt8]

    var isNone: Bool { former == content }

    /// What the file holds now. Blocking.
    static func present(_ path: String, _ tools: ActionTools) throws -> [UInt8] {
        let file = try PermittedFile(path, .write, tools)
        return try file.folder.read(file.name, limit: ConfigVersions.fileBytesMax)
    }

    /// Writes the content beside the file, has it checked, and puts it in place. Blocking.
    func carryOut(check: [String], _ order: Order, _ interruption: Interruption) throws -> String {
        let file = try PermittedFile(path, .write, order.tools)
        try order.tools.versions.store(former)
        try order.tools.versions.store(content)
        let name = file.name
        let candidate = try Candidate(for: name, in: file.folder, content: content)
        let output = try Self.approve(candidate.path, check, order, interruption)
        // Somebody else may have written meanwhile; their change is not medic's to throw away.
        guard try Self.present(path, order.tools) == former else {
            throw DeedFailure("\(path) was changed by somebody else meanwhile", output: output)
        }
        try candidate.commit()
        return output
    }

    /// Runs the check on the candidate; what it printed. Throws when it does not agree.
    private static func approve(
        _ candidate: String,
        _ check: [String],
        _ order: Order,
        _ interruption: Interruption
    ) throws -> String {
        guard !check.isEmpty else { return "" }
        var program = Program(
            check.map { ConfigCheck.filled($0, with: candidate) }
        )
        program.limits.fileSize = 64 << 20
        let outcome = try program.run(deadline: order.deadline, interruption: interruption)
        switch outcome.end {
        case .exited(0): return outcome.output.text
        case .timedOut, .cancelled:
            var failure = DeedFailure("the check did not end in time", output: outcome.output.text)
            failure.result = outcome.end == .cancelled ? .cancelled : .timedOut
            throw failure
        default:
            throw DeedFailure(
                "the check \(Wording.command(check)) does not agree (\(outcome.reason)); nothing was changed",
                output: outcome.output.text
            )
        }
    }

    var undo: Undo { undo(takenUpBy: []) }

    /// The same, where nobody will be there to have these units take it up.
    func undo(takenUpBy units: [String]) -> Undo {
        .file(
            path: path,
            former: ConfigVersions.digest(of: former),
            written: ConfigVersions.digest(of: content),
            units: units
        )
    }

    /// The units that read the file and run now, as far as they may be reloaded: what a rollback that fires by itself has to reach.
    func readers(_ order: Order) async -> [String] {
        guard let file = order.tools.versions.tracked.first(where: { $0.path == path }),
            let manager = order.tools.manager
        else { return [] }
        var readers: [String] = []
        for unit in file.units {
            let permissions = [Permission.action("systemd.reload_or_restart")] + Permission.unit(unit)
            guard order.tools.permits.refusals(of: permissions).isEmpty else { continue }
            if let state = try? await manager.state(of: unit), state.active == .active { readers.append(unit) }
        }
        return readers
    }
}

/// The program that says whether a candidate is sound.
enum ConfigCheck {
    /// The word with the candidate's path, or the new value, where the placeholder stood.
    static func filled(_ word: String, with value: String) -> String {
        let (text, mark) = (Array(word.utf8), Array(ActionArguments.candidate.utf8))
        var result: [UInt8] = []
        var place = 0
        while place < text.count {
            if text[place...].starts(with: mark) {
                result += Array(value.utf8)
                place += mark.count
            } else {
                result.append(text[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

extension ConfigVersions {
    /// Puts a kept content back in place of the one that medic wrote; refuses where the file has a third one by now. False where it is
    /// there already.
    func putBack(
        _ path: String,
        former: String,
        unlessOtherThan written: String,
        _ tools: ActionTools
    ) async throws -> Bool {
        try await offload { [self] in
            let bytes = try content(former)
            let present = try FileChange.present(path, tools)
            let digest = Self.digest(of: present)
            if digest == former { return false }
            guard digest == written else {
                throw DeedFailure("\(path) was changed since by somebody else, so it is left as it is")
            }
            let file = try PermittedFile(path, .write, tools)
            let name = file.name
            try Candidate(for: name, in: file.folder, content: bytes).commit()
            return true
        }
    }
}
