public import JSON
import Metrics

extension RunSnapshot {
    /// As HTTP answers it and `--json` prints it. Moments are wall times in milliseconds.
    public var json: JSONValue {
        let progress = run.progress
        return [
            "id": run.id.json, "playbook": run.playbook.json, "state": state.json, "reason": progress.reason.json,
            "waiting_for": waitingFor.json, "subject": run.subject.json, "requested_by": run.requestedBy.json,
            "alert": [
                "labels": run.alert.labels.json, "starts_at": run.alert.startsAt.json,
                "value": .number(run.alert.value),
            ],
            "joined": progress.joined.json, "mode": run.plan.mode.json, "digest": run.plan.digest.json,
            "opened_at": run.openedAt.wall.json, "started_at": (progress.startedAt?.wall).json,
            "ended_at": (progress.endedAt?.wall).json,
            "duration_ms": (progress.endedAt.map { run.openedAt.age(at: $0) } ?? run.openedAt.age(at: at)).json,
            "guards": progress.verdicts.json, "steps": .array(run.plan.steps.indices.map(step)),
            "approval": progress.approval.json, "aftercare": progress.aftercare.json,
            "armed": .array(
                progress.armed.map { ["step": $0.step.json, "undone_at": ($0.at.wall + $0.within).json] }
            ),
        ]
    }

    private func step(_ index: Int) -> JSONValue {
        let plan = run.plan.steps[index]
        let record = run[step: index]
        return [
            "name": plan.name.json, "action": plan.action.json, "sentence": plan.sentence.json,
            "part": part(of: index).json, "state": (record?.word ?? "not begun").json,
            "attempt": (record?.attempt ?? 0).json, "begun_at": (record?.begunAt.wall).json,
            "ended_at": (record?.endedAt?.wall).json, "message": (record?.outcome?.message ?? "").json,
            "output": (record?.outcome?.output ?? "").json, "before": (record?.outcome?.before).json,
            "after": (record?.outcome?.after).json, "evidence": (record?.outcome?.evidence ?? []).json,
        ]
    }

    /// The part of the playbook that the step stands in.
    private func part(of index: Int) -> String {
        if run.plan.onUnhealed.contains(index) { return "on_unhealed" }
        if run.plan.onResolved.contains(index) { return "on_resolved" }
        guard run.plan.rungs.count > 1, let rung = run.plan.rungs.firstIndex(where: { $0.contains(index) }) else {
            return "steps"
        }
        return "try \(rung + 1)"
    }
}
