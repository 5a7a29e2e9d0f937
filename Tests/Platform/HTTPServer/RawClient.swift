import Foundation
import Synchronization

@testable import HTTPServer

/// A client that sends bytes as they are, so that tests can send what no library would.
final class RawClient {
    let descriptor: Int32

    struct Failure: Error {
        let reason: String
    }

    struct Answer {
        var status = 0
        var headers: [String: String] = [:]
        var body: [UInt8] = []

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private var unread: [UInt8] = []

    init(port: UInt16, receiveBuffer: Int32? = nil) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(reason: "no socket") }
        var size = receiveBuffer ?? 0
        if size > 0 { unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let status = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard status == 0 else { throw Failure(reason: "cannot connect: \(errno)") }
    }

    init(path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        let status = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(reason: "cannot connect: \(errno)") }
    }

    deinit { close(descriptor) }

    /// False when the server has closed its side.
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count <= 0 { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// What the server sends next, empty at its end; nil when nothing comes within the time.
    func receive(within seconds: Double = 10) -> [UInt8]? {
        var wanted = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&wanted, 1, Int32(seconds * 1_000)) > 0 else { return nil }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(0, count)))
    }

    /// Everything up to the end of the connection.
    func receiveAll(within seconds: Double = 10) -> [UInt8]? {
        var all = unread
        unread = []
        while let piece = receive(within: seconds) {
            if piece.isEmpty { return all }
            all += piece
        }
        return nil
    }

    /// One answer with its body.
    func answer(isHead: Bool = false) throws -> Answer {
        let head = try take(through: Array("\r\n\r\n".utf8))
        var answer = Answer()
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
        answer.status = Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0
        for line in lines.dropFirst() {
            let sides = line.split(separator: ":", maxSplits: 1)
            answer.headers[sides[0].lowercased()] = sides.count > 1 ? sides[1].trimmingCharacters(in: .whitespaces) : ""
        }
        if isHead { return answer }
        if let length = answer.headers["content-length"].flatMap({ Int($0) }) {
            answer.body = try take(count: length)
        } else if answer.headers["transfer-encoding"] == "chunked" {
            while true {
                let line = try take(through: Array("\r\n".utf8))
                let count = Int(String(decoding: line.dropLast(2), as: UTF8.self), radix: 16) ?? 0
                answer.body += try take(count: count)
                _ = try take(count: 2)
                if count == 0 { break }
            }
        }
        return answer
    }

    func get(_ target: String, _ headers: [String] = []) throws -> Answer {
        send((["GET \(target) HTTP/1.1", "Host: localhost"] + headers).joined(separator: "\r\n") + "\r\n\r\n")
        return try answer()
    }

    private func take(through mark: [UInt8]) throws -> [UInt8] {
        var start = 0
        while true {
            if unread.count >= mark.count, start <= unread.count - mark.count {
                for place in start...(unread.count - mark.count)
                where unread[place..<place + mark.count].elementsEqual(mark) {
                    let taken = Array(unread[..<(place + mark.count)])
                    unread.removeFirst(taken.count)
                    return taken
                }
            }
            start = max(0, unread.count - mark.count)
            try more()
        }
    }

    private func take(count: Int) throws -> [UInt8] {
        while unread.count < count { try more() }
        let taken = Array(unread[..<count])
        unread.removeFirst(count)
        return taken
    }

    private func more() throws {
        guard let piece = receive() else { throw Failure(reason: "nothing came") }
        if piece.isEmpty { throw Failure(reason: "the connection has ended") }
        unread += piece
    }
}
