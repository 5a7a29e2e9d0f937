public import Metrics
import HTTPServer
import JSON

/// What requests about receivers need of the agent. Called from any thread; must not block one.
public protocol ReceiverDesk: Sendable {
    /// How each way of telling fares, by receiver.
    func receivers() async -> [ReceiverReport]
    /// Sends a marked message by every integration of a receiver and waits for the answers; nil where there is no such receiver.
    func testReceiver(_ name: String) async -> [ReceiverAnswer]?
}

/// How one way of telling fares.
public struct ReceiverReport: Sendable {
    public var receiver: String
    /// `slack/0`; empty for a receiver that tells nobody.
    public var integration: String
    public var queued: Int
    public var inFlight: Int
    public var failuresInRow: Int
    /// Until then it is left alone, since it did not answer.
    public var restsFor: Milliseconds?
    public var lastTrouble: String
    /// What became of notifications since the agent began.
    public var sent: Int
    public var givenUp: Int
    public var dropped: Int

    public init(
        receiver: String,
        integration: String,
        queued: Int = 0,
        inFlight: Int = 0,
        failuresInRow: Int = 0,
        restsFor: Milliseconds? = nil,
        lastTrouble: String = "",
        sent: Int = 0,
        givenUp: Int = 0,
        dropped: Int = 0
    ) {
        self.receiver = receiver
        self.integration = integration
        self.queued = queued
        self.inFlight = inFlight
        self.failuresInRow = failuresInRow
        self.restsFor = restsFor
        self.lastTrouble = lastTrouble
        self.sent = sent
        self.givenUp = givenUp
        self.dropped = dropped
    }
}

/// What came of a test message.
public struct ReceiverAnswer: Sendable {
    public let integration: String
    /// What the service had against it; nil where it took the message.
    public let problem: String?
    public let took: Milliseconds

    public init(integration: String, problem: String?, took: Milliseconds) {
        self.integration = integration
        self.problem = problem
        self.took = took
    }
}

/// Receivers: how they fare, and whether they can be reached at all.
public struct ReceiverRoutes: Sendable {
    private let desk: any ReceiverDesk

    public init(_ desk: any ReceiverDesk) {
        self.desk = desk
    }

    public var routes: [Route] {
        [
            Route([.get], "/medic/v1/receivers") { _ throws(WebRefusal) in
                let reports = await desk.receivers()
                return .success(.tree { answer in answer.add("receivers", list: reports.map(Self.tree)) })
            },
            .command([.post], "/medic/v1/receivers/{name}/test") { call throws(WebRefusal) in
                let name = call.part("name")
                guard let answers = await desk.testReceiver(name) else {
                    throw WebRefusal(.notFound, "there is no receiver '\(name)'")
                }
                return .success(.tree { answer in answer.add("answers", list: answers.map(Self.tree)) })
            },
        ]
    }

    private static func tree(_ report: ReceiverReport) -> JSONValue {
        .tree { tree in
            tree.add("receiver", text: report.receiver)
            tree.add("integration", words: report.integration)
            tree.add("queued", number: report.queued)
            tree.add("inFlight", number: report.inFlight)
            tree.add("failuresInRow", number: report.failuresInRow)
            tree.add("restsForSeconds", span: report.restsFor)
            tree.add("lastTrouble", words: report.lastTrouble)
            tree.add("sent", number: report.sent)
            tree.add("givenUp", number: report.givenUp)
            tree.add("dropped", number: report.dropped)
        }
    }

    private static func tree(_ answer: ReceiverAnswer) -> JSONValue {
        .tree { tree in
            tree.add("integration", text: answer.integration)
            tree.add("taken", flag: answer.problem == nil)
            tree.add("problem", text: answer.problem)
            tree.add("seconds", span: answer.took)
        }
    }
}
