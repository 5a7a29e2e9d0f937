import Alerting
import Metrics
public import Templates

/// Templates by name that the texts of receivers call: the standard ones, and those of the configuration's files.
public struct NotificationTemplates: Sendable {
    private var library = TemplateLibrary()
    private let zones: @Sendable (_ name: String, _ time: TemplateTime) -> TemplateTime.Zone?

    /// - Parameters:
    ///   - files: The names and texts of the files under `templates`, in their order; what they define comes before the
    ///     standard.
    ///   - zones: The zone of a name at a moment, for the function `tz`.
    public init(
        files: [(name: String, text: String)] = [],
        zones: @escaping @Sendable (_ name: String, _ time: TemplateTime) -> TemplateTime.Zone? = TemplateContext
            .onlyUTC
    ) throws(TemplateError) {
        self.zones = zones
        for (name, text) in StandardTemplates.files + files {
            library.add(try Template.parse(text, name: name, functions: .alertmanager, library: library))
        }
    }

    /// Carries out a text of the configuration.
    func text(_ template: String, _ data: TemplateValue, at now: Timestamp) throws(TemplateError) -> String {
        try execute(template, data, at: now, escaping: .none)
    }

    /// The same where the result is HTML.
    func html(_ template: String, _ data: TemplateValue, at now: Timestamp) throws(TemplateError) -> String {
        try execute(template, data, at: now, escaping: .html)
    }

    private func execute(
        _ template: String,
        _ data: TemplateValue,
        at now: Timestamp,
        escaping: Template.Escaping
    ) throws(TemplateError) -> String {
        guard template.contains("{{") else { return template }
        let parsed = try Template.parse(template, name: "", functions: .alertmanager, library: library)
        let context = TemplateContext(now: now, timeZone: zones)
        return try parsed.execute(data: data, context: context, escaping: escaping)
    }
}
