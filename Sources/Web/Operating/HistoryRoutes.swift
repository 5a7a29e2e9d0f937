import History
import HTTPServer
import JSON
import Metrics

/// The record: what happened, and how much in which hour.
struct HistoryRoutes: Sendable {
    private let desk: any OperatingDesk

    private static let calendarSpan = Milliseconds.days(28)
    // A year of hours.
    private static let longestCalendar = Milliseconds.days(366)

    init(_ desk: any OperatingDesk) {
        self.desk = desk
    }

    var routes: [Route] {
        [
            Route([.get], "/medic/v1/history") { call throws(WebRefusal) in try await list(call) },
            Route([.get], "/medic/v1/calendar") { call throws(WebRefusal) in try await calendar(call) },
        ]
    }

    private func list(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        var filter = try call.historyFilter()
        for word in call.values("kind") {
            guard let kind = HistoryRecord.Kind(rawValue: word) else {
                let known = HistoryRecord.Kind.allCases.map(\.rawValue).joined(separator: ", ")
                throw .badParameter("kind", "\(Labels.quoted(word)) is none of \(known)")
            }
            filter.kinds.append(kind)
        }
        let limit = try call.pageLimit()
        let cursor = try call.cursor()
        let asked = filter
        if let text = call.value("written_after") {
            guard let number = Int64(text) else {
                throw .badParameter("written_after", "a record's number is expected")
            }
            let records = try await desk.answer { reader throws(HistoryError) in
                try reader.records(writtenAfter: number, asked, limit: limit)
            }
            return .success(.tree { $0.add("records", list: records.map { HistoryTree.record($0) }) })
        }
        let newest = try await desk.answer { reader throws(HistoryError) in try reader.newestRecord() }
        let page = try await desk.answer { reader throws(HistoryError) in
            try reader.records(asked, limit: limit, after: cursor)
        }
        return .success(
            .tree { tree in
                tree.add("records", list: page.elements.map { HistoryTree.record($0) })
                tree.add("next", text: page.next.map { "\($0)" })
                tree.add("newest", number: Int(newest))
            }
        )
    }

    private func calendar(_ call: Call) async throws(WebRefusal) -> HTTPServer.Reply {
        let until = try call.moment("until") ?? .now
        let since = try call.moment("since") ?? until - Self.calendarSpan
        guard since < until, until - since <= Self.longestCalendar else {
            throw .badParameter("since", "it lies before 'until', by no more than 366 days")
        }
        let hours = try await desk.answer { reader throws(HistoryError) in
            try reader.hours(since: since, until: until)
        }
        return .success(
            .tree { tree in
                tree.add("since", at: since)
                tree.add("until", at: until)
                tree.add(
                    "hours",
                    list: hours.map { hour in
                        .tree { tree in
                            tree.add("at", at: hour.start)
                            tree.add("fired", number: hour.fired)
                            tree.add("resolved", number: hour.resolved)
                            tree.add("runs", number: hour.runs)
                            tree.add("healed", number: hour.healed)
                            tree.add("failed", number: hour.failed)
                            tree.add("notifications", number: hour.notifications)
                            tree.add("acts", number: hour.acts)
                        }
                    }
                )
            }
        )
    }
}
