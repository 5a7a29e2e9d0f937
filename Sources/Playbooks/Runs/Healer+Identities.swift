import Metrics

// Who goes by several names is one patient.
extension Healer {
    /// Takes in what systemd calls the units. Answers whether that was news.
    mutating func learn(_ survey: Survey) -> Bool {
        let told = survey.units.compactMap { unit in unit.identity.map { UnitIdentity(alias: unit.name, name: $0) } }
        let news = (told + survey.identities).filter { $0.name != memory.identities.name(of: $0.alias) }
        for identity in news { commit(.identity(identity)) }
        return !news.isEmpty
    }

    /// Whether the run makes way for one that is open for the same patient, who was known by another name when it was proposed: its
    /// alerts join that one.
    mutating func yields(_ run: Run) -> Bool {
        guard considered[run.id] != nil, live[run.id]?.dryRun == nil, run.requestedBy == nil,
            let open = openRun(of: run.subject, but: run.id)
        else { return false }
        considered[run.id] = nil
        live[run.id] = nil
        for labels in run.alerts {
            if let alert = alerts[labels]?.alert { join(open, alert) }
        }
        return true
    }
}
