public import History
public import JSON

/// Lines of the record as medic's API tells of them.
public enum HistoryTree {
    public static func record(_ stored: StoredRecord) -> JSONValue { record(stored.record, id: stored.id) }

    /// Without a number: one that has not been written yet.
    public static func record(_ record: HistoryRecord, id: Int64? = nil) -> JSONValue {
        .tree { tree in
            tree.add("id", id.map { .integer($0) })
            tree.add("at", at: record.at)
            tree.add("kind", text: record.kind.rawValue)
            tree.add("name", text: record.name)
            tree.add("alert", text: record.alert)
            tree.add("fingerprint", text: record.fingerprint)
            tree.add("playbook", text: record.playbook)
            tree.add("unit", text: record.unit)
            tree.add("run", text: record.run)
            tree.add("began", at: record.began)
            tree.add("text", text: record.text)
            tree.add("details", record.payload == .null ? nil : record.payload)
        }
    }
}
