import RegularExpressions

/// The quick look: what a rule would do to a set, found on its packed bytes, without allocating.
///
/// Unsafe inside because fields are lent to the regex where they lie; nothing is kept beyond the call, and the bytes come
/// from `Labels`, which has packed them itself.
@safe struct PackedLook {
    enum Verdict {
        /// The rule leaves the set as it is.
        case unchanged
        case dropped
        /// The rule may change the set: it has to be done in earnest.
        case changed
    }

    let packed: UnsafeBufferPointer<UInt8>

    func verdict(of rule: RelabelRule) -> Verdict {
        switch rule.action {
        case .keep: matchesSubject(rule) ? .unchanged : .dropped
        case .drop: matchesSubject(rule) ? .dropped : .unchanged
        case .replace: matchesSubject(rule) ? .changed : .unchanged
        case .keepequal: isSubjectTarget(rule) ? .unchanged : .dropped
        case .dropequal: isSubjectTarget(rule) ? .dropped : .unchanged
        case .hashmod, .lowercase, .uppercase: .changed
        case .labelmap, .labeldrop: unsafe contains { unsafe rule.pattern.matches($0) } ? .changed : .unchanged
        case .labelkeep: unsafe contains { unsafe !rule.pattern.matches($0) } ? .changed : .unchanged
        }
    }

    private func matchesSubject(_ rule: RelabelRule) -> Bool {
        unsafe withSubject(rule) { unsafe rule.pattern.matches($0) }
    }

    private func isSubjectTarget(_ rule: RelabelRule) -> Bool {
        let target = unsafe value(of: Array(rule.targetLabel.utf8))
        return unsafe withSubject(rule) { unsafe $0.elementsEqual(target) }
    }

    /// Lends the values of the source labels, joined.
    private func withSubject(_ rule: RelabelRule, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        if rule.sourceNames.count == 1 { return unsafe body(value(of: rule.sourceNames[0])) }
        var length = rule.separatorBytes.count * max(0, rule.sourceNames.count - 1)
        for name in rule.sourceNames { length += unsafe value(of: name).count }
        return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: max(1, length)) { buffer in
            var place = 0
            for (index, name) in rule.sourceNames.enumerated() {
                if index > 0 {
                    for byte in rule.separatorBytes {
                        unsafe buffer[place] = byte
                        place += 1
                    }
                }
                let part = unsafe value(of: name)
                for offset in 0..<part.count { unsafe buffer[place + offset] = part[offset] }
                place += part.count
            }
            return unsafe body(UnsafeBufferPointer(rebasing: buffer[..<place]))
        }
    }

    /// The value of a label; empty where there is none.
    private func value(of name: [UInt8]) -> UnsafeBufferPointer<UInt8> {
        var place = 0
        while unsafe place < packed.count {
            let field = unsafe field(at: &place)
            let value = unsafe self.field(at: &place)
            if unsafe field.count == name.count && field.elementsEqual(name) { return unsafe value }
        }
        return unsafe UnsafeBufferPointer(rebasing: packed[packed.count...])
    }

    private func contains(name predicate: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        var place = 0
        while unsafe place < packed.count {
            let name = unsafe field(at: &place)
            _ = unsafe field(at: &place)
            if unsafe predicate(name) { return true }
        }
        return false
    }

    private func field(at place: inout Int) -> UnsafeBufferPointer<UInt8> {
        var length = 0
        var shift = 0
        while unsafe place < packed.count {
            let byte = unsafe packed[place]
            place += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 { break }
            shift += 7
        }
        let start = place
        place += length
        return unsafe UnsafeBufferPointer(rebasing: packed[start..<place])
    }
}
