/// What a rule's template reads, as far as its text tells: facts for checks.
public struct TemplateReferences: Sendable {
    public struct Reference: Sendable, Hashable {
        /// A label, an expression or a template.
        public let name: String
        /// The bytes of the template that read it.
        public let range: Range<Int>
    }

    /// Labels by name: `$labels.job`, `.Labels.job`, `index $labels "job"`.
    public private(set) var labels: [Reference] = []
    public private(set) var externalLabels: [Reference] = []
    /// The text of each `query` that is written out.
    public private(set) var queries: [Reference] = []
    /// Places that read all labels at once, so that any of them may be meant.
    public private(set) var wholeLabels: [Range<Int>] = []
    /// Places that read the value of the alert, which changes with each evaluation.
    public private(set) var values: [Range<Int>] = []

    /// Whether the variable or field that holds the labels is meant.
    private enum Root {
        case labels
        case externalLabels
        case value
    }

    public init(_ template: RuleTemplate) {
        collect(template.template.main.nodes, dotIsData: true)
    }

    private mutating func collect(_ nodes: [TemplateNode], dotIsData: Bool) {
        for node in nodes {
            switch node {
            case .text, .breakLoop, .continueLoop: break
            case .action(let pipeline): collect(pipeline, dotIsData)
            case .condition(let branch): collect(branch, dotIsData, bodyDotIsData: dotIsData)
            case .with(let branch), .range(let branch): collect(branch, dotIsData, bodyDotIsData: false)
            case .call(_, let data, _): if let data { collect(data, dotIsData) }
            }
        }
    }

    private mutating func collect(_ branch: TemplateNode.Branch, _ dotIsData: Bool, bodyDotIsData: Bool) {
        collect(branch.pipeline, dotIsData)
        collect(branch.body, dotIsData: bodyDotIsData)
        collect(branch.otherwise ?? [], dotIsData: dotIsData)
    }

    private mutating func collect(_ pipeline: Pipeline, _ dotIsData: Bool) {
        for command in pipeline.commands {
            let operands = command.operands
            if operands.count >= 2, case .function(let name, _) = operands[0].kind {
                if name == "query", case .string(let text) = operands[1].kind {
                    queries.append(Reference(name: text, range: operands[1].range))
                }
                if name == "index", operands.count >= 3, case .string(let label) = operands[2].kind,
                    let (root, fields) = root(of: operands[1], dotIsData), fields.isEmpty, root != .value
                {
                    add(root, [label], command.range)
                    for operand in operands.dropFirst(3) { collect(operand, dotIsData) }
                    continue
                }
            }
            for operand in operands { collect(operand, dotIsData) }
        }
    }

    private mutating func collect(_ operand: Operand, _ dotIsData: Bool) {
        if let (root, fields) = root(of: operand, dotIsData) {
            add(root, fields, operand.range)
            return
        }
        switch operand.kind {
        case .parenthesized(let pipeline): collect(pipeline, dotIsData)
        case .chain(let inner, _): collect(inner, dotIsData)
        default: break
        }
    }

    private mutating func add(_ root: Root, _ fields: [String], _ range: Range<Int>) {
        switch (root, fields.first) {
        case (.value, _): values.append(range)
        case (.labels, let name?): labels.append(Reference(name: name, range: range))
        case (.externalLabels, let name?): externalLabels.append(Reference(name: name, range: range))
        case (.labels, nil): wholeLabels.append(range)
        case (.externalLabels, nil): break
        }
    }

    /// Whether an operand reads labels or the value, and which fields of it.
    private func root(of operand: Operand, _ dotIsData: Bool) -> (Root, fields: [String])? {
        switch operand.kind {
        case .variable("$labels", let fields): (.labels, fields)
        case .variable("$externalLabels", let fields): (.externalLabels, fields)
        case .variable("$value", let fields): (.value, fields)
        case .variable("$", let fields): dataField(fields)
        case .field(let fields) where dotIsData: dataField(fields)
        default: nil
        }
    }

    private func dataField(_ fields: [String]) -> (Root, fields: [String])? {
        switch fields.first {
        case "Labels": (.labels, Array(fields.dropFirst()))
        case "ExternalLabels": (.externalLabels, Array(fields.dropFirst()))
        case "Value": (.value, Array(fields.dropFirst()))
        default: nil
        }
    }
}
