internal import CSystemd
internal import Glibc

/// An open journal: a place among its entries. Used by one thread at a time.
///
/// What the library lends is copied before the place moves.
@safe final class JournalHandle {
    private let journal: OpaquePointer

    /// - Parameter messageBytesMax: longer texts are cut, and those that are compressed are unpacked only so far.
    init(messageBytesMax: Int) throws(JournalError) {
        var opened: OpaquePointer?
        let result = unsafe sd_journal_open(&opened, Int32(SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM))
        guard result >= 0, let journal = unsafe opened else {
            throw JournalError("the journal cannot be opened: \(Self.reason(result))")
        }
        unsafe self.journal = journal
        _ = unsafe sd_journal_set_data_threshold(journal, messageBytesMax)
    }

    deinit {
        unsafe sd_journal_close(journal)
    }

    private static func reason(_ result: Int32) -> String {
        unsafe String(cString: strerror(abs(result)))
    }

    /// Whether there is any file that this user may read.
    var isReadable: Bool {
        unsafe sd_journal_has_runtime_files(journal) > 0 || sd_journal_has_persistent_files(journal) > 0
    }

    // MARK: - Places

    /// Goes behind the newest entry.
    func seekEnd() throws(JournalError) {
        try check(unsafe sd_journal_seek_tail(journal), "go to the end")
        // The library is at a place only when it is on an entry; in an empty journal everything is new.
        if try previous() == false { try check(unsafe sd_journal_seek_head(journal), "go to the beginning") }
    }

    /// Goes to the end, from where `previous` finds the newest entry.
    func seekTail() throws(JournalError) {
        try check(unsafe sd_journal_seek_tail(journal), "go to the end")
    }

    /// Goes behind the entry of the cursor, or before the first one after it when it is no longer there.
    func seek(behind cursor: String) throws(JournalError) {
        try check(unsafe sd_journal_seek_cursor(journal, cursor), "find a place again")
        guard try next(), unsafe sd_journal_test_cursor(journal, cursor) <= 0 else { return }
        _ = try previous()
    }

    func next() throws(JournalError) -> Bool {
        try check(unsafe sd_journal_next(journal), "read on") > 0
    }

    func previous() throws(JournalError) -> Bool {
        try check(unsafe sd_journal_previous(journal), "read back") > 0
    }

    /// Where it stands, to be found again later, also by another process.
    var cursor: String? {
        var text: UnsafeMutablePointer<CChar>?
        guard unsafe sd_journal_get_cursor(journal, &text) >= 0, let text = unsafe text else { return nil }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }

    // MARK: - Waiting

    var descriptor: Int32 { unsafe sd_journal_get_fd(journal) }

    /// Takes note of what has changed in the journal's files.
    func process() throws(JournalError) {
        _ = try check(unsafe sd_journal_process(journal), "follow the journal")
    }

    // MARK: - Entries

    /// Only entries that a unit wrote, or that systemd and the collector of core dumps wrote about it.
    func select(unit: String) throws(JournalError) {
        guard !unit.utf8.contains(0) else { throw JournalError("a unit's name has a NUL in it") }
        let alternatives = [
            ["_SYSTEMD_UNIT=" + unit], ["_PID=1", "UNIT=" + unit], ["_UID=0", "COREDUMP_UNIT=" + unit],
        ]
        for alternative in alternatives {
            for match in alternative {
                // Without a length the library takes the text up to its NUL.
                try check(unsafe sd_journal_add_match(journal, match, 0), "select a unit")
            }
            try check(unsafe sd_journal_add_disjunction(journal), "select a unit")
        }
    }

    /// The entry where it stands.
    func entry() -> JournalEntry {
        var entry = JournalEntry()
        _ = unsafe sd_journal_get_realtime_usec(journal, &entry.time)
        entry.unit = field("_SYSTEMD_UNIT") ?? ""
        if entry.unit == "init.scope" {
            entry.unit = field("UNIT") ?? entry.unit
        } else if entry.unit.isEmpty, field("_TRANSPORT") == "kernel" {
            entry.unit = "kernel"
        }
        entry.priority = field("PRIORITY").flatMap { UInt8($0) } ?? 6
        entry.identifier = field("SYSLOG_IDENTIFIER") ?? field("_COMM") ?? ""
        entry.pid = field("_PID").flatMap { UInt32($0) }
        entry.message = field("MESSAGE") ?? ""
        return entry
    }

    private func field(_ name: String) -> String? {
        var data: UnsafeRawPointer?
        var length = 0
        guard unsafe sd_journal_get_data(journal, name, &data, &length) >= 0, let data = unsafe data else { return nil }
        // The name and an equals sign stand before the value.
        let bytes = unsafe UnsafeRawBufferPointer(start: data, count: length)
        return unsafe String(decoding: bytes.dropFirst(name.utf8.count + 1), as: UTF8.self)
    }

    @discardableResult
    private func check(_ result: Int32, _ deed: String) throws(JournalError) -> Int32 {
        guard result >= 0 else { throw JournalError("cannot \(deed) in the journal: \(Self.reason(result))") }
        return result
    }
}
