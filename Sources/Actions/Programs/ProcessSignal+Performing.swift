import EventLoop
import Files
import JSON
import Playbooks
import Processes

extension ProcessSignal {
    func perform(_ order: Order) async throws -> ActionOutcome {
        let name = try order.text("signal")
        guard let signal = Signal.number(of: name) else {
            throw DeedFailure("there is no signal '\(Wording.shown(name))'")
        }
        return try await offload {
            let wanted = try Wanted(order)
            let numbers = try wanted.numbers(order)
            let most = Int(clamping: order.arguments.integer("most") ?? 1)
            let found = try numbers.filter { try wanted.matches($0) }
            guard !found.isEmpty else { throw DeedFailure("no process matches") }
            guard found.count <= most else {
                throw DeedFailure("\(found.count) processes match, and at most \(most) may be signalled; none was")
            }
            for number in found { try wanted.refuseProtected(number, order) }
            for number in found { try Self.send(signal, to: number, wanted) }
            return ActionOutcome(
                .succeeded,
                message:
                    "sent \(name) to \(Wording.count(found.count, "process")) (\(found.map(String.init).joined(separator: ", ")))",
                after: ["processes": .array(found.map { .integer(Int64($0)) })]
            )
        }
    }

    /// Holds the process first and looks at it then: what is looked at is what is signalled, though its number were given anew.
    private static func send(_ signal: Int32, to number: Int32, _ wanted: Wanted) throws {
        let handle = try ProcessHandle(number)
        guard try wanted.matches(number) else { throw DeedFailure("the process \(number) is another one by now") }
        try handle.signal(signal)
    }
}

/// What a process must be to be signalled.
private struct Wanted {
    private let program: String
    private let arguments: PatternText?
    private let unit: String?

    init(_ order: Order) throws {
        let match = order.arguments.record("match")
        guard let program = match?.text("program") ?? order.arguments.text("program") else {
            throw DeedFailure("'program' is missing")
        }
        self.program = program
        arguments = try match?.text("arguments").map { try PatternText($0) }
        unit = match?.text("unit")
    }

    func numbers(_ order: Order) throws -> [Int32] {
        guard let path = order.arguments.text("pidfile") else { return try ProcessFacts.all() }
        let file = try PermittedFile(path, .read, order.tools)
        let bytes = try file.folder.read(file.name, limit: 64)
        let text = String(decoding: bytes, as: UTF8.self).split { $0.isWhitespace }.first ?? ""
        guard let number = Int32(text), number > 1 else { throw DeedFailure("\(path) holds no number of a process") }
        return [number]
    }

    /// A unit that is named was looked at when the run was considered; whoever else belongs to a protected one is left alone.
    func refuseProtected(_ number: Int32, _ order: Order) throws {
        guard let owner = ProcessFacts(number)?.unit, owner != unit, order.tools.isProtected(owner) else { return }
        throw DeedFailure(
            "the process \(number) belongs to \(Wording.shown(owner)), which is protected; none was signalled"
        )
    }

    /// Never process 1, never medic itself.
    func matches(_ number: Int32) throws -> Bool {
        guard number > 1, number != ProcessFacts.own, let facts = ProcessFacts(number) else { return false }
        guard facts.program.map({ $0.utf8.elementsEqual(program.utf8) }) == true else { return false }
        if let unit, facts.unit != unit { return false }
        return arguments.map { $0.isFound(in: facts.arguments.joined(separator: " ")) } ?? true
    }
}
