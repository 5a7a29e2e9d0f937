public import Metrics

/// What templates see of the alert that started a run, and of the run.
public struct AlertFacts: Sendable, Hashable {
    /// `.Labels`
    public var labels: Labels
    /// `.Annotations`
    public var annotations: Labels
    /// `.Value`; nil where an alert came without, as by a webhook.
    public var value: Double?
    /// `.Subject`: the labels that name the patient.
    public var subject: Labels
    /// `.Run`: the identity of the run.
    public var run: String
    /// `.ExternalLabels`
    public var externalLabels: Labels
    /// `.ExternalURL`
    public var externalURL: String

    public init(
        labels: Labels,
        annotations: Labels = .empty,
        value: Double? = nil,
        subject: Labels,
        run: String,
        externalLabels: Labels = .empty,
        externalURL: String = ""
    ) {
        self.labels = labels
        self.annotations = annotations
        self.value = value
        self.subject = subject
        self.run = run
        self.externalLabels = externalLabels
        self.externalURL = externalURL
    }
}
