/// How much a line of the log matters, in rising order.
public enum LogLevel: String, Sendable, Hashable, Comparable, CaseIterable {
    /// The routine: of use to somebody who looks for a cause.
    case debug
    /// A change that an operator may want to know of later.
    case info
    /// Somebody should look at this some time.
    case warning
    /// Something that medic was asked for and gave up on.
    case error

    /// As syslog and the journal number it.
    var priority: Int {
        switch self {
        case .debug: 7
        case .info: 6
        case .warning: 4
        case .error: 3
        }
    }

    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.priority > right.priority }
}

/// Values under named keys, in the order in which they are shown.
public typealias LogFields = KeyValuePairs<String, any CustomStringConvertible & Sendable>

/// Says what happens in one part of medic. Messages are constant, what varies is in the fields.
public struct Logger: Sendable {
    private let sink: LogSink
    public let component: String

    public init(_ sink: LogSink, component: String) {
        self.sink = sink
        self.component = component
    }

    /// The same log for another part of medic.
    public func named(_ component: String) -> Logger {
        Logger(sink, component: component)
    }

    public func debug(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.debug, message, fields)
    }

    public func info(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.info, message, fields)
    }

    public func warning(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.warning, message, fields)
    }

    public func error(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: StaticString, _ fields: () -> LogFields) {
        guard level >= sink.level else { return }
        let texts = fields().map { LogEntry.Field(name: $0.key, value: $0.value.description) }
        sink.write(LogEntry(level: level, component: component, message: message.description, fields: texts))
    }
}

/// One line of the log.
public struct LogEntry: Sendable, Hashable {
    public struct Field: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    public let level: LogLevel
    public let component: String
    public let message: String
    public let fields: [Field]

    /// The value of a field, for tests and filters.
    public subscript(name: String) -> String? {
        fields.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}
