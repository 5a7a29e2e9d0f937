import JSON
import Metrics

extension RunPlan: PlainJSON {
    var json: JSONValue {
        [
            "playbook": playbook.json, "mode": mode.json, "variables": variables.json, "steps": steps.json,
            "rungs": rungs.json, "on_unhealed": onUnhealed.json, "on_resolved": onResolved.json, "locks": locks.json,
            "units": units.json, "terms": terms.json, "verification": verification.json, "page": page.json,
            "digest": digest.json,
        ]
    }

    init?(json: JSONValue) {
        guard let playbook = json.read("playbook", as: String.self),
            let mode = json.read("mode", as: Playbook.Mode.self),
            let variables = json.read("variables", as: [Label].self),
            let steps = json.read("steps", as: [PlannedStep].self),
            let rungs = json.read("rungs", as: [Range<Int>].self),
            let onUnhealed = json.read("on_unhealed", as: Range<Int>.self),
            let onResolved = json.read("on_resolved", as: Range<Int>.self),
            let locks = json.read("locks", as: [String].self), let units = json.read("units", as: [String].self),
            let terms = json.read("terms", as: GuardTerms.self),
            let verification = json.read("verification", as: VerificationTerms.self),
            let page = json.read("page", as: PageTerms.self), let digest = json.read("digest", as: String.self),
            (rungs + [onUnhealed, onResolved]).allSatisfy({ $0.upperBound <= steps.count })
        else { return nil }
        self.init(
            playbook: playbook,
            mode: mode,
            variables: variables,
            rungs: rungs.map { Array(steps[$0]) },
            onUnhealed: Array(steps[onUnhealed]),
            onResolved: Array(steps[onResolved]),
            locks: locks,
            units: units,
            terms: terms,
            verification: verification,
            page: page,
            digest: digest
        )
    }
}

extension PlannedStep: PlainJSON {
    var json: JSONValue {
        [
            "name": name.json, "action": action.json, "arguments": arguments.json, "sentence": sentence.json,
            "timeout": timeout.json, "retry": retry.json, "on_error": onError.json, "skipped": isSkipped.json,
            "conditions": conditions.json, "confirm_within": confirmWithin.json, "repeatable": isRepeatable.json,
            "treatment": isTreatment.json,
        ]
    }

    init?(json: JSONValue) {
        guard let name = json.read("name", as: String.self), let action = json.read("action", as: String.self),
            let arguments = json.read("arguments", as: ActionArguments.self),
            let sentence = json.read("sentence", as: String.self),
            let timeout = json.read("timeout", as: Milliseconds.self),
            let retry = json.readOptional("retry", as: Step.Retry.self),
            let onError = json.read("on_error", as: Step.OnError.self),
            let isSkipped = json.read("skipped", as: Bool.self),
            let conditions = json.read("conditions", as: [String].self),
            let confirmWithin = json.readOptional("confirm_within", as: Milliseconds.self),
            let isRepeatable = json.read("repeatable", as: Bool.self),
            let isTreatment = json.read("treatment", as: Bool.self)
        else { return nil }
        self.init(
            name: name,
            action: action,
            arguments: arguments,
            sentence: sentence,
            timeout: timeout,
            retry: retry,
            onError: onError,
            isSkipped: isSkipped,
            conditions: conditions,
            confirmWithin: confirmWithin,
            isRepeatable: isRepeatable,
            isTreatment: isTreatment
        )
    }
}

extension Step.Retry: PlainJSON {
    var json: JSONValue {
        ["attempts": attempts.json, "from": backoff.lowerBound.json, "to": backoff.upperBound.json]
    }

    init?(json: JSONValue) {
        guard let attempts = json.read("attempts", as: Int.self), let from = json.read("from", as: Milliseconds.self),
            let to = json.read("to", as: Milliseconds.self), from <= to
        else { return nil }
        self.init(attempts: attempts, backoff: from...to)
    }
}
