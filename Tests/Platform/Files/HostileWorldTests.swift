import Files
import Foundation
import Testing

/// Tests that change their whole process (limits, user, signals) run in one of their own.
@Suite struct HostileWorldTests {
    @Test func `A full disk is told as such, and a half append is taken back`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            limitFileSize(to: 1_000)
            var file = try AppendFile(folder("log"))
            try file.append([UInt8](repeating: 1, count: 900))
            let error = #expect(throws: FileError.self) { try file.append([UInt8](repeating: 2, count: 300)) }
            require(error?.code == .tooLarge && error?.isOutOfSpace == true)
            require(file.length == 900)
            require(try FileSystem.read(folder("log")) == [UInt8](repeating: 1, count: 900))
            try file.append([UInt8](repeating: 3, count: 100))
            require(try FileSystem.status(folder("log")).size == 1_000)
        }
    }

    @Test func `A full disk leaves the file to be replaced as it was`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = try folder.file("a", "old")
            limitFileSize(to: 1_000)
            let error = #expect(throws: FileError.self) {
                try FileSystem.replace(path, with: [UInt8](repeating: 2, count: 3_000))
            }
            require(error?.operation == .write)
            require(try text(at: path) == "old")
            require(try folder.names == ["a"])
        }
    }

    @Test func `A device without room says so`() throws {
        var file = try AppendFile("/dev/full")
        let error = #expect(throws: FileError.self) { try file.append([1, 2, 3]) }
        #expect(error?.code == .noSpace)
        #expect(error?.isOutOfSpace == true)
        #expect(error?.reason == "No space left on device")
        #expect(file.length == 0)
    }

    @Test(.enabled(if: getuid() == 0, "needs root to become somebody else"))
    func `What another user may not do is told with the reason`() async {
        await #expect(processExitsWith: .success) {
            let folder = try TemporaryFolder()
            let path = try folder.file("secret", "x")
            _ = unsafe chmod(path, 0o600)
            _ = unsafe chmod(folder.path, 0o755)
            require(setegid(65_534) == 0 && seteuid(65_534) == 0)
            let reading = #expect(throws: FileError.self) { try FileSystem.read(path) }
            require(reading?.description == "cannot open \(path): Permission denied")
            let replacing = #expect(throws: FileError.self) { try FileSystem.replace(path, with: []) }
            require(replacing?.code == .permissionDenied)
            let removing = #expect(throws: FileError.self) { try FileSystem.remove(path) }
            require(removing?.code == .permissionDenied)
            require(seteuid(0) == 0 && setegid(0) == 0)
        }
    }

    @Test func `A reader that is gone is an error, not the end of the process`() async {
        await #expect(processExitsWith: .success) {
            StandardStream.reportBrokenPipes()
            var ends: [Int32] = [0, 0]
            require(unsafe pipe(&ends) == 0)
            close(ends[0])
            dup2(ends[1], STDOUT_FILENO)
            let error = #expect(throws: FileError.self) { try StandardStream.output.write("hello\n") }
            require(error == FileError(.write, "standard output", .brokenPipe))
        }
    }

    @Test func `A slow reader that does not block gets every byte`() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            require(unsafe pipe(&ends) == 0)
            let (reading, writing) = (ends[0], ends[1])
            require(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
            dup2(writing, STDOUT_FILENO)
            close(writing)
            let content = [UInt8]((0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) })
            let reader = Task.detached {
                FileHandle(fileDescriptor: reading).readDataToEndOfFile()
            }
            try StandardStream.output.write(content)
            close(STDOUT_FILENO)
            require(await reader.value == Data(content))
        }
    }

    @Test func `Standard input is read to its end`() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            require(unsafe pipe(&ends) == 0)
            dup2(ends[0], STDIN_FILENO)
            require(unsafe write(ends[1], "first\nrest", 10) == 10)
            close(ends[1])
            var input = ByteStream.standardInput()
            require(try input.nextLine() == Array("first".utf8))
            require(try input.readToEnd() == Array("rest".utf8))
        }
    }
}

/// Ends the child with a failure, which the parent reports.
private func require(_ fact: Bool, line: Int = #line) {
    if !fact {
        print("line \(line) does not hold")
        exit(EXIT_FAILURE)
    }
}

private func limitFileSize(to bytes: rlim_t) {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    require(unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
}
