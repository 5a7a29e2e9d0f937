/// What a template reads of its data, as far as its text tells: facts for checks.
public struct TemplateFields: Sendable {
    /// A way into the data: `.Labels.job` is `Labels`, `job`.
    public struct Path: Sendable, Hashable {
        public let names: [String]
        /// The bytes of the template that read it.
        public let range: Range<Int>
    }

    public private(set) var paths: [Path] = []
    // Variables that stand for fields of the data: `$labels` for `Labels`.
    private let aliases: [String: String]

    public init(_ template: Template, aliases: [String: String] = [:]) {
        self.aliases = aliases
        collect(template.main.nodes, dotIsData: true)
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
        for command in pipeline.commands { collect(command, dotIsData) }
    }

    private mutating func collect(_ command: Command, _ dotIsData: Bool) {
        let operands = command.operands
        guard operands.count >= 3, case .function("index", _) = operands[0].kind,
            case .string(let key) = operands[2].kind,
            let names = path(of: operands[1], dotIsData)
        else {
            for operand in operands { collect(operand, dotIsData) }
            return
        }
        paths.append(Path(names: names + [key], range: command.range))
        for operand in operands.dropFirst(3) { collect(operand, dotIsData) }
    }

    private mutating func collect(_ operand: Operand, _ dotIsData: Bool) {
        if let names = path(of: operand, dotIsData) {
            paths.append(Path(names: names, range: operand.range))
            return
        }
        switch operand.kind {
        case .parenthesized(let pipeline): collect(pipeline, dotIsData)
        case .chain(let inner, _): collect(inner, dotIsData)
        default: break
        }
    }

    /// The names that lead from the data to an operand; nil where it is something else.
    private func path(of operand: Operand, _ dotIsData: Bool) -> [String]? {
        switch operand.kind {
        case .dot where dotIsData: []
        case .field(let names) where dotIsData: names
        case .variable("$", let names): names
        case .variable(let variable, let names): aliases[variable].map { [$0] + names }
        default: nil
        }
    }
}
