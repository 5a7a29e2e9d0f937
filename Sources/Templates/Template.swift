/// A template of Go's text/template language, read once and carried out as often as wanted.
public struct Template: Sendable {
    /// The name of the text, which errors carry.
    public let name: String
    let main: Definition
    let definitions: [ByteKey: Definition]
    let variables: [String]

    struct Definition: Sendable {
        let name: String
        let nodes: [TemplateNode]
        let source: TemplateSource
    }

    /// Reads a template.
    ///
    /// - Parameters:
    ///   - functions: What it may call, beside Go's own functions if they are in it. Unknown names are errors here.
    ///   - variables: Names with dollar signs that are declared before the text begins.
    ///   - library: Templates defined elsewhere. What this text defines comes before them.
    public static func parse(
        _ text: String,
        name: String,
        functions: TemplateFunctions = .prometheus,
        variables: [String] = [],
        library: TemplateLibrary = TemplateLibrary(),
        limits: TemplateLimits = TemplateLimits()
    ) throws(TemplateError) -> Template {
        let source = TemplateSource(name: name, text: text)
        var parser = try Parser(source, functions: functions, variables: variables, limits: limits)
        let nodes = try parser.parse()
        var definitions = library.definitions
        for (name, nodes) in parser.definitions {
            definitions[ByteKey(name)] = Definition(name: name, nodes: nodes, source: source)
        }
        let main = Definition(name: name, nodes: nodes, source: source)
        // A text may call itself by its name, unless it defines that name to be something else.
        if definitions[ByteKey(name)] == nil { definitions[ByteKey(name)] = main }
        return Template(name: name, main: main, definitions: definitions, variables: variables)
    }

    /// What a key that a map does not have gives.
    public enum MissingKey: Sendable {
        /// The zero of the map's values: an empty text for labels. What Prometheus and Alertmanager ask of Go.
        case zero
        /// No value, printed as `<no value>`. What Go does unasked.
        case noValue
        case error
        /// No value, which `if`, `with`, `and`, `or` and `not` may ask about; to print it or to hand it to another function is an error. For
        /// texts that become deeds rather than messages.
        case refused
    }

    /// How printed values are made safe for where they stand.
    public enum Escaping: Sendable {
        case none
        /// For text and quoted attributes of HTML. Values marked as HTML stay as they are.
        case html
        /// What the caller makes of each printed value.
        case custom(@Sendable (String) -> String)
    }

    /// Carries the template out. `values` are those of the variables it was read with, in that order.
    public func execute(
        data: TemplateValue,
        values: [TemplateValue] = [],
        context: TemplateContext = TemplateContext(),
        missingKey: MissingKey = .zero,
        escaping: Escaping = .none
    ) throws(TemplateError) -> String {
        var executor = Executor(self, context: context, missingKey: missingKey, escaping: escaping)
        return try executor.run(main, data: data, variables: zip(variables, values).map { ($0, $1) })
    }

    /// Carries out one of the templates defined in the text or its library.
    public func execute(
        definition name: String,
        data: TemplateValue,
        context: TemplateContext = TemplateContext(),
        missingKey: MissingKey = .zero,
        escaping: Escaping = .none
    ) throws(TemplateError) -> String {
        guard let definition = definitions[ByteKey(name)] else {
            let message = "no template \(Quoting.quoted(name)) associated with template \(Quoting.quoted(self.name))"
            throw TemplateError(.executing, message, at: 0..<0, in: main.source)
        }
        var executor = Executor(self, context: context, missingKey: missingKey, escaping: escaping)
        return try executor.run(definition, data: data, variables: [])
    }

    /// The names of all templates it can call, sorted.
    public var definedNames: [String] { definitions.values.map(\.name).sorted() }
}

/// Templates that many texts call by name, such as those of the files under `templates:` in alertmanager.yml.
public struct TemplateLibrary: Sendable {
    var definitions: [ByteKey: Template.Definition] = [:]

    public init() {}

    /// Adds what a text defines. A name that is already there is replaced, as Go does with the files of a list.
    public mutating func add(_ template: Template) {
        definitions.merge(template.definitions) { $1 }
    }
}

/// A name that is the same only when its bytes are.
struct ByteKey: Hashable, Sendable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: Self, right: Self) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

    func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
