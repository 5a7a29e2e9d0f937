/// The known word an operator most likely meant; nil where none is near enough to be worth saying.
func nearest(to word: String, among known: some Sequence<String>) -> String? {
    // Long texts are no slips of the pen, and comparing them costs.
    guard (1...64).contains(word.utf8.count) else { return nil }
    let bound = word.utf8.count < 3 ? 0 : max(1, word.utf8.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in known where candidate.utf8.count <= 64 {
        let distance = editDistance(Array(word.lowercased().utf8), Array(candidate.lowercased().utf8))
        if distance <= bound, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
}

/// How many letters must be put in, taken out, changed, or swapped with their neighbour.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in 1...left.count {
        var current = [row]
        for column in 1...right.count {
            let isSame = left[row - 1] == right[column - 1]
            var cost = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
            if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                cost = min(cost, beforeLast[column - 2] + 1)
            }
            current.append(cost)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
