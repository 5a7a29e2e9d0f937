import Answers
import Files
import JSON
import Metrics
import PromQL

/// `medic query --batch`: a line in, a line out.
enum QueryBatch {
    static func run(_ invocation: Invocation, _ path: String, _ console: Console) throws -> ExitCode {
        guard let file = try SampleFile.open(path, console) else { return .notFine }
        var defaultTime = file.newest
        if let text = invocation.value(of: QueryCommand.time) {
            defaultTime = try MomentArgument.parse(
                text,
                of: QueryCommand.time,
                from: file.newest,
                for: invocation.command
            )
        }
        let queries = invocation.value(of: QueryCommand.batch) ?? "-"
        var stream = queries == "-" ? ByteStream.standardInput() : try ByteStream(queries)
        var desk = QueryDesk(Engine(store: file.store), limit: try TimeLimit.of(invocation))
        var writer = JSONWriter()
        while let line = try stream.nextLine() {
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
                continue
            }
            answer(BatchRequest(line, defaultTime: defaultTime), &desk, &writer)
            // One write for each line, so that whoever asks can wait for the answer.
            try console.write(writer.takeBytes() + [UInt8(ascii: "\n")])
        }
        return .fine
    }

    private static func answer(_ batch: BatchRequest, _ desk: inout QueryDesk, _ writer: inout JSONWriter) {
        writer = JSONWriter()
        writer.object { writer in
            writer.member("id") { $0.value(batch.id) }
            do throws(QueryRefusal) {
                let request = try batch.request.get()
                let time: Timestamp
                switch request.span {
                case .instant(let moment): time = moment
                case .range(_, let end, _): time = end
                }
                let result = try desk.answer(request)
                writer.members(of: result, query: request.text, time: time)
            } catch {
                writer.members(of: error)
            }
        }
    }
}
