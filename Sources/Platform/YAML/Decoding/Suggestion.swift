internal import Diagnostics

/// The known word an operator most likely meant; nil where none is near enough to be worth saying.
func nearest(to word: String, among known: some Sequence<String>) -> String? {
    // Of one or two letters everything is near; and comparing long texts, which are no slips of the pen, costs the
    // square of their length.
    guard (3...64).contains(word.utf8.count) else { return nil }
    return nearest(word, in: known.filter { $0.utf8.count <= 96 })
}
