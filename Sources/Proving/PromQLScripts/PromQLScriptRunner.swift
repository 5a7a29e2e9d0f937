import Diagnostics
import Metrics
public import PromQL
import Storage

/// Runs a script against the engine, command by command.
public struct PromQLScriptRunner {
    /// The settings that the scripts assume of an engine.
    public static var engineOptions: QueryOptions {
        var options = QueryOptions()
        options.lookback = .minutes(5)
        options.defaultSubqueryStep = .minutes(1)
        // So few that a query which holds on to more than it needs fails.
        options.maxSamples = 10_000
        return options
    }

    private let script: PromQLScript
    private var loaded = LoadedSeries()
    // Made when the first evaluation after a load asks for it.
    private var engine: Engine?
    private var diagnostics: [Diagnostic]
    private var verdicts: [EvaluationVerdict] = []

    private init(_ script: PromQLScript) {
        self.script = script
        diagnostics = script.diagnostics
    }

    /// The verdicts on all evaluations of the script.
    public static func run(_ script: PromQLScript) -> PromQLScriptReport {
        var runner = PromQLScriptRunner(script)
        if !script.hasErrors {
            for command in script.commands { runner.run(command) }
        }
        return PromQLScriptReport(
            source: script.source,
            diagnostics: runner.diagnostics,
            verdicts: runner.verdicts
        )
    }

    private mutating func run(_ command: PromQLScript.Command) {
        switch command {
        case .clear:
            loaded = LoadedSeries()
            engine = nil
        case .load(let load): add(load)
        case .evaluate(let evaluation):
            verdicts.append(
                EvaluationVerdict(
                    evaluation: evaluation,
                    place: script.source.place(of: evaluation.queryRange.lowerBound),
                    outcome: outcome(of: evaluation)
                )
            )
        }
    }

    private mutating func add(_ load: PromQLScript.Load) {
        engine = nil
        do throws(LoadedSeries.Conflict) {
            try loaded.add(load)
        } catch {
            let time = error.timestamp.scriptText
            report("\(error.labels) already has another value at \(time)", at: load.range)
        }
    }

    private mutating func report(_ message: String, at range: Range<Int>) {
        diagnostics.append(
            Diagnostic(.error, code: "promql-script/load", message: message, range: range, source: script.source)
        )
    }

    private mutating func outcome(of evaluation: PromQLScript.Evaluation) -> EvaluationVerdict.Outcome {
        if let reason = reasonToSkip(evaluation) { return .skipped(reason: reason) }
        do throws(StorageRefusal) {
            let engine = try currentEngine()
            let failure = EvaluationRun(evaluation: evaluation, engine: engine).failure()
            return failure.map { .failed($0) } ?? .passed
        } catch {
            return .failed(EvaluationFailure(summary: "the samples cannot be stored: \(error)"))
        }
    }

    private mutating func currentEngine() throws(StorageRefusal) -> Engine {
        if let engine { return engine }
        let fresh = Engine(store: try loaded.store(), options: Self.engineOptions)
        engine = fresh
        return fresh
    }

    /// Why the evaluation cannot be answered without native histograms, or nil.
    private func reasonToSkip(_ evaluation: PromQLScript.Evaluation) -> String? {
        if case .series(let lines) = evaluation.result {
            let expectsHistogram = lines.contains { line in
                line.items.contains { if case .histogram = $0 { true } else { false } }
            }
            if expectsHistogram { return "expects a native histogram" }
        }
        guard !loaded.nativeHistograms.isEmpty, let expression = try? parse(evaluation.query) else { return nil }
        for selector in expression.selectorUses.map(\.selector) {
            let native = loaded.nativeHistograms.first { labels in
                selector.matchers.allSatisfy { $0.matches(labels) }
            }
            if let native { return "selects the native histogram \(native)" }
        }
        return nil
    }
}
