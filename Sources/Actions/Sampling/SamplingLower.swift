import Playbooks

/// `sampling.lower`: less telemetry, so that what remains gets through.
struct SamplingLower: Deed {
    var declaration: ActionDeclaration {
        ActionDeclaration(
            name: "sampling.lower",
            summary: "Multiplies a sampling rate by a factor, never below a floor, and remembers where it began",
            arguments: [
                SamplingArguments.target,
                ArgumentDeclaration(
                    "factor",
                    .number(0.001...0.999),
                    standard: .number(0.5),
                    help: "the rate is multiplied by this"
                ),
                ArgumentDeclaration(
                    "floor",
                    .number(0...1e9),
                    standard: .number(0.01),
                    help: "the rate is never set below this, in its own unit"
                ),
            ],
            // The floor bounds it, but twice is lower than once.
            isRepeatable: { _ in false },
            undo: "the rate before this step",
            permissions: { SamplingArguments.permissions("sampling.lower", $0) },
            locks: SamplingArguments.locks,
            treatedUnits: SamplingArguments.units,
            complaints: SamplingArguments.complaints,
            sentence: { arguments in
                let factor = arguments.number("factor").map(Wording.number) ?? "its factor"
                let floor = arguments.number("floor").map(Wording.number) ?? "its floor"
                return "multiply \(SamplingArguments.words(arguments)) by \(factor), not below \(floor)"
            }
        )
    }
}
