/// The name that somebody who wrote `name` most likely meant; nil where none is near enough.
///
/// Near means at most a third of the letters wrong, missing, surplus or swapped with their neighbours. Of names equally
/// near, the one that begins alike for longer is the likelier.
public func nearest(_ name: String, in candidates: some Sequence<String>) -> String? {
    let limit = Swift.max(1, name.utf8.count / 3)
    var best: (name: String, distance: Int, alike: Int)?
    for candidate in candidates {
        guard let distance = editDistance(name, candidate, upTo: best?.distance ?? limit) else { continue }
        let alike = zip(name.utf8, candidate.utf8).prefix { $0 == $1 }.count
        if let best, (best.distance, -best.alike) <= (distance, -alike) { continue }
        best = (candidate, distance, alike)
    }
    return best?.name
}

/// The number of letters to change, insert, delete or swap with their neighbour to get from one text to the other; nil
/// if that is more than `limit`. Upper and lower case are the same letter.
func editDistance(_ left: String, _ right: String, upTo limit: Int) -> Int? {
    let left = Array(left.lowercased().utf8)
    let right = Array(right.lowercased().utf8)
    guard (left.count - right.count).magnitude <= limit else { return nil }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for row in left.indices {
        var current = [row + 1]
        current.reserveCapacity(right.count + 1)
        for column in right.indices {
            let change = last[column] + (left[row] == right[column] ? 0 : 1)
            var distance = Swift.min(change, last[column + 1] + 1, current[column] + 1)
            let isSwap = row > 0 && column > 0 && left[row] == right[column - 1] && left[row - 1] == right[column]
            if isSwap { distance = Swift.min(distance, beforeLast[column - 1] + 1) }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count] <= limit ? last[right.count] : nil
}
