import Metrics
import Playbooks

/// `sampling.restore`: back to the rate before the first lowering, in steps.
struct SamplingRestore: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "sampling.restore",
            summary: "Raises a sampling rate in steps until the value before the first lowering is back",
            arguments: [
                SamplingArguments.target,
                ArgumentDeclaration(
                    "step",
                    .number(1e-6...1e9),
                    help: "how much is added at a time; default: all at once"
                ),
                ArgumentDeclaration(
                    "every",
                    .duration,
                    standard: .duration(.minutes(1)),
                    help: "the time between steps"
                ),
            ],
            isRepeatable: { _ in true },
            undo: "the rate before this step",
            permissions: { SamplingArguments.permissions("sampling.restore", $0) },
            locks: SamplingArguments.locks,
            treatedUnits: SamplingArguments.units,
            complaints: SamplingArguments.complaints,
            sentence: { arguments in
                let steps = arguments.number("step").map {
                    " in steps of \(Wording.number($0)), one every \(arguments.span("every"))"
                }
                return "raise \(SamplingArguments.words(arguments)) to what it was before the first lowering"
                    + (steps ?? "")
            }
        )
    }
}
