public import JSON
public import Metrics

/// A run of a playbook as it stands.
public struct RunEntry: Sendable, Hashable {
    /// The state of a run that proved to be a cure.
    public static let healed = "healed"

    public var id: String
    public var playbook: String
    /// The patient, as the playbook's subject labels name it.
    public var subject: String
    public var alert: String?
    /// The alert that started it.
    public var fingerprint: String?
    public var unit: String?
    public var state: String
    public var opened: Timestamp
    /// Nil while it is open.
    public var ended: Timestamp?
    /// One sentence for people: how it stands or how it ended.
    public var text: String
    public var payloadText: String

    public init(
        id: String,
        playbook: String,
        subject: String,
        alert: String? = nil,
        fingerprint: String? = nil,
        unit: String? = nil,
        state: String,
        opened: Timestamp,
        ended: Timestamp? = nil,
        text: String = "",
        payload: JSONValue = .null
    ) {
        self.id = id
        self.playbook = playbook
        self.subject = subject
        self.alert = alert
        self.fingerprint = fingerprint
        self.unit = unit
        self.state = state
        self.opened = opened
        self.ended = ended
        self.text = text
        payloadText = Payload.text(payload)
    }

    public var payload: JSONValue { Payload.value(payloadText) }
}

/// One try of a step: what was meant to be done, and once it is known, what became of it.
public struct StepEntry: Sendable, Hashable {
    public var run: String
    /// The step's place among all of the run's.
    public var step: Int
    public var attempt: Int
    public var action: String
    public var intended: Timestamp
    public var intentText: String
    /// Nil while nobody knows what became of it.
    public var finished: Timestamp?
    /// One word: succeeded, failed, ...
    public var result: String?
    public var outcomeText: String

    public init(
        run: String,
        step: Int,
        attempt: Int,
        action: String,
        intended: Timestamp,
        intent: JSONValue,
        finished: Timestamp?,
        result: String?,
        outcome: JSONValue
    ) {
        self.run = run
        self.step = step
        self.attempt = attempt
        self.action = action
        self.intended = intended
        intentText = Payload.text(intent)
        self.finished = finished
        self.result = result
        outcomeText = Payload.text(outcome)
    }

    public var intent: JSONValue { Payload.value(intentText) }
    public var outcome: JSONValue { Payload.value(outcomeText) }
}

/// What is about to be done: durable before the deed.
public struct StepIntent: Sendable, Hashable {
    public var run: String
    public var step: Int
    public var attempt: Int
    public var action: String
    public var at: Timestamp
    public var payloadText: String

    public init(
        run: String,
        step: Int,
        attempt: Int,
        action: String,
        at: Timestamp,
        payload: JSONValue = .null
    ) {
        self.run = run
        self.step = step
        self.attempt = attempt
        self.action = action
        self.at = at
        payloadText = Payload.text(payload)
    }
}

/// What became of an intent.
public struct StepOutcome: Sendable, Hashable {
    public var run: String
    public var step: Int
    public var attempt: Int
    public var at: Timestamp
    public var result: String
    public var payloadText: String

    public init(run: String, step: Int, attempt: Int, at: Timestamp, result: String, payload: JSONValue = .null) {
        self.run = run
        self.step = step
        self.attempt = attempt
        self.at = at
        self.result = result
        payloadText = Payload.text(payload)
    }
}
