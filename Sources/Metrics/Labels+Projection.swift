extension Labels {
    /// The set with only the labels of these names.
    public func keeping(_ names: [String]) -> Labels {
        if names.isEmpty || packed.isEmpty { return .empty }
        return projected(names, keeping: true)
    }

    /// The set without the labels of these names.
    public func removing(_ names: [String]) -> Labels {
        if names.isEmpty || packed.isEmpty { return self }
        return projected(names, keeping: false)
    }

    /// Copies runs of bytes without making a string of any label: grouping many series spends its time here.
    private func projected(_ names: [String], keeping: Bool) -> Labels {
        var kept: [UInt8] = []
        var place = 0
        while place < packed.count {
            let start = place
            let name = packed[field(at: &place)]
            _ = field(at: &place)
            if names.contains(where: { $0.utf8.elementsEqual(name) }) == keeping {
                kept.append(contentsOf: packed[start..<place])
            }
        }
        return Labels(packed: kept)
    }
}
