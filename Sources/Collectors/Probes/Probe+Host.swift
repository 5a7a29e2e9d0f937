import Configuration
import EventLoop
import HTTPClient
import Metrics
import RegularExpressions
import Resolver
import Sockets

// Hosts: name servers, and whoever answers a ping.
extension Probe {
    // MARK: Names

    func question(_ host: String, _ port: Int, _ ended: @escaping @Sendable (String?) -> Void) {
        let deadline = MonotonicInstant.now + timeout
        address(of: host, isIPv6: nil) { [weak self] result in
            guard let self else { return ended(nil) }
            switch result {
            case .success(let address): ask(address, port, until: deadline, ended)
            case .failure(let error): ended(error.description)
            }
        }
    }

    private func ask(
        _ address: HostAddress,
        _ port: Int,
        until deadline: MonotonicInstant,
        _ ended: @escaping @Sendable (String?) -> Void
    ) {
        let question = settings.question
        let server = NameServer(.init(address: address.text, port: port), loop: client.loop)
        let began = MonotonicInstant.now
        set("probe_dns_query_succeeded", 0)
        guard deadline > began else { return ended("no answer in time") }
        server.ask(
            question.type.recordType,
            of: question.name,
            byConnection: question.usesConnection,
            timeout: deadline - began
        ) { [weak self] result in
            guard let self else { return ended(nil) }
            switch result {
            case .success(let reply):
                set("probe_dns_duration_seconds", .now - began, phase: "request")
                ended(note(reply))
            case .failure(let error): ended(error.description)
            }
        }
    }

    /// Answers what there is to complain of.
    private func note(_ reply: DNSReply) -> String? {
        let question = settings.question
        set("probe_dns_query_succeeded", 1)
        set("probe_dns_answer_rrs", Double(reply.answerCount))
        set("probe_dns_authority_rrs", Double(reply.authorityCount))
        set("probe_dns_additional_rrs", Double(reply.additionalCount))
        for case .soa(let serial, _) in reply.records { set("probe_dns_serial", Double(serial)) }
        guard question.codes.contains(where: { $0.rawValue == Int(reply.code) }) else {
            let code = ProbeSettings.ResponseCode(rawValue: Int(reply.code))?.text ?? String(reply.code)
            return "the answer is \(code)"
        }
        let texts = reply.records.map(\.text)
        let missing = answers.indices.first { place in !texts.contains { answers[place].matches($0) } }
        let refused = texts.first { refusedAnswer?.matches($0) ?? false }
        set("probe_failed_due_to_regex", missing == nil && refused == nil ? 0 : 1)
        if let missing {
            let shown = texts.isEmpty ? "there is none" : "there is " + texts.prefix(5).joined(separator: ", ")
            return "no record matches '\(question.answers[missing])': \(shown)"
        }
        return refused.map { "the record \($0) is refused" }
    }

    // MARK: Pings

    func ping(_ host: String, _ ended: @escaping @Sendable (String?) -> Void) {
        let deadline = MonotonicInstant.now + timeout
        address(of: host, isIPv6: settings.ping.version.map { $0 == 6 }, phase: "probe_icmp_duration_seconds") {
            [weak self] result in
            guard let self else { return ended(nil) }
            switch result {
            case .success(let address): ping(address, until: deadline, ended)
            case .failure(let error): ended(error.description)
            }
        }
    }

    private func ping(
        _ address: HostAddress,
        until deadline: MonotonicInstant,
        _ ended: @escaping @Sendable (String?) -> Void
    ) {
        let left = deadline - .now
        guard left > .zero else { return ended("no answer in time") }
        EchoRequest.send(to: address, payload: settings.ping.payload, timeout: left, on: client.loop) {
            [weak self] result in
            guard let self else { return ended(nil) }
            switch result {
            case .success(let echo):
                set("probe_icmp_permitted", 1)
                set("probe_icmp_duration_seconds", echo.roundTrip, phase: "rtt")
                if let limit = echo.hopLimit { set("probe_icmp_reply_hop_limit", Double(limit)) }
                ended(nil)
            case .failure(let error):
                set("probe_icmp_permitted", error == .notPermitted ? 0 : 1)
                isHindered = error == .notPermitted
                ended(error.description)
            }
        }
    }

    // MARK: Addresses

    /// Finds the address of a host, which takes no time where it is one already.
    private func address(
        of host: String,
        isIPv6: Bool?,
        phase name: String = "probe_dns_duration_seconds",
        then: @escaping @Sendable (Result<HostAddress, SocketError>) -> Void
    ) {
        let began = MonotonicInstant.now
        let found: @Sendable (Result<HostAddress, SocketError>) -> Void = { [weak self] result in
            let span = MonotonicInstant.now - began
            self?.set("probe_dns_lookup_time_seconds", span)
            self?.set(name, span, phase: "resolve")
            if case .success(let address) = result { self?.set(isIPv6: address.isIPv6) }
            then(result)
        }
        if let address = HostAddress(literal: host), isIPv6 == nil || isIPv6 == address.isIPv6 {
            return found(.success(address))
        }
        Task { [loop = client.loop] in
            let result = await offload {
                Result { () throws(SocketError) in try HostAddress.find(host, isIPv6: isIPv6) }
            }
            loop.submit { found(result) }
        }
    }
}

extension ProbeSettings.RecordType {
    fileprivate var recordType: DNSRecordType {
        switch self {
        case .a: .a
        case .aaaa: .aaaa
        case .cname: .cname
        case .mx: .mx
        case .ns: .ns
        case .ptr: .ptr
        case .soa: .soa
        case .srv: .srv
        case .txt: .txt
        }
    }
}
