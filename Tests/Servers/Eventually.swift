import Foundation

// Why these ask again and again: whether another process, or a server on other threads, has come to a state is known from its
// answers alone, and of an answer that will change it tells no event to wait for. What does tell of itself is waited for by that
// (`Process.start(untilItSays:)`, semaphores, streams). The bound is generous, since it is reached only by what is broken.

/// Whether the condition comes to hold before long. For tests that may block their thread, and for no others: threads are few.
public func soon(within seconds: Double = 30, _ holds: () throws -> Bool) rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
        if try holds() { return true }
        usleep(2_000)
    }
    return try holds()
}

/// Whether the condition comes to hold before long.
public func eventually(within seconds: Double = 30, _ holds: () async throws -> Bool) async rethrows -> Bool {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
        if try await holds() { return true }
        // Often enough for a person, and seldom enough for what is asked: many tests ask at once.
        try? await Task.sleep(for: .milliseconds(100))
    }
    return try await holds()
}
