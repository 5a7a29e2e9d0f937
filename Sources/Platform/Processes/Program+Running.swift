// Buffers handed to the C library live as long as the call that uses them.
internal import CKernel
public import EventLoop
internal import Glibc

extension Program {
    /// Runs it to its end on the calling thread. It has a session and a process group of its own: what it started and left
    /// behind is killed with it.
    public func run(deadline: MonotonicInstant, interruption: Interruption? = nil) throws(ProgramError)
        -> ProgramOutcome
    {
        guard let program = words.first, program.utf8.first == UInt8(ascii: "/") else {
            throw .malformed("a program is named by its absolute path")
        }
        let texts = words + environment.flatMap { [$0.name, $0.value] } + (folder.map { [$0] } ?? [])
        guard !texts.contains(where: { $0.utf8.contains(0) }) else { throw .malformed("a word holds a NUL") }
        let output = try Pipe()
        let input = try Pipe()
        var descriptor: Int32 = -1
        let number = try spawn(program, input.reader, output.writer, &descriptor)
        let child = RunningChild(
            handle: ProcessHandle(number: number, descriptor: descriptor),
            input: input.takeWriter(),
            output: output.takeReader()
        )
        return child.attend(self, deadline, interruption)
    }

    private func spawn(
        _ program: String,
        _ input: Int32,
        _ output: Int32,
        _ descriptor: inout Int32
    ) throws(ProgramError) -> Int32 {
        let arguments = unsafe CTexts(words)
        let environment = unsafe CTexts(environment.map { "\($0.name)=\($0.value)" })
        var plan = unsafe kernel_child()
        (unsafe plan.input, unsafe plan.output, unsafe plan.errors) = (input, output, output)
        unsafe plan.memory_bytes = limits.memory
        unsafe plan.process_count = limits.processes
        unsafe plan.file_bytes = limits.fileSize
        unsafe plan.processor_seconds = limits.processorSeconds
        unsafe plan.descriptor_count = limits.descriptors
        let groups = user?.groups ?? []
        let (number, code) = unsafe program.withCString { path in
            unsafe (folder ?? "/").withCString { folder in
                unsafe groups.withUnsafeBufferPointer { groups in
                    unsafe plan.program = unsafe path
                    unsafe plan.folder = unsafe folder
                    unsafe plan.arguments = unsafe UnsafePointer(arguments.pointers)
                    unsafe plan.environment = unsafe UnsafePointer(environment.pointers)
                    if let user {
                        unsafe plan.changes_user = true
                        unsafe plan.user = user.user
                        unsafe plan.group = user.group
                        unsafe plan.groups = groups.baseAddress
                        unsafe plan.group_count = groups.count
                    }
                    let number = unsafe kernel_spawn(&plan, &descriptor)
                    return (number, errno)
                }
            }
        }
        guard number > 0 else { throw .cannotStart(program: program, code: code) }
        return number
    }
}

/// Texts as C has them, with a NULL at the end; freed with their owner.
@unsafe private final class CTexts {
    let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
    private let count: Int

    init(_ texts: [String]) {
        unsafe count = texts.count
        unsafe pointers = .allocate(capacity: texts.count + 1)
        for (index, text) in texts.enumerated() { unsafe (pointers + index).initialize(to: strdup(text)) }
        unsafe (pointers + texts.count).initialize(to: nil)
    }

    deinit {
        let end = unsafe count
        for index in 0..<end { unsafe free(pointers[index]) }
        unsafe pointers.deallocate()
    }
}

/// Both ends of a pipe; those not taken close with it.
private final class Pipe {
    private(set) var reader: Int32
    private(set) var writer: Int32

    init() throws(ProgramError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe kernel_pipe(&ends) == 0 else { throw .failed(call: "pipe2", code: errno) }
        (reader, writer) = (ends[0], ends[1])
    }

    deinit {
        if reader >= 0 { _ = Glibc.close(reader) }
        if writer >= 0 { _ = Glibc.close(writer) }
    }

    func takeReader() -> Int32 {
        if writer >= 0 { _ = Glibc.close(writer) }
        defer { (reader, writer) = (-1, -1) }
        return reader
    }

    func takeWriter() -> Int32 {
        if reader >= 0 { _ = Glibc.close(reader) }
        defer { (reader, writer) = (-1, -1) }
        return writer
    }
}
